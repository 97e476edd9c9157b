package vivarium.example.xviv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.VivariumException;
import vivarium.api.isa.ExtendedInstructionSet;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.IsaExtension;
import vivarium.core.machine.BufferConsole;
import vivarium.core.machine.MachineConfig;
import vivarium.core.machine.Outcome;
import vivarium.core.machine.VirtualMachine;
import vivarium.core.memory.MachineMemory;
import vivarium.core.plugin.PluginCatalog;
import vivarium.cpu.direct.DirectExecution;
import vivarium.cpu.interpretation.Interpretation;
import vivarium.cpu.translation.BytecodeTranslation;
import vivarium.cpu.translation.Translation;
import vivarium.devices.Clint;
import vivarium.devices.GoldfishRtc;
import vivarium.devices.Ns16550a;
import vivarium.devices.Plic;
import vivarium.devices.Syscon;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.memory.nested.NestedStrategy;
import vivarium.testkit.Assembler;
import vivarium.testkit.TestMachine;

/** The example's instructions under every CPU strategy, and its guest. */
class XvivTest {
  private static final InstructionSet RISCV = new RiscvInstructionSet();
  private static final InstructionSet EXTENDED =
      ExtendedInstructionSet.of(RISCV, List.of(new XvivExtension()));
  private static final Path GUEST = Path.of("guest", "privilege.bin");
  private static final PluginCatalog PLUGINS =
      PluginCatalog.of(
          RISCV,
          new XvivExtension(),
          new Interpretation(),
          new Translation(),
          new BytecodeTranslation(),
          new DirectExecution(),
          new NestedStrategy(),
          new Clint.Type(),
          new GoldfishRtc.Type(),
          new Ns16550a.Type(),
          new Plic.Type(),
          new Syscon.Type());

  /** What the guest prints before it powers off. */
  private static String output(String cpu) {
    BufferConsole console = new BufferConsole();
    MachineConfig config =
        MachineConfig.builder()
            .cpu(cpu)
            .isaExtension("xviv")
            .memoryBytes(2 << 20)
            .firmware(GUEST)
            .entropy(false)
            .console(console)
            .maxSteps(100_000)
            .build();
    try (MachineMemory memory = MachineMemory.ofBytes(32 << 20);
        VirtualMachine machine = VirtualMachine.create(config, PLUGINS, memory)) {
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWERED_OFF);
      return console.text();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"interpretation", "translation", "translation-bytecode"})
  void strategiesThatSeeEachInstructionTellTheGuestItsPrivilege(String cpu) {
    assertThat(output(cpu)).isEqualTo("M=3\nS=1\nU=0\nD=7\n");
  }

  @Test
  void directExecutionTellsTheKernelThatItIsAUser() {
    assertThat(output("direct")).isEqualTo("M=0\nS=0\nU=0\nD=7\n");
  }

  @Test
  void theGuestIsWhatItsSourceSays() throws IOException {
    String source = Files.readString(Path.of("guest", "privilege.s"));
    byte[] assembled = Assembler.of(EXTENDED).at(TestMachine.RAM_BASE).text(source).bytes();
    assertThat(Files.readAllBytes(GUEST)).isEqualTo(assembled);
  }

  @Test
  void theOrdinaryInstructionIsTranslatedWithoutALineForIt() {
    int number = EXTENDED.table().instruction("viv.absdiff").orElseThrow().number();
    assertThat(new Translation().treatments(EXTENDED.table()).get(number)).isEqualTo("translated");
  }

  @Test
  void theInstructionsOfTheBaseKeepTheirNumbersAndTheNewOnesFollow() {
    int before = RISCV.table().instructions().size();
    assertThat(EXTENDED.table().instructions().subList(0, before))
        .isEqualTo(RISCV.table().instructions());
    assertThat(EXTENDED.table().instructions()).hasSize(before + 2);
    assertThat(RISCV.table().instruction("viv.mode")).isEmpty();
    assertThat(EXTENDED.name()).isEqualTo("rv64gc+xviv");
  }

  @Test
  void withoutExtensionsAnInstructionSetStaysItself() {
    assertThat(ExtendedInstructionSet.of(RISCV, List.of())).isSameAs(RISCV);
  }

  @Test
  void anExtensionOfAnotherInstructionSetOrNamedTwiceIsRefused() {
    IsaExtension xviv = new XvivExtension();
    assertRefused(EXTENDED, List.of(xviv), "extension xviv extends rv64gc, not rv64gc+xviv");
    assertRefused(RISCV, List.of(xviv, xviv), "extension xviv is named twice");
  }

  private static void assertRefused(InstructionSet set, List<IsaExtension> list, String why) {
    assertThatThrownBy(() -> ExtendedInstructionSet.of(set, list))
        .isInstanceOf(VivariumException.class)
        .hasMessage(why);
  }
}
