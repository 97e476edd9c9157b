package vivarium.cpu.translation.nativ;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import vivarium.api.memory.GuestMemory;

/**
 * Traces by where their code is in guest-physical memory, so that they survive remapping; the sites
 * at which they are left; and the links between them. It watches exactly the pages that it has
 * traces from.
 */
final class TraceCache {
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;

  /** Constants of the pc are in the code, so an alias of a page has traces of its own. */
  private record Key(long gpa, long pc, int key) {}

  private final GuestMemory memory;
  private final CodeArea area;
  private final Map<Key, Trace> traces = new HashMap<>();
  private final Map<Long, List<Trace>> pages = new HashMap<>();
  private final List<@Nullable Site> sites = new ArrayList<>();

  TraceCache(GuestMemory memory, CodeArea area) {
    this.memory = memory;
    this.area = area;
  }

  /** All sites, by number. */
  List<@Nullable Site> sites() {
    return sites;
  }

  @Nullable Trace find(long gpa, long pc, int key) {
    return traces.get(new Key(gpa, pc, key));
  }

  void add(Trace trace) {
    traces.put(new Key(trace.gpa, trace.pc, trace.key), trace);
    addToPage(trace, trace.gpa & -PAGE_BYTES);
    if (trace.secondPage >= 0) {
      addToPage(trace, trace.secondPage);
    }
  }

  private void addToPage(Trace trace, long page) {
    List<Trace> there = pages.get(page);
    if (there == null) {
      there = new ArrayList<>();
      pages.put(page, there);
      memory.watchCode(page);
    }
    there.add(trace);
  }

  /** Makes a site's jump lead to a trace. */
  void link(Site site, Trace target) {
    area.patch(site.patchAt, target.code);
    site.target = target;
    target.incoming.add(site);
  }

  /** Forgets a trace, which is not running: nothing leads to it any more but jump tables. */
  void drop(Trace trace) {
    trace.dropped = true;
    traces.remove(new Key(trace.gpa, trace.pc, trace.key));
    removeFromPage(trace, trace.gpa & -PAGE_BYTES);
    if (trace.secondPage >= 0) {
      removeFromPage(trace, trace.secondPage);
    }
    for (Site site : trace.incoming) {
      area.patch(site.patchAt, site.unlinkedAt);
      site.target = null;
    }
    trace.incoming.clear();
    for (Site site : trace.sites) {
      sites.set(site.number, null);
      if (site.target != null) {
        site.target.incoming.remove(site);
        site.target = null;
      }
    }
  }

  private void removeFromPage(Trace trace, long page) {
    List<Trace> there = pages.get(page);
    if (there != null && there.remove(trace) && there.isEmpty()) {
      pages.remove(page);
      memory.unwatchCode(page);
    }
  }

  /** Whether any byte of a range has been translated. */
  boolean holds(long gpa, int length) {
    List<Trace> there = pages.get(gpa & -PAGE_BYTES);
    if (there != null) {
      for (Trace trace : there) {
        if (trace.touches(gpa, length)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The traces that were made from any byte of a range, within a page. */
  List<Trace> touching(long gpa, int length) {
    List<Trace> there = pages.get(gpa & -PAGE_BYTES);
    return there == null
        ? List.of()
        : there.stream().filter(trace -> trace.touches(gpa, length)).toList();
  }

  int count() {
    return traces.size();
  }

  /** Forgets everything, links with it: code memory is given up as a whole. */
  void clear() {
    pages.keySet().forEach(memory::unwatchCode);
    pages.clear();
    traces.values().forEach(trace -> trace.dropped = true);
    traces.clear();
    sites.clear();
    area.clear();
  }
}
