package vivarium.cpu.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.isa.ExtendedInstructionSet;
import vivarium.api.isa.InstructionSet;
import vivarium.cpu.interpretation.Interpretation;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.TestMachine;

/** What direct execution counts, and what it says of an instruction set at assembly. */
class DirectExecutionTest {
  private static final int RAM_BYTES = 1 << 20;
  private static final InstructionSet RISCV = new RiscvInstructionSet();

  private final LendingHost host = new LendingHost(new Interpretation());

  @AfterEach
  void giveBackWhatWasLent() {
    host.close();
  }

  private CpuEngine engine(TestMachine machine, Map<String, String> options) {
    return new DirectExecution()
        .create(
            new CpuEnvironment(
                machine.instructionSet(), machine.hart(), machine.memory(), host, options));
  }

  @Test
  void eachEmulatedInstructionIsCountedByItsNameAndOthersAreNot() {
    TestMachine machine = new TestMachine(RISCV, 1, RAM_BYTES);
    machine.program("csrwi mscratch, 3\n csrr a0, mscratch\n loop: j loop\n");
    try (CpuEngine engine = engine(machine, Map.of())) {
      engine.run(1000);
    }
    long[] counted = machine.hart().counters().instructions();
    for (String name : List.of("csrwi", "csrr")) {
      int number = RISCV.table().instruction(name).orElseThrow().number();
      assertThat(counted[number]).as(name).isEqualTo(1);
    }
  }

  @Test
  void whatCannotBeVirtualizedIsToldOrRefusedAtAssembly() {
    InstructionSet extended = ExtendedInstructionSet.of(RISCV, List.of(new Telltale()));
    TestMachine machine = new TestMachine(extended, 1, RAM_BYTES);
    engine(machine, Map.of()).close();
    assertThatThrownBy(() -> engine(machine, Map.of("unvirtualizable", "refuse")))
        .isInstanceOf(VivariumException.class)
        .hasMessageContaining("tell of rv64gc+telltale");
    assertThatThrownBy(() -> engine(machine, Map.of("unvirtualizable", "ignore")))
        .isInstanceOf(VivariumException.class)
        .hasMessageContaining("warn or refuse, not ignore");
    TestMachine plain = new TestMachine(RISCV, 1, RAM_BYTES);
    engine(plain, Map.of("unvirtualizable", "refuse")).close();
  }

  @Test
  void everyPrivilegedInstructionOfTheTableIsSaidToBeTrapped() {
    List<String> treatments = new DirectExecution().treatments(RISCV.table());
    RISCV
        .table()
        .instructions()
        .forEach(
            one ->
                assertThat(treatments.get(one.number()))
                    .as(one.name())
                    .startsWith(one.privileged() ? "trapped, emulated" : "executed"));
  }
}
