package vivarium.cpu.translation.bytecode;

import java.util.Map;
import org.junit.jupiter.api.Test;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.isa.InstructionSet;
import vivarium.cpu.translation.BytecodeTranslation;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.EngineContract;

/** Regions, compiled at once, against the stepper, and the engine's contract with the core. */
class BytecodeEngineTest extends EngineContract {
  private static final InstructionSet RISCV = new RiscvInstructionSet();

  @Override
  protected CpuStrategy strategy() {
    return new BytecodeTranslation();
  }

  @Override
  protected InstructionSet instructionSet() {
    return RISCV;
  }

  @Override
  protected Map<String, String> options() {
    return Map.of("hot-runs", "3", "background", "false");
  }

  @Test
  void manyRandomStreamsAgreeWithTheStepper() {
    for (long seed = 10; seed < 16; seed++) {
      randomStream(seed);
    }
  }
}
