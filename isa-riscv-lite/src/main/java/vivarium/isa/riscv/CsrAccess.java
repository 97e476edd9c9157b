package vivarium.isa.riscv;

/**
 * What the control and status registers hold: for each, the value an instruction gets, and what a
 * write does. Writes make values legal (WARL): an unsupported one leaves the field as it is or
 * becomes the nearest that the manual allows. {@link CsrTable} has said that the register is there
 * and may be accessed; one that is there and not below is a constant 0.
 *
 * <p>Switches, because trap handlers do little else than access these registers: those that they
 * use first, the others behind.
 */
final class CsrAccess {
  /** menvcfg.ADUE: hardware updates accessed and dirty bits. */
  static final long MENVCFG_ADUE = 1L << 61;

  private static final long MENVCFG_STCE = 1L << 63;
  private static final long ENVCFG_FIOM = 1;
  private static final long MENVCFG = ENVCFG_FIOM | MENVCFG_ADUE | MENVCFG_STCE;

  /** Counters CY, TM, IR and the 29 hpmcounters, which read 0. */
  private static final long COUNTEREN = 0xffff_ffffL;

  private static final long FFLAGS = 0x1f;
  private static final int FRM_SHIFT = 5;

  /** MXL 64 bits, extensions A C D F I M S U. */
  private static final long MISA = 2L << 62 | bits("ACDFIMSU");

  private CsrAccess() {}

  private static long bits(String extensions) {
    return extensions.chars().mapToLong(letter -> 1L << letter - 'A').reduce(0, (a, b) -> a | b);
  }

  /** The value of a register. */
  static long read(RiscvHart h, int number) {
    return switch (number) {
      case Csr.SSTATUS -> Mstatus.sstatus(h.mstatus);
      case Csr.SSCRATCH -> h.sscratch;
      case Csr.SEPC -> h.sepc;
      case Csr.SCAUSE -> h.scause;
      case Csr.STVAL -> h.stval;
      case Csr.SIP -> h.mip() & h.mideleg;
      case Csr.SATP -> h.satp;
      case Csr.MSTATUS -> h.mstatus;
      case Csr.MSCRATCH -> h.mscratch;
      case Csr.MEPC -> h.mepc;
      case Csr.MCAUSE -> h.mcause;
      case Csr.MTVAL -> h.mtval;
      case Csr.MIP -> h.mip();
      case Csr.TIME -> h.clock.ticks();
      default -> readOther(h, number);
    };
  }

  private static long readOther(RiscvHart h, int number) {
    return switch (number) {
      case Csr.FFLAGS -> h.fpu().flags();
      case Csr.FRM -> h.fpu().roundingMode();
      case Csr.FCSR -> h.fcsr();
      case Csr.SIE -> h.mie & h.mideleg;
      case Csr.STVEC -> h.stvec;
      case Csr.SCOUNTEREN -> h.scounteren;
      case Csr.SENVCFG -> h.senvcfg;
      case Csr.STIMECMP -> h.stimecmp;
      case Csr.MISA -> MISA;
      case Csr.MEDELEG -> h.medeleg;
      case Csr.MIDELEG -> h.mideleg;
      case Csr.MIE -> h.mie;
      case Csr.MTVEC -> h.mtvec;
      case Csr.MCOUNTEREN -> h.mcounteren;
      case Csr.MENVCFG -> h.menvcfg;
      case Csr.MCOUNTINHIBIT -> h.mcountinhibit;
      case Csr.PMPCFG0, Csr.PMPCFG0 + 2 -> h.pmp.readCfg(firstEntry(number));
      case Csr.MCYCLE, Csr.CYCLE -> h.mcycle.read(h.cycles());
      case Csr.MINSTRET, Csr.INSTRET -> h.minstret.read(h.retired());
      case Csr.MHARTID -> h.id();
      default -> isPmpaddr(number) ? h.pmp.readAddr(number - Csr.PMPADDR0) : 0;
    };
  }

