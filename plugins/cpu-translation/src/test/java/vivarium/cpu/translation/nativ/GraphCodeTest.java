package vivarium.cpu.translation.nativ;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.cpu.HostPowers;
import vivarium.api.isa.InstructionSet;
import vivarium.core.memory.HostLoan;
import vivarium.cpu.translation.NativeTranslation;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.EngineContract;

/** As {@link NativeEngineTest}, all code being made of graphs at once: tests are short. */
class GraphCodeTest extends EngineContract {
  private static final InstructionSet RISCV = new RiscvInstructionSet();
  private static final HostLoan HOST = new HostLoan();

  @AfterAll
  static void giveBackWhatWasLent() {
    HOST.close();
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
    return HOST;
  }

  @Override
  protected Map<String, String> options() {
    return Map.of("plain-code", "off");
  }

  @Test
  void manyRandomStreamsAgreeWithTheStepper() {
    for (long seed = 20; seed < 26; seed++) {
      randomStream(seed);
    }
  }
}
