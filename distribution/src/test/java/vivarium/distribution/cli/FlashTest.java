package vivarium.distribution.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.distribution.cli.Cli.Result;

/** Machines whose code stands in flash. */
class FlashTest {
  private static final long BANK = 32 << 20;

  @TempDir Path directory;
  private Path code;
  private Path variables;

  @BeforeEach
  void makeImages() throws IOException {
    code = image("code.fd", Programs.programmingFlash(0x1234_5678));
    variables = image("vars.fd", new byte[] {-1, -1, -1, -1, 7});
  }

  private Path image(String name, byte[] start) throws IOException {
    Path path = directory.resolve(name);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(start);
      file.setLength(BANK);
    }
    return path;
  }

  private Result vivarium(String... args) {
    return new Cli(directory, Optional.empty()).run(args);
  }

  private byte[] startOf(Path file) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
      byte[] start = new byte[5];
      open.readFully(start);
      return start;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"interpretation", "translation-bytecode", "direct"})
  void whatStandsInFlashIsRunAndItsWritesAreKept(String cpu) throws IOException {
    Result result =
        vivarium("run", "--cpu", cpu, "--flash", code + ",ro", "--flash", variables.toString());
    assertThat(result).isEqualTo(new Result(0, "", ""));
    assertThat(startOf(variables)).containsExactly(0x78, 0x56, 0x34, 0x12, 7);
    assertThat(Files.size(variables)).isEqualTo(BANK);
  }

  @Test
  void writesToAReadOnlyOrMissingBankAreForgotten() throws IOException {
    for (String[] second : new String[][] {{"--flash", variables + ",ro"}, {}}) {
      String[] args = {"run", "--flash", code + ",ro"};
      String[] all = Arrays.copyOf(args, args.length + second.length);
      System.arraycopy(second, 0, all, args.length, second.length);
      assertThat(vivarium(all)).isEqualTo(new Result(0, "", ""));
    }
    assertThat(startOf(variables)).containsExactly(-1, -1, -1, -1, 7);
  }

  @Test
  void aFlashImageThatCannotBeIsRefusedInOneLine() throws IOException {
    Path small = Files.write(directory.resolve("small.fd"), new byte[512]);
    refuses(
        "flash image " + small + " has 512 bytes, which is not the 33554432 of a",
        small.toString());
    refuses("no flash image " + directory.resolve("none.fd"), directory + "/none.fd");
    refuses("flash image " + directory + " is not a file", directory.toString());
    refuses(
        "the board has 2 banks of flash, but 3 are wanted",
        code.toString(),
        variables.toString(),
        code.toString());
  }

  private void refuses(String line, String... banks) {
    String[] args = new String[1 + 2 * banks.length];
    args[0] = "run";
    for (int i = 0; i < banks.length; i++) {
      args[1 + 2 * i] = "--flash";
      args[2 + 2 * i] = banks[i];
    }
    Result result = vivarium(args);
    assertThat(result.err()).startsWith("vivarium: " + line).hasLineCount(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isEqualTo(1);
  }
}
