package vivarium.cpu.translation.nativ;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.cpu.HostPowers;
import vivarium.api.isa.InstructionSet;
import vivarium.core.memory.HostLoan;
import vivarium.cpu.translation.NativeTranslation;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.EngineContract;
import vivarium.testkit.TestMachine;

/** Emitted code against the stepper, and the engine's contract with the core. */
class NativeEngineTest extends EngineContract {
  static final InstructionSet RISCV = new RiscvInstructionSet();
  private final HostLoan host = new HostLoan();

  @AfterEach
  void giveBackWhatWasLent() {
    host.close();
  }

  @Override
  protected CpuStrategy strategy() {
    return new NativeTranslation();
  }

  @Override
  protected InstructionSet instructionSet() {
    return RISCV;
  }

  @Override
  protected HostPowers host() {
    return host;
  }

  @Test
  void manyRandomStreamsAgreeWithTheStepper() {
    for (long seed = 10; seed < 16; seed++) {
      randomStream(seed);
    }
  }

  @Test
  void anInstructionIsExplainedByItsGraphAndItsCode() {
    TestMachine machine = new TestMachine(RISCV, 1, RAM_BYTES);
    machine.program("mulhsu a0, a1, a2");
    try (CpuEngine engine = engine(machine)) {
      assertThat(engine.explain(TestMachine.RAM_BASE))
          .startsWith("trace 0x80000000")
          .contains("mulhsu", "code at 0x");
      assertThat(engine.explain(0x1000)).as("where nothing can be fetched").isEmpty();
    }
  }
}
