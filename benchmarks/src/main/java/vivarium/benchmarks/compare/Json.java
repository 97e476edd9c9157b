package vivarium.benchmarks.compare;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.StringJoiner;

/** Results as JSON (RFC 8259). */
public final class Json {
  private Json() {}

  /**
   * Writes results.
   *
   * @param circumstances when, where and how they were measured, name to value
   */
  public static String of(Results results, Map<String, String> circumstances) {
    StringJoiner members = new StringJoiner(",\n", "{\n", "\n}\n");
    circumstances.forEach((name, value) -> members.add("  " + quote(name) + ": " + quote(value)));
    StringJoiner rows = new StringJoiner(",\n", "  \"results\": [\n", "\n  ]");
    rows.setEmptyValue("  \"results\": []");
    for (String workload : results.workloads()) {
      for (String contender : results.contenders()) {
        Optional<Results.Series> series = results.series(workload, contender);
        if (series.isPresent()) {
          rows.add("    " + row(results, workload, contender, series.get()));
        }
      }
    }
    return members.add(rows.toString()).toString();
  }

  private static String row(
      Results results, String workload, String contender, Results.Series series) {
    StringJoiner row = new StringJoiner(", ", "{", "}");
    row.add("\"workload\": " + quote(workload));
    row.add("\"contender\": " + quote(contender));
    row.add("\"wallSeconds\": " + numbers(series.wallSeconds()));
    row.add("\"cpuSeconds\": " + numbers(series.cpuSeconds()));
    row.add("\"medianWallSeconds\": " + number(series.medianWall()));
    row.add("\"medianCpuSeconds\": " + number(series.medianCpu()));
    row.add("\"timesAsFastAsQemu\": " + number(results.ratio(workload, contender, "qemu")));
    row.add("\"failure\": " + (series.failure().isEmpty() ? "null" : quote(series.failure())));
    return row.toString();
  }

  private static String numbers(List<Double> values) {
    StringJoiner list = new StringJoiner(", ", "[", "]");
    values.forEach(value -> list.add(number(OptionalDouble.of(value))));
    return list.toString();
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.3f", value.getAsDouble()) : "null";
  }

  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
