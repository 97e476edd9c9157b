package vivarium.cpu.translation.nativ;

import java.util.Arrays;

/** Collects the guest-physical bytes that a trace is made from, in the order of the trace. */
final class CodeRanges {
  private long[] pairs = new long[16];
  private int used;

  void clear() {
    used = 0;
  }

  /** Adds an instruction; what follows the one before makes one range with it. */
  void add(long gpa, int length) {
    if (used > 0 && pairs[used - 1] == gpa) {
      pairs[used - 1] = gpa + length;
      return;
    }
    if (used == pairs.length) {
      pairs = Arrays.copyOf(pairs, 2 * used);
    }
    pairs[used++] = gpa;
    pairs[used++] = gpa + length;
  }

  /** What of the last range lies behind {@code pageEnd} is in a page of its own. */
  void split(long pageEnd, long secondPage) {
    int beyond = (int) (pairs[used - 1] - pageEnd);
    pairs[used - 1] = pageEnd;
    add(secondPage, beyond);
  }

  /** Start and end of each range. */
  long[] toArray() {
    return Arrays.copyOf(pairs, used);
  }
}