  /**
   * What csrrs and csrrc modify, from the value read. It is the same but for mip, of whose SEIP
   * they modify the bit that software wrote, not the external line.
   */
  static long base(RiscvHart h, int number, long read) {
    return number == Csr.MIP ? read & ~Interrupt.SEI | h.mipWritten & Interrupt.SEI : read;
  }

  /** Writes a register. */
  static void write(RiscvHart h, int number, long v) {
    switch (number) {
      case Csr.SSTATUS -> h.setMstatus(Mstatus.writeSstatus(h.mstatus, v));
      case Csr.SSCRATCH -> h.sscratch = v;
      case Csr.SEPC -> h.sepc = v & ~1;
      case Csr.SCAUSE -> h.scause = v;
      case Csr.STVAL -> h.stval = v;
      case Csr.SIP -> setPending(h, v, Interrupt.SSI & h.mideleg);
      case Csr.SATP -> h.setSatp(v);
      case Csr.MSTATUS -> h.setMstatus(Mstatus.write(h.mstatus, v));
      case Csr.MSCRATCH -> h.mscratch = v;
      case Csr.MEPC -> h.mepc = v & ~1;
      case Csr.MCAUSE -> h.mcause = v;
      case Csr.MTVAL -> h.mtval = v;
      case Csr.MIP ->
          setPending(h, v, Interrupt.SUPERVISOR & (h.hasStimecmp() ? ~Interrupt.STI : -1));
      default -> writeOther(h, number, v);
    }
  }

  private static void writeOther(RiscvHart h, int number, long v) {
    switch (number) {
      case Csr.FFLAGS -> h.setFcsr(h.fcsr() & ~FFLAGS | v & FFLAGS);
      case Csr.FRM -> h.setFcsr(v << FRM_SHIFT | h.fpu().flags());
      case Csr.FCSR -> h.setFcsr(v);
      case Csr.SIE -> h.setMie(h.mie & ~h.mideleg | v & h.mideleg);
      case Csr.STVEC -> h.stvec = legalTvec(h.stvec, v);
      case Csr.SCOUNTEREN -> h.scounteren = v & COUNTEREN;
      case Csr.SENVCFG -> h.senvcfg = v & ENVCFG_FIOM;
      case Csr.STIMECMP -> h.setTimer(v);
      case Csr.MEDELEG -> h.medeleg = v & Cause.DELEGABLE;
      case Csr.MIDELEG -> h.setMideleg(v & Interrupt.SUPERVISOR);
      case Csr.MIE -> h.setMie(v & Interrupt.ALL);
      case Csr.MTVEC -> h.mtvec = legalTvec(h.mtvec, v);
      case Csr.MCOUNTEREN -> h.mcounteren = v & COUNTEREN;
      case Csr.MENVCFG -> h.setMenvcfg(v & MENVCFG);
      case Csr.MCOUNTINHIBIT -> h.setMcountinhibit(v);
      case Csr.PMPCFG0, Csr.PMPCFG0 + 2 -> h.protect(() -> h.pmp.writeCfg(firstEntry(number), v));
      // A counter is written after the instruction that writes it was counted: hence the 1.
      case Csr.MCYCLE -> h.mcycle.write(h.cycles() + 1, v);
      case Csr.MINSTRET -> h.minstret.write(h.retired() + 1, v);
      default -> {
        if (isPmpaddr(number)) {
          h.protect(() -> h.pmp.writeAddr(number - Csr.PMPADDR0, v));
        }
      }
    }
  }

  /** Each of pmpcfg0 and pmpcfg2 has eight entries. */
  private static int firstEntry(int number) {
    return 4 * (number - Csr.PMPCFG0);
  }

  private static boolean isPmpaddr(int number) {
    return number >= Csr.PMPADDR0 && number < Csr.PMPADDR0 + Pmp.ENTRIES;
  }

  private static void setPending(RiscvHart hart, long value, long writable) {
    hart.setMipWritten(hart.mipWritten & ~writable | value & writable);
  }

  /** Modes 2 and 3 are reserved: a write of them has no effect. */
  private static long legalTvec(long old, long value) {
    return (value & 2) != 0 ? old : value;
  }
}
