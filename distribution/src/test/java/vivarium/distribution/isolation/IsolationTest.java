package vivarium.distribution.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import vivarium.core.Monitor;
import vivarium.core.machine.BufferConsole;
import vivarium.core.machine.MachineConfig;
import vivarium.core.machine.Outcome;
import vivarium.core.machine.VirtualMachine;
import vivarium.core.plugin.PluginCatalog;
import vivarium.core.plugin.PluginKind;
import vivarium.core.schedule.Scheduler;

/** Hostile guests beside machines that are watched, under every pair of strategies there is. */
@Timeout(300)
class IsolationTest {
  private static final long RAM_BYTES = 1 << 20;
  private static final long SECRET = 0x5ec2e7c0de5ec2e7L;
  private static final int SEEDS = 6;
  private static final long STEPS = 60_000;
  private static final PluginCatalog CATALOG = PluginCatalog.ofModulePath();

  @TempDir Path directory;
  private Path idle;

  @BeforeEach
  void setUp() throws IOException {
    idle = Files.write(directory.resolve("idle"), new byte[] {0x6f, 0, 0, 0});
  }

  private static Stream<Arguments> strategies() {
    return CATALOG.names(PluginKind.CPU).stream()
        .flatMap(
            cpu ->
                CATALOG.names(PluginKind.MEMORY).stream().map(memory -> Arguments.of(cpu, memory)));
  }

  private MachineConfig.Builder config(String name, Path firmware) {
    return MachineConfig.builder().name(name).firmware(firmware).memoryBytes(RAM_BYTES);
  }

  /** A machine whose frames lie beside those of the next one, full of what nobody else may see. */
  private VirtualMachine canary(Monitor monitor, String name) {
    VirtualMachine machine = monitor.create(config(name, idle).build());
    MemorySegment page = MemorySegment.ofArray(new long[(int) (RAM_BYTES / 8)]);
    for (long at = 0; at < RAM_BYTES; at += 8) {
      page.set(ValueLayout.JAVA_LONG_UNALIGNED, at, SECRET);
    }
    machine.machine().memory().write(Hostile.RAM, page);
    return machine;
  }

  private static MemorySegment ram(VirtualMachine machine) {
    MemorySegment copy = MemorySegment.ofArray(new byte[(int) RAM_BYTES]);
    machine.machine().memory().read(Hostile.RAM, copy);
    return copy;
  }

