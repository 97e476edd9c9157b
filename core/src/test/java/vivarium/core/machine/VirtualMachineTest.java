package vivarium.core.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.VivariumException;
import vivarium.api.cpu.Exit;
import vivarium.api.device.Clock;
import vivarium.core.memory.MachineMemory;

@Timeout(60)
class VirtualMachineTest {
  private static final long MEMORY = 4L << 20;

  @TempDir Path directory;
  private Path firmware;
  private MachineMemory memory;
  private FakeParts parts;

  @BeforeEach
  void setUp() throws IOException {
    firmware = Files.write(directory.resolve("firmware"), new byte[] {1, 2, 3});
    memory = MachineMemory.ofBytes(8L << 20);
  }

  @AfterEach
  void tearDown() {
    memory.close();
  }

  private MachineConfig.Builder config() {
    return MachineConfig.builder().firmware(firmware).memoryBytes(MEMORY);
  }

  private VirtualMachine machine(MachineConfig config, BiFunction<FakeHart, Long, Exit> guest) {
    parts = new FakeParts(guest);
    return VirtualMachine.create(config, parts.catalog(), memory);
  }

  @Test
  void runsExactlyTheStepsThatAreAskedFor() {
    List<Long> budgets = new ArrayList<>();
    try (VirtualMachine vm =
        machine(
            config().quantumSteps(1000).build(),
            (hart, budget) -> {
              budgets.add(budget);
              return FakeParts.spend(hart, budget);
            })) {
      assertThat(vm.run(2500)).isEqualTo(Outcome.STEPS_DONE);
      assertThat(budgets).containsExactly(1000L, 1000L, 500L);
      assertThat(vm.machine().steps()).isEqualTo(2500);
      assertThat(vm.run(1).kind()).isEqualTo(Outcome.Kind.STEPS_DONE);
      assertThat(vm.machine().steps()).isEqualTo(2501);
    }
  }

  @Test
  void theConfiguredNumberOfStepsEndsARun() {
    try (VirtualMachine vm = machine(config().maxSteps(7).build(), FakeParts::spend)) {
      assertThat(vm.run().kind()).isEqualTo(Outcome.Kind.STEPS_DONE);
      assertThat(vm.machine().steps()).isEqualTo(7);
    }
  }

  @Test
  void powerOffByTheGuestEndsTheMachine() {
    try (VirtualMachine vm =
        machine(
            config().build(),
            (hart, budget) -> {
              hart.environment.control().powerOff();
              return Exit.STOPPED;
            })) {
      assertThat(vm.run()).isEqualTo(Outcome.POWERED_OFF);
      assertThat(vm.state()).isEqualTo(VirtualMachine.State.ENDED);
      assertThatThrownBy(vm::run)
          .isInstanceOf(VivariumException.class)
          .hasMessage("machine vm has ended; only a reset makes it run again");
    }
  }

  @Test
  void failureCarriesTheGuestsCode() {
    try (VirtualMachine vm =
        machine(
            config().build(),
            (hart, budget) -> {
              hart.environment.control().fail(42);
              return Exit.STOPPED;
            })) {
      assertThat(vm.run()).isEqualTo(Outcome.failed(42));
    }
  }

  @Test
  void resetMakesAnEndedMachineBootAgainWithEmptyMemory() {
    try (VirtualMachine vm =
        machine(
            config().build(),
            (hart, budget) -> {
              hart.environment.memory().store(Board.RAM_BASE, 8, 99);
              hart.environment.control().reset();
              return Exit.STOPPED;
            })) {
      assertThat(vm.run()).isEqualTo(Outcome.RESET);
      vm.reset();
      assertThat(vm.machine().memory().load(Board.RAM_BASE, 8)).isZero();
      assertThat(parts.boots).hasSize(2);
      assertThat(vm.run()).isEqualTo(Outcome.RESET);
    }
  }

