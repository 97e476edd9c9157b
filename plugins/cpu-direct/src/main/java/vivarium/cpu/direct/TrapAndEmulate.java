package vivarium.cpu.direct;

import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.Exit;
import vivarium.api.cpu.HardwareHart;
import vivarium.api.cpu.Stepper;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.Invoker;

/**
 * The monitor of one virtual hart: the three parts of Popek and Goldberg's. The dispatcher is
 * {@link #run}: it lets the guest run in user mode on the hart below and looks at why it came back.
 * The interpreter routines are the table's own methods, applied to the virtual hart by {@link
 * Stepper}. The allocator is the core's: it gives frames and budgets, and exits lead to it.
 *
 * <p>Each exit is counted where it is dealt with: instructions by {@link Stepper}, traps by the
 * virtual hart, accesses by the bus and the memory strategy. Steps are counted here for what the
 * hart below did not complete, so that every strategy counts the same.
 */
final class TrapAndEmulate implements CpuEngine {
  private final Hart guest;
  private final HartBlock block;
  private final HardwareHart hardware;
  private final InstructionSet instructionSet;
  private final Stepper interpreterRoutines;

  /** By number; of instructions that have been emulated. */
  private final @Nullable Invoker[] routines;

  TrapAndEmulate(CpuEnvironment environment, HardwareHart hardware) {
    guest = environment.hart();
    block = guest.block();
    this.hardware = hardware;
    instructionSet = environment.instructionSet();
    interpreterRoutines = new Stepper(instructionSet, guest, environment.memory());
    routines = new Invoker[instructionSet.table().instructions().size()];
  }

  @Override
  public Exit run(long budget) {
    block.grantBudget(budget);
    while (true) {
      if (block.attention() != 0) {
        Exit exit = interpreterRoutines.attend();
        if (exit != null) {
          return exit;
        }
      }
      if (block.budget() <= 0) {
        guest.counters().budgetExits++;
        return Exit.BUDGET_SPENT;
      }
      switch (hardware.run(block.budget())) {
        case INSTRUCTION -> emulate(hardware.instruction());
        case ACCESS -> interpreterRoutines.step(hardware.instruction());
        case EXCEPTION -> {
          block.setBudget(block.budget() - 1);
          guest.reflect(hardware.cause(), hardware.value(), block.pc());
        }
        case INTERRUPT, TIMER -> {
          // The head of the loop looks at what is wanted and at the budget.
        }
      }
    }
  }

  /** By an invoker of its own, kept, because the general way costs as much as the rest. */
  private void emulate(Decoded decoded) {
    if (instructionSet.requiredUnits(decoded) != 0) {
      interpreterRoutines.step(decoded);
      return;
    }
    int number = decoded.instruction().number();
    Invoker routine = routines[number];
    if (routine == null) {
      routine = instructionSet.table().invoker(decoded.instruction());
      routines[number] = routine;
    }
    interpreterRoutines.call(decoded, routine);
  }

  @Override
  public void close() {
    hardware.close();
  }
}
