package vivarium.distribution.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.distribution.cli.Cli.Result;

/** {@code vivarium compare} in this process, with the plugins on its module path. */
class CompareTest {
  @TempDir Path directory;

  private Path page() {
    return directory.resolve("page.html");
  }

  private Path json() {
    return directory.resolve("figures.json");
  }

  private Result compare(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("compare", "--html", page().toString(), "--json", json().toString()));
    args.addAll(List.of(more));
    return new Cli(directory, Optional.empty()).run(args.toArray(new String[0]));
  }

  private static String[] cells(Result result, String name) {
    String line =
        result.out().lines().filter(row -> row.strip().startsWith(name)).findFirst().orElseThrow();
    return line.strip().substring(name.length()).strip().split(" {2,}");
  }

  @Test
  void everyCombinationDoesTheSameAndIsShown() throws IOException {
    Result result = compare();
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(cells(result, "CPU")).contains("interpretation", "translation");
    int combinations = cells(result, "CPU").length;
    assertThat(combinations % 3).isZero();
    assertThat(cells(result, "memory")).contains("nested", "shadow", "protected");
    assertThat(Arrays.stream(cells(result, "steps")).distinct()).hasSize(1);
    assertThat(cells(result, "instruction wfi")).hasSize(combinations).containsOnly("1");
    assertThat(result.out())
        .contains("the guest printed the same")
        .contains(combinations + " runs");
    assertThat(Files.readString(page())).contains("interpretation/shadow", "</html>");
    assertThat(Files.readString(json())).contains("\"equal\": true", "\"instruction wfi\": 1");
  }

  @Test
  void shadowWalksNeedFewerReferencesThanNestedOnes() {
    Result result =
        compare("--cpu", "interpretation", "--memory-strategy", "nested,shadow", "--rounds", "2");
    assertThat(result.err()).hasLineCount(4);
    String[] references = cells(result, "references per walk");
    assertThat(Double.parseDouble(references[1])).isLessThan(Double.parseDouble(references[0]));
  }

  @Test
  void aRefusedCombinationIsALineWithItsReason() {
    Result result =
        compare(
            "--cpu",
            "interpretation",
            "--memory-strategy",
            "protected,shadow",
            "--set",
            "memory.out-of-sync=true");
    assertThat(result.out())
        .contains("interpretation/protected: refused: memory strategy protected has no option");
    assertThat(cells(result, "memory")).containsExactly("shadow");
    assertThat(result.status()).isZero();
  }

  @Test
  void whatIsNotThereOrNamedTwiceIsRefusedBeforeAnythingRuns() {
    for (String[] wrong :
        new String[][] {
          {"--cpu", "magic"},
          {"--memory-strategy", "nested,"},
          {"--cpu", "interpretation,interpretation"},
          {"--rounds", "0"},
          {"--html", directory.resolve("none").resolve("page.html").toString()}
        }) {
      List<String> args = new ArrayList<>(List.of("compare"));
      args.addAll(List.of(wrong));
      Result result = new Cli(directory, Optional.empty()).run(args.toArray(new String[0]));
      assertThat(result.err()).startsWith("vivarium: ").hasLineCount(1);
      assertThat(result.out()).isEmpty();
      assertThat(result.status()).isEqualTo(1);
    }
  }
}
