package vivarium.isa.riscv;

/** Fields of mstatus and sstatus on RV64, and which of them can be written. */
final class Mstatus {
  static final long SIE = 1 << 1;
  static final long MIE = 1 << 3;
  static final long SPIE = 1 << 5;
  static final long MPIE = 1 << 7;
  static final long SPP = 1 << 8;
  static final int MPP_SHIFT = 11;
  static final long MPP = 3 << MPP_SHIFT;
  static final int FS_SHIFT = 13;
  static final long FS = 3 << FS_SHIFT;
  static final long MPRV = 1 << 17;
  static final long SUM = 1 << 18;
  static final long MXR = 1 << 19;
  static final long TVM = 1 << 20;
  static final long TW = 1 << 21;
  static final long TSR = 1 << 22;
  static final long SD = 1L << 63;

  /** UXL: 64 bits. */
  private static final long UXL_64 = 2L << 32;

  /** SXL: 64 bits. */
  private static final long SXL_64 = 2L << 34;

  private static final long SSTATUS_WRITABLE = SIE | SPIE | SPP | FS | SUM | MXR;
  private static final long WRITABLE = SSTATUS_WRITABLE | MIE | MPIE | MPP | MPRV | TVM | TW | TSR;
  private static final long SSTATUS = SSTATUS_WRITABLE | 3L << 32 | SD;

  /** After reset: M-mode without MPRV and interrupts. */
  static final long RESET = UXL_64 | SXL_64;

  private Mstatus() {}

  /** The legal value that results from writing {@code value} over {@code old}; SD follows FS. */
  static long write(long old, long value) {
    long result = old & ~WRITABLE | value & WRITABLE;
    if ((result & MPP) == 2 << MPP_SHIFT) {
      result = result & ~MPP | old & MPP;
    }
    return (result & FS) == FS ? result | SD : result & ~SD;
  }

  /** As {@link #write}, for sstatus. */
  static long writeSstatus(long old, long value) {
    return write(old, old & ~SSTATUS_WRITABLE | value & SSTATUS_WRITABLE);
  }

  /** What sstatus shows. */
  static long sstatus(long mstatus) {
    return mstatus & SSTATUS;
  }

  /** The previous privilege of M-mode traps. */
  static int mpp(long mstatus) {
    return (int) (mstatus >>> MPP_SHIFT) & 3;
  }
}
