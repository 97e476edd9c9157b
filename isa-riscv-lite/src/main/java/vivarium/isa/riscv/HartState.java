package vivarium.isa.riscv;

import java.util.concurrent.atomic.AtomicInteger;
import vivarium.api.device.Clock;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.HartEnvironment;

/**
 * What a hart's control and status registers hold, named as in the manual; {@link CsrAccess} reads
 * and writes it. What follows from a change for privilege and translation is {@link RiscvHart}'s.
 */
abstract class HartState extends Hart {
  private static final long COUNTINHIBIT_CY = 1;
  private static final long COUNTINHIBIT_IR = 1 << 2;

  final Clock clock;
  final Pmp pmp = new Pmp();
  final Counter mcycle = new Counter();
  final Counter minstret = new Counter();

  long mstatus;
  long medeleg;
  long mideleg;
  long mie;

  /** The bits of mip that software wrote: SSIP, STIP, SEIP. */
  long mipWritten;

  long mtvec;
  long stvec;
  long mscratch;
  long sscratch;
  long mepc;
  long sepc;
  long mcause;
  long scause;
  long mtval;
  long stval;
  long mcounteren;
  long scounteren;
  long mcountinhibit;
  long menvcfg;
  long senvcfg;
  long stimecmp;
  long satp;
  long trapsTaken;

  private final Clock.Timer timer;

  /** The bits of mip that devices drive, from any thread. */
  private final AtomicInteger lines = new AtomicInteger();

  HartState(HartEnvironment environment) {
    super(environment);
    clock = environment.clock();
    timer = clock.newTimer(() -> block().requestAttention(HartBlock.ATTENTION_INTERRUPT));
  }

  /** Another face of a hart, with registers of its own and no timer. */
  HartState(HartState shared) {
    super(shared);
    clock = shared.clock;
    timer = shared.timer;
  }

  /** An interrupt may have become deliverable. */
  abstract void interruptsChanged();

  /** Replaces mstatus by a legal value, with all that follows. */
  abstract void setMstatus(long value);

  /** To the values after reset. */
  void resetRegisters() {
    mstatus = Mstatus.RESET;
    medeleg = mideleg = mie = mipWritten = 0;
    mtvec = stvec = mscratch = sscratch = mepc = sepc = 0;
    mcause = scause = mtval = stval = 0;
    mcounteren = scounteren = mcountinhibit = 0;
    menvcfg = CsrAccess.MENVCFG_ADUE;
    senvcfg = 0;
    stimecmp = -1;
    satp = 0;
    setMcountinhibit(0);
    mcycle.write(cycles(), 0);
    minstret.write(retired(), 0);
    fpu().setFlags(0);
    fpu().setRoundingMode(0);
    timer.cancel();
  }

  /** Steps made: what cycle counts. */
  long cycles() {
    return block().steps();
  }

  /** Instructions retired: steps that did not trap. */
  long retired() {
    return block().steps() - trapsTaken;
  }

  /** Interrupts pending: mip. */
  long mip() {
    return pending(-1);
  }

  /** The bits of mip in a mask; the clock is read only for STIP. */
  long pending(long mask) {
    long pending = lines.get() | mipWritten;
    if ((mask & Interrupt.STI) != 0 && hasStimecmp()) {
      boolean due = Long.compareUnsigned(clock.ticks(), stimecmp) >= 0;
      pending = due ? pending | Interrupt.STI : pending & ~Interrupt.STI;
    }
    return pending & mask;
  }

  /** Whether stimecmp drives STIP. */
  boolean hasStimecmp() {
    return menvcfg < 0;
  }

  void setMie(long value) {
    mie = value;
    interruptsChanged();
  }

  void setMideleg(long value) {
    mideleg = value;
    interruptsChanged();
  }

  void setMipWritten(long value) {
    mipWritten = value;
    interruptsChanged();
  }

  long fcsr() {
    return fpu().roundingMode() << 5 | fpu().flags();
  }

  /** Writes fcsr, which makes FS Dirty; frm may have become valid or not. */
  void setFcsr(long value) {
    fpu().setFlags((int) value);
    fpu().setRoundingMode((int) value >>> 5);
    setMstatus(Mstatus.write(mstatus, mstatus | Mstatus.FS));
  }

  void setMcountinhibit(long value) {
    mcountinhibit = value & (COUNTINHIBIT_CY | COUNTINHIBIT_IR);
    mcycle.inhibit(cycles(), (value & COUNTINHIBIT_CY) != 0);
    minstret.inhibit(retired(), (value & COUNTINHIBIT_IR) != 0);
  }

  void timerChanged() {
    if (!hasStimecmp() || stimecmp == -1) {
      timer.cancel();
    } else {
      timer.at(stimecmp);
    }
    interruptsChanged();
  }

  @Override
  public void setInterrupt(int number, boolean level) {
    int bit = 1 << number;
    lines.updateAndGet(old -> level ? old | bit : old & ~bit);
    block().requestAttention(HartBlock.ATTENTION_INTERRUPT);
  }
}
