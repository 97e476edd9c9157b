package vivarium.cpu.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.cpu.HardwareHart;
import vivarium.api.cpu.HartEvent;
import vivarium.api.cpu.SoftwareHart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.InstructionSet;
import vivarium.api.memory.TableGuard;
import vivarium.core.memory.HostLoan;
import vivarium.cpu.interpretation.Interpretation;
import vivarium.cpu.translation.BytecodeTranslation;
import vivarium.cpu.translation.Translation;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.TestMachine;

/** A hart in software keeps the contract of {@link HardwareHart}, whatever engine it is made of. */
class SoftwareHartTest {
  private static final InstructionSet RISCV = new RiscvInstructionSet();
  private static final long RAM = TestMachine.RAM_BASE;
  private static final long ILLEGAL_INSTRUCTION = 2;
  private static final long GUARDED = RAM + 0x10000;
  private static final int A0 = 10;

  static List<CpuStrategy> engines() {
    return List.of(new Interpretation(), new Translation(), new BytecodeTranslation());
  }

  /** What is done with a machine and the hart under it. */
  private interface Act {
    void on(TestMachine machine, HartBlock block, HardwareHart hart);
  }

  private static void with(CpuStrategy engine, String program, Act act) {
    TestMachine machine = new TestMachine(RISCV, 1, 1 << 20);
    machine.program(program);
    try (HostLoan host = new HostLoan();
        HardwareHart hart =
            SoftwareHart.create(
                engine,
                new CpuEnvironment(RISCV, machine.hart(), machine.memory(), host, Map.of()))) {
      HartBlock block = machine.hart().block();
      block.grantBudget(1000);
      act.on(machine, block, hart);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aPrivilegedInstructionIsNeitherExecutedNorCounted(CpuStrategy engine) {
    with(
        engine,
        "addi a0, a0, 1\n csrwi mscratch, 3\n",
        (machine, block, hart) -> {
          assertThat(hart.run(1000)).isEqualTo(HartEvent.INSTRUCTION);
          assertThat(hart.instruction().instruction().name()).isEqualTo("csrwi");
          assertThat(block.pc()).isEqualTo(RAM + 4);
          assertThat(block.steps()).isEqualTo(1);
          assertThat(block.budget()).isEqualTo(999);
          assertThat(machine.hart().controlRegisters()).containsEntry("mscratch", 0L);
        });
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anExceptionIsReportedAndNotTaken(CpuStrategy engine) {
    with(
        engine,
        "addi a0, a0, 1\n .word 0\n",
        (machine, block, hart) -> {
          assertThat(hart.run(1000)).isEqualTo(HartEvent.EXCEPTION);
          assertThat(hart.cause()).isEqualTo(ILLEGAL_INSTRUCTION);
          assertThat(block.pc()).isEqualTo(RAM + 4);
          assertThat(block.steps()).isEqualTo(1);
          assertThat(machine.hart().counters().traps).isZero();
        });
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aPageThatTheMemoryStrategyGuardsIsLeftToTheMonitor(CpuStrategy engine) {
    with(
        engine,
        "li s0, 0x80010000\n ld a0, 0(s0)\n sd s0, 0(s0)\n amoadd.d a1, s0, (s0)\n",
        (machine, block, hart) -> {
          machine.memory().setTableGuard(new Refusing());
          machine.memory().guardPage(GUARDED, true, true);
          for (String name : List.of("ld", "sd", "amoadd.d")) {
            assertThat(hart.run(block.budget())).isEqualTo(HartEvent.ACCESS);
            assertThat(hart.instruction().instruction().name()).isEqualTo(name);
            block.setPc(block.pc() + 4);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("engines")
  void theTimerInterruptsWhenTheStepsAreMade(CpuStrategy engine) {
    with(
        engine,
        "again: addi a0, a0, 1\n j again\n",
        (machine, block, hart) -> {
          assertThat(hart.run(1000)).isEqualTo(HartEvent.TIMER);
          assertThat(block.steps()).isEqualTo(1000);
          assertThat(block.register(A0)).isEqualTo(500);
        });
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whatWantsAttentionInterruptsAndIsNotTaken(CpuStrategy engine) {
    with(
        engine,
        "again: addi a0, a0, 1\n j again\n",
        (machine, block, hart) -> {
          for (int bit : new int[] {HartBlock.ATTENTION_INTERRUPT, HartBlock.ATTENTION_STOP}) {
            block.requestAttention(bit);
            assertThat(hart.run(1000)).isEqualTo(HartEvent.INTERRUPT);
            assertThat(block.attention()).isEqualTo(bit);
            assertThat(block.steps()).isZero();
            assertThat(block.budget()).isEqualTo(1000);
            block.clearAttention(bit);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anInstructionSetWithoutUserModeIsRefused(CpuStrategy engine) {
    TestMachine machine = new TestMachine(RISCV, 1, 1 << 20);
    try (HostLoan host = new HostLoan()) {
      CpuEnvironment environment =
          new CpuEnvironment(
              new WithoutUserMode(RISCV), machine.hart(), machine.memory(), host, Map.of());
      assertThatThrownBy(() -> SoftwareHart.create(engine, environment))
          .isInstanceOf(VivariumException.class)
          .hasMessage(
              "code of kernel-only cannot be executed directly: no hart here has a user mode for"
                  + " it");
    }
  }

  /** The hart must not get this far. */
  private static final class Refusing implements TableGuard {
    @Override
    public long load(long gpa, int width) {
      throw new AssertionError("a load reached the guard");
    }

    @Override
    public void store(long gpa, int width, long value) {
      throw new AssertionError("a store reached the guard");
    }
  }
}
