package vivarium.benchmarks.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** All runs so far, by workload and contender, in the order in which each came first. */
public final class Results {
  /**
   * The runs of one workload under one contender.
   *
   * @param wallSeconds of each run that counts
   * @param cpuSeconds of each run that counts, where known
   * @param failure why another run does not count; empty if all do
   */
  public record Series(List<Double> wallSeconds, List<Double> cpuSeconds, String failure) {
    /** The middle one, or empty if there is none that counts. */
    public OptionalDouble medianWall() {
      return median(wallSeconds);
    }

    /** As {@link #medianWall}, of processor time. */
    public OptionalDouble medianCpu() {
      return median(cpuSeconds);
    }
  }

  private final Map<String, Map<String, Series>> byWorkload = new LinkedHashMap<>();
  private final Map<String, String> expected = new LinkedHashMap<>();
  private final List<String> contenders = new ArrayList<>();

  /** No runs yet. */
  public Results() {}

  /**
   * Judges a run and adds it.
   *
   * @return why it does not count; empty if it does
   */
  public String add(Workload workload, Contender contender, Run run) {
    if (!contenders.contains(contender.name())) {
      contenders.add(contender.name());
    }
    String failure = judge(workload, run);
    Map<String, Series> row =
        byWorkload.computeIfAbsent(workload.name(), absent -> new LinkedHashMap<>());
    Series series =
        row.computeIfAbsent(
            contender.name(), absent -> new Series(new ArrayList<>(), new ArrayList<>(), ""));
    if (failure.isEmpty()) {
      series.wallSeconds.add(run.wallSeconds());
      run.cpuSeconds().ifPresent(series.cpuSeconds::add);
    } else {
      row.put(contender.name(), new Series(series.wallSeconds, series.cpuSeconds, failure));
    }
    return failure;
  }

  private String judge(Workload workload, Run run) {
    if (!run.failure().isEmpty()) {
      return run.failure();
    }
    if (run.answer().isEmpty()) {
      return "it did not print its line";
    }
    String answer = run.answer().get();
    String wanted =
        workload
            .expected()
            .orElseGet(() -> expected.computeIfAbsent(workload.name(), absent -> answer));
    return answer.equals(wanted) ? "" : "printed '" + answer + "' and not '" + wanted + "'";
  }

  /** Names of the workloads. */
  public List<String> workloads() {
    return List.copyOf(byWorkload.keySet());
  }

  /** Names of the contenders. */
  public List<String> contenders() {
    return List.copyOf(contenders);
  }

  /** The runs of a workload under a contender. */
  public Optional<Series> series(String workload, String contender) {
    return Optional.ofNullable(byWorkload.getOrDefault(workload, Map.of()).get(contender));
  }

  /** How many times as fast as {@code base} a contender is on the wall clock, if both ran. */
  public OptionalDouble ratio(String workload, String contender, String base) {
    OptionalDouble own = wall(workload, contender);
    OptionalDouble other = wall(workload, base);
    return own.isPresent() && other.isPresent()
        ? OptionalDouble.of(other.getAsDouble() / own.getAsDouble())
        : OptionalDouble.empty();
  }

  private OptionalDouble wall(String workload, String contender) {
    return series(workload, contender).map(Series::medianWall).orElse(OptionalDouble.empty());
  }

  /** Whether there is a run that does not count. */
  public boolean failed() {
    return byWorkload.values().stream()
        .flatMap(row -> row.values().stream())
        .anyMatch(series -> !series.failure().isEmpty());
  }

  static OptionalDouble median(List<Double> values) {
    if (values.isEmpty()) {
      return OptionalDouble.empty();
    }
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return OptionalDouble.of(
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2);
  }
}
