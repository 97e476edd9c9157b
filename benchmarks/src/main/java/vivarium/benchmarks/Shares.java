package vivarium.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import vivarium.benchmarks.compare.GuestImages;
import vivarium.benchmarks.compare.HostLoad;
import vivarium.core.Monitor;
import vivarium.core.machine.VirtualMachine;
import vivarium.core.plugin.PluginCatalog;
import vivarium.core.schedule.Scheduler;
import vivarium.core.schedule.Share;

/**
 * What busy machines get of the cores in real time, beside what their weights promise: four of
 * different weights, and two beside a hog, which spins or floods its console.
 */
@Command(
    name = "Shares",
    description = "Measures what machines get of the cores, beside what is promised to them.",
    mixinStandardHelpOptions = true)
public final class Shares implements Callable<Integer> {
  private static final String FLOOD =
      """
        li a0, 0x10000000
        li a1, '.'
      again:
        sb a1, 0(a0)
        j again
      """;

  private static final String SPIN = "again:\n  j again\n";

  /** Of what is promised, in per cent: what the project allows itself. */
  private static final double ALLOWED = 5;

  @Option(names = "--seconds", description = "How long to look; ${DEFAULT-VALUE} if not given")
  private int seconds = 10;

  @Option(
      names = "--cores",
      description = "How many machines run at once; ${DEFAULT-VALUE} if not given")
  private int cores = Runtime.getRuntime().availableProcessors();

  @Option(names = "--cpu", description = "CPU strategy; ${DEFAULT-VALUE} if not given")
  private String cpu = "translation";

  @Option(names = "--guest", description = "Busy guest; ${DEFAULT-VALUE} if not given")
  private String guest = "branchy";

  private Shares() {}

  /** One of the machines that share the cores. */
  private record Busy(String name, int weight, VirtualMachine machine) {}

  /**
   * What a machine had in the time that was looked at.
   *
   * @param nanos with a core
   * @param steps instructions and traps
   */
  record Had(String name, int weight, long nanos, long steps) {}

  /**
   * Measures, and prints a table in Markdown.
   *
   * @param args the command line; {@code --help} tells of it
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Shares()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    HostLoad.loadAverage()
        .ifPresent(load -> System.out.printf(Locale.ROOT, "load average %.2f%n%n", load));
    byte[] busy = GuestImages.read(guest, BenchMachine.ENDLESS_SCALE);
    boolean kept = true;
    try (Monitor monitor = monitor()) {
      List<Busy> four = new ArrayList<>();
      for (int weight = 100; weight <= 400; weight += 100) {
        four.add(machine(monitor, "weight " + weight, weight, busy, ".elf"));
      }
      kept = show("four busy machines", measure(four), 4);
    }
    for (String hog : new String[] {SPIN, FLOOD}) {
      try (Monitor monitor = monitor()) {
        byte[] code = BenchMachine.assemble(hog);
        List<Busy> three = new ArrayList<>();
        three.add(machine(monitor, "one", 100, busy, ".elf"));
        three.add(machine(monitor, "two", 100, busy, ".elf"));
        three.add(machine(monitor, "hog", 100, code, ".bin"));
        String name = hog.equals(SPIN) ? "spins" : "floods its console";
        kept &= show("two beside a hog that " + name, measure(three), 2);
      }
    }
    return kept ? 0 : 1;
  }

  private Monitor monitor() {
    return Monitor.of(PluginCatalog.ofModulePath(), new Scheduler(cores));
  }

  private Busy machine(Monitor monitor, String name, int weight, byte[] image, String suffix) {
    Share share = new Share(weight, Share.NO_CAP);
    return new Busy(
        name,
        weight,
        BenchMachine.assemble(
            monitor, image, suffix, config -> config.name(name).cpu(cpu).share(share)));
  }

  /** Lets machines run for a while, then looks what they have. */
  private List<Had> measure(List<Busy> machines) throws InterruptedException {
    machines.forEach(one -> one.machine().start());
    TimeUnit.SECONDS.sleep(Math.max(1, seconds / 3));
    List<Had> before = machines.stream().map(Shares::now).toList();
    TimeUnit.SECONDS.sleep(seconds);
    List<Had> had = new ArrayList<>();
    for (int i = 0; i < machines.size(); i++) {
      Had now = now(machines.get(i));
      Had then = before.get(i);
      had.add(new Had(now.name, now.weight, now.nanos - then.nanos, now.steps - then.steps));
    }
    return had;
  }

  private static Had now(Busy one) {
    return new Had(
        one.name(),
        one.weight(),
        one.machine().usage().orElseThrow().ranNanos(),
        one.machine().machine().steps());
  }

  private static boolean show(String title, List<Had> all, int looked) {
    System.out.println(table(title, all));
    return all.stream().limit(looked).allMatch(one -> deviation(one, all) >= -ALLOWED)
        && (looked < all.size() || all.stream().allMatch(one -> deviation(one, all) <= ALLOWED));
  }

  /** How much more a machine had than was promised to it, in per cent of that. */
  static double deviation(Had one, List<Had> all) {
    double promised = (double) one.weight / all.stream().mapToInt(Had::weight).sum();
    double had = (double) one.nanos / all.stream().mapToLong(Had::nanos).sum();
    return 100 * (had / promised - 1);
  }

  /** A table in Markdown. */
  static String table(String title, List<Had> all) {
    StringBuilder text = new StringBuilder();
    text.append("| %s | promised | had | off by | million steps |%n".formatted(title));
    text.append("|---|---:|---:|---:|---:|\n");
    int weights = all.stream().mapToInt(Had::weight).sum();
    long nanos = all.stream().mapToLong(Had::nanos).sum();
    for (Had one : all) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.2f %% | %.2f %% | %+.2f %% | %d |\n",
              one.name,
              100.0 * one.weight / weights,
              100.0 * one.nanos / nanos,
              deviation(one, all),
              one.steps / 1_000_000));
    }
    return text.toString();
  }
}
