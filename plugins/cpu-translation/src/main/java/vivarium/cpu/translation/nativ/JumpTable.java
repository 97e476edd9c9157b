package vivarium.cpu.translation.nativ;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Emitted code by virtual address, for one fetch context and one trace key: where indirect jumps
 * and jumps to other pages look. Off-heap pairs of pc and host address of the code; direct-mapped;
 * an entry holds while mapping and code are unchanged.
 */
final class JumpTable {
  static final int ENTRIES = 1 << 13;
  static final long BYTES = 16L * ENTRIES;

  /** Of a hash, the bits that {@link #hash} keeps: two times the index. */
  static final int HASH_MASK = ENTRIES - 1 << 1;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final int RECENT = 256;

  private final MemorySegment table;
  private final int[] recent = new int[RECENT];
  private final long[] pageFilter = new long[16];
  private int fills = ENTRIES;

  /** Makes an empty one in memory of {@link #BYTES}. */
  JumpTable(MemorySegment table) {
    this.table = table;
    clear();
  }

  long address() {
    return table.address();
  }

  /** Twice the slot of a pc; page numbers are mixed in, so that like offsets do not collide. */
  static int hash(long pc) {
    return (int) (pc >>> 12 ^ pc) & HASH_MASK;
  }

  /** Host address of the code for a pc, or 0. */
  long get(long pc) {
    long at = 8L * hash(pc);
    return table.get(LONG, at) == pc ? table.get(LONG, at + 8) : 0;
  }

  /** Enters the code for a pc whose instructions lie in the page of {@code pc} and the next. */
  void put(long pc, long code, boolean crossesPage) {
    int slot = hash(pc) >> 1;
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
    if (fills <= RECENT) {
      for (int i = 0; i < fills; i++) {
        invalidate(recent[i]);
      }
    } else {
      for (int slot = 0; slot < ENTRIES; slot++) {
        invalidate(slot);
      }
    }
    fills = 0;
    java.util.Arrays.fill(pageFilter, 0);
  }

  /** Drops what may have code in a page. */
  void dropPage(long va) {
    int hash = pageHash(va);
    if ((pageFilter[hash >>> 6] >>> hash & 1) != 0) {
      clear();
    }
  }

  /** Drops the entry of a pc if it leads to this code. */
  void drop(long pc, long code) {
    if (get(pc) == code) {
      invalidate(hash(pc) >> 1);
    }
  }

  private void notePage(long va) {
    int hash = pageHash(va);
    pageFilter[hash >>> 6] |= 1L << hash;
  }

  private static int pageHash(long va) {
    return (int) (va >>> 12) & 1023;
  }

  /** The pc of an invalid entry belongs to another slot, so that no jump can match it. */
  private void invalidate(int slot) {
    table.set(LONG, 16L * slot, slot == 0 ? 2 : 0);
    table.set(LONG, 16L * slot + 8, 0);
  }
}
