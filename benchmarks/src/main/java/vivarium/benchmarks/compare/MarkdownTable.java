package vivarium.benchmarks.compare;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.StringJoiner;

/**
 * Results as a table in Markdown: median seconds on the wall clock, processor seconds in brackets,
 * and how many times as fast as QEMU.
 */
public final class MarkdownTable {
  private static final String BASE = "qemu";
  private static final String NOTHING = "-";

  private MarkdownTable() {}

  /** The table, and below it a line for each series with a run that does not count. */
  public static String of(Results results) {
    StringBuilder text = new StringBuilder();
    List<String> contenders = results.contenders();
    boolean ratios = contenders.contains(BASE);
    StringJoiner head = row().add("workload");
    StringJoiner rule = new StringJoiner("|", "|", "|\n").add("---");
    for (String contender : contenders) {
      head.add(contender + ", s (CPU)");
      rule.add("---:");
      if (ratios && !contender.equals(BASE)) {
        head.add("x");
        rule.add("---:");
      }
    }
    text.append(head).append(rule);
    StringBuilder failures = new StringBuilder();
    for (String workload : results.workloads()) {
      StringJoiner row = row().add(workload);
      for (String contender : contenders) {
        Optional<Results.Series> series = results.series(workload, contender);
        row.add(series.map(MarkdownTable::seconds).orElse(NOTHING));
        if (ratios && !contender.equals(BASE)) {
          row.add(number(results.ratio(workload, contender, BASE)));
        }
        series
            .filter(one -> !one.failure().isEmpty())
            .ifPresent(
                one ->
                    failures.append(
                        "\n%s under %s: %s".formatted(workload, contender, one.failure())));
      }
      text.append(row);
    }
    return text.append(failures.isEmpty() ? "" : failures + "\n").toString();
  }

  private static StringJoiner row() {
    return new StringJoiner(" | ", "| ", " |\n");
  }

  private static String seconds(Results.Series series) {
    if (series.medianWall().isEmpty()) {
      return series.failure().isEmpty() ? NOTHING : "failed";
    }
    return number(series.medianWall())
        + (series.medianCpu().isEmpty() ? "" : " (" + number(series.medianCpu()) + ")");
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.2f", value.getAsDouble()) : NOTHING;
  }
}
