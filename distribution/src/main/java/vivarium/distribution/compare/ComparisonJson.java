package vivarium.distribution.compare;

import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import vivarium.api.cpu.Activity;

/** A comparison as JSON (RFC 8259). */
public final class ComparisonJson {
  private ComparisonJson() {}

  /** A whole document. */
  public static String of(Comparison comparison) {
    StringJoiner runs = new StringJoiner(",\n", "[\n", "\n]");
    for (Measurement measurement : comparison.measurements()) {
      runs.add(
          switch (measurement) {
            case Measurement.Ran ran -> ran(ran);
            case Measurement.Refused refused ->
                names(refused.combination())
                    .add(member("refused", quote(refused.reason())))
                    .toString();
          });
    }
    return new StringJoiner(",\n", "{\n", "\n}\n")
        .add(member("guest", quote(comparison.guest())))
        .add(member("equal", String.valueOf(comparison.difference().isEmpty())))
        .add(
            member("difference", comparison.difference().map(ComparisonJson::quote).orElse("null")))
        .add(member("runs", runs.toString()))
        .toString();
  }

  private static String ran(Measurement.Ran ran) {
    return names(ran.combination())
        .add(member("end", quote(Comparison.end(ran))))
        .add(member("steps", String.valueOf(ran.statistics().steps())))
        .add(member("seconds", number(ran.wallNanos() / 1e9)))
        .add(member("processorSeconds", number(ran.cpuNanos() / 1e9)))
        .add(member("millionStepsPerSecond", number(ran.mips())))
        .add(member("referencesPerWalk", number(ran.referencesPerWalk())))
        .add(member("consoleLines", String.valueOf(ran.console().lines().count())))
        .add(member("timeShares", shares(ran.shares())))
        .add(member("exits", counts(ran.statistics().exits())))
        .add(member("memory", counts(ran.statistics().memory())))
        .add(member("code", counts(ran.statistics().code())))
        .add(member("other", counts(ran.statistics().other())))
        .toString();
  }

  private static StringJoiner names(Combination combination) {
    return new StringJoiner(", ", "{", "}")
        .add(member("cpu", quote(combination.cpu())))
        .add(member("memoryStrategy", quote(combination.memory())));
  }

  private static String shares(Map<Activity, Double> shares) {
    StringJoiner members = new StringJoiner(", ", "{", "}");
    new TreeMap<>(shares)
        .forEach(
            (activity, share) ->
                members.add(member(activity.name().toLowerCase(Locale.ROOT), number(share))));
    return members.toString();
  }

  private static String counts(Map<String, Long> counts) {
    StringJoiner members = new StringJoiner(", ", "{", "}");
    counts.forEach((name, count) -> members.add(member(name.strip(), count.toString())));
    return members.toString();
  }

  private static String member(String name, String value) {
    return quote(name) + ": " + value;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static String quote(String text) {
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
