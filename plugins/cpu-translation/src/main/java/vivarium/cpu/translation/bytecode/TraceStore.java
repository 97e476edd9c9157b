package vivarium.cpu.translation.bytecode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import vivarium.api.memory.GuestMemory;

/**
 * Traces by where their code is in guest-physical memory, so that they survive remapping. It
 * watches exactly the pages that it has traces from.
 */
final class TraceStore {
  static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;

  private final GuestMemory memory;
  private final Map<Long, TracePage> pages = new HashMap<>();
  private int traces;
  private int regions;

  TraceStore(GuestMemory memory) {
    this.memory = memory;
  }

  /**
   * The page at an address; it is watched while it has traces. Addresses are constants in the code,
   * so an alias of a page has traces of its own.
   */
  TracePage page(long gpa) {
    return pages.computeIfAbsent(gpa & -PAGE_BYTES, TracePage::new);
  }

  /** How many traces there are. */
  int size() {
    return traces;
  }

  void add(FlatTrace trace) {
    traces++;
    addTo(page(trace.gpa), trace);
    if (trace.secondPage >= 0) {
      addTo(page(trace.secondPage), trace);
    }
  }

  private void addTo(TracePage page, FlatTrace trace) {
    if (page.traces.isEmpty()) {
      memory.watchCode(page.gpa);
    }
    page.add(trace);
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
    region.head = head;
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
    Region region = head.region;
    if (region != null) {
      region.giveUp();
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
    traces--;
    removeFrom(page(trace.gpa), trace);
    if (trace.secondPage >= 0) {
      removeFrom(page(trace.secondPage), trace);
    }
  }

  private void removeFrom(TracePage page, FlatTrace trace) {
    page.remove(trace);
    if (page.traces.isEmpty()) {
      memory.unwatchCode(page.gpa);
    }
  }

  /** The traces that were made from any byte of a range within a page. */
  List<FlatTrace> touching(long gpa, int length) {
    TracePage there = pages.get(gpa & -PAGE_BYTES);
    if (there == null) {
      return List.of();
    }
    List<FlatTrace> found = new ArrayList<>();
    for (FlatTrace trace : there.traces) {
      if (trace.touches(gpa, length)) {
        found.add(trace);
      }
    }
    return found;
  }

  /** A trace and those of its page that can be in a region with it and ran cold so often. */
  List<FlatTrace> warm(FlatTrace trace, int leastRuns) {
    List<FlatTrace> found = new ArrayList<>();
    for (FlatTrace other : page(trace.gpa).traces) {
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

  /** Forgets everything, the pages too. */
  void clear() {
    List<TracePage> watched = List.copyOf(pages.values());
    for (TracePage page : watched) {
      for (FlatTrace trace : page.traces) {
        trace.dropped = true;
        forgetRegion(trace);
      }
    }
    pages.clear();
    watched.forEach(page -> memory.unwatchCode(page.gpa));
    traces = 0;
    regions = 0;
  }
}
