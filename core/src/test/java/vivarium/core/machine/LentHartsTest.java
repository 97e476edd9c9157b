package vivarium.core.machine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.cpu.HardwareHart;
import vivarium.api.cpu.HardwareHarts;
import vivarium.api.isa.InstructionSet;
import vivarium.core.memory.MachineMemory;
import vivarium.core.plugin.PluginCatalog;

/** Which hart a strategy that asks for one is lent, and what it is told when there is none. */
class LentHartsTest {
  private static final FakeParts PARTS = new FakeParts(FakeParts::spend);

  @TempDir Path directory;

  /** A strategy that wants a hart, and says so by ending assembly once it has it. */
  private record Borrower(String name) implements CpuStrategy {
    @Override
    public String description() {
      return "for a test";
    }

    @Override
    public CpuEngine create(CpuEnvironment environment) {
      environment.host().hart(environment).close();
      throw new VivariumException("lent");
    }
  }

  /** Harts of a host, which refuse or say so when one is made. */
  private record Real(String name, String refusal) implements HardwareHarts {
    @Override
    public String description() {
      return "for a test";
    }

    @Override
    public String refusal(InstructionSet instructionSet) {
      return refusal;
    }

    @Override
    public HardwareHart create(CpuEnvironment environment) {
      throw new VivariumException("made by " + name);
    }
  }

  private void assertAnswer(Map<String, String> options, String line, Object... providers)
      throws IOException {
    Path image = Files.write(directory.resolve("image"), new byte[16]);
    MachineConfig.Builder config =
        MachineConfig.builder().memoryBytes(2 << 20).kernel(image).cpu("borrower");
    options.forEach(config::cpuOption);
    PluginCatalog catalog = PARTS.catalog(providers);
    try (MachineMemory memory = MachineMemory.ofBytes(64 << 20)) {
      assertThatThrownBy(() -> VirtualMachine.create(config.build(), catalog, memory))
          .isInstanceOf(VivariumException.class)
          .hasMessage(line);
    }
  }

  @Test
  void anUnknownHartIsAnsweredWithThoseThereAre() throws IOException {
    assertAnswer(
        Map.of("hart", "abacus"),
        "no hart 'abacus' to execute guest code on; there is real, interpretation",
        new Borrower("borrower"),
        new Real("real", ""));
  }

  @Test
  void theBorrowerIsNoHartForItself() throws IOException {
    assertAnswer(
        Map.of("hart", "borrower"),
        "no hart 'borrower' to execute guest code on; there is interpretation",
        new Borrower("borrower"));
  }

  @Test
  void aRealHartIsPreferred() throws IOException {
    assertAnswer(
        Map.of(),
        "made by real",
        new Borrower("borrower"),
        new Real("broken", "no such processor"),
        new Real("real", ""));
  }

  @Test
  void aRealHartThatIsNamedTellsWhyItCannotBeHad() throws IOException {
    assertAnswer(
        Map.of("hart", "broken"),
        "hart 'broken' cannot be had: no such processor",
        new Borrower("borrower"),
        new Real("broken", "no such processor"));
  }

  @Test
  void anInstructionSetWithoutUserModeCannotBeExecutedDirectly() throws IOException {
    assertAnswer(
        Map.of(),
        "code of rv64gc cannot be executed directly: no hart here has a user mode for it",
        new Borrower("borrower"));
  }
}
