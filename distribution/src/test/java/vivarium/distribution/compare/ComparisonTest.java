package vivarium.distribution.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import vivarium.api.cpu.Activity;
import vivarium.core.machine.Outcome;
import vivarium.core.machine.Statistics;

/** What a comparison finds in measurements, and how it writes them. */
class ComparisonTest {
  private static final Outcome OFF = new Outcome(Outcome.Kind.POWERED_OFF, 0, "");

  private static Measurement.Ran ran(String memory, Outcome outcome, long steps, String console) {
    Statistics statistics =
        new Statistics(
            steps,
            Map.of("instruction csrrw", 12_345L, "trap load page fault", 7L),
            Map.of(Statistics.WALKS, 10L, Statistics.REFERENCES, 150L),
            Map.of(),
            Map.of("plugin's <own>", 3L));
    Map<Activity, Double> shares = Map.of(Activity.GUEST, 0.75, Activity.MEMORY, 0.25);
    return new Measurement.Ran(
        new Combination("a", memory), outcome, 2_000_000_000L, 0, statistics, shares, console);
  }

  private static Comparison of(Measurement... measurements) {
    return new Comparison("g<1>", List.of(measurements));
  }

  @Test
  void equalRunsHaveNoDifference() {
    Comparison equal = of(ran("x", OFF, 5, "a\nb\n"), ran("y", OFF, 5, "a\nb\n"));
    assertThat(equal.difference()).isEmpty();
    assertThat(ComparisonTable.of(equal)).contains("the same").contains("all 2 runs");
  }

  @Test
  void theFirstLineThatDiffersIsNamed() {
    Comparison comparison = of(ran("x", OFF, 5, "a\nb\nc\n"), ran("y", OFF, 5, "a\nb\nd\n"));
    assertThat(comparison.difference())
        .contains("a/y and a/x differ in what the guest printed, from line 3 on");
    assertThat(ComparisonTable.of(comparison)).contains("NOT EQUAL: a/y and a/x");
    assertThat(ComparisonPage.of(comparison)).contains("<p class=\"bad\">NOT EQUAL");
    assertThat(ComparisonJson.of(comparison)).contains("\"equal\": false");
  }

  @Test
  void anotherEndOrAnotherNumberOfStepsIsADifference() {
    Outcome failed = new Outcome(Outcome.Kind.FAILED, 3, "the guest reports failure 3");
    assertThat(of(ran("x", OFF, 5, ""), ran("y", failed, 5, "")).difference().orElseThrow())
        .contains("how they ended: the guest reports failure 3 and powered off");
    assertThat(of(ran("x", OFF, 5, ""), ran("y", OFF, 6, "")).difference().orElseThrow())
        .contains("steps: 6 and 5");
  }

  @Test
  void theTableHasAColumnForEachRunAndALineForEachRefusal() {
    Comparison comparison =
        of(
            ran("x", OFF, 5_000_000, ""),
            new Measurement.Refused(new Combination("a", "z"), "no such thing"));
    assertThat(ComparisonTable.of(comparison).lines())
        .anyMatch(line -> line.matches("million steps per second +2\\.5"))
        .anyMatch(line -> line.matches(" +instruction csrrw +12,345"))
        .anyMatch(line -> line.matches("references per walk +15\\.00"))
        .contains("a/z: refused: no such thing", "nothing to compare with");
  }

  @Test
  void thePageStandsAloneAndHasABarForEachRun() {
    String page = ComparisonPage.of(of(ran("x", OFF, 5, ""), ran("y", OFF, 5, "")));
    assertThat(page)
        .startsWith("<!DOCTYPE html>")
        .contains("g&lt;1&gt;", "plugin's &lt;own&gt;", "a/x, guest instructions: 1.50 s")
        .contains("<title>a/y, privileged instructions: 12,345</title>")
        .contains("prefers-color-scheme: dark")
        .doesNotContain("http:", "https:", "<script", "<1>");
  }

  @Test
  void jsonKeepsNamesWithQuotesApart() {
    String json =
        ComparisonJson.of(
            of(new Measurement.Refused(new Combination("a", "z"), "no \"such\"\nthing")));
    assertThat(json).contains("\"refused\": \"no \\\"such\\\"\\u000athing\"");
  }

  @Test
  void strategiesThatOnlySpellOutAnotherAreNotCompared() {
    assertThat(
            Combination.principal(
                List.of("direct", "interpretation", "translation", "translation-native"),
                "interpretation"))
        .containsExactly("interpretation", "direct", "translation");
  }
}
