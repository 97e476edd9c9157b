package vivarium.distribution.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vivarium.distribution.cli.Cli.Result;

class CommandTreeTest {
  @TempDir Path directory;

  private Result run(String... args) {
    return new Cli(directory, Optional.of(directory)).run(args);
  }

  private void refuses(int status, String line, String... args) {
    Result result = run(args);
    assertThat(result.err()).isEqualTo("vivarium: " + line + "\n");
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isEqualTo(status);
  }

  @Test
  void anUnknownCommandIsNamed() {
    refuses(2, "Unmatched argument at index 0: 'fly' ('vivarium --help' tells more)", "fly");
  }

  @Test
  void noCommandIsAMistake() {
    refuses(2, "Missing required subcommand ('vivarium --help' tells more)");
  }

  @Test
  void anUnknownGuestNamesThoseThatAre() {
    String line = "no ready guest 'plan9'; there is: debian, embedded";
    refuses(1, line, "run", "plan9");
    refuses(1, line, "guests", "fetch", "plan9");
    refuses(1, line, "guests", "path", "plan9");
  }

  @Test
  void aGuestThatIsNotHereSaysHowToGetIt() {
    refuses(
        1,
        "debian is not here; 'vivarium guests fetch debian' brings it",
        "guests",
        "path",
        "debian");
  }

  @ParameterizedTest
  @CsvSource({"256", "1G", "64K"})
  void sizesAreNumbersWithUnits(String size) {
    assertThat(Sizes.bytes(size)).isIn(256L, 1L << 30, 64L << 10);
  }

  @ParameterizedTest
  @CsvSource({"much", "-1M", "0", "1.5G", "9999999999G", "M"})
  void whatIsNoSizeIsSaidToBeNone(String size) {
    refuses(
        2,
        "Invalid value for option '--memory': '%s' is not a size such as 256M or 1G".formatted(size)
            + " ('vivarium run --help' tells more)",
        "run",
        "--memory",
        size);
  }

  @Test
  void stepsAreAPositiveNumber() {
    assertThat(Wishes.steps("1_000")).isEqualTo(1000);
    assertThat(run("run", "--max-steps", "0").err()).contains("'0' is not a positive whole number");
  }

  @Test
  void aDirectoryOfPluginsThatIsMissingIsNamed() {
    Path nowhere = directory.resolve("nowhere");
    String line = "no directory " + nowhere + " to find plugins in";
    refuses(1, line, "run", "--plugins", nowhere.toString());
    refuses(1, line, "plugins", "--plugins", nowhere.toString());
  }

  @Test
  void aSettingForNobodyIsRefused() {
    Path kernel = directory.resolve("k");
    refuses(
        1,
        "'speed' can be told to nobody; a setting is cpu.KEY or memory.KEY",
        "run",
        "--kernel",
        kernel.toString(),
        "--set",
        "speed=9");
  }

  @Test
  void aLevelOfLoggingIsOneOfAFew() {
    assertThat(run("run", "--log", "loud").err())
        .startsWith("vivarium: Invalid value for option '--log': expected one of [off, error,")
        .hasLineCount(1);
  }

  @Test
  void guestsAreListed() {
    Result result = run("guests", "list");
    assertThat(result.status()).isZero();
    assertThat(result.out()).contains("debian     to be fetched").contains("embedded   built in");
  }

  @Test
  void everyCommandExplainsItself() {
    for (String command : new String[] {"run", "guests", "plugins", "isa"}) {
      Result result = run(command, "--help");
      assertThat(result.status()).isZero();
      assertThat(result.out()).contains("vivarium " + command);
    }
  }

  @Test
  void theHelpOfRunListsExitStatuses() {
    assertThat(run("run", "--help").out()).contains("64  the guest asked for a reset");
  }

  @Test
  void completionIsAScriptThatKnowsTheOptions() throws Exception {
    Result result = run("completion");
    assertThat(result.status()).isZero();
    assertThat(result.out()).startsWith("#!").contains("--memory-strategy");
    Path script = Files.writeString(directory.resolve("completion"), result.out());
    Process bash = new ProcessBuilder("sh", "-c", "command -v bash").start();
    if (bash.waitFor() == 0) {
      assertThat(new ProcessBuilder("bash", "-n", script.toString()).start().waitFor()).isZero();
    }
  }
}
