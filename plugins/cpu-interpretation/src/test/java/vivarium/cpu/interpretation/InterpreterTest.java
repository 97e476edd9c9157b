package vivarium.cpu.interpretation;

import vivarium.api.cpu.CpuStrategy;
import vivarium.api.isa.InstructionSet;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.EngineContract;

/** The interpreter against the stepper, and its contract with the core. */
class InterpreterTest extends EngineContract {
  private static final InstructionSet RISCV = new RiscvInstructionSet();

  @Override
  protected CpuStrategy strategy() {
    return new Interpretation();
  }

  @Override
  protected InstructionSet instructionSet() {
    return RISCV;
  }
}
