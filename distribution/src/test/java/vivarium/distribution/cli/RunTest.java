package vivarium.distribution.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.core.machine.RawImage;
import vivarium.distribution.cli.Cli.Result;

/** {@code vivarium run} in this process, with the plugins on its module path. */
class RunTest {
  @TempDir Path directory;

  private Result vivarium(String... args) {
    return new Cli(directory, Optional.empty()).run(args);
  }

  private void refuses(String line, String... args) {
    Result result = vivarium(args);
    assertThat(result.err()).isEqualTo("vivarium: " + line + "\n");
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isEqualTo(1);
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  private Path embeddedGuest() throws IOException {
    try (InputStream in = GuestChoice.class.getResourceAsStream("embedded.elf")) {
      return file("guest.elf", in.readAllBytes());
    }
  }

  private String spinning() throws IOException {
    return file("spin.bin", Programs.spinning()).toString();
  }

  @Test
  void withNothingNamedTheEmbeddedGuestShowsWhatAMachineIs() {
    Result result = vivarium("run");
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .startsWith("Hello. This is a machine.")
        .contains("1 breakpoint taken in S-mode")
        .contains("1 page fault at 0x2000000008, mapped, read again: 0x5ea51de")
        .contains("by an interrupt")
        .contains("begins with \"The first sector of Vivarium's own disk\"")
        .endsWith("Good night.\n");
    assertThat(result.status()).isZero();
  }

  @Test
  void theFirstOfSeveralGuestsThatCanBeHadIsRun() {
    Result result = vivarium("run", "debian", "embedded");
    assertThat(result.err()).contains("going on without debian");
    assertThat(result.out()).endsWith("Good night.\n");
    assertThat(result.status()).isZero();
  }

  @Test
  void aDeterministicMachineDoesTheSameTwice() {
    Result first = vivarium("run", "--deterministic");
    assertThat(first.out()).endsWith("Good night.\n");
    assertThat(vivarium("run", "--deterministic")).isEqualTo(first);
  }

  @Test
  void aMachineFileIsRunAndOptionsComeBeforeIt() throws IOException {
    embeddedGuest();
    Path file = file("m.yaml", "kernel: guest.elf\nmemory: 32M\ncpu: none\n".getBytes());
    refuses("unknown CPU strategy 'none'; there is " + names("cpu"), "run", file.toString());
    Result result = vivarium("run", file.toString(), "--cpu", "interpretation", "--stats");
    assertThat(result.out()).contains("disk      none").endsWith("Good night.\n");
    assertThat(result.err()).contains("million steps per second").contains("traps");
  }

  private String names(String kind) {
    return vivarium("plugins")
        .out()
        .lines()
        .map(row -> row.split(" +"))
        .filter(row -> row.length > 2 && row[1].equals(kind))
        .flatMap(row -> Arrays.stream(row[2].split(",")))
        .sorted()
        .reduce((one, other) -> one + ", " + other)
        .orElseThrow();
  }

  @Test
  void aBareMetalProgramPowersOff() throws IOException {
    Path program = file("off.bin", Programs.finishing(0x5555));
    assertThat(vivarium("run", "--firmware", program.toString())).isEqualTo(new Result(0, "", ""));
  }

  @Test
  void aGuestsFailureIsTheStatus() throws IOException {
    Path program = file("fail.bin", Programs.finishing(7 << 16 | 0x3333));
    Result result = vivarium("run", "--firmware", program.toString());
    assertThat(result.err()).isEqualTo("vivarium: the guest reports failure 7\n");
    assertThat(result.status()).isEqualTo(7);
  }

  @Test
  void aGuestsResetHasAStatusOfItsOwn() throws IOException {
    Path program = file("reset.bin", Programs.finishing(0x7777));
    Result result = vivarium("run", "--firmware", program.toString());
    assertThat(result.err()).isEqualTo("vivarium: the guest asked for a reset\n");
    assertThat(result.status()).isEqualTo(64);
  }

  @Test
  void theStepsAskedForEndARun() throws IOException {
    Result result = vivarium("run", "--firmware", spinning(), "--max-steps", "1234567", "--stats");
    assertThat(result.err()).contains("as many steps as wanted are done").contains("1,234,567");
    assertThat(result.status()).isEqualTo(65);
  }

  @Test
  void aKernelThatIsMissingEmptyOrADirectoryIsRefused() throws IOException {
    Path missing = directory.resolve("missing");
    refuses("no kernel " + missing, "run", "--kernel", missing.toString());
    Path empty = file("empty", new byte[0]);
    refuses("kernel " + empty + " is empty", "run", "--kernel", empty.toString());
    refuses("kernel " + directory + " is not a file", "run", "--kernel", directory.toString());
  }

  @Test
  void aTruncatedKernelIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(embeddedGuest());
    for (int length : new int[] {5, 63, 64, 200, whole.length / 2}) {
      Path cut = file("cut.elf", Arrays.copyOf(whole, length));
      Result result = vivarium("run", "--kernel", cut.toString(), "--max-steps", "1");
      assertThat(result.err()).as("%d bytes", length).startsWith("vivarium: " + cut);
      assertThat(result.err()).hasLineCount(1);
      assertThat(result.status()).isEqualTo(1);
    }
  }

