package vivarium.isa.riscv;

import vivarium.api.memory.Access;
import vivarium.api.memory.GuestMemory;

/**
 * Physical memory protection: 16 entries, granularity 4 bytes (privileged specification, section
 * 3.7). Asked at each TLB miss, so that ranges are decoded when an entry is written.
 */
final class Pmp {
  static final int ENTRIES = 16;

  private static final int R = 1;
  private static final int W = 2;
  private static final int X = 4;
  private static final int A_SHIFT = 3;
  private static final int A = 3 << A_SHIFT;
  private static final int TOR = 1 << A_SHIFT;
  private static final int NA4 = 2 << A_SHIFT;
  private static final int NAPOT = 3 << A_SHIFT;
  private static final int L = 0x80;
  private static final long ADDRESS = (1L << 54) - 1;
  private static final int ALL = Access.LOAD.mask() | Access.STORE.mask() | Access.FETCH.mask();

  private final int[] cfg = new int[ENTRIES];
  private final long[] addr = new long[ENTRIES];

  /** First and last byte of each entry's range; an empty range has {@code last < first}. */
  private final long[] first = new long[ENTRIES];

  private final long[] last = new long[ENTRIES];
  private int active;

  /** All entries off and unlocked. */
  void reset() {
    for (int i = 0; i < ENTRIES; i++) {
      cfg[i] = 0;
      addr[i] = 0;
    }
    decode();
  }

  /** Reads pmpcfg0 or pmpcfg2: eight entries from {@code firstEntry} on. */
  long readCfg(int firstEntry) {
    long value = 0;
    for (int i = 7; i >= 0; i--) {
      value = value << 8 | cfg[firstEntry + i];
    }
    return value;
  }

  /** Writes pmpcfg0 or pmpcfg2; locked entries stay. */
  void writeCfg(int firstEntry, long value) {
    for (int i = 0; i < 8; i++) {
      int entry = firstEntry + i;
      if ((cfg[entry] & L) == 0) {
        cfg[entry] = legal((int) (value >>> 8 * i));
      }
    }
    decode();
  }

  /** W without R is reserved, so that W reads back as 0. */
  private static int legal(int value) {
    int legal = value & (L | A | R | W | X);
    return (legal & R) == 0 ? legal & ~W : legal;
  }

  long readAddr(int entry) {
    return addr[entry];
  }

  /** Writes pmpaddr; a locked entry stays, and so does the lower bound of a locked TOR entry. */
  void writeAddr(int entry, long value) {
    int next = entry + 1;
    boolean lockedAsBound = next < ENTRIES && (cfg[next] & L) != 0 && (cfg[next] & A) == TOR;
    if ((cfg[entry] & L) == 0 && !lockedAsBound) {
      addr[entry] = value & ADDRESS;
      decode();
    }
  }

  private void decode() {
    active = 0;
    for (int i = 0; i < ENTRIES; i++) {
      long from = addr[i] << 2;
      long end =
          switch (cfg[i] & A) {
            case TOR -> from;
            case NA4 -> from + 4;
            case NAPOT -> {
              long size = 8L << Long.numberOfTrailingZeros(~addr[i]);
              from &= -size;
              yield from + size;
            }
            default -> from;
          };
      if ((cfg[i] & A) == TOR) {
        from = i == 0 ? 0 : addr[i - 1] << 2;
      }
      first[i] = from;
      last[i] = end - 1;
      if ((cfg[i] & A) != 0) {
        active = i + 1;
      }
    }
  }

  /**
   * What a range may be used for, as {@link vivarium.api.isa.Hart#physicalPermissions} says.
   *
   * @param machine whether the effective privilege is M
   */
  int permissions(boolean machine, long gpa, long length) {
    long end = gpa + length - 1;
    for (int i = 0; i < active; i++) {
      boolean overlaps =
          first[i] <= last[i]
              && Long.compareUnsigned(gpa, last[i]) <= 0
              && Long.compareUnsigned(end, first[i]) >= 0;
      if (overlaps) {
        boolean whole =
            Long.compareUnsigned(gpa, first[i]) >= 0 && Long.compareUnsigned(end, last[i]) <= 0;
        if (!whole) {
          // The entry must match all bytes of an access, or the access fails.
          return length == GuestMemory.PAGE_BYTES ? -1 : 0;
        }
        return machine && (cfg[i] & L) == 0 ? ALL : allowed(cfg[i]);
      }
    }
    // No match: M-mode may, others may not, as entries are implemented.
    return machine ? ALL : 0;
  }

  private static int allowed(int cfg) {
    return ((cfg & R) != 0 ? Access.LOAD.mask() : 0)
        | ((cfg & W) != 0 ? Access.STORE.mask() : 0)
        | ((cfg & X) != 0 ? Access.FETCH.mask() : 0);
  }
}
