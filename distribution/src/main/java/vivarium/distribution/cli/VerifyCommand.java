package vivarium.distribution.cli;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vivarium.api.VivariumException;
import vivarium.core.machine.Console;
import vivarium.core.machine.MachineConfig;
import vivarium.core.machine.Outcome;
import vivarium.core.machine.StreamConsole;
import vivarium.core.machine.VirtualMachine;
import vivarium.core.memory.MachineMemory;
import vivarium.core.plugin.PluginCatalog;
import vivarium.core.verify.Difference;
import vivarium.core.verify.LockStep;
import vivarium.core.verify.LockStep.Result;
import vivarium.core.verify.MachineSubject;
import vivarium.core.verify.Subject;

/** {@code vivarium verify}: one guest under two strategies in lock-step. */
@Command(
    name = "verify",
    description = {
      "Runs one guest under two strategies in lock-step and names the first instruction after"
          + " which the machines differ.",
      "Each of --cpu and --memory-strategy takes one name or two: --cpu A,B expects of B what A"
          + " does. Both machines are deterministic, nothing is typed to them, and their disks"
          + " are read-only.",
      "With --set cpu.trace-steps=1, translation makes code of single instructions, so that the one"
          + " that is wrong is not named by the end of its trace."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    optionListHeading = "%n",
    footer = {
      "",
      "Exit status:",
      "    0  no difference was found",
      "    1  a file, name or value is wrong; nothing was run",
      "    2  the command line is wrong",
      "   66  the machines differ",
      "   70  the monitor or a plugin failed, in both machines alike"
    })
final class VerifyCommand implements Callable<Integer> {
  private static final int DIFFERENT = 66;
  private static final String ENGINES = "interpretation,translation";
  private static final int MOST_MISMATCHES = 20;

  private final Host host;

  @Parameters(
      paramLabel = "GUEST|FILE",
      arity = "0..*",
      description = "What is run, as 'run' takes it")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = Wishes.StepsConverter.class,
      description = "How many instructions and traps to compare; until the guest ends if not given")
  private @Nullable Long steps;

  @Option(
      names = "--every",
      paramLabel = "N",
      defaultValue = "1000000",
      converter = Wishes.StepsConverter.class,
      description = "Steps between two comparisons of all registers; ${DEFAULT-VALUE} if not given")
  private long every;

  @Option(
      names = "--memory-every",
      paramLabel = "N",
      defaultValue = "100000000",
      converter = Wishes.StepsConverter.class,
      description = "Steps between two comparisons of all RAM; ${DEFAULT-VALUE} if not given")
  private long memoryEvery;

  @Option(names = "--quiet", description = "Does not show what the guest prints")
  private boolean quiet;

  @Mixin private Wishes options = new Wishes();

  private boolean shown;

  VerifyCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    List<String> guests = new ArrayList<>(names);
    Wishes asked = options.overFile(guests);
    LogConfigurator.use(Objects.requireNonNullElse(asked.log, LogLevel.warn));
    PluginCatalog plugins = host.plugins(asked.plugins);
    Wishes wishes = GuestChoice.complete(asked, guests, host);
    wishes.protectDisks();
    List<String> engines = pair("--cpu", Objects.requireNonNullElse(wishes.cpu, ENGINES));
    List<String> memories =
        pair("--memory-strategy", Objects.requireNonNullElse(wishes.memoryStrategy, "nested"));
    try (MachineMemory memory = MachineMemory.ofHost()) {
      LockStep.Plan plan = new LockStep.Plan(total(wishes), every, memoryEvery);
      LockStep lockStep =
          new LockStep(
              () -> machine(wishes, engines.getFirst(), memories.getFirst(), true, plugins, memory),
              () -> machine(wishes, engines.getLast(), memories.getLast(), false, plugins, memory),
              plan);
      return report(lockStep.run(), names(engines, memories));
    }
  }

  private long total(Wishes wishes) {
    return Objects.requireNonNullElse(
        steps, Objects.requireNonNullElse(wishes.maxSteps, Long.MAX_VALUE));
  }

  private static List<String> pair(String option, String value) {
    List<String> names = List.of(value.split(",", -1));
    if (names.size() > 2) {
      throw new VivariumException(option + " takes one name or two, not '" + value + "'");
    }
    return names;
  }

  private static String names(List<String> engines, List<String> memories) {
    String expected = engines.getFirst() + "/" + memories.getFirst();
    return expected + " and " + engines.getLast() + "/" + memories.getLast();
  }

  /** One of the two machines; the first that is made of those that may show themselves does. */
  private Subject machine(
      Wishes wishes,
      String cpu,
      String memoryStrategy,
      boolean mayShow,
      PluginCatalog plugins,
      MachineMemory memory) {
    boolean shows = mayShow && !quiet && !shown;
    shown |= shows;
    Console console =
        shows
            ? new StreamConsole(InputStream.nullInputStream(), host.console())
            : Console.nowhere();
    MachineConfig config =
        RunCommand.configure(wishes)
            .cpu(cpu)
            .memoryStrategy(memoryStrategy)
            .deterministic(Objects.requireNonNullElse(wishes.seed, 0L))
            .console(console)
            .build();
    return new MachineSubject(VirtualMachine.create(config, plugins, memory));
  }

  private int report(Result result, String machines) {
    return switch (result) {
      case Result.Same same -> {
        host.say(
            "%s are the same after %,d steps, compared %,d times"
                .formatted(machines, same.steps(), same.intervals()));
        boolean broken = same.outcome().kind() == Outcome.Kind.BROKEN;
        if (broken) {
          host.say(same.outcome().message());
        }
        yield broken ? ExitStatus.BROKEN : ExitStatus.OK;
      }
      case Result.Different different -> {
        describe(different.difference(), machines);
        yield DIFFERENT;
      }
    };
  }

  private void describe(Difference difference, String machines) {
    long from = difference.equalSteps();
    long to = difference.differentSteps();
    if (to == 0) {
      host.say(machines + " differ before the first instruction");
    } else if (!difference.reproduced()) {
      host.say(
          "%s were the same after %,d steps and not after %,d, but only once"
              .formatted(machines, from, to));
    } else {
      host.say("%s differ after instruction %,d".formatted(machines, to));
    }
    host.err().println("  " + difference.instruction());
    difference.explanation().lines().forEach(line -> host.err().println("    " + line));
    difference.mismatches().stream()
        .limit(MOST_MISMATCHES)
        .forEach(mismatch -> host.err().println("  " + mismatch));
    int more = difference.mismatches().size() - MOST_MISMATCHES;
    if (more > 0) {
      host.err().println("  and " + more + " more");
    }
  }
}
