package vivarium.isa.riscv;

import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.HartEnvironment;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.TranslationContext;
import vivarium.isa.riscv.paging.SvFormat;

/**
 * The privileged side of an RV64GC hart with M, S and U modes (privileged specification 1.13):
 * traps, interrupts, returns, fences, and what follows from a change of the control and status
 * registers, which {@link CsrTable} lists.
 *
 * <p>Public methods that are not of {@link vivarium.api.isa.Hart} are for the instruction table,
 * for boot and for the built-in firmware. All belong to the hart's own thread but {@link
 * #setInterrupt}.
 */
public final class RiscvHart extends HartState {
  /** {@link #ready()} bit: instructions of F and D may run, and mstatus.FS is Dirty already. */
  public static final int UNIT_F = 1;

  /** {@link #ready()} bit: frm holds a rounding mode. */
  public static final int UNIT_DYN = 2;

  /** Index of register a0 in the hart block; a1 to a7 follow. */
  public static final int A0 = 10;

  private static final int USER = SvFormat.USER;
  private static final int SUPERVISOR = SvFormat.SUPERVISOR;
  private static final int MACHINE = SvFormat.MACHINE;
  private static final int REGISTERS = 64;
  private static final long RESET_VECTOR = 0x1000;

  /** frm values from here on are reserved. */
  private static final int FRM_RESERVED = 5;

  private final GuestMemory memory;
  private final Contexts contexts = new Contexts(this);
  private final LongAdder firmwareCalls;

  private int privilege = MACHINE;
  private int ready;
  private boolean stopped;

  /** Started since it last ran: a hart that waited while it was stopped has reason to go on. */
  private boolean started;

  private @Nullable EnvironmentCalls firmware;
  private @Nullable TranslationContext data;
  private @Nullable TranslationContext fetch;

  /** Makes a hart in reset. */
  public RiscvHart(HartEnvironment environment) {
    super(environment);
    memory = environment.memory();
    firmwareCalls = counters().named("firmware-calls");
    reset();
  }

  /**
   * What a hart's code sees in user mode: privilege U for good, and no counter enabled, so that
   * reading time or a counter traps.
   */
  private RiscvHart(RiscvHart shared) {
    super(shared);
    memory = shared.memory;
    firmwareCalls = shared.firmwareCalls;
    privilege = USER;
  }

  /** The hart as unprivileged code sees it that is executed directly. */
  RiscvHart userFace() {
    return new RiscvHart(this);
  }

  @Override
  public void reset() {
    privilege = MACHINE;
    resetRegisters();
    protect(pmp::reset);
    firmware = null;
    started = stopped = false;
    for (int i = 0; i < REGISTERS; i++) {
      block().setRegister(i, 0);
    }
    block().reserve(0, 0);
    block().clearAttention(HartBlock.ATTENTION_WAIT);
    block().setPc(RESET_VECTOR);
    refresh();
  }

  // Control and status registers.

  /** The value of a register, for an instruction that does not write it. */
  public long readCsr(int number) throws Trap {
    if (!CsrTable.allows(this, number)) {
      throw illegalInstruction();
    }
    return CsrAccess.read(this, number);
  }

  /** Replaces a register's value; returns the old one. */
  public long swapCsr(int number, long value) throws Trap {
    requireWritable(number);
    long old = CsrAccess.read(this, number);
    CsrAccess.write(this, number, value);
    return old;
  }

  /** Sets bits of a register; returns the old value. */
  public long setCsr(int number, long bits) throws Trap {
    requireWritable(number);
    long old = CsrAccess.read(this, number);
    CsrAccess.write(this, number, CsrAccess.base(this, number, old) | bits);
    return old;
  }

  /** Clears bits of a register; returns the old value. */
  public long clearCsr(int number, long bits) throws Trap {
    requireWritable(number);
    long old = CsrAccess.read(this, number);
    CsrAccess.write(this, number, CsrAccess.base(this, number, old) & ~bits);
    return old;
  }

  /** Writes a register without reading it. */
  public void writeCsr(int number, long value) throws Trap {
    requireWritable(number);
    CsrAccess.write(this, number, value);
  }

  private void requireWritable(int number) throws Trap {
    if (!CsrTable.allows(this, number) || Csr.isReadOnly(number)) {
      throw illegalInstruction();
    }
  }

