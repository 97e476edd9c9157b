package vivarium.cpu.translation.nativ;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vivarium.api.memory.GuestMemory;

/**
 * Traces by where their code is in guest-physical memory, so that they survive remapping, or in
 * copies of it; the sites at which they are left; and the links between them.
 */
final class TraceCache {
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;

  /** Stores to a page without traces after which it is no longer watched. */
  private static final int IDLE_STORES = 64;

  /** The pages that traces are made from. */
  interface Pages {
    /** How many there are. */
    int count();

    /** The number, from 0, of the one with an address. */
    int number(long address);

    /** There are traces from a page from now on. */
    void watch(long page);

    /** There are none any more. */
    void unwatch(long page);

    /** Those of a guest's memory. */
    static Pages of(GuestMemory memory) {
      return new Pages() {
        @Override
        public int count() {
          return memory.pages();
        }

        @Override
        public int number(long address) {
          return memory.pageNumber(address);
        }

        @Override
        public void watch(long page) {
          memory.watchCode(page);
        }

        @Override
        public void unwatch(long page) {
          memory.unwatchCode(page);
        }
      };
    }
  }

  private final Pages source;
  private final CodeArea area;
  private @Nullable Trace[] table = new Trace[1 << 10];
  private int count;
  private final @Nullable CodePage[] pages;
  private final List<@Nullable Site> sites = new ArrayList<>();

  TraceCache(Pages source, CodeArea area) {
    this.source = source;
    this.area = area;
    pages = new CodePage[source.count()];
  }

  /** All sites, by number. */
  List<@Nullable Site> sites() {
    return sites;
  }

  /** Constants of the pc are in the code, so an alias of a page has traces of its own. */
  private static int hash(long gpa, long pc, int key) {
    long mixed = (gpa + 31 * key ^ pc << 17) * 0x9e37_79b9_7f4a_7c15L;
    return (int) (mixed >>> 32);
  }

  /** The trace for a place; the page knows at a glance where there is none. */
  @Nullable Trace find(long gpa, long pc, int key) {
    if (!isHead(gpa)) {
      return null;
    }
    Trace found = table[hash(gpa, pc, key) & table.length - 1];
    while (found != null && (found.gpa != gpa || found.pc != pc || found.key != key)) {
      found = found.nextFound;
    }
    return found;
  }

  /** Enters a new trace. */
  void add(Trace trace) {
    enter(trace);
    addToPage(trace, trace.gpa);
    if (trace.secondPage >= 0) {
      addToPage(trace, trace.secondPage);
    }
  }

  private void enter(Trace trace) {
    if (count++ == table.length) {
      @Nullable Trace[] old = table;
      table = new Trace[4 * old.length];
      for (Trace head : old) {
        while (head != null) {
          Trace next = head.nextFound;
          push(head);
          head = next;
        }
      }
    }
    push(trace);
  }

  private void push(Trace trace) {
    int place = hash(trace.gpa, trace.pc, trace.key) & table.length - 1;
    trace.nextFound = table[place];
    table[place] = trace;
  }

  private void remove(Trace trace) {
    int place = hash(trace.gpa, trace.pc, trace.key) & table.length - 1;
    Trace before = table[place];
    if (before == trace) {
      table[place] = trace.nextFound;
    } else {
      while (before != null && before.nextFound != trace) {
        before = before.nextFound;
      }
      if (before != null) {
        before.nextFound = trace.nextFound;
      }
    }
    trace.nextFound = null;
    count--;
  }

  private int number(long gpa) {
    return source.number(gpa);
  }

  private void addToPage(Trace trace, long gpa) {
    int number = number(gpa);
    CodePage there = pages[number];
    if (there == null) {
      there = new CodePage(gpa & -PAGE_BYTES);
      pages[number] = there;
      source.watch(there.gpa);
    }
    there.add(trace);
  }

