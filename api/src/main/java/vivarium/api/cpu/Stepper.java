package vivarium.api.cpu;

import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.DeprivilegedHart;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.Invoker;
import vivarium.api.isa.Trap;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.LeaveBlock;
import vivarium.api.memory.Mmu;

/**
 * Executes single instructions straight from the hart block, alone, so that they may reach devices
 * and code: every engine's way out of {@link vivarium.api.memory.LeaveBlock}, and its way of making
 * the last few steps of a budget exactly. For a {@link DeprivilegedHart} it is the way to the
 * monitor instead: privileged instructions, and accesses that the monitor keeps, are not executed.
 * It decodes each time, so it is slow: some hundred nanoseconds a step.
 */
public final class Stepper {
  private final InstructionSet instructionSet;
  private final Hart hart;
  private final HartBlock block;
  private final GuestMemory memory;
  private final Invoker invoker;
  private final Counters counters;
  private final long[] executed;

  /** The hart, if it is one without privilege. */
  private final @Nullable DeprivilegedHart deprivileged;

  /** The hart that methods are given. */
  private final Hart operand;

  /** Makes a stepper for one hart. */
  public Stepper(InstructionSet instructionSet, Hart hart, GuestMemory memory) {
    this.instructionSet = instructionSet;
    this.hart = hart;
    this.block = hart.block();
    this.memory = memory;
    this.invoker = instructionSet.table().invoker();
    this.counters = hart.counters();
    this.executed = counters.instructions(instructionSet.table());
    this.deprivileged = hart instanceof DeprivilegedHart without ? without : null;
    this.operand = deprivileged == null ? hart : deprivileged.user();
  }

  /**
   * Makes one step: executes the instruction at the pc, or takes the trap it raises. Interrupts are
   * not looked at. Takes one off the budget.
   */
  public void step() {
    long pc = block.pc();
    Decoded decoded;
    try {
      decoded = fetch(pc);
    } catch (Trap trap) {
      trapped(trap, pc);
      return;
    }
    step(decoded);
  }

  /**
   * As {@link #step()}, for an instruction that has been fetched from the pc and decoded, and whose
   * bytes have not changed since.
   */
  public void step(Decoded decoded) {
    long pc = block.pc();
    if (deprivileged != null && deprivileged.traps(decoded, pc)) {
      return;
    }
    Mmu mmu = hart.mmu();
    mmu.setAlone(true);
    int before = counters.begin(Activity.INSTRUCTION);
    try {
      if ((instructionSet.requiredUnits(decoded) & ~hart.ready()) != 0) {
        hart.makeReady(decoded);
      }
      count(decoded);
      done(invoker.execute(decoded, operand, pc), pc);
    } catch (Trap trap) {
      trapped(trap, pc);
    } catch (LeaveBlock kept) {
      if (deprivileged == null) {
        throw kept;
      }
      executed[decoded.instruction().number()]--;
      deprivileged.wantsAccess(decoded, pc);
    } finally {
      counters.end(before);
      mmu.setAlone(false);
    }
  }

  /**
   * As {@link #step(Decoded)}, for an instruction whose units are ready, by an invoker of its own:
   * {@link vivarium.api.isa.InstructionTable#invoker(vivarium.api.isa.Instruction)}. The quick way
   * to what is called often, such as accesses to control registers.
   */
  public void call(Decoded decoded, Invoker own) {
    if (deprivileged != null) {
      step(decoded);
      return;
    }
    long pc = block.pc();
    Mmu mmu = hart.mmu();
    mmu.setAlone(true);
    int before = counters.begin(Activity.INSTRUCTION);
    try {
      count(decoded);
      done(own.execute(decoded, hart, pc), pc);
    } finally {
      counters.end(before);
      mmu.setAlone(false);
    }
  }

  /**
   * Does what the attention word asks for, which is cleared of it; every engine's first act in a
   * run and whenever attention is requested. The engine looks its code up anew afterwards, because
   * an interrupt may have been taken.
   *
   * @return how the run ends, if it does
   */
  public @Nullable Exit attend() {
    int attention = block.attention();
    if ((attention & HartBlock.ATTENTION_STOP) != 0) {
      block.clearAttention(HartBlock.ATTENTION_STOP);
      return Exit.STOPPED;
    }
    block.clearAttention(
        HartBlock.ATTENTION_INTERRUPT | HartBlock.ATTENTION_CONTEXT | HartBlock.ATTENTION_WAIT);
    boolean interrupted = (attention & HartBlock.ATTENTION_INTERRUPT) != 0 && hart.takeInterrupt();
    if ((attention & HartBlock.ATTENTION_WAIT) != 0 && !interrupted && !hart.wakes()) {
      counters.waits++;
      return Exit.WAITING;
    }
    return null;
  }

  private void count(Decoded decoded) {
    executed[decoded.instruction().number()]++;
  }

  private void done(@Nullable Trap trap, long pc) {
    if (trap == null) {
      block.setBudget(block.budget() - 1);
    } else {
      trapped(trap, pc);
    }
  }

  private void trapped(Trap trap, long pc) {
    block.setBudget(block.budget() - 1);
    hart.enterTrap(trap, pc);
  }

  /**
   * Fetches and decodes without executing.
   *
   * @throws Trap the fault of the fetch, or that the bits are no instruction
   */
  public Decoded fetch(long pc) throws Trap {
    Mmu mmu = hart.mmu();
    int parcel = instructionSet.instructionAlignment();
    int bits = fetchParcel(mmu, pc, parcel);
    int length = instructionSet.length(bits);
    for (int have = parcel; have < length; have += parcel) {
      bits |= fetchParcel(mmu, pc + have, parcel) << 8 * have;
    }
    Decoded decoded = instructionSet.table().decode(bits, length);
    if (decoded == null) {
      throw hart.illegal(bits);
    }
    return decoded;
  }

  private int fetchParcel(Mmu mmu, long va, int parcel) {
    return (int) memory.load(mmu.resolveFetch(va, parcel), parcel);
  }
}
