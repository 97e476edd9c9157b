package vivarium.api.cpu;

import vivarium.api.isa.Decoded;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.Invoker;
import vivarium.api.isa.Trap;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.Mmu;

/**
 * Executes single instructions straight from the hart block, alone, so that they may reach devices
 * and code: every engine's way out of {@link vivarium.api.memory.LeaveBlock}, and its way of making
 * the last few steps of a budget exactly. It decodes each time, so it is slow: some hundred
 * nanoseconds a step.
 */
public final class Stepper {
  private final InstructionSet instructionSet;
  private final Hart hart;
  private final HartBlock block;
  private final GuestMemory memory;
  private final Invoker invoker;
  private final Counters counters;
  private final long[] executed;

  /** Makes a stepper for one hart. */
  public Stepper(InstructionSet instructionSet, Hart hart, GuestMemory memory) {
    this.instructionSet = instructionSet;
    this.hart = hart;
    this.block = hart.block();
    this.memory = memory;
    this.invoker = instructionSet.table().invoker();
    this.counters = hart.counters();
    this.executed = counters.instructions(instructionSet.table());
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
    Mmu mmu = hart.mmu();
    mmu.setAlone(true);
    int before = counters.begin(Activity.INSTRUCTION);
    try {
      if ((instructionSet.requiredUnits(decoded) & ~hart.ready()) != 0) {
        hart.makeReady(decoded);
      }
      execute(decoded, pc);
      block.setBudget(block.budget() - 1);
    } catch (Trap trap) {
      trapped(trap, pc);
    } finally {
      counters.end(before);
      mmu.setAlone(false);
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

  private void execute(Decoded decoded, long pc) {
    Instruction instruction = decoded.instruction();
    executed[instruction.number()]++;
    long next = pc + decoded.length();
    block.setPc(next);
    long result = invoker.invoke(decoded, hart, pc);
    int written = decoded.writtenRegister();
    switch (instruction.result()) {
      case NONE -> {}
      case REGISTER -> write(written, result);
      case BRANCH -> block.setPc(result != 0 ? pc + decoded.branchOffset() : next);
      case JUMP -> {
        write(written, next);
        block.setPc(result);
      }
    }
  }

  private void write(int register, long value) {
    if (register >= 0) {
      block.setRegister(register, value);
    }
  }
}
