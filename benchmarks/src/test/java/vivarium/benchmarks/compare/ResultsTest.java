package vivarium.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** Judging runs, medians, and the three writers. */
class ResultsTest {
  private static final String LINE = "integer scale=1 checksum=83f88b1d4fa2ead3";
  private static final Contender QEMU = new Contender.Qemu("qemu-system-riscv64");
  private static final Contender FAST = Contender.Vivarium.of(Path.of("v"), "translation:shadow");
  private static final Workload INTEGER = guest("integer x 1", Optional.of(LINE));

  private static Workload guest(String name, Optional<String> expected) {
    return new Workload.BareMetal(name, Path.of("guest.elf"), expected);
  }

  private static Run run(double wall, String answer) {
    return new Run(wall, OptionalDouble.of(wall + 0.5), Optional.of(answer), "");
  }

  private static Results twoContenders() {
    Results results = new Results();
    for (double wall : new double[] {2, 9, 3}) {
      results.add(INTEGER, QEMU, run(wall, LINE));
    }
    results.add(INTEGER, FAST, run(1, LINE));
    results.add(INTEGER, FAST, run(2, LINE));
    return results;
  }

  @Test
  void theMedianIsTheMiddleRunOrTheMeanOfTheTwoInTheMiddle() {
    assertThat(Results.median(List.of(9.0, 2.0, 3.0))).hasValue(3);
    assertThat(Results.median(List.of(4.0, 1.0, 2.0, 9.0))).hasValue(3);
    assertThat(Results.median(List.of())).isEmpty();
  }

  @Test
  void theRatioIsThatOfTheMedians() {
    assertThat(twoContenders().ratio("integer x 1", "translation:shadow", "qemu")).hasValue(2);
    assertThat(twoContenders().ratio("integer x 1", "absent", "qemu")).isEmpty();
  }

  @Test
  void aRunWithAnotherLineDoesNotCount() {
    Results results = twoContenders();
    String wrong = LINE.replace("83f8", "83f9");
    assertThat(results.add(INTEGER, FAST, run(0.1, wrong))).contains(wrong).contains(LINE);
    assertThat(results.failed()).isTrue();
    Results.Series series = results.series("integer x 1", "translation:shadow").orElseThrow();
    assertThat(series.wallSeconds()).containsExactly(1.0, 2.0);
  }

  @Test
  void whereNothingIsExpectedTheFirstRunDecides() {
    Workload unknown = guest("integer x 3", Optional.empty());
    Results results = new Results();
    assertThat(results.add(unknown, QEMU, run(1, "integer scale=3 checksum=1"))).isEmpty();
    assertThat(results.add(unknown, FAST, run(1, "integer scale=3 checksum=2"))).isNotEmpty();
  }

  @Test
  void aProcessThatFailsOrSaysNothingDoesNotCount() {
    Results results = new Results();
    Run killed = new Run(1, OptionalDouble.empty(), Optional.of(LINE), "killed after 1 s");
    Run silent = new Run(1, OptionalDouble.empty(), Optional.empty(), "");
    assertThat(results.add(INTEGER, QEMU, killed)).isEqualTo("killed after 1 s");
    assertThat(results.add(INTEGER, FAST, silent)).isEqualTo("it did not print its line");
  }

  @Test
  void theTableShowsMediansProcessorTimeAndRatio() {
    assertThat(MarkdownTable.of(twoContenders()))
        .isEqualTo(
            """
            | workload | qemu, s (CPU) | translation:shadow, s (CPU) | x |
            |---|---:|---:|---:|
            | integer x 1 | 3.00 (3.50) | 1.50 (2.00) | 2.00 |
            """);
  }

  @Test
  void theTableNamesWhatFailed() {
    Results results = twoContenders();
    Workload second = guest("fp x 1", Optional.of("fp"));
    results.add(second, FAST, new Run(1, OptionalDouble.empty(), Optional.empty(), "status 70"));
    assertThat(MarkdownTable.of(results))
        .contains("| fp x 1 | - | failed | - |")
        .endsWith("\nfp x 1 under translation:shadow: status 70\n");
  }

  @Test
  void jsonHoldsEveryRunAndEscapesText() {
    Map<String, String> circumstances = new LinkedHashMap<>(Map.of("processor", "a \"b\"\\\t"));
    assertThat(Json.of(twoContenders(), circumstances))
        .isEqualTo(
            """
            {
              "processor": "a \\"b\\"\\\\\\u0009",
              "results": [
                {"workload": "integer x 1", "contender": "qemu", \
            "wallSeconds": [2.000, 9.000, 3.000], "cpuSeconds": [2.500, 9.500, 3.500], \
            "medianWallSeconds": 3.000, "medianCpuSeconds": 3.500, \
            "timesAsFastAsQemu": 1.000, "failure": null},
                {"workload": "integer x 1", "contender": "translation:shadow", \
            "wallSeconds": [1.000, 2.000], "cpuSeconds": [1.500, 2.500], \
            "medianWallSeconds": 1.500, "medianCpuSeconds": 2.000, \
            "timesAsFastAsQemu": 2.000, "failure": null}
              ]
            }
            """);
  }

  @Test
  void theChartIsWellFormedAndHasABarForEachRatio() throws Exception {
    Results results = twoContenders();
    results.add(guest("a<b & c", Optional.of("x")), QEMU, run(1, "x"));
    Document svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(BarChart.of(results))));
    // The background, the legend and one bar: the second workload has no contender but QEMU.
    assertThat(svg.getElementsByTagName("rect").getLength()).isEqualTo(3);
    assertThat(svg.getElementsByTagName("rect").item(2).getAttributes().getNamedItem("width"))
        .extracting(Object::toString)
        .isEqualTo("width=\"560.0\"");
    assertThat(svg.getDocumentElement().getTextContent()).contains("a<b & c").contains("2.00");
  }
}
