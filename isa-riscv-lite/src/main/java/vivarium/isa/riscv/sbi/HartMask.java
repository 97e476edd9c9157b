package vivarium.isa.riscv.sbi;

import java.util.List;
import java.util.stream.Stream;
import vivarium.isa.riscv.RiscvHart;

/**
 * A set of harts (SBI 2.0, section 3.1).
 *
 * @param bits hart {@code base + i} for each bit i
 * @param base the first hart; -1 for all harts
 */
record HartMask(long bits, long base) {
  private static final long ALL = -1;

  /** Whether every hart named is there. */
  boolean isValid(int harts) {
    long above = 64 - Long.numberOfLeadingZeros(bits);
    return base == ALL || base >= 0 && base < harts && base + above <= harts;
  }

  /** The harts named that are not stopped. */
  Stream<RiscvHart> select(List<RiscvHart> harts) {
    return harts.stream().filter(hart -> contains(hart.id()) && !hart.stopped());
  }

  private boolean contains(int id) {
    long bit = id - base;
    return base == ALL || bit >= 0 && bit < 64 && (bits >>> bit & 1) != 0;
  }
}