  private void removeFromPage(Trace trace, long gpa) {
    CodePage there = pages[number(gpa)];
    if (there != null) {
      there.remove(trace);
    }
  }

  /** Makes a site's jump lead to a trace. */
  void link(LinkSite site, Trace target) {
    area.patch(site.patchAt, target.code);
    site.target = target;
    site.nextIncoming = target.incoming;
    target.incoming = site;
  }

  /** Makes a site for indirect jumps expect an address, the code for which is a trace. */
  void linkExpected(LinkSite site, long pc, Trace target) {
    area.patchLong(site.expectedAt, pc);
    link(site, target);
  }

  /** Makes a site for indirect jumps look up what it does not expect. */
  void jumpOtherwise(LinkSite site) {
    area.patch(site.otherwiseAt, site.unlinkedAt);
  }

  private void unlink(LinkSite site, Trace target) {
    area.patch(site.patchAt, site.unlinkedAt);
    site.target = null;
    LinkSite before = target.incoming;
    if (before == site) {
      target.incoming = site.nextIncoming;
    } else {
      while (before != null && before.nextIncoming != site) {
        before = before.nextIncoming;
      }
      if (before != null) {
        before.nextIncoming = site.nextIncoming;
      }
    }
    site.nextIncoming = null;
  }

  /** Forgets a trace, which is not running: nothing leads to it any more but jump tables. */
  void drop(Trace trace) {
    trace.dropped = true;
    remove(trace);
    removeFromPage(trace, trace.gpa);
    if (trace.secondPage >= 0) {
      removeFromPage(trace, trace.secondPage);
    }
    for (LinkSite site = trace.incoming; site != null; site = trace.incoming) {
      unlink(site, trace);
    }
    for (Site site = trace.sites; site != null; site = site.nextOfTrace) {
      if (site instanceof LinkSite link && link.target != null) {
        unlink(link, link.target);
      }
    }
    for (Site site = trace.sites; site != null; site = site.nextOfTrace) {
      sites.set(site.number, null);
    }
  }

  /** Lets what leads to a trace, which is not running, lead to another made from the same code. */
  void replace(Trace trace, Trace by) {
    LinkSite last = null;
    for (LinkSite site = trace.incoming; site != null; site = site.nextIncoming) {
      area.patch(site.patchAt, by.code);
      site.target = by;
      last = site;
    }
    if (last != null) {
      last.nextIncoming = by.incoming;
      by.incoming = trace.incoming;
      trace.incoming = null;
    }
    drop(trace);
  }

  /** Whether any byte of a range within a page has been translated. */
  boolean holds(long gpa, int length) {
    CodePage there = pages[number(gpa)];
    return there != null && there.holds(gpa, length);
  }

  /** Whether a trace begins at an address. */
  boolean isHead(long gpa) {
    CodePage there = pages[number(gpa)];
    return there != null && there.isHead(gpa);
  }

  /** A trace that was made from any byte of a range within a page, or {@code null}. */
  @Nullable Trace touching(long gpa, int length) {
    CodePage there = pages[number(gpa)];
    return there != null && there.holds(gpa, length) ? there.touching(gpa, length) : null;
  }

  /** Stops watching a page that has no trace any more and is written often. */
  void noteStore(long gpa) {
    int number = number(gpa);
    CodePage there = pages[number];
    if (there != null && there.noteStore() >= IDLE_STORES) {
      pages[number] = null;
      source.unwatch(there.gpa);
    }
  }

  int count() {
    return count;
  }

  /** Forgets everything, links with it: code memory is given up as a whole. */
  void clear() {
    for (Trace trace : table) {
      for (; trace != null; trace = trace.nextFound) {
        trace.dropped = true;
      }
    }
    Arrays.fill(table, null);
    count = 0;
    for (int i = 0; i < pages.length; i++) {
      CodePage there = pages[i];
      if (there != null) {
        pages[i] = null;
        source.unwatch(there.gpa);
      }
    }
    sites.clear();
    area.clear();
  }
}
