package vivarium.api.isa;

import vivarium.api.cpu.Counters;
import vivarium.api.fp.Fpu;
import vivarium.api.memory.Access;
import vivarium.api.memory.Mmu;
import vivarium.api.memory.TranslationContext;

/**
 * A virtual processor's privileged side: control and status registers, traps, interrupts and
 * address-translation state. Each instruction set extends it; its opaque methods take it as a
 * parameter. The registers and the pc are in the {@link HartBlock}.
 *
 * <p>All methods belong to the hart's own thread, except {@link #setInterrupt} and {@link
 * HartBlock#requestAttention}.
 */
public abstract class Hart {
  private final int id;
  private final HartBlock block;
  private final Counters counters;
  private final Fpu fpu;
  private final Trap trap = new Trap();
  private final Mmu mmu;

  /** Makes a hart in the environment that the core lends. */
  @SuppressWarnings("this-escape")
  protected Hart(HartEnvironment environment) {
    id = environment.id();
    block = environment.block();
    counters = environment.counters();
    fpu = new Fpu();
    mmu = new Mmu(this, environment.memory(), environment.bus());
  }

  /**
   * Makes another face of a hart: with its registers, memory, floating-point unit and counters, and
   * a privileged side of its own.
   */
  protected Hart(Hart shared) {
    id = shared.id;
    block = shared.block;
    counters = shared.counters;
    fpu = shared.fpu;
    mmu = shared.mmu;
  }

  /** The hart's number within its machine, from 0. */
  public final int id() {
    return id;
  }

  /** Registers, pc, budget, attention. */
  public final HartBlock block() {
    return block;
  }

  /** The floating-point unit: sticky flags and dynamic rounding mode. */
  public final Fpu fpu() {
    return fpu;
  }

  /** The way of loads and stores. */
  public final Mmu mmu() {
    return mmu;
  }

  /** What happened how often. */
  public final Counters counters() {
    return counters;
  }

  /**
   * The units (floating point, vector, ...) that instructions may use now, a bit each. An engine
   * executes an instruction whose {@link InstructionSet#requiredUnits} are not all here by {@link
   * #makeReady}. Part of the key under which decoded and translated code is kept. When it changes,
   * the hart sets {@link HartBlock#ATTENTION_CONTEXT}.
   */
  public abstract int ready();

  /**
   * Called by an engine, in place of executing an instruction whose units are not ready. Either
   * makes them so (RISC-V: {@code mstatus.FS} from Clean to Dirty) and returns, and the engine
   * tries again, or raises the trap that the instruction gets.
   */
  public abstract void makeReady(Decoded instruction) throws Trap;

  /**
   * Takes a trap: saves state, sets the pc to the handler's address, changes privilege. Called by
   * the engine with registers and {@link HartBlock#budget()} up to date.
   *
   * @param pc address of the instruction that trapped
   */
  public abstract void enterTrap(Trap trap, long pc);

  /**
   * Takes an exception that a {@link vivarium.api.cpu.HardwareHart} met, as {@link #enterTrap(Trap,
   * long)} does.
   *
   * @param cause the instruction set's number of it
   * @param value faulting address or instruction bits
   */
  public final void reflect(long cause, long value, long pc) {
    enterTrap(trap.with(cause, value), pc);
  }

  /**
   * Takes the pending interrupt of the highest priority that is enabled, if there is one: saves
   * {@code block().pc()} and sets it to the handler. Called by the engine at the start of each run
   * and whenever {@link HartBlock#ATTENTION_INTERRUPT} is set, after clearing that bit.
   *
   * @return whether an interrupt was taken
   */
  public abstract boolean takeInterrupt();

  /** Whether a waiting hart has reason to go on: an interrupt is pending and locally enabled. */
  public abstract boolean wakes();

  /**
   * Raises or lowers an interrupt input; from any thread.
   *
   * @param number the instruction set's number (RISC-V: the bit in {@code mip})
   */
  public abstract void setInterrupt(int number, boolean level);

  /** The privileged name of the current mode, for people: {@code "M"}, {@code "S"}, {@code "U"}. */
  public abstract String mode();

  /** Back to the state after power-on reset, with the pc at the reset vector. */
  public abstract void reset();

  /**
   * What the physical memory protection lets {@code context} do with a range.
   *
   * @return bits {@link Access#mask()} that hold for the whole range, or -1 if parts of the range
   *     differ, in which case the caller asks again for exactly the bytes accessed
   */
  public abstract int physicalPermissions(TranslationContext context, long gpa, long length);

  /** A trap for an access that the page tables do not allow; to be thrown by the caller. */
  public abstract Trap pageFault(Access access, long va);

  /** A trap for an access to nothing, or one that physical memory protection forbids. */
  public abstract Trap accessFault(Access access, long va);

  /** A trap for an atomic access that is not naturally aligned. */
  public abstract Trap misaligned(Access access, long va);

  /** A trap for an encoding that is not an instruction, or not one at this privilege. */
  public abstract Trap illegal(int bits);

  /** Readable dump of the privileged state, name to value, in the manual's names and order. */
  public abstract java.util.Map<String, Long> controlRegisters();

  /**
   * The hart's one trap object with a cause and value, to be thrown by the caller.
   *
   * @param cause number of the exception as the instruction set defines it
   * @param value faulting address or instruction bits
   */
  protected final Trap trap(long cause, long value) {
    return trap.with(cause, value);
  }
}
