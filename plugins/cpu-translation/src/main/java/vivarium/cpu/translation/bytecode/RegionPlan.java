package vivarium.cpu.translation.bytecode;

import java.util.List;

/**
 * What is to be compiled as one region.
 *
 * @param members traces that it comes from, the head first; it dies with the first of them
 * @param blocks the same, cut where others begin
 * @param near whether accesses that are not near leave the region
 */
record RegionPlan(List<FlatTrace> members, List<FlatTrace> blocks, boolean near) {
  /** Where control enters. */
  FlatTrace head() {
    return members.get(0);
  }
}
