package vivarium.cpu.translation.bytecode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import vivarium.api.memory.GuestMemory;

/**
 * Traces by where their code is in guest-physical memory, so that they survive remapping. It
 * watches exactly the pages that it has traces from.
 */
final class TraceStore {
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;

  /** Addresses are constants in the code, so an alias of a page has traces of its own. */
  private record Key(long gpa, long pc, int ready) {}

  private final GuestMemory memory;
  private final Map<Key, FlatTrace> traces = new HashMap<>();
  private final Map<Long, List<FlatTrace>> pages = new HashMap<>();
  private int regions;

  TraceStore(GuestMemory memory) {
    this.memory = memory;
  }

  @Nullable FlatTrace find(long gpa, long pc, int ready) {
    return traces.get(new Key(gpa, pc, ready));
  }

  int size() {
    return traces.size();
  }

  void add(FlatTrace trace) {
    traces.put(new Key(trace.gpa, trace.pc, trace.ready), trace);
    addToPage(trace, trace.gpa & -PAGE_BYTES);
    if (trace.secondPage >= 0) {
      addToPage(trace, trace.secondPage);
    }
  }

  private void addToPage(FlatTrace trace, long page) {
    List<FlatTrace> there = pages.get(page);
    if (there == null) {
      there = new ArrayList<>();
      pages.put(page, there);
      memory.watchCode(page);
    }
    there.add(trace);
  }

  /** How many regions there are. */
  int regions() {
    return regions;
  }

  /** Puts a region in its place. */
  void install(List<FlatTrace> members, Region region) {
    FlatTrace head = members.get(0);
    forgetRegion(head);
    head.region = region;
    regions++;
    for (FlatTrace member : members.subList(1, members.size())) {
      member.partOf.add(head);
    }
  }

  /** Gives a trace's region up, to be made anew in another way. */
  void replace(FlatTrace head) {
    forgetRegion(head);
    head.requested = false;
    head.runs = Math.max(head.runs, head.coldRuns);
    head.coldRuns = 0;
  }

  private void forgetRegion(FlatTrace head) {
    if (head.region != null) {
      head.region = null;
      regions--;
    }
  }

  /** Forgets a trace, and the regions it is part of. */
  void drop(FlatTrace trace) {
    trace.dropped = true;
    forgetRegion(trace);
    for (FlatTrace head : trace.partOf) {
      forgetRegion(head);
      head.requested = false;
      head.runs = 0;
    }
    traces.remove(new Key(trace.gpa, trace.pc, trace.ready));
    removeFromPage(trace, trace.gpa & -PAGE_BYTES);
    if (trace.secondPage >= 0) {
      removeFromPage(trace, trace.secondPage);
    }
  }

  private void removeFromPage(FlatTrace trace, long page) {
    List<FlatTrace> there = pages.get(page);
    if (there != null && there.remove(trace) && there.isEmpty()) {
      pages.remove(page);
      memory.unwatchCode(page);
    }
  }

  /** The traces that were made from any byte of a range within a page. */
  List<FlatTrace> touching(long gpa, int length) {
    List<FlatTrace> there = pages.get(gpa & -PAGE_BYTES);
    if (there == null) {
      return List.of();
    }
    List<FlatTrace> found = new ArrayList<>();
    for (FlatTrace trace : there) {
      if (trace.touches(gpa, length)) {
        found.add(trace);
      }
    }
    return found;
  }

  /** A trace and those of its page that can be in a region with it and ran cold so often. */
  List<FlatTrace> warm(FlatTrace trace, int leastRuns) {
    List<FlatTrace> found = new ArrayList<>();
    for (FlatTrace other : pages.getOrDefault(trace.gpa & -PAGE_BYTES, List.of())) {
      if (other == trace
          || other.steps > 0
              && other.secondPage < 0
              && other.ready == trace.ready
              && other.runs >= leastRuns
              && other.gpa - other.pc == trace.gpa - trace.pc) {
        found.add(other);
      }
    }
    return found;
  }

  /** Forgets everything. */
  void clear() {
    pages.keySet().forEach(memory::unwatchCode);
    pages.clear();
    for (FlatTrace trace : traces.values()) {
      trace.dropped = true;
      trace.region = null;
    }
    traces.clear();
    regions = 0;
  }
}