  /** The privilege, 0, 1 or 3. */
  int privilege() {
    return privilege;
  }

  @Override
  void setMstatus(long value) {
    mstatus = value;
    refresh();
    interruptsChanged();
  }

  void setSatp(long value) {
    if (Satp.isLegal(value)) {
      satp = value;
      refresh();
    }
  }

  void setMenvcfg(long value) {
    menvcfg = value;
    refresh();
    timerChanged();
  }

  /** Writes PMP entries: what TLBs hold may no longer be allowed. */
  void protect(Runnable write) {
    write.run();
    mmu().fence(0, true, 0, true, -1);
    contextChanged();
  }

  /** An interrupt may have become deliverable. */
  @Override
  void interruptsChanged() {
    if (deliverable() != 0) {
      block().requestAttention(HartBlock.ATTENTION_INTERRUPT);
    }
  }

  /** Privilege, mstatus, satp, menvcfg or frm changed: finds contexts and units anew. */
  private void refresh() {
    int effective = (mstatus & Mstatus.MPRV) != 0 ? Mstatus.mpp(mstatus) : privilege;
    int adue = (menvcfg & CsrAccess.MENVCFG_ADUE) != 0 ? SvFormat.ADUE : 0;
    int sum = (mstatus & Mstatus.SUM) != 0 ? SvFormat.SUM : 0;
    int mxr = (mstatus & Mstatus.MXR) != 0 ? SvFormat.MXR : 0;
    // SUM and MXR do not matter to fetches: leaving them out keeps code across their changes.
    TranslationContext newFetch = context(privilege, adue, data);
    TranslationContext newData = context(effective, adue | sum | mxr, newFetch);
    boolean changed = newFetch != fetch || newData != data;
    if (changed) {
      fetch = newFetch;
      data = newData;
      mmu().switchTo(newData, newFetch);
    }
    int newReady =
        ((mstatus & Mstatus.FS) == Mstatus.FS ? UNIT_F : 0)
            | (fpu().roundingMode() < FRM_RESERVED ? UNIT_DYN : 0);
    if (changed || newReady != ready) {
      ready = newReady;
      contextChanged();
    }
  }

  /** Asked for already, it need not be again; the engine clears it on this same thread. */
  private void contextChanged() {
    if ((block().attention() & HartBlock.ATTENTION_CONTEXT) == 0) {
      block().requestAttention(HartBlock.ATTENTION_CONTEXT);
    }
  }

  private TranslationContext context(int atPrivilege, int bits, @Nullable TranslationContext kept) {
    boolean bare = atPrivilege == MACHINE || Satp.format(satp) == null;
    return contexts.of(bare ? 0 : satp, bare ? atPrivilege : atPrivilege | bits, kept);
  }

  // Traps and returns.

  @Override
  public void enterTrap(Trap trap, long pc) {
    long cause = trap.cause();
    long value = trap.value();
    trapsTaken++;
    counters().trapTaken(cause);
    if (cause == Cause.ILLEGAL_INSTRUCTION && value == 0) {
      value = instructionAt(pc);
    }
    enter(cause, value, pc, (medeleg >>> cause & 1) != 0);
  }

  @Override
  public boolean takeInterrupt() {
    if (stopped) {
      block().requestAttention(HartBlock.ATTENTION_WAIT);
      return false;
    }
    started = false;
    long set = deliverable();
    if (set == 0) {
      return false;
    }
    int number = Interrupt.highest(set);
    counters().interruptTaken(number);
    enter(Cause.INTERRUPT | number, 0, block().pc(), (mideleg >>> number & 1) != 0);
    return true;
  }

  /** Pending, enabled interrupts of the most privileged mode that gets any (section 3.1.9). */
  private long deliverable() {
    boolean toMachine = privilege < MACHINE || (mstatus & Mstatus.MIE) != 0;
    boolean toSupervisor =
        privilege < SUPERVISOR || privilege == SUPERVISOR && (mstatus & Mstatus.SIE) != 0;
    long machine = toMachine ? mie & ~mideleg : 0;
    long supervisor = toSupervisor ? mie & mideleg : 0;
    if ((machine | supervisor) == 0) {
      return 0;
    }
    long pending = pending(machine | supervisor);
    return (pending & machine) != 0 ? pending & machine : pending & supervisor;
  }

