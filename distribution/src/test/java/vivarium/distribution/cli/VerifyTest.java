package vivarium.distribution.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.distribution.cli.Cli.Result;

/** {@code vivarium verify} in this process, with the plugins on its module path. */
class VerifyTest {
  @TempDir Path directory;

  private Result vivarium(String... args) {
    return new Cli(directory, Optional.empty()).run(args);
  }

  @Test
  void theEmbeddedGuestIsTheSameUnderBothEnginesAndShownOnce() {
    Result result = vivarium("verify", "--every", "1000", "--memory-every", "5000");
    assertThat(result.out()).containsOnlyOnce("Hello.").endsWith("Good night.\n");
    assertThat(result.err())
        .contains("interpretation/nested and translation/nested are the same after ");
    assertThat(result.status()).isZero();
  }

  @Test
  void quietShowsNothingOfTheGuest() {
    Result result =
        vivarium(
            "verify", "--cpu", "interpretation", "--quiet", "--steps", "500", "--every", "100");
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo(
            "vivarium: interpretation/nested and interpretation/nested are the same after 500"
                + " steps, compared 5 times\n");
    assertThat(result.status()).isZero();
  }

  @Test
  void moreThanTwoStrategiesAreRefused() throws IOException {
    Path program = Files.write(directory.resolve("spin.bin"), Programs.spinning());
    Result result = vivarium("verify", "--firmware", program.toString(), "--cpu", "a,b,c");
    assertThat(result.err()).isEqualTo("vivarium: --cpu takes one name or two, not 'a,b,c'\n");
    assertThat(result.status()).isEqualTo(1);
  }
}
