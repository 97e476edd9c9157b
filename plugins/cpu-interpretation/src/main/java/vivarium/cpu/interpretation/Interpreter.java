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

  private final Hart hart;
  private final HartBlock block;
  private final GuestMemory memory;
  private final Stepper stepper;
  private final BlockCache blocks;
  private final MethodHandle execute;
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
    execute = operations.execute();
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
    while (true) {
      RuntimeException thrown = enter();
      long pc = state[InterpreterGenerator.PC];
      long left = state[InterpreterGenerator.LEFT];
      long budget = state[InterpreterGenerator.BUDGET];
      if (thrown == null && left < 0 && budget >= InterpreterGenerator.MAX_BLOCK) {
        try {
          Block found = blocks.find(pc);
          if (found != null) {
            jumps.put(pc, found);
            continue;
          }
          thrown = LeaveBlock.INSTANCE;
        } catch (Trap trap) {
          thrown = trap;
        }
      }
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
      return;
    }
  }

  private void opaque(Decoded decoded) {
    stepper.step(decoded);
    selectJumps();
  }

  private @Nullable RuntimeException enter() {
    try {
      return (RuntimeException)
          execute.invokeExact(
              x, jumps.kinds, jumps.code, jumps.tags, hart.mmu(), hart.fpu(), state);
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