  private void enter(long cause, long value, long pc, boolean delegated) {
    if (delegated && privilege <= SUPERVISOR) {
      long spie = (mstatus & Mstatus.SIE) != 0 ? Mstatus.SPIE : 0;
      long spp = privilege == SUPERVISOR ? Mstatus.SPP : 0;
      mstatus = mstatus & ~(Mstatus.SIE | Mstatus.SPIE | Mstatus.SPP) | spie | spp;
      scause = cause;
      stval = value;
      sepc = pc;
      privilege = SUPERVISOR;
      block().setPc(handler(stvec, cause));
    } else {
      long mpie = (mstatus & Mstatus.MIE) != 0 ? Mstatus.MPIE : 0;
      long mpp = (long) privilege << Mstatus.MPP_SHIFT;
      mstatus = mstatus & ~(Mstatus.MIE | Mstatus.MPIE | Mstatus.MPP) | mpie | mpp;
      mcause = cause;
      mtval = value;
      mepc = pc;
      privilege = MACHINE;
      block().setPc(handler(mtvec, cause));
    }
    refresh();
  }

  /** Interrupts are vectored if the mode bit says so; exceptions go to the base. */
  private static long handler(long tvec, long cause) {
    long base = tvec & ~3;
    return (tvec & 1) != 0 && cause < 0 ? base + 4 * (cause & ~Cause.INTERRUPT) : base;
  }

  /** MRET. */
  public void machineReturn() throws Trap {
    if (privilege < MACHINE) {
      throw illegalInstruction();
    }
    int previous = Mstatus.mpp(mstatus);
    long mie = (mstatus & Mstatus.MPIE) != 0 ? Mstatus.MIE : 0;
    long kept = mstatus & ~(Mstatus.MIE | Mstatus.MPP);
    returnTo(previous, kept | mie | Mstatus.MPIE, mepc);
  }

  /** SRET. */
  public void supervisorReturn() throws Trap {
    requireSupervisor(Mstatus.TSR);
    int previous = (mstatus & Mstatus.SPP) != 0 ? SUPERVISOR : USER;
    long sie = (mstatus & Mstatus.SPIE) != 0 ? Mstatus.SIE : 0;
    long kept = mstatus & ~(Mstatus.SIE | Mstatus.SPP);
    returnTo(previous, kept | sie | Mstatus.SPIE, sepc);
  }

  private void returnTo(int previous, long newMstatus, long pc) {
    privilege = previous;
    block().setPc(pc);
    setMstatus(previous == MACHINE ? newMstatus : newMstatus & ~Mstatus.MPRV);
  }

  /** ECALL: a trap, unless it comes from S-mode and there is built-in firmware. */
  public void environmentCall() throws Trap {
    EnvironmentCalls handler = firmware;
    if (handler == null || privilege != SUPERVISOR) {
      throw trap(Cause.ENVIRONMENT_CALL_FROM_U + privilege, 0);
    }
    firmwareCalls.increment();
    handler.call(this);
  }

  /** EBREAK at an address. */
  public void breakpoint(long pc) throws Trap {
    throw trap(Cause.BREAKPOINT, pc);
  }

  /** WFI: not in U-mode, nor below M with mstatus.TW, where its time limit is zero. */
  public void waitForInterrupt() throws Trap {
    requireSupervisor(Mstatus.TW);
    suspend();
  }

  /** Waits for an interrupt, unless there is one already. */
  public void suspend() {
    if (!wakes()) {
      block().requestAttention(HartBlock.ATTENTION_WAIT);
    }
  }

  /** SFENCE.VMA. */
  public void fenceVirtualMemory(long va, long asid, boolean allAddresses, boolean allSpaces)
      throws Trap {
    requireSupervisor(Mstatus.TVM);
    dropTranslations(va, asid, allAddresses, allSpaces);
  }

  /** What SFENCE.VMA does once it is allowed; also for remote fences of built-in firmware. */
  public void dropTranslations(long va, long asid, boolean allAddresses, boolean allSpaces) {
    int space = (int) asid & 0xffff;
    mmu().fence(va, allAddresses, space, allSpaces, contexts.concerned(space, allSpaces));
    contextChanged();
  }

  /** FENCE.I: engines let every store to code take effect at once, so that nothing is left. */
  public void fenceInstructions() {}

