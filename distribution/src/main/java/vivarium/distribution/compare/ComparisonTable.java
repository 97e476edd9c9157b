package vivarium.distribution.compare;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import vivarium.core.machine.Statistics;

/** A comparison as a table of text: a column for each combination that ran. */
public final class ComparisonTable {
  private static final int GAP = 2;

  private final Comparison comparison;
  private final List<Measurement.Ran> ran;
  private final int[] widths;
  private final int nameWidth;
  private final StringBuilder text = new StringBuilder();

  private ComparisonTable(Comparison comparison) {
    this.comparison = comparison;
    ran = comparison.ran();
    widths =
        ran.stream()
            .mapToInt(
                one ->
                    Math.max(
                        count(one.statistics().steps()).length(),
                        Math.max(
                            one.combination().cpu().length(), one.combination().memory().length())))
            .toArray();
    nameWidth =
        2
            + comparison.reasons().stream()
                .mapToInt(String::length)
                .reduce("million steps per second".length(), Math::max);
  }

  /** The table; below it what was refused, and whether all printed the same. */
  public static String of(Comparison comparison) {
    return new ComparisonTable(comparison).write();
  }

  private String write() {
    if (!ran.isEmpty()) {
      row("CPU", one -> one.combination().cpu());
      row("memory", one -> one.combination().memory());
      row("end", Comparison::end);
      row("steps", one -> count(one.statistics().steps()));
      row("seconds", one -> decimal("%.2f", one.wallNanos() / 1e9));
      row("processor seconds", one -> decimal("%.2f", one.cpuNanos() / 1e9));
      row("million steps per second", one -> decimal("%.1f", one.mips()));
      row("exits and traps", one -> count(one.statistics().allExits()));
      comparison.reasons().forEach(reason -> counts(reason, Statistics::exits));
      text.append("memory\n");
      comparison.names(Statistics::memory).forEach(name -> counts(name, Statistics::memory));
      row("references per walk", one -> decimal("%.2f", one.referencesPerWalk()));
    }
    comparison
        .refused()
        .forEach(
            one -> text.append("%s: refused: %s%n".formatted(one.combination(), one.reason())));
    return text.append(verdict(comparison)).append('\n').toString();
  }

  /** Whether all did the same, in one line. */
  static String verdict(Comparison comparison) {
    int runs = comparison.ran().size();
    return comparison
        .difference()
        .map(difference -> "NOT EQUAL: " + difference)
        .orElseGet(
            () ->
                runs < 2
                    ? "nothing to compare with"
                    : ("the guest printed the same, ended the same and made as many steps in all"
                            + " %d runs")
                        .formatted(runs));
  }

  private void counts(String name, Function<Statistics, Map<String, Long>> part) {
    row("  " + name, one -> count(part.apply(one.statistics()).getOrDefault(name, 0L)));
  }

  private void row(String name, Function<Measurement.Ran, String> value) {
    StringBuilder line = new StringBuilder(pad(name, -nameWidth));
    for (int i = 0; i < ran.size(); i++) {
      line.append(" ".repeat(GAP)).append(pad(value.apply(ran.get(i)), widths[i]));
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }

  private static String pad(String value, int width) {
    return ("%" + width + "s").formatted(value);
  }

  static String count(long count) {
    return count == 0 ? "" : String.format(Locale.ROOT, "%,d", count);
  }

  static String decimal(String format, double value) {
    return value == 0 ? "" : String.format(Locale.ROOT, format, value);
  }
}
