package vivarium.cpu.translation.nativ;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.HostPages;

/**
 * The TLB of one translation context for emitted code: direct-mapped, off-heap, three arrays one
 * after the other: tags for loads, tags for stores, addends.
 *
 * <p>A tag is a virtual page; an access hits if {@code va ^ tag}, unsigned, is at most {@code 4096
 * - width}. An invalid tag differs from every address of its slot in the lowest bit that indexes
 * it, so that two tags, one after the other, empty a table of any size. Where all entries have one
 * addend (host minus virtual address), emitted code takes it from a register and never reads the
 * third array: it loads the tag for control only.
 */
final class SoftTlb {
  private static final int PAGE_SHIFT = GuestMemory.PAGE_SHIFT;
  private static final long PAGE_MASK = -GuestMemory.PAGE_BYTES;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final int RECENT = 1024;

  /** Entries where there is one addend: bare addresses, where sixteen thousand span 64 MiB. */
  static final int ENTRIES_UNIFORM = 1 << 15;

  /** Entries where each has its own addend: scattered pages need as many. */
  static final int ENTRIES_MIXED = 1 << 15;

  private final boolean uniform;
  private final int entries;
  private final MemorySegment table;
  private final int[] recent = new int[RECENT];
  private final HostPages hostPages;
  private int fills;
  private boolean addendKnown;
  private long addend;
  private long refusals;

  /**
   * Makes an empty one.
   *
   * @param table {@link #bytes} long
   */
  SoftTlb(boolean uniform, MemorySegment table) {
    this.uniform = uniform;
    this.entries = entries(uniform);
    this.table = table;
    hostPages = new HostPages(uniform ? 1 : entries);
    fills = entries;
    clear();
  }

  static int entries(boolean uniform) {
    return uniform ? ENTRIES_UNIFORM : ENTRIES_MIXED;
  }

  static long bytes(boolean uniform) {
    return (uniform ? 16L : 24L) * entries(uniform);
  }

  /** Byte distance from the load tags to the store tags. */
  static int storeTags(boolean uniform) {
    return 8 * entries(uniform);
  }

  /** Byte distance from the load tags to the addends. */
  static int addends(boolean uniform) {
    return 16 * entries(uniform);
  }

  boolean uniform() {
    return uniform;
  }

  long address() {
    return table.address();
  }

  /** Host minus virtual address of all entries of a uniform TLB; 0 before the first. */
  long addend() {
    return addend;
  }

  /** How many fills a uniform TLB has refused because of another addend. */
  long refusals() {
    return refusals;
  }

  /**
   * Enters a page.
   *
   * @return whether it could be: a uniform TLB takes one addend only
   */
  boolean fill(long va, long hostPage, boolean load, boolean store) {
    long tag = va & PAGE_MASK;
    long newAddend = hostPage - tag;
    if (uniform) {
      if (addendKnown && newAddend != addend) {
        refusals++;
        return false;
      }
      addendKnown = true;
      addend = newAddend;
    }
    int slot = slot(va);
    if (fills < RECENT) {
      recent[fills] = slot;
    }
    fills = Math.min(fills + 1, entries);
    boolean same = uniform || table.getAtIndex(LONG, slot + 2L * entries) == newAddend;
    if (load || !same || loadTag(slot) != tag) {
      setLoadTag(slot, load ? tag : invalidTag(slot));
    }
    if (store || !same || storeTag(slot) != tag) {
      setStoreTag(slot, store ? tag : invalidTag(slot));
    }
    if (!uniform) {
      table.setAtIndex(LONG, slot + 2L * entries, newAddend);
      hostPages.filled(slot, hostPage);
    }
    return true;
  }

  void clear() {
    if (fills <= RECENT) {
      for (int i = 0; i < fills; i++) {
        invalidate(recent[i]);
        if (!uniform) {
          hostPages.emptied(recent[i]);
        }
      }
    } else {
      long tagBytes = 16L * entries;
      long done = 16;
      invalidate(0);
      table.setAtIndex(LONG, 1, invalidTag(1));
      while (done < tagBytes) {
        long more = Math.min(done, tagBytes - done);
        MemorySegment.copy(table, 0, table, done, more);
        done += more;
      }
      hostPages.clear();
    }
    fills = 0;
  }

  /** Drops the entry of one virtual page. */
  void drop(long va) {
    int slot = slot(va);
    long tag = va & PAGE_MASK;
    if (loadTag(slot) == tag || storeTag(slot) == tag) {
      invalidate(slot);
    }
  }

  /** Drops the entries that lead to a host page: those for stores, or all. */
  void dropHostPage(long hostPage, boolean loads) {
    if (uniform) {
      long va = hostPage - addend;
      dropSlot(slot(va), va, loads);
      return;
    }
    for (int slot = hostPages.find(hostPage, 0);
        slot >= 0;
        slot = hostPages.find(hostPage, slot + 1)) {
      long tag = hostPage - table.getAtIndex(LONG, slot + 2L * entries);
      dropSlot(slot, tag, loads);
    }
  }

  private void dropSlot(int slot, long tag, boolean loads) {
    if (storeTag(slot) == tag) {
      setStoreTag(slot, invalidTag(slot));
    }
    if (loads && loadTag(slot) == tag) {
      setLoadTag(slot, invalidTag(slot));
    }
  }

  private void invalidate(int slot) {
    setLoadTag(slot, invalidTag(slot));
    setStoreTag(slot, invalidTag(slot));
  }

  private long loadTag(int slot) {
    return table.getAtIndex(LONG, slot);
  }

  private void setLoadTag(int slot, long tag) {
    table.setAtIndex(LONG, slot, tag);
  }

  private long storeTag(int slot) {
    return table.getAtIndex(LONG, slot + entries);
  }

  private void setStoreTag(int slot, long tag) {
    table.setAtIndex(LONG, slot + entries, tag);
  }

  private static long invalidTag(int slot) {
    return (~slot & 1L) << PAGE_SHIFT;
  }

  private int slot(long va) {
    return (int) (va >>> PAGE_SHIFT) & entries - 1;
  }
}
