package vivarium.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.cpu.Exit;
import vivarium.api.device.Clock;
import vivarium.api.isa.HartBlock;
import vivarium.core.memory.MachineMemory;

/** Runs in deterministic mode, where every budget can be foretold. */
@Timeout(60)
class MachineRunnerTest {
  @TempDir Path directory;
  private final MachineMemory memory = MachineMemory.ofBytes(8L << 20);
  private final List<Long> budgets = new ArrayList<>();

  @AfterEach
  void tearDown() {
    memory.close();
  }

  private VirtualMachine machine(int harts, BiFunction<FakeHart, Long, Exit> guest)
      throws IOException {
    return machine(MachineConfig.builder().harts(harts).deterministic(1), guest);
  }

  private VirtualMachine machine(
      MachineConfig.Builder builder, BiFunction<FakeHart, Long, Exit> guest) throws IOException {
    Path firmware = Files.write(directory.resolve("firmware"), new byte[16]);
    MachineConfig config =
        builder.firmware(firmware).memoryBytes(1 << 20).quantumSteps(1000).build();
    FakeParts parts =
        new FakeParts(
            (hart, budget) -> {
              budgets.add(budget);
              return guest.apply(hart, budget);
            });
    return VirtualMachine.create(config, parts.catalog(), memory);
  }

  @Test
  void aRunEndsExactlyAtTheNextDeadline() throws IOException {
    List<Long> expiredAtStep = new ArrayList<>();
    try (VirtualMachine vm = machine(1, FakeParts::spend)) {
      Clock clock = vm.machine().clock();
      clock.newTimer(() -> expiredAtStep.add(vm.machine().steps())).at(123);
      vm.run(2000);
      assertThat(budgets).containsExactly(1000L, 230L, 770L);
      assertThat(expiredAtStep).containsExactly(1230L);
    }
  }

  @Test
  void aDeadlineSetWithinARunCutsTheRunShort() throws IOException {
    List<Long> expiredAtStep = new ArrayList<>();
    Clock.Timer[] timer = new Clock.Timer[1];
    try (VirtualMachine vm =
        machine(
            1,
            (hart, budget) -> {
              if (hart.block().steps() > 0) {
                return FakeParts.spend(hart, budget);
              }
              FakeParts.spend(hart, budget, 100);
              timer[0].at(30);
              boolean asked = (hart.block().attention() & HartBlock.ATTENTION_STOP) != 0;
              hart.block().clearAttention(HartBlock.ATTENTION_STOP);
              return asked ? Exit.STOPPED : FakeParts.spend(hart, budget);
            })) {
      timer[0] = vm.machine().clock().newTimer(() -> expiredAtStep.add(vm.machine().steps()));
      vm.run(1000);
      assertThat(budgets).containsExactly(1000L, 200L, 700L);
      assertThat(expiredAtStep).containsExactly(300L);
    }
  }

  @Test
  void aDeadlineBeyondTheRunLetsItGoOn() throws IOException {
    try (VirtualMachine vm =
        machine(
            1,
            (hart, budget) -> {
              hart.environment.clock().newTimer(() -> {}).at(5000);
              assertThat(hart.block().attention()).isZero();
              return FakeParts.spend(hart, budget);
            })) {
      assertThat(vm.run(1000)).isEqualTo(Outcome.STEPS_DONE);
    }
  }

  @Test
  void timeJumpsWhenAllHartsWait() throws IOException {
    Clock.Timer[] timer = new Clock.Timer[1];
    try (VirtualMachine vm =
        machine(
            1,
            (hart, budget) -> {
              if (hart.wakes()) {
                hart.environment.control().powerOff();
                return FakeParts.spend(hart, budget);
              }
              FakeParts.spend(hart, budget, 50);
              timer[0].at(1_000_000);
              return Exit.WAITING;
            })) {
      Clock clock = vm.machine().clock();
      timer[0] = clock.newTimer(() -> vm.machine().harts().getFirst().setInterrupt(7, true));
      assertThat(vm.run()).isEqualTo(Outcome.POWERED_OFF);
      assertThat(clock.ticks()).isEqualTo(1_000_000 + 100);
    }
  }

  @Test
  void hartsTakeTurns() throws IOException {
    List<Integer> turns = new ArrayList<>();
    try (VirtualMachine vm =
        machine(
            3,
            (hart, budget) -> {
              turns.add(hart.id());
              return hart.id() == 1 ? Exit.WAITING : FakeParts.spend(hart, budget);
            })) {
      vm.run(5000);
      assertThat(turns).containsExactly(0, 1, 2, 0, 2, 0);
    }
  }

  @Test
  void aRunThatEndsInAWaitIsAllOfItsTurnOnTheHostsClock() throws IOException {
    try (VirtualMachine vm =
        machine(
            MachineConfig.builder(),
            (hart, budget) -> {
              FakeParts.spend(hart, budget, 50);
              return Exit.WAITING;
            })) {
      assertThat(vm.machine().runner().turn(1000, Long.MAX_VALUE))
          .isInstanceOf(MachineRunner.Turn.Idle.class);
      assertThat(vm.machine().steps()).isEqualTo(50);
    }
  }

  @Test
  void aTurnGoesOnWhileAnotherHartCanRun() throws IOException {
    try (VirtualMachine vm =
        machine(MachineConfig.builder().harts(2), (hart, budget) -> Exit.WAITING)) {
      assertThat(vm.machine().runner().turn(1000, Long.MAX_VALUE))
          .isInstanceOf(MachineRunner.Turn.Ran.class);
      assertThat(vm.machine().runner().turn(1000, Long.MAX_VALUE))
          .isInstanceOf(MachineRunner.Turn.Idle.class);
    }
  }

  @Test
  void aWaitThatIsTheLastStepEndsTheRun() throws IOException {
    try (VirtualMachine vm =
        machine(
            MachineConfig.builder(),
            (hart, budget) -> {
              FakeParts.spend(hart, budget, budget);
              return Exit.WAITING;
            })) {
      assertThat(vm.run(50)).isEqualTo(Outcome.STEPS_DONE);
      assertThat(vm.machine().steps()).isEqualTo(50);
    }
  }
}
