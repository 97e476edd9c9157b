package vivarium.cpu.translation.nativ;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Emitted code by virtual address, for one fetch context and one trace key: where indirect jumps
 * and jumps to other pages look. Off-heap pairs of pc and host address of the code; direct-mapped;
 * an entry holds while mapping and code are unchanged.
 */
final class JumpTable {
  private static final int LOG_ENTRIES = 14;
  static final int ENTRIES = 1 << LOG_ENTRIES;
  static final long BYTES = 16L * ENTRIES;

  /**
   * The bits of a pc that choose its slot: two times the slot's number. No hash, as the host waits
   * for it after each jump that it has not foreseen; and neighbours share lines of its caches.
   */
  static final int SLOT_MASK = ENTRIES - 1 << 1;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final int RECENT = 4096;
  private static final int LOG_FILTER = 13;

  /** Knuth's: the golden ratio of 2^32; the upper bits of the product are the hash. */
  private static final int HASH_FACTOR = 0x9e37_79b1;

  /** An instruction that goes on in the next page begins fewer bytes before it. */
  private static final int MAX_CROSSING = 16;

  private static final int SLOTS_OF_PAGE = (4096 + MAX_CROSSING) / 2;

  /** A pc whose slot is not 0, which is that of pc 0. */
  private static final long NOT_OF_SLOT_0 = 2;

  private final MemorySegment table;
  private final int[] recent = new int[RECENT];

  /** A bit for each page that may have entries, by a hash: most fences are for pages of data. */
  private final long[] pageFilter = new long[1 << LOG_FILTER - 6];

  private int fills = ENTRIES;

  private int version;

  /** Makes an empty one in memory of {@link #BYTES}. */
  JumpTable(MemorySegment table) {
    this.table = table;
    clear();
  }

  long address() {
    return table.address();
  }

  /** Twice the slot of a pc. */
  static int twiceSlot(long pc) {
    return (int) pc & SLOT_MASK;
  }

  /** Host address of the code for a pc, or 0. */
  long get(long pc) {
    long at = 8L * twiceSlot(pc);
    return table.get(LONG, at) == pc ? table.get(LONG, at + 8) : 0;
  }

  /** Changes whenever what {@link #get} has said may no longer hold, so that it can be kept. */
  int version() {
    return version;
  }

  /** Enters the code for a pc whose instructions lie in the page of {@code pc} and the next. */
  void put(long pc, long code, boolean crossesPage) {
    int slot = twiceSlot(pc) >> 1;
    if (fills < RECENT) {
      recent[fills] = slot;
    }
    fills = Math.min(fills + 1, ENTRIES);
    table.set(LONG, 16L * slot, pc);
    table.set(LONG, 16L * slot + 8, code);
    notePage(pc);
    if (crossesPage) {
      notePage(pc + 4096);
    }
  }

  void clear() {
    version++;
    if (fills <= RECENT) {
      for (int i = 0; i < fills; i++) {
        invalidate(recent[i]);
      }
    } else {
      table.fill((byte) 0);
      invalidate(0);
    }
    fills = 0;
    java.util.Arrays.fill(pageFilter, 0);
  }

  /** Drops the entries whose code is in a page, or begins at the end of the one before. */
  void dropPage(long va) {
    int hash = pageHash(va);
    if ((pageFilter[hash >>> 6] >>> hash & 1) == 0) {
      return;
    }
    version++;
    if (fills <= SLOTS_OF_PAGE) {
      for (int i = 0; i < fills; i++) {
        dropIfIn(recent[i], va);
      }
    } else {
      long first = (va & -4096) - MAX_CROSSING;
      for (int i = 0; i < SLOTS_OF_PAGE; i++) {
        dropIfIn(twiceSlot(first + 2 * i) >> 1, va);
      }
    }
  }

  private void dropIfIn(int slot, long va) {
    long pc = table.get(LONG, 16L * slot);
    if ((pc ^ va) >>> 12 == 0 || (pc + MAX_CROSSING ^ va) >>> 12 == 0) {
      invalidate(slot);
    }
  }

  /** Drops the entry of a pc if it leads to this code. */
  void drop(long pc, long code) {
    version++;
    if (get(pc) == code) {
      invalidate(twiceSlot(pc) >> 1);
    }
  }

  private void notePage(long va) {
    int hash = pageHash(va);
    pageFilter[hash >>> 6] |= 1L << hash;
  }

  private static int pageHash(long va) {
    return (int) (va >>> 12) * HASH_FACTOR >>> Integer.SIZE - LOG_FILTER;
  }

  /** The pc of an invalid entry belongs to another slot, so that no jump can match it. */
  private void invalidate(int slot) {
    table.set(LONG, 16L * slot, slot == 0 ? NOT_OF_SLOT_0 : 0);
    table.set(LONG, 16L * slot + 8, 0);
  }
}
