package vivarium.distribution.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Activity;
import vivarium.core.machine.ActivitySampler;
import vivarium.core.machine.Machine;
import vivarium.core.machine.Statistics;
import vivarium.core.machine.VirtualMachine;

/**
 * What happened how often in a machine, for people: a column for the machine and, where there are
 * several, one for each virtual processor.
 */
final class MachineStats {
  private static final int NAME = 36;
  private static final int COUNT = 18;

  private final List<Statistics> columns = new ArrayList<>();
  private final List<String> heads = new ArrayList<>();
  private final StringBuilder lines = new StringBuilder();

  private MachineStats(Machine machine) {
    columns.add(machine.statistics());
    heads.add("");
    if (machine.harts().size() > 1) {
      heads.set(0, "machine");
      for (int hart = 0; hart < machine.harts().size(); hart++) {
        columns.add(machine.statistics(hart));
        heads.add("hart " + hart);
      }
    }
  }

  /**
   * Prints the counters that are not zero. While the machine runs they are approximate.
   *
   * @param nanos how long it has run; 0 if not known
   * @param sampler what it was busy with, if someone looked
   */
  static void print(
      VirtualMachine machine, long nanos, @Nullable ActivitySampler sampler, PrintStream out) {
    MachineStats stats = new MachineStats(machine.machine());
    if (nanos > 0) {
      stats.time(nanos);
    }
    if (stats.columns.size() > 1) {
      stats.row("", stats.heads);
    }
    stats.counts("steps", Statistics::steps);
    if (sampler != null) {
      stats.shares(sampler);
    }
    stats.group("exits and traps", Statistics::exits);
    stats.group("memory", Statistics::memory);
    stats.referencesPerWalk();
    stats.group("code", Statistics::code);
    stats.group("counted by plugins", Statistics::other);
    out.print(stats.lines);
  }

  private void time(long nanos) {
    double seconds = nanos / 1e9;
    double mips = columns.getFirst().steps() / seconds / 1e6;
    row("seconds", List.of(String.format(Locale.ROOT, "%,.3f", seconds)));
    row("million steps per second", List.of(String.format(Locale.ROOT, "%,.1f", mips)));
  }

  private void row(String name, List<String> values) {
    StringBuilder line = new StringBuilder(("%-" + NAME + "s").formatted(name));
    values.forEach(value -> line.append(("%" + COUNT + "s").formatted(value)));
    lines.append(line.toString().stripTrailing()).append('\n');
  }

  private void counts(String name, Function<Statistics, Long> value) {
    row(
        name,
        columns.stream()
            .map(value)
            .map(count -> count == 0 ? "" : String.format(Locale.ROOT, "%,d", count))
            .toList());
  }

  private void group(String title, Function<Statistics, Map<String, Long>> part) {
    Map<String, Long> names = new LinkedHashMap<>(part.apply(columns.getFirst()));
    names.values().removeIf(count -> count == 0);
    if (!names.isEmpty()) {
      lines.append(title).append('\n');
      names
          .keySet()
          .forEach(
              name -> counts("  " + name, column -> part.apply(column).getOrDefault(name, 0L)));
    }
  }

  private void referencesPerWalk() {
    row(
        "  references per walk",
        columns.stream()
            .map(Statistics::memory)
            .map(
                memory -> {
                  double walks = memory.getOrDefault(Statistics.WALKS, 0L);
                  double references = memory.getOrDefault(Statistics.REFERENCES, 0L);
                  return walks == 0 ? "" : String.format(Locale.ROOT, "%.2f", references / walks);
                })
            .toList());
  }

  /** One column for each virtual processor; that of the machine stays empty if there are more. */
  private void shares(ActivitySampler sampler) {
    int harts = Math.max(1, columns.size() - 1);
    lines.append("time, sampled\n");
    for (Activity activity : Activity.values()) {
      List<String> values = new ArrayList<>();
      if (harts > 1) {
        values.add("");
      }
      for (int hart = 0; hart < harts; hart++) {
        values.add(
            String.format(
                Locale.ROOT, "%.1f %%", 100 * sampler.shares(hart).getOrDefault(activity, 0.0)));
      }
      row("  " + name(activity), values);
    }
  }

  /** For people. */
  static String name(Activity activity) {
    return switch (activity) {
      case OUTSIDE -> "outside (waiting, timers, others)";
      case GUEST -> "guest instructions";
      case INSTRUCTION -> "monitor: privileged instructions";
      case MEMORY -> "monitor: page tables and misses";
      case DEVICE -> "monitor: devices";
      case CODE -> "monitor: translating code";
    };
  }
}
