package vivarium.distribution.compare;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import vivarium.core.machine.Statistics;

/**
 * A guest under several combinations.
 *
 * @param guest its name, for people
 * @param measurements in the order in which they were made
 */
public record Comparison(String guest, List<Measurement> measurements) {
  /** Copies the measurements. */
  public Comparison {
    measurements = List.copyOf(measurements);
  }

  /** Those that ran. */
  public List<Measurement.Ran> ran() {
    return measurements.stream()
        .filter(Measurement.Ran.class::isInstance)
        .map(Measurement.Ran.class::cast)
        .toList();
  }

  /** Those that were refused. */
  public List<Measurement.Refused> refused() {
    return measurements.stream()
        .filter(Measurement.Refused.class::isInstance)
        .map(Measurement.Refused.class::cast)
        .toList();
  }

  /**
   * How the first combination that differs from the first one does: in what was printed, in how it
   * ended, in the number of steps. Empty where all are equal, as they must be.
   */
  public Optional<String> difference() {
    List<Measurement.Ran> ran = ran();
    for (int i = 1; i < ran.size(); i++) {
      Measurement.Ran one = ran.getFirst();
      Measurement.Ran other = ran.get(i);
      String both = other.combination() + " and " + one.combination();
      if (!other.console().equals(one.console())) {
        return Optional.of(
            both + " differ in what the guest printed, from line " + line(one, other) + " on");
      }
      if (!other.outcome().equals(one.outcome())) {
        return Optional.of(
            "%s differ in how they ended: %s and %s".formatted(both, end(other), end(one)));
      }
      if (other.statistics().steps() != one.statistics().steps()) {
        return Optional.of(
            "%s differ in their steps: %,d and %,d"
                .formatted(both, other.statistics().steps(), one.statistics().steps()));
      }
    }
    return Optional.empty();
  }

  private static int line(Measurement.Ran one, Measurement.Ran other) {
    List<String> lines = one.console().lines().toList();
    List<String> others = other.console().lines().toList();
    int same = 0;
    while (same < Math.min(lines.size(), others.size())
        && lines.get(same).equals(others.get(same))) {
      same++;
    }
    return same + 1;
  }

  /** How a run ended, in a few words. */
  static String end(Measurement.Ran ran) {
    String message = ran.outcome().message();
    return switch (ran.outcome().kind()) {
      case POWERED_OFF -> "powered off";
      case RESET -> "reset";
      case FAILED, BROKEN -> message;
      case STOPPED -> "stopped";
      case STEPS_DONE -> "steps done";
    };
  }

  /** The names that any run has in one part of its statistics, in their order. */
  List<String> names(Function<Statistics, Map<String, Long>> part) {
    Set<String> names = new LinkedHashSet<>();
    ran().forEach(one -> names.addAll(part.apply(one.statistics()).keySet()));
    names.removeIf(name -> ran().stream().allMatch(one -> isZero(one, part, name)));
    return new ArrayList<>(names);
  }

  private static boolean isZero(
      Measurement.Ran one, Function<Statistics, Map<String, Long>> part, String name) {
    return part.apply(one.statistics()).getOrDefault(name, 0L) == 0;
  }

  /** The reasons for exits that any run has, those of a class together. */
  List<String> reasons() {
    List<String> reasons = new ArrayList<>();
    List<String> all = names(Statistics::exits);
    for (ExitClass one : ExitClass.values()) {
      all.stream().filter(name -> ExitClass.of(name) == one).forEach(reasons::add);
    }
    return reasons;
  }
}
