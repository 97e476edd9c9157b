package vivarium.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import vivarium.api.VivariumException;
import vivarium.benchmarks.compare.BarChart;
import vivarium.benchmarks.compare.Contender;
import vivarium.benchmarks.compare.ExpectedLines;
import vivarium.benchmarks.compare.FetchedGuest;
import vivarium.benchmarks.compare.GuestImages;
import vivarium.benchmarks.compare.HostLoad;
import vivarium.benchmarks.compare.Json;
import vivarium.benchmarks.compare.MarkdownTable;
import vivarium.benchmarks.compare.Results;
import vivarium.benchmarks.compare.Run;
import vivarium.benchmarks.compare.TimedProcess;
import vivarium.benchmarks.compare.Workload;

/**
 * Runs whole guests side by side, under the packaged product and under QEMU where it is installed:
 * whole processes, JVM start included, in alternating runs. Prints a table and writes JSON and SVG.
 */
@Command(
    name = "compare",
    description = "Runs whole guests under Vivarium and QEMU, in alternating runs, and compares.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class Compare implements Callable<Integer> {
  /** Everything ran and was right. */
  private static final int OK = 0;

  /** A request that cannot be met, or a run that failed. */
  private static final int FAILED = 1;

  private static final String DEBIAN_BOOT = "debian-boot";
  private static final double BUSY = 1.0;

  @Option(
      names = "--product",
      paramLabel = "DIR",
      description = "The packaged product; ${DEFAULT-VALUE} if not given")
  private Path product = Path.of("distribution/target/vivarium-0.1.0");

  @Option(
      names = "--guests",
      paramLabel = "NAME",
      split = ",",
      description =
          "Guests of benchmarks/guests, and " + DEBIAN_BOOT + "; all but that one if not given")
  private List<String> guests =
      new ArrayList<>(
          List.of("integer", "branchy", "fp", "memory", "traps", "codemod", "largecode"));

  @Option(
      names = "--scale",
      paramLabel = "N",
      split = ",",
      description = "Units of work; ${DEFAULT-VALUE} if not given")
  private List<Long> scales = new ArrayList<>(List.of(1L));

  @Option(
      names = "--engines",
      paramLabel = "CPU[:MEMORY]",
      split = ",",
      description = "CPU strategies, each with a memory strategy if you like")
  private List<String> engines = new ArrayList<>(List.of("interpretation", "translation"));

  @Option(names = "--runs", paramLabel = "N", description = "Runs of each; 5 if not given")
  private int runs = 5;

  @Option(
      names = "--qemu",
      paramLabel = "PROGRAM",
      description = "${DEFAULT-VALUE} if not given; 'none' leaves it out")
  private String qemu = "qemu-system-riscv64";

  @Option(names = "--timeout", paramLabel = "SECONDS", description = "Longest run; 600")
  private long timeoutSeconds = 600;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write JSON; a chart goes beside it, with .svg for .json")
  private @Nullable Path out;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  private Compare() {}

  /** Runs the command line. */
  public static void main(String[] arguments) {
    CommandLine line = new CommandLine(new Compare());
    line.setExecutionExceptionHandler(
        (e, commandLine, parsed) -> {
          if (e instanceof VivariumException) {
            commandLine.getErr().println("compare: " + e.getMessage());
            return FAILED;
          }
          throw e;
        });
    System.exit(line.execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    Path launcher = product.resolve("bin/vivarium").toAbsolutePath();
    if (!Files.isExecutable(launcher)) {
      throw new VivariumException(
          launcher
              + " is not there; 'mvn -q -DskipTests package' makes it, --product names another");
    }
    if (runs < 1 || timeoutSeconds < 1 || scales.stream().anyMatch(scale -> scale < 0)) {
      throw new VivariumException("--runs and --timeout begin at 1, --scale at 0");
    }
    Map<String, String> circumstances = circumstances();
    circumstances.forEach((name, value) -> err().println(name + ": " + value));
    warnIfBusy();
    Path directory = temporaryDirectory();
    try {
      Results results = measure(contenders(launcher), workloads(launcher, directory), directory);
      spec().commandLine().getOut().print(MarkdownTable.of(results));
      spec().commandLine().getOut().flush();
      write(results, circumstances);
      return results.failed() ? FAILED : OK;
    } finally {
      delete(directory);
    }
  }

  private Results measure(List<Contender> contenders, List<Workload> workloads, Path directory)
      throws InterruptedException {
    TimedProcess process = new TimedProcess(directory, timeoutSeconds);
    Results results = new Results();
    for (Workload workload : workloads) {
      for (int run = 1; run <= runs; run++) {
        for (Contender contender : contenders) {
          Run done = process.run(contender, workload);
          String failure = results.add(workload, contender, done);
          err().println(progress(workload, contender, run, done, failure));
          err().flush();
        }
      }
    }
    return results;
  }

  private static String progress(
      Workload workload, Contender contender, int run, Run done, String failure) {
    OptionalDouble cpu = done.cpuSeconds();
    return String.format(
        Locale.ROOT,
        "%s, %s, run %d: %.2f s%s%s",
        workload.name(),
        contender.name(),
        run,
        done.wallSeconds(),
        cpu.isPresent() ? String.format(Locale.ROOT, " (CPU %.2f s)", cpu.getAsDouble()) : "",
        failure.isEmpty() ? "" : ", does not count: " + failure);
  }

  private List<Contender> contenders(Path launcher) {
    List<Contender> contenders = new ArrayList<>();
    if (isThere(qemu)) {
      contenders.add(new Contender.Qemu(qemu));
    } else if (!qemu.equals("none")) {
      err().println(qemu + " is not installed: there will be no ratios");
    }
    engines.forEach(engine -> contenders.add(Contender.Vivarium.of(launcher, engine)));
    return contenders;
  }

  private static boolean isThere(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of(path.split(":"))
        .map(directory -> Path.of(directory).resolve(program))
        .anyMatch(Files::isExecutable);
  }

  private List<Workload> workloads(Path launcher, Path directory) throws InterruptedException {
    ExpectedLines expected = GuestImages.expectedLines();
    List<Workload> workloads = new ArrayList<>();
    for (String guest : guests) {
      if (guest.equals(DEBIAN_BOOT)) {
        workloads.add(FetchedGuest.debianBoot(DEBIAN_BOOT, launcher));
        continue;
      }
      for (long scale : scales) {
        String name = guest + " x " + scale;
        Path image = directory.resolve(guest + "-" + scale + ".elf");
        try {
          Files.write(image, GuestImages.read(guest, scale));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        workloads.add(new Workload.BareMetal(name, image, expected.of(guest, scale)));
      }
    }
    return workloads;
  }

  private Map<String, String> circumstances() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    all.put("processor", HostLoad.processor());
    all.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
    all.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    all.put("java", System.getProperty("java.vm.version", ""));
    OptionalDouble load = HostLoad.loadAverage();
    all.put("loadAverage", load.isPresent() ? String.valueOf(load.getAsDouble()) : "unknown");
    all.put("product", String.valueOf(product.getFileName()));
    all.put("runs", String.valueOf(runs));
    return all;
  }

  private void warnIfBusy() {
    if (HostLoad.loadAverage().orElse(0) > BUSY) {
      err().println("warning: the host is busy; trust the processor times, not the wall clock");
    }
    err().flush();
  }

  private void write(Results results, Map<String, String> circumstances) {
    if (out == null) {
      return;
    }
    String name = String.valueOf(out.getFileName());
    String stem = name.endsWith(".json") ? name.substring(0, name.length() - 5) : name;
    try {
      Files.writeString(out, Json.of(results, circumstances));
      Files.writeString(out.resolveSibling(stem + ".svg"), BarChart.of(results));
    } catch (IOException e) {
      throw new VivariumException("cannot write " + out + ": " + e.getMessage(), e);
    }
  }

  private static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("vivarium-compare");
    } catch (IOException e) {
      throw new VivariumException("no room for temporary files: " + e.getMessage(), e);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private CommandLine.Model.CommandSpec spec() {
    return java.util.Objects.requireNonNull(spec, "set by picocli");
  }

  private PrintWriter err() {
    return spec().commandLine().getErr();
  }
}
