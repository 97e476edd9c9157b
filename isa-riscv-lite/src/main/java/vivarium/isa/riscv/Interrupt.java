package vivarium.isa.riscv;

/** Bits of mip, mie and mideleg. */
final class Interrupt {
  static final long SSI = 1 << 1;
  static final long MSI = 1 << 3;
  static final long STI = 1 << 5;
  static final long MTI = 1 << 7;
  static final long SEI = 1 << 9;
  static final long MEI = 1 << 11;
  static final long SUPERVISOR = SSI | STI | SEI;
  static final long ALL = SUPERVISOR | MSI | MTI | MEI;

  /** Highest priority first. */
  private static final long[] BY_PRIORITY = {MEI, MSI, MTI, SEI, SSI, STI};

  private Interrupt() {}

  /** For people. */
  static String name(int number) {
    return switch (number) {
      case 1 -> "supervisor software";
      case 3 -> "machine software";
      case 5 -> "supervisor timer";
      case 7 -> "machine timer";
      case 9 -> "supervisor external";
      case 11 -> "machine external";
      default -> "interrupt " + number;
    };
  }

  /** The number of the interrupt of the highest priority in a set that is not empty. */
  static int highest(long set) {
    for (long bit : BY_PRIORITY) {
      if ((set & bit) != 0) {
        return Long.numberOfTrailingZeros(bit);
      }
    }
    throw new IllegalArgumentException("no interrupt in 0x" + Long.toHexString(set));
  }
}
