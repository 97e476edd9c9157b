package vivarium.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

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
import vivarium.api.cpu.Exit;
import vivarium.core.Monitor;
import vivarium.core.schedule.Scheduler;
import vivarium.core.schedule.Share;

/** Machines of one monitor, which share one core. */
@Timeout(60)
class ScheduledMachinesTest {
  private static final long MEMORY = 1 << 20;

  @TempDir Path directory;
  private Path firmware;

  private final List<Monitor> monitors = new ArrayList<>();

  @BeforeEach
  void setUp() throws IOException {
    firmware = Files.write(directory.resolve("firmware"), new byte[16]);
  }

  @AfterEach
  void tearDown() {
    monitors.forEach(Monitor::close);
  }

  private Monitor monitor(BiFunction<FakeHart, Long, Exit> guest) {
    Monitor monitor = Monitor.of(new FakeParts(guest).catalog(), 64 * MEMORY, new Scheduler(1));
    monitors.add(monitor);
    return monitor;
  }

  private VirtualMachine machine(Monitor monitor, String name) {
    return monitor.create(
        MachineConfig.builder().name(name).firmware(firmware).memoryBytes(MEMORY).build());
  }

  @Test
  void allRunToTheirEndsOnOneCore() throws InterruptedException {
    Monitor monitor =
        monitor(
            (hart, budget) -> {
              FakeParts.spend(hart, budget, 1000);
              if (hart.block().steps() >= 100_000) {
                hart.environment.control().powerOff();
              }
              return Exit.BUDGET_SPENT;
            });
    List<VirtualMachine> machines = new ArrayList<>();
    AtomicInteger told = new AtomicInteger();
    for (int i = 0; i < 10; i++) {
      VirtualMachine machine = machine(monitor, "vm" + i);
      machine.onEnd(outcome -> told.incrementAndGet());
      machines.add(machine);
    }
    machines.forEach(VirtualMachine::start);
    for (VirtualMachine machine : machines) {
      assertThat(machine.await()).isEqualTo(Outcome.POWERED_OFF);
      assertThat(machine.machine().steps()).isEqualTo(100_000);
      assertThat(machine.usage().orElseThrow().ranNanos()).isPositive();
    }
    assertThat(told.get()).isGreaterThanOrEqualTo(9);
  }

  @Test
  void aPausedMachineLeavesItsCoreToOthers() throws InterruptedException {
    AtomicLong runs = new AtomicLong();
    Monitor monitor =
        monitor(
            (hart, budget) -> {
              runs.incrementAndGet();
              return FakeParts.spend(hart, budget);
            });
    VirtualMachine held = machine(monitor, "held");
    held.start();
    held.pause();
    assertThat(held.state()).isEqualTo(VirtualMachine.State.PAUSED);
    long steps = held.machine().steps();
    VirtualMachine other = machine(monitor, "other");
    other.start();
    long before = runs.get();
    while (runs.get() < before + 10) {
      Thread.onSpinWait();
    }
    assertThat(held.machine().steps()).isEqualTo(steps);
    held.resume();
    while (held.machine().steps() == steps) {
      Thread.onSpinWait();
    }
    held.stop();
    assertThat(held.await()).isEqualTo(Outcome.STOPPED);
    other.powerOff();
    assertThat(other.await()).isEqualTo(Outcome.POWERED_OFF);
  }

  @Test
  void aWaitingMachineCanBePausedResetAndPoweredOff() throws InterruptedException {
    CountDownLatch booted = new CountDownLatch(1);
    CountDownLatch bootedAgain = new CountDownLatch(2);
    Monitor monitor =
        monitor(
            (hart, budget) -> {
              booted.countDown();
              bootedAgain.countDown();
              return Exit.WAITING;
            });
    VirtualMachine machine = machine(monitor, "idle");
    machine.start();
    booted.await();
    machine.pause();
    assertThat(machine.state()).isEqualTo(VirtualMachine.State.PAUSED);
    machine.resume();
    machine.reset();
    bootedAgain.await();
    machine.powerOff();
    assertThat(machine.await()).isEqualTo(Outcome.POWERED_OFF);
    machine.reset();
    assertThat(machine.state()).isEqualTo(VirtualMachine.State.READY);
    machine.start();
    assertThat(machine.state()).isEqualTo(VirtualMachine.State.RUNNING);
  }

  @Test
  void whatAnotherThreadPostsWakesAWaitingMachine() throws InterruptedException {
    CountDownLatch waiting = new CountDownLatch(1);
    Monitor monitor =
        monitor(
            (hart, budget) -> {
              if (hart.wakes()) {
                hart.environment.control().powerOff();
                return FakeParts.spend(hart, budget);
              }
              waiting.countDown();
              return Exit.WAITING;
            });
    VirtualMachine machine = machine(monitor, "idle");
    machine.start();
    waiting.await();
    Machine inside = machine.machine();
    inside.inbox().execute(() -> inside.harts().getFirst().setInterrupt(1, true));
    assertThat(machine.await()).isEqualTo(Outcome.POWERED_OFF);
  }

  @Test
  void aMachineThatFailsTakesNoOtherWithIt() throws InterruptedException {
    Monitor monitor =
        monitor(
            (hart, budget) -> {
              if (hart.environment.memory().load(Board.RAM_BASE, 8) != 0) {
                throw new OutOfMemoryError("as a plugin might");
              }
              FakeParts.spend(hart, budget, 1000);
              if (hart.block().steps() >= 50_000) {
                hart.environment.control().powerOff();
              }
              return Exit.BUDGET_SPENT;
            });
    VirtualMachine broken = machine(monitor, "broken");
    VirtualMachine well = machine(monitor, "well");
    broken.machine().memory().store(Board.RAM_BASE, 8, 1);
    broken.start();
    well.start();
    assertThat(broken.await().kind()).isEqualTo(Outcome.Kind.BROKEN);
    assertThat(well.await()).isEqualTo(Outcome.POWERED_OFF);
  }

  @Test
  void aShareCanBeChangedWhileTheMachineRuns() {
    Monitor monitor = monitor(FakeParts::spend);
    VirtualMachine machine = machine(monitor, "vm");
    assertThat(machine.share()).isEqualTo(Share.DEFAULT);
    machine.start();
    machine.setShare(new Share(7, 50));
    assertThat(machine.share()).isEqualTo(new Share(7, 50));
    machine.close();
    assertThat(monitor.machines()).isEmpty();
  }
}
