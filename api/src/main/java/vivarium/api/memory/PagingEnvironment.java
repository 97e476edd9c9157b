package vivarium.api.memory;

import java.util.Map;
import vivarium.api.cpu.Counters;

/**
 * What the core lends to a memory strategy for one machine.
 *
 * @param memory guest-physical memory and its P2M
 * @param frames machine frames for the monitor's own tables
 * @param counters walks, references, misses, table writes
 * @param options what the user set for the strategy, name to value
 */
public record PagingEnvironment(
    GuestMemory memory, TableFrames frames, Counters counters, Map<String, String> options) {
  /** Copies the options. */
  public PagingEnvironment {
    options = Map.copyOf(options);
  }
}