  @Test
  void anExceptionOfAPluginEndsOnlyTheMachine() {
    try (VirtualMachine vm =
        machine(
            config().build(),
            (hart, budget) -> {
              throw new IllegalStateException("bug");
            })) {
      assertThat(vm.run())
          .isEqualTo(Outcome.broken("internal error: java.lang.IllegalStateException: bug"));
      assertThat(vm.state()).isEqualTo(VirtualMachine.State.ENDED);
    }
  }

  @Test
  void stopEndsARunOfAGuestThatSpins() throws InterruptedException {
    CountDownLatch spinning = new CountDownLatch(1);
    try (VirtualMachine vm =
        machine(
            config().build(),
            (hart, budget) -> {
              spinning.countDown();
              return FakeParts.spend(hart, budget);
            })) {
      vm.start();
      spinning.await();
      vm.stop();
      assertThat(vm.await()).isEqualTo(Outcome.STOPPED);
      assertThat(vm.state()).isEqualTo(VirtualMachine.State.READY);
    }
  }

  @Test
  void stopEndsTheWaitOfAGuestThatWaitsForever() throws InterruptedException {
    CountDownLatch waiting = new CountDownLatch(1);
    try (VirtualMachine vm =
        machine(
            config().build(),
            (hart, budget) -> {
              waiting.countDown();
              return Exit.WAITING;
            })) {
      vm.start();
      waiting.await();
      vm.stop();
      assertThat(vm.await()).isEqualTo(Outcome.STOPPED);
    }
  }

  @Test
  void aWaitingGuestIsNotRunUntilAPostedTaskWakesIt() throws InterruptedException {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch waiting = new CountDownLatch(1);
    try (VirtualMachine vm =
        machine(
            config().build(),
            (hart, budget) -> {
              if (runs.incrementAndGet() == 1) {
                waiting.countDown();
                return Exit.WAITING;
              }
              hart.environment.control().powerOff();
              return Exit.STOPPED;
            })) {
      vm.start();
      waiting.await();
      vm.machine().inbox().execute(() -> {});
      vm.machine().inbox().execute(() -> vm.machine().harts().getFirst().setInterrupt(1, true));
      assertThat(vm.await()).isEqualTo(Outcome.POWERED_OFF);
      assertThat(runs).hasValue(2);
    }
  }

  @Test
  void aTimerWakesAWaitingGuest() {
    AtomicLong expiredAt = new AtomicLong();
    Clock.Timer[] timer = new Clock.Timer[1];
    try (VirtualMachine vm =
        machine(
            config().build(),
            (hart, budget) -> {
              Clock clock = hart.environment.clock();
              if (timer[0] == null) {
                timer[0] =
                    clock.newTimer(
                        () -> {
                          expiredAt.set(clock.ticks());
                          hart.setInterrupt(7, true);
                        });
                timer[0].at(clock.ticks() + 1000);
                return Exit.WAITING;
              }
              hart.environment.control().powerOff();
              return Exit.STOPPED;
            })) {
      assertThat(vm.run()).isEqualTo(Outcome.POWERED_OFF);
      assertThat(expiredAt.get()).isGreaterThanOrEqualTo(1000);
    }
  }

  @Test
  void pauseHoldsTheMachineAndItsTime() throws InterruptedException {
    AtomicLong runs = new AtomicLong();
    CountDownLatch running = new CountDownLatch(1);
    try (VirtualMachine vm =
        machine(
            config().build(),
            (hart, budget) -> {
              runs.incrementAndGet();
              running.countDown();
              return FakeParts.spend(hart, budget);
            })) {
      vm.start();
      running.await();
      vm.pause();
      long held = runs.get();
      long ticks = vm.machine().clock().ticks();
      assertThat(vm.state()).isEqualTo(VirtualMachine.State.PAUSED);
      assertThat(vm.machine().clock().ticks()).isEqualTo(ticks);
      assertThat(runs).hasValue(held);
      vm.resume();
      vm.stop();
      assertThat(vm.await()).isEqualTo(Outcome.STOPPED);
    }
  }

