package vivarium.distribution.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vivarium.api.VivariumException;
import vivarium.core.machine.MachineConfig;

class MachineFileTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("machine.yaml");
  }

  private Wishes read(String text) throws IOException {
    Files.writeString(file, text);
    return MachineFile.read(file);
  }

  @Test
  void everyKeyIsUnderstood() throws IOException {
    Wishes wishes =
        read(
            """
            # a machine
            guest: debian
            kernel: Image
            initrd: /abs/initrd
            append: console=ttyS0 quiet
            firmware: fw.bin
            disk: [a.img, "b.img,ro"]
            flash: ["code.fd,ro", vars.fd]
            memory: 512M
            harts: 2
            cpu: translation
            memory-strategy: nested
            isa: rv64gc
            set: {cpu.hot: 100}
            plugins: more
            deterministic: true
            seed: 0x10
            max-steps: 1_000_000
            stats: true
            log: debug
            """);
    assertThat(wishes.guest).isEqualTo("debian");
    assertThat(wishes.kernel).isEqualTo(directory.resolve("Image"));
    assertThat(wishes.initrd).isEqualTo(Path.of("/abs/initrd"));
    assertThat(wishes.append).isEqualTo("console=ttyS0 quiet");
    assertThat(wishes.firmware).isEqualTo(directory.resolve("fw.bin"));
    assertThat(wishes.disks)
        .containsExactly(
            new MachineConfig.Disk(directory.resolve("a.img"), false),
            new MachineConfig.Disk(directory.resolve("b.img"), true));
    assertThat(wishes.flash)
        .containsExactly(
            new MachineConfig.Disk(directory.resolve("code.fd"), true),
            new MachineConfig.Disk(directory.resolve("vars.fd"), false));
    assertThat(wishes.memoryBytes).isEqualTo(512L << 20);
    assertThat(wishes.harts).isEqualTo(2);
    assertThat(wishes.cpu).isEqualTo("translation");
    assertThat(wishes.memoryStrategy).isEqualTo("nested");
    assertThat(wishes.isa).isEqualTo("rv64gc");
    assertThat(wishes.settings).containsEntry("cpu.hot", "100");
    assertThat(wishes.plugins).containsExactly(directory.resolve("more"));
    assertThat(wishes.deterministic).isTrue();
    assertThat(wishes.seed).isEqualTo(16);
    assertThat(wishes.maxSteps).isEqualTo(1_000_000);
    assertThat(wishes.stats).isTrue();
    assertThat(wishes.log).isEqualTo(LogLevel.debug);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "memory: lots            |:1:9: 'lots' is not a size such as 256M or 1G",
        "'\nmemroy: 1M'          |:2:1: unknown key 'memroy'; there is append, console, cpu,",
        "'cpu: a\ncpu: b'        |:2:1: 'cpu' is said twice",
        "'kernel: [a, b]'        |:1:9: expected a single value",
        "'kernel:'               |:1:8: expected a single value",
        "'stats: perhaps'        |:1:8: expected true or false",
        "'set: 5'                |:1:6: expected a mapping such as {cpu.key: value}",
        "'harts: two'            |:1:8: 'two' is no number of harts",
        "'seed: x'               |:1:7: 'x' is not a whole number",
        "'max-steps: -5'         |:1:12: '-5' is not a positive whole number",
        "'log: loud'             |:1:6: unknown level 'loud'; there is off, error, warn,",
        "'just words'            |:1:1: expected lines such as 'memory: 256M'",
        "''                      |:1:1: expected lines such as 'memory: 256M'",
        "'kernel: \"open'        |:1:14: found unexpected end of stream",
        "'disk: [a, b'           |:1:12: expected ',' or ']', but got <stream end>",
        "'a: b\n c: d'           |:2:3: mapping values are not allowed here",
        "'a: \t- b'              |:1:5:",
      })
  void aMistakeIsToldWithItsPlace(String text, String complaint) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(VivariumException.class)
        .message()
        .startsWith(file + complaint)
        .hasLineCount(1);
  }

  @Test
  void aFileThatIsMissingIsNamed() {
    assertThatThrownBy(() -> MachineFile.read(file))
        .isInstanceOf(VivariumException.class)
        .hasMessage("no machine file " + file);
  }

  @Test
  void aFileThatIsNoTextIsSaidToBeNone() throws IOException {
    Files.write(file, new byte[] {(byte) 0xff, 0, 1});
    assertThatThrownBy(() -> MachineFile.read(file))
        .isInstanceOf(VivariumException.class)
        .hasMessage(file + ": not a text file in UTF-8");
  }

  @Test
  void aDirectoryIsNoMachineFile() {
    assertThatThrownBy(() -> MachineFile.read(directory))
        .isInstanceOf(VivariumException.class)
        .hasMessageStartingWith("machine file " + directory + " cannot be read: ");
  }

  @Test
  void optionsComeBeforeTheFile() throws IOException {
    Wishes options = new Wishes();
    options.cpu = "translation";
    options.settings.put("cpu.a", "option");
    Wishes both =
        options.over(read("{cpu: interpretation, isa: rv64gc, set: {cpu.a: f, cpu.b: f}}"));
    assertThat(both.cpu).isEqualTo("translation");
    assertThat(both.isa).isEqualTo("rv64gc");
    assertThat(both.settings).containsEntry("cpu.a", "option").containsEntry("cpu.b", "f");
  }

  @Test
  void aGuestIsNotTakenForAFile() {
    assertThat(MachineFile.isNamedBy("debian")).isFalse();
    assertThat(MachineFile.isNamedBy("debian.yaml")).isTrue();
    assertThat(MachineFile.isNamedBy("./debian")).isTrue();
  }
}
