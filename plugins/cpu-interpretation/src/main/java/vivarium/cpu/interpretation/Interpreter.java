package vivarium.cpu.interpretation;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.Exit;
import vivarium.api.cpu.Stepper;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.Trap;
import vivarium.api.memory.CodeWatcher;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.LeaveBlock;
import vivarium.api.memory.TlbHolder;
import vivarium.api.memory.TranslationContext;

/**
 * The engine around the generated method: finds blocks, and does what is not fast: opaque
 * instructions, traps, interrupts, instructions executed alone. While it runs, the registers are in
 * a Java array; they are in the hart block whenever anyone else can look.
 */
final class Interpreter implements CpuEngine, CodeWatcher, TlbHolder {
  /** Sets of ready units that have jump caches of their own; others share, and start over. */
  private static final int READY_KINDS = 8;

  /** Steps for which code that has rare instructions is left to the method that calls them. */
  private static final long MIXED_STEPS = 2048;

  private final Hart hart;
  private final HartBlock block;
  private final GuestMemory memory;
  private final Stepper stepper;
  private final Operations operations;
  private final BlockCache blocks;
  private final MethodHandle execute;
  private final MethodHandle mixed;
  private final MethodHandle one;
  private final MemorySegment registers;
  private final long[] x = new long[Operations.REGISTERS];
  private final long[] state = new long[InterpreterGenerator.STATE];
  private final @Nullable JumpCache[] jumpCaches =
      new JumpCache[TranslationContext.MAX_CONTEXTS * READY_KINDS];
  private JumpCache jumps;

  Interpreter(CpuEnvironment environment, Operations operations) {
    hart = environment.hart();
    block = hart.block();
    memory = environment.memory();
    stepper = new Stepper(environment.instructionSet(), hart, memory);
    blocks = new BlockCache(environment.instructionSet(), hart, memory, stepper);
    this.operations = operations;
    execute = operations.methods().execute();
    mixed = operations.methods().mixed();
    one = operations.methods().one();
    registers = block.segment().asSlice(HartBlock.REGISTERS, 8L * HartBlock.MAX_REGISTERS);
    jumps = new JumpCache();
    memory.addCodeWatcher(this);
    memory.addTlb(this);
  }

  @Override
  public Exit run(long budget) {
    block.grantBudget(budget);
    selectJumps();
    while (true) {
      if (block.attention() != 0) {
        Exit exit = stepper.attend();
        selectJumps();
        if (exit != null) {
          return exit;
        }
      }
      if (block.budget() <= 0) {
        hart.counters().budgetExits++;
        return Exit.BUDGET_SPENT;
      }
      if (block.budget() < InterpreterGenerator.MAX_BLOCK) {
        stepper.step();
      } else {
        loadRegisters();
        executeBlocks();
      }
    }
  }

  private void selectJumps() {
    int ready = hart.ready();
    int index = hart.mmu().fetchContext().index() * READY_KINDS + (ready & READY_KINDS - 1);
    JumpCache selected = jumpCaches[index];
    if (selected == null) {
      selected = new JumpCache();
      jumpCaches[index] = selected;
    }
    selected.useFor(ready);
    jumps = selected;
  }

  /**
   * Executes from block to block until something must be done outside, does it, and returns with
   * all state in the hart block. Registers are in {@link #x} on entry.
   */
  private void executeBlocks() {
    state[InterpreterGenerator.PC] = block.pc();
    state[InterpreterGenerator.BUDGET] = block.budget();
    state[InterpreterGenerator.FIRST] = 0;
    boolean rare = false;
    while (true) {
      RuntimeException thrown = rare ? enterMixed() : enter(execute);
      long left = state[InterpreterGenerator.LEFT];
      long budget = state[InterpreterGenerator.BUDGET];
      rare = false;
      if (thrown == null && left < 0 && budget >= InterpreterGenerator.MAX_BLOCK) {
        thrown = findBlock();
        if (thrown == null) {
          continue;
        }
      } else if (thrown == null && left >= 0) {
        Block in = jumps.get(state[InterpreterGenerator.BLOCK_PC]);
        long operation = in.operations()[(int) left];
        if (Operations.kind(operation) != Operations.LEAVE) {
          thrown = executeOne(operation);
          if (thrown == null) {
            resumeBehind(in, (int) left);
            rare = operations.isRare(operation);
            continue;
          }
        }
      }
      leave(thrown, left);
      return;
    }
  }

