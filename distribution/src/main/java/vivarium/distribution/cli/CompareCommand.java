package vivarium.distribution.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vivarium.api.VivariumException;
import vivarium.core.machine.MachineConfig;
import vivarium.core.memory.MachineMemory;
import vivarium.core.plugin.PluginCatalog;
import vivarium.core.plugin.PluginKind;
import vivarium.distribution.compare.Combination;
import vivarium.distribution.compare.Comparison;
import vivarium.distribution.compare.ComparisonJson;
import vivarium.distribution.compare.ComparisonPage;
import vivarium.distribution.compare.ComparisonTable;
import vivarium.distribution.compare.Measurement;
import vivarium.distribution.compare.Measuring;

/** {@code vivarium compare}: one guest under every combination of strategies. */
@Command(
    name = "compare",
    description = {
      "Runs one unmodified guest under every combination of CPU and memory strategy, and shows"
          + " what each costs: exits by reason, time, walks and their references.",
      "The machines are deterministic, nothing is typed to them, and their disks are read-only: all"
          + " must print the same and make as many steps. --cpu and --memory-strategy take lists,"
          + " such as nested,shadow. A ready guest powers off once it is up, unless --append says"
          + " otherwise."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    optionListHeading = "%n",
    footer = {
      "",
      "Exit status:",
      "    0  all did the same",
      "    1  a file, name or value is wrong, or every combination was refused",
      "    2  the command line is wrong",
      "   66  two differ in what was printed, in how they ended or in the number of steps",
      "   70  the monitor or a plugin failed"
    })
final class CompareCommand implements Callable<Integer> {
  private static final int DIFFERENT = 66;
  private static final String FIRST_CPU = "interpretation";
  private static final String FIRST_MEMORY = "nested";

  /** What a ready guest's first process looks for. */
  private static final String POWER_OFF = " gmode=off";

  private final Host host;

  @Parameters(
      paramLabel = "GUEST|FILE",
      arity = "0..*",
      description = "What is run, as 'run' takes it")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Where the page with charts goes; ${DEFAULT-VALUE} if not given",
      defaultValue = "compare.html")
  private Path page = Path.of("compare.html");

  @Option(names = "--json", paramLabel = "FILE", description = "Writes all figures as JSON, too")
  private @Nullable Path json;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description =
          "How often each is run; the last time counts, when the JVM is warm. ${DEFAULT-VALUE} if"
              + " not given",
      defaultValue = "1")
  private int rounds = 1;

  @Mixin private Wishes options = new Wishes();

  CompareCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    List<String> guests = new ArrayList<>(names);
    Wishes asked = options.overFile(guests);
    String name = "embedded";
    if (!names.isEmpty()) {
      name = names.getLast();
    } else if (asked.kernel != null || asked.firmware != null) {
      name = String.valueOf(asked.kernel != null ? asked.kernel : asked.firmware);
    }
    LogConfigurator.use(Objects.requireNonNullElse(asked.log, LogLevel.warn));
    PluginCatalog plugins = host.plugins(asked.plugins);
    List<Combination> combinations = combinations(asked, plugins);
    Wishes wishes = GuestChoice.complete(asked, guests, host);
    wishes.protectDisks();
    if (!guests.isEmpty() && asked.append == null && wishes.append != null) {
      wishes.append += POWER_OFF;
    }
    writable(page);
    if (rounds < 1) {
      throw new VivariumException("there must be at least one round");
    }
    try (MachineMemory memory = MachineMemory.ofHost()) {
      Measuring measuring = new Measuring(() -> configure(wishes), plugins, memory);
      return report(measuring.run(name, combinations, rounds, this::tell));
    }
  }

  private static List<Combination> combinations(Wishes asked, PluginCatalog plugins) {
    List<String> cpus =
        listed("--cpu", asked.cpu, Combination.principal(plugins.names(PluginKind.CPU), FIRST_CPU));
    List<String> memories =
        listed(
            "--memory-strategy",
            asked.memoryStrategy,
            Combination.principal(plugins.names(PluginKind.MEMORY), FIRST_MEMORY));
    cpus.forEach(plugins::cpu);
    memories.forEach(plugins::memory);
    return Combination.all(cpus, memories);
  }

  private static List<String> listed(
      String option, @Nullable String value, List<String> otherwise) {
    if (value == null) {
      return otherwise;
    }
    List<String> names = List.of(value.split(",", -1));
    if (names.stream().distinct().count() < names.size()) {
      throw new VivariumException(option + " names one strategy twice: " + value);
    }
    return names;
  }

  private static MachineConfig.Builder configure(Wishes wishes) {
    return RunCommand.configure(wishes).deterministic(Objects.requireNonNullElse(wishes.seed, 0L));
  }

  /** Finds out before the work, not after it. */
  private static void writable(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file) || directory == null || !Files.isWritable(directory)) {
      throw new VivariumException("cannot write " + file);
    }
  }

  private void tell(Measurement measurement) {
    switch (measurement) {
      case Measurement.Ran ran ->
          host.say(
              String.format(
                  Locale.ROOT,
                  "%s: %,d steps in %.2f s",
                  ran.combination(),
                  ran.statistics().steps(),
                  ran.wallNanos() / 1e9));
      case Measurement.Refused refused ->
          host.say(refused.combination() + ": refused: " + refused.reason());
    }
  }

  private int report(Comparison comparison) {
    host.out().print(ComparisonTable.of(comparison));
    write(page, ComparisonPage.of(comparison));
    if (json != null) {
      write(json, ComparisonJson.of(comparison));
    }
    if (comparison.ran().isEmpty()) {
      return ExitStatus.BAD_INPUT;
    }
    return comparison.difference().isPresent() ? DIFFERENT : ended(comparison);
  }

  private static int ended(Comparison comparison) {
    return switch (comparison.ran().getFirst().outcome().kind()) {
      case BROKEN -> ExitStatus.BROKEN;
      case POWERED_OFF, RESET, FAILED, STOPPED, STEPS_DONE -> ExitStatus.OK;
    };
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new VivariumException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