  private void requireSupervisor(long forbiddingBit) throws Trap {
    boolean forbidden = privilege == SUPERVISOR && (mstatus & forbiddingBit) != 0;
    if (privilege < SUPERVISOR || forbidden) {
      throw illegalInstruction();
    }
  }

  // Interrupts.

  @Override
  public boolean wakes() {
    return started || !stopped && pending(mie) != 0;
  }

  // For built-in firmware and boot.

  /** From now on S-mode's environment calls go to {@code calls}; until reset. */
  public void installFirmware(EnvironmentCalls calls) {
    firmware = calls;
  }

  /** Whether built-in firmware has stopped the hart: it neither runs nor wakes. */
  public boolean stopped() {
    return stopped;
  }

  /** Stops the hart before its next instruction. */
  public void stop() {
    stopped = true;
    started = false;
    block().requestAttention(HartBlock.ATTENTION_WAIT | HartBlock.ATTENTION_INTERRUPT);
  }

  /**
   * Lets the hart go on in S-mode as the SBI's hart start wants it: satp 0, interrupts disabled, a0
   * the hart's number.
   *
   * @param opaque the value of a1
   */
  public void startSupervisor(long pc, long opaque) {
    started = stopped;
    stopped = false;
    block().clearAttention(HartBlock.ATTENTION_WAIT);
    block().requestAttention(HartBlock.ATTENTION_INTERRUPT);
    satp = 0;
    privilege = SUPERVISOR;
    block().setRegister(A0, id());
    block().setRegister(A0 + 1, opaque);
    block().setPc(pc);
    setMstatus(mstatus & ~Mstatus.SIE);
  }

  /** Makes the supervisor software interrupt pending. */
  public void raiseSoftwareInterrupt() {
    mipWritten |= Interrupt.SSI;
    block().requestAttention(HartBlock.ATTENTION_INTERRUPT);
  }

  /** Takes the supervisor software interrupt back. */
  public void clearSoftwareInterrupt() {
    mipWritten &= ~Interrupt.SSI;
  }

  /** Makes the supervisor timer interrupt pending once the clock reaches a time. */
  public void setTimer(long deadlineTicks) {
    stimecmp = deadlineTicks;
    timerChanged();
  }

  // What engines and the Mmu ask.

  @Override
  public int ready() {
    return ready;
  }

  @Override
  public void makeReady(Decoded instruction) throws Trap {
    boolean off = (mstatus & Mstatus.FS) == 0;
    int needed = RiscvInstructionSet.units(instruction);
    boolean badRounding = (needed & UNIT_DYN) != 0 && (ready & UNIT_DYN) == 0;
    if (off || badRounding) {
      throw illegal(instruction.bits());
    }
    setMstatus(Mstatus.write(mstatus, mstatus | Mstatus.FS));
  }

  @Override
  public String mode() {
    return privilege == MACHINE ? "M" : privilege == SUPERVISOR ? "S" : "U";
  }

  @Override
  public int physicalPermissions(TranslationContext context, long gpa, long length) {
    return pmp.permissions((context.mode() & SvFormat.PRIVILEGE) == MACHINE, gpa, length);
  }

  @Override
  public Trap pageFault(Access access, long va) {
    return trap(Cause.pageFault(access), va);
  }

  @Override
  public Trap accessFault(Access access, long va) {
    return trap(Cause.accessFault(access), va);
  }

  @Override
  public Trap misaligned(Access access, long va) {
    return trap(Cause.misaligned(access), va);
  }

  @Override
  public Trap illegal(int bits) {
    return trap(Cause.ILLEGAL_INSTRUCTION, bits & 0xffff_ffffL);
  }

  /** An illegal instruction whose bits {@link #enterTrap} will read. */
  private Trap illegalInstruction() {
    return trap(Cause.ILLEGAL_INSTRUCTION, 0);
  }

  private long instructionAt(long pc) {
    try {
      long low = memory.load(mmu().resolveFetch(pc, 2), 2);
      boolean isShort = (low & 3) != 3;
      return isShort ? low : memory.load(mmu().resolveFetch(pc + 2, 2), 2) << 16 | low;
    } catch (Trap unreadable) {
      return 0;
    }
  }

  @Override
  public Map<String, Long> controlRegisters() {
    return CsrTable.values(this);
  }
}
