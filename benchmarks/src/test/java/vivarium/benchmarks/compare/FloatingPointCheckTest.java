package vivarium.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.core.Monitor;
import vivarium.core.machine.BufferConsole;
import vivarium.core.machine.MachineConfig;
import vivarium.core.machine.Outcome;
import vivarium.core.machine.VirtualMachine;
import vivarium.core.plugin.PluginCatalog;

/** All of F and D under each engine, against what QEMU printed for the same guest. */
class FloatingPointCheckTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"interpretation", "translation-native", "translation-bytecode"})
  void resultsAndFlagsAreThoseOfQemu(String cpu) throws IOException {
    Path image = directory.resolve("fpcheck.elf");
    Files.write(image, GuestImages.read("fpcheck", 1));
    BufferConsole console = new BufferConsole();
    MachineConfig config =
        MachineConfig.builder().name("fpcheck").cpu(cpu).firmware(image).console(console).build();
    try (Monitor monitor = Monitor.of(PluginCatalog.ofModulePath());
        VirtualMachine vm = monitor.create(config)) {
      assertThat(vm.run().kind()).isEqualTo(Outcome.Kind.POWERED_OFF);
    }
    assertThat(console.text().replace("\r", "")).isEqualTo(expected());
  }

  private static String expected() throws IOException {
    try (InputStream in =
        FloatingPointCheckTest.class.getResourceAsStream("guests/fpcheck-expected.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