  @Test
  void resetOfARunningMachineBootsItAgain() throws InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    try (VirtualMachine vm =
        machine(
            config().build(),
            (hart, budget) -> {
              running.countDown();
              if (parts.boots.size() == 2) {
                hart.environment.control().powerOff();
              }
              return FakeParts.spend(hart, budget);
            })) {
      vm.start();
      running.await();
      vm.reset();
      assertThat(vm.await()).isEqualTo(Outcome.POWERED_OFF);
      assertThat(parts.boots).hasSize(2);
    }
  }

  @Test
  void closeEndsTheRunAndGivesBackMemory() throws InterruptedException {
    VirtualMachine vm = machine(config().build(), FakeParts::spend);
    assertThat(memory.given()).isEqualTo(MEMORY);
    vm.start();
    vm.close();
    assertThat(memory.given()).isZero();
    assertThat(parts.closed).contains("engine", "plic", "ns16550a");
    assertThat(vm.await()).isEqualTo(Outcome.POWERED_OFF);
    assertThatThrownBy(vm::run).hasMessage("machine vm is closed");
  }

  @Test
  void inputReachesTheListenerOnTheMachinesThread() throws InterruptedException {
    BufferConsole console = new BufferConsole();
    List<Thread> told = new ArrayList<>();
    try (VirtualMachine vm =
        machine(
            config().console(console).build(),
            (hart, budget) -> {
              if (parts.context("ns16550a").console().available()) {
                hart.environment.control().powerOff();
              }
              return FakeParts.spend(hart, budget);
            })) {
      parts.context("ns16550a").console().onInput(() -> told.add(Thread.currentThread()));
      console.feed("x");
      assertThat(vm.run()).isEqualTo(Outcome.POWERED_OFF);
      assertThat(told).containsExactly(Thread.currentThread());
    }
  }

  @Test
  void onlyTheSerialPortHasTheConsole() {
    BufferConsole console = new BufferConsole();
    try (VirtualMachine vm = machine(config().console(console).build(), FakeParts::spend)) {
      assertThat(vm.state()).isEqualTo(VirtualMachine.State.READY);
      parts.context("clint").console().write('a');
      parts.context("ns16550a").console().write('b');
      assertThat(console.text()).isEqualTo("b");
    }
  }

  @Test
  void twoDeterministicMachinesSeeTheSameRandomness() {
    List<Long> seen = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      try (VirtualMachine vm = machine(config().deterministic(5).build(), FakeParts::spend)) {
        assertThat(vm.state()).isEqualTo(VirtualMachine.State.READY);
        seen.add(parts.context("plic").random().nextLong());
      }
    }
    assertThat(seen.get(0)).isEqualTo(seen.get(1));
  }

  @Test
  void aMachineThatCannotBeAssembledLeavesNothingBehind() throws IOException {
    Path disk = Files.write(directory.resolve("disk"), new byte[1024]);
    MachineConfig config = config().disk(disk, false).memoryBytes(16L << 20).build();
    assertThatThrownBy(() -> machine(config, FakeParts::spend))
        .hasMessage("machine vm wants 16 MiB of memory, but of 8 MiB only 8 MiB are left");
    RawImage.open(disk, false).close();
    assertThat(memory.given()).isZero();
  }

  @Test
  void twoMachinesOnOneDiskAreRefused() throws IOException {
    Path disk = Files.write(directory.resolve("disk"), new byte[1024]);
    MachineConfig config = config().disk(disk, false).build();
    try (VirtualMachine first = machine(config, FakeParts::spend)) {
      assertThat(first.config()).isEqualTo(config);
      assertThatThrownBy(() -> machine(config, FakeParts::spend))
          .hasMessage("disk image " + disk + " is in use by another machine");
    }
  }
}
