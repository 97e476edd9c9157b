package vivarium.api.memory;

import java.util.function.LongPredicate;

/**
 * The longest stretch known of pages of one {@link Tlb} that lie together both in virtual and in
 * host memory, one for loads and one for stores: what most accesses are compared with first, as
 * that takes no look-up. A page is in it if it has been in the TLB, and has not been dropped since.
 */
final class Window {
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;
  private static final long PAGE_MASK = -PAGE_BYTES;

  /** Bytes that it grows across at a time. */
  private static final long MOST_BRIDGED = 1 << 24;

  private final long[] tags;
  private final long[] addends;
  private long start;
  private long end;
  private long addend;

  /**
   * Makes an empty one.
   *
   * @param tags of the TLB, for loads or for stores
   * @param addends of the TLB
   */
  Window(long[] tags, long[] addends) {
    this.tags = tags;
    this.addends = addends;
  }

  /** Virtual address of its first byte. */
  long start() {
    return start;
  }

  /** At how many addresses from its start 8 bytes may be accessed. */
  long span() {
    return start == end ? 0 : end - start - 7;
  }

  /** Host address minus virtual address. */
  long addend() {
    return addend;
  }

  void clear() {
    start = 0;
    end = 0;
  }

  /** A page has been filled in: takes it in if it lies beside, and all that lie beside it then. */
  void filled(long page) {
    if (start == end) {
      start = page;
      end = page + PAGE_BYTES;
      addend = addends[slot(page)];
    } else if (page == end && holds(page, addend)) {
      end += PAGE_BYTES;
    } else if (page == start - PAGE_BYTES && holds(page, addend)) {
      start = page;
    } else {
      return;
    }
    while (holds(end, addend) && end - start < 1L << 40) {
      end += PAGE_BYTES;
    }
    while (holds(start - PAGE_BYTES, addend)) {
      start -= PAGE_BYTES;
    }
  }

  /**
   * Grows up to a page that has been filled in, across others of the same large page, which are
   * mapped as it is: if they may be accessed directly, and if frames lie as they do here.
   *
   * @param gpa where the page is
   * @param span bytes of the large page
   * @param direct whether a page, by its guest-physical address, may be accessed directly
   */
  void bridge(GuestMemory memory, long gpa, long va, long span, LongPredicate direct) {
    long page = va & PAGE_MASK;
    long first = page & -span;
    long toGpa = (gpa & PAGE_MASK) - page;
    if (!holds(page, addend) || start == end) {
      return;
    }
    if (page >= end && end >= first && page - end <= MOST_BRIDGED) {
      while (end <= page && liesHere(memory, end, toGpa, direct)) {
        end += PAGE_BYTES;
      }
    } else if (page < start && start <= first + span && start - page <= MOST_BRIDGED) {
      while (start > page && liesHere(memory, start - PAGE_BYTES, toGpa, direct)) {
        start -= PAGE_BYTES;
      }
    }
  }

  private boolean liesHere(GuestMemory memory, long page, long toGpa, LongPredicate direct) {
    long gpa = page + toGpa;
    return memory.isRam(gpa, PAGE_BYTES)
        && direct.test(gpa)
        && memory.hostPage(gpa) == page + addend;
  }

  /** A page outside is in use: lies there now if more pages lie together around that one. */
  void consider(long page) {
    long there = addends[slot(page)];
    long from = page;
    long to = page;
    while (holds(to, there)) {
      to += PAGE_BYTES;
    }
    while (holds(from - PAGE_BYTES, there)) {
      from -= PAGE_BYTES;
    }
    if (to - from > end - start) {
      start = from;
      end = to;
      addend = there;
    }
  }

  private boolean holds(long page, long wantedAddend) {
    int slot = slot(page);
    return tags[slot] == page && addends[slot] == wantedAddend;
  }

  /** Shrinks so that a page is outside. */
  void drop(long va) {
    long page = va & PAGE_MASK;
    if (Long.compareUnsigned(page - start, end - start) >= 0) {
      return;
    }
    if (page - start > end - page) {
      end = page;
    } else {
      start = page + PAGE_BYTES;
    }
  }

  void dropHostPage(long hostPage) {
    drop(hostPage - addend);
  }

  private int slot(long va) {
    return (int) (va >>> GuestMemory.PAGE_SHIFT) & tags.length - 1;
  }
}