  /** Enters the block at the pc into the jump cache, or returns what is to be done instead. */
  private @Nullable RuntimeException findBlock() {
    long pc = state[InterpreterGenerator.PC];
    state[InterpreterGenerator.FIRST] = 0;
    if (jumps.knows(pc)) {
      return null;
    }
    try {
      Block found = blocks.find(pc);
      if (found == null) {
        return LeaveBlock.INSTANCE;
      }
      jumps.put(pc, found);
      return null;
    } catch (Trap trap) {
      return trap;
    }
  }

  /** Has the generated code go on behind an operation that it left before and that is done. */
  private void resumeBehind(Block in, int left) {
    long start = state[InterpreterGenerator.BLOCK_PC];
    if (jumps.holds(start, in)) {
      state[InterpreterGenerator.PC] = start;
      state[InterpreterGenerator.BUDGET] += left;
      state[InterpreterGenerator.FIRST] = left + 1;
    } else {
      state[InterpreterGenerator.PC] += in.decoded()[left].length();
      state[InterpreterGenerator.BUDGET]--;
      state[InterpreterGenerator.FIRST] = 0;
    }
  }

  /** Puts all state into the hart block, and does what the generated code was left for. */
  private void leave(@Nullable RuntimeException thrown, long left) {
    long pc = state[InterpreterGenerator.PC];
    long budget = state[InterpreterGenerator.BUDGET];
    block.setPc(pc);
    block.setBudget(budget);
    storeRegisters();
    if (thrown instanceof Trap trap) {
      block.setBudget(budget - 1);
      hart.enterTrap(trap, pc);
      selectJumps();
    } else if (thrown instanceof LeaveBlock) {
      stepper.step();
    } else if (left >= 0) {
      opaque(jumps.get(state[InterpreterGenerator.BLOCK_PC]).decoded()[(int) left]);
    }
  }

  private void opaque(Decoded decoded) {
    stepper.step(decoded);
    selectJumps();
  }

  /** Executes some steps by the method that calls rare instructions instead of leaving. */
  private @Nullable RuntimeException enterMixed() {
    long budget = state[InterpreterGenerator.BUDGET];
    long withheld = Math.max(0, budget - MIXED_STEPS);
    state[InterpreterGenerator.BUDGET] = budget - withheld;
    RuntimeException thrown = enter(mixed);
    state[InterpreterGenerator.BUDGET] += withheld;
    return thrown;
  }

  private @Nullable RuntimeException enter(MethodHandle method) {
    try {
      return (Trap)
          method.invokeExact(
              x,
              jumps.kinds,
              jumps.code,
              jumps.tags,
              hart.mmu().hits(),
              hart.mmu(),
              hart.fpu(),
              state);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private @Nullable RuntimeException executeOne(long operation) {
    try {
      one.invokeExact(x, operation, hart.mmu(), hart.fpu());
      return null;
    } catch (Trap | LeaveBlock e) {
      return e;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private void loadRegisters() {
    MemorySegment.copy(registers, ValueLayout.JAVA_LONG, 0, x, 0, HartBlock.MAX_REGISTERS);
  }

  private void storeRegisters() {
    MemorySegment.copy(x, 0, registers, ValueLayout.JAVA_LONG, 0, HartBlock.MAX_REGISTERS);
  }

  @Override
  public boolean holdsCode(long gpa, int length) {
    return blocks.holds(gpa, length);
  }

  @Override
  public void codeWritten(long gpa, int length) {
    if (blocks.drop(gpa, length)) {
      hart.counters().codeInvalidations++;
      forgetJumps();
    }
  }

  private void forgetJumps() {
    for (JumpCache cache : jumpCaches) {
      if (cache != null) {
        cache.clear();
      }
    }
  }

  @Override
  public void dropStores(long gpaPage) {}

  @Override
  public void dropPage(long gpaPage) {}

  @Override
  public void dropContext(int contextIndex, boolean allAddresses, long va) {
    blocks.dropContext(contextIndex, allAddresses, va);
    for (int i = 0; i < READY_KINDS; i++) {
      JumpCache cache = jumpCaches[contextIndex * READY_KINDS + i];
      if (cache != null && allAddresses) {
        cache.clear();
      } else if (cache != null) {
        cache.dropPage(va);
      }
    }
  }

  @Override
  public void close() {
    blocks.clear();
    forgetJumps();
    memory.removeCodeWatcher(this);
    memory.removeTlb(this);
  }
}