  private static long secrets(MemorySegment ram) {
    long count = 0;
    for (long at = 0; at < RAM_BYTES; at += 8) {
      count += ram.get(ValueLayout.JAVA_LONG_UNALIGNED, at) == SECRET ? 1 : 0;
    }
    return count;
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void noGuestReadsOrWritesAForeignFrame(String cpu, String memory) throws IOException {
    try (Monitor monitor = Monitor.of(CATALOG, 16 * RAM_BYTES)) {
      VirtualMachine below = canary(monitor, "below");
      List<VirtualMachine> hostile = new ArrayList<>();
      for (int seed = 0; seed < SEEDS; seed++) {
        Path program =
            Files.write(directory.resolve("hostile" + seed), Hostile.random(seed, RAM_BYTES));
        hostile.add(
            monitor.create(
                config("hostile" + seed, program)
                    .cpu(cpu)
                    .memoryStrategy(memory)
                    .deterministic(seed)
                    .build()));
      }
      VirtualMachine above = canary(monitor, "above");
      long steps = 0;
      for (VirtualMachine machine : hostile) {
        assertThat(machine.run(STEPS).kind()).isNotEqualTo(Outcome.Kind.BROKEN);
        assertThat(secrets(ram(machine))).as("read by %s", machine.config().name()).isZero();
        steps += machine.machine().steps();
      }
      assertThat(steps).isGreaterThan(SEEDS * STEPS / 2);
      assertThat(secrets(ram(below))).isEqualTo(RAM_BYTES / 8);
      assertThat(secrets(ram(above))).isEqualTo(RAM_BYTES / 8);
    }
  }

  @Test
  void hostileGuestsDoWhatTheyAreMeantTo() throws IOException {
    Path program = Files.write(directory.resolve("hostile"), Hostile.random(1, RAM_BYTES));
    try (Monitor monitor = Monitor.of(CATALOG, 4 * RAM_BYTES)) {
      VirtualMachine machine = monitor.create(config("hostile", program).deterministic(1).build());
      machine.run(STEPS);
      Map<String, Long> counters = new TreeMap<>(machine.machine().statistics().exits());
      counters.putAll(machine.machine().statistics().memory());
      assertThat(counters.toString())
          .contains("page fault")
          .contains("access fault")
          .contains("walks");
    }
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void enginesThatAreGivenUpAndMadeAnewChangeNothing(String cpu, String memory) throws IOException {
    Path program = Files.write(directory.resolve("hostile"), Hostile.random(2, RAM_BYTES));
    try (Monitor monitor = Monitor.of(CATALOG, 4 * RAM_BYTES)) {
      List<VirtualMachine> machines = new ArrayList<>();
      for (String name : new String[] {"kept", "trimmed"}) {
        machines.add(
            monitor.create(
                config(name, program).cpu(cpu).memoryStrategy(memory).deterministic(2).build()));
      }
      VirtualMachine kept = machines.getFirst();
      VirtualMachine trimmed = machines.getLast();
      for (int i = 0; i < 8; i++) {
        kept.run(STEPS / 16);
        trimmed.run(STEPS / 16);
        trimmed.trim();
      }
      assertThat(trimmed.machine().steps()).isEqualTo(kept.machine().steps());
      assertThat(ram(trimmed).mismatch(ram(kept))).isEqualTo(-1);
      for (int register = 0; register < 32; register++) {
        assertThat(trimmed.machine().harts().getFirst().block().register(register))
            .isEqualTo(kept.machine().harts().getFirst().block().register(register));
      }
    }
  }

  /** A machine with work to do: the guest of the distribution. Its result is what it prints. */
  private VirtualMachine worker(Monitor monitor, BufferConsole console) throws IOException {
    Path kernel = directory.resolve("worker");
    try (InputStream in =
        vivarium.distribution.Main.class
            .getModule()
            .getResourceAsStream("vivarium/distribution/cli/embedded.elf")) {
      Files.write(kernel, in.readAllBytes());
    }
    return monitor.create(
        MachineConfig.builder()
            .name("worker")
            .kernel(kernel)
            .memoryBytes(16 * RAM_BYTES)
            .console(console)
            .deterministic(7)
            .build());
  }

  private static Stream<Arguments> badGuests() {
    return Stream.of(
        Arguments.of("spinning", Hostile.spinning()),
        Arguments.of("flooding", Hostile.flooding()),
        Arguments.of("exhausting", Hostile.exhausting()),
        Arguments.of("trapping", Hostile.trapping()),
        Arguments.of("corrupting", Hostile.random(3, RAM_BYTES)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badGuests")
  void whateverAMachineDoesAnothersResultIsTheSame(String name, byte[] image)
      throws IOException, InterruptedException {
    BufferConsole alone = new BufferConsole();
    long steps;
    try (Monitor monitor = Monitor.of(CATALOG, 32 * RAM_BYTES, new Scheduler(1))) {
      VirtualMachine worker = worker(monitor, alone);
      worker.start();
      assertThat(worker.await().kind()).isEqualTo(Outcome.Kind.POWERED_OFF);
      steps = worker.machine().steps();
    }
    assertThat(alone.text()).endsWith("Good night.\n");
    Path program = Files.write(directory.resolve(name), image);
    BufferConsole beside = new BufferConsole();
    try (Monitor monitor = Monitor.of(CATALOG, 32 * RAM_BYTES, new Scheduler(1))) {
      VirtualMachine bad = monitor.create(config(name, program).build());
      VirtualMachine worker = worker(monitor, beside);
      bad.start();
      worker.start();
      assertThat(worker.await().kind()).isEqualTo(Outcome.Kind.POWERED_OFF);
      assertThat(worker.machine().steps()).isEqualTo(steps);
      assertThat(beside.text()).isEqualTo(alone.text());
      assertThat(bad.machine().steps()).isPositive();
    }
  }
}