  @Test
  void anElfFileOfAnotherArchitectureIsRefused() throws IOException {
    byte[] elf = Files.readAllBytes(embeddedGuest());
    elf[18] = 62; // e_machine = EM_X86_64
    Path other = file("other.elf", elf);
    refuses(
        other + ": an ELF file of another architecture than RISC-V",
        "run",
        "--kernel",
        other.toString());
  }

  @Test
  void aDiskThatIsMissingOrOfAnOddSizeIsRefusedAndLeftAlone() throws IOException {
    Path missing = directory.resolve("missing.img");
    refuses(
        "no disk image " + missing, "run", "--firmware", spinning(), "--disk", missing.toString());
    assertThat(missing).doesNotExist();
    Path odd = file("odd.img", new byte[513]);
    refuses(
        "disk image " + odd + " has 513 bytes, which is not a positive multiple of 512",
        "run",
        "--firmware",
        spinning(),
        "--disk",
        odd.toString());
    assertThat(odd).hasBinaryContent(new byte[513]);
  }

  @Test
  void tooManyHartsAreRefused() throws IOException {
    for (String count : new String[] {"0", "1000"}) {
      Result result = vivarium("run", "--firmware", spinning(), "--harts", count);
      assertThat(result.err()).contains("harts, not " + count).hasLineCount(1);
      assertThat(result.status()).isEqualTo(1);
    }
  }

  @Test
  void aDiskInUseIsRefusedAndReadersShareOne() throws IOException {
    Path disk = file("disk.img", new byte[1024]);
    String[] reading = {
      "run", "--firmware", spinning(), "--max-steps", "1", "--disk", disk + ",ro"
    };
    try (RawImage user = RawImage.open(disk, false)) {
      refuses("disk image " + disk + " is in use by another machine", reading);
    }
    try (RawImage reader = RawImage.open(disk, true)) {
      assertThat(vivarium(reading).status()).isEqualTo(65);
    }
  }

  @Test
  void memoryThatIsTooLittleOrTooMuchIsRefused() throws IOException {
    for (String size : new String[] {"1K", "4K", "1000000G", "8000000000G"}) {
      Result result = vivarium("run", "--firmware", spinning(), "--memory", size);
      assertThat(result.err()).as(size).startsWith("vivarium: ").contains("memory").hasLineCount(1);
      assertThat(result.status()).isIn(1, 2);
    }
  }

  @Test
  void anUnknownStrategyOrInstructionSetNamesThoseThereAre() {
    refuses("unknown CPU strategy 'magic'; there is " + names("cpu"), "run", "--cpu", "magic");
    refuses(
        "unknown memory strategy 'magic'; there is " + names("memory"),
        "run",
        "--memory-strategy",
        "magic");
    refuses("unknown instruction set 'z80'; there is rv64gc", "run", "--isa", "z80");
    refuses("unknown instruction set 'z80'; there is rv64gc", "isa", "z80");
  }

  @Test
  void theInstructionSetIsListed() {
    Result result = vivarium("isa");
    assertThat(result.out())
        .containsPattern("(?m)^mulhsu +M +rd, rs1, rs2")
        .containsPattern("(?m)^mret +.* privileged.* opaque: .");
    assertThat(result.out()).containsPattern("(?m)^fmadd\\.d .* translated$");
    assertThat(result.status()).isZero();
  }

  @Test
  void aStrategyThatRunsAllInstructionsAlikeHasNoColumnInTheList() {
    Result result = vivarium("isa", "--cpu", "interpretation");
    assertThat(result.out()).contains("mulhsu").doesNotContain("UNDER", "translated");
    refuses("unknown CPU strategy 'magic'; there is " + names("cpu"), "isa", "--cpu", "magic");
  }
}
