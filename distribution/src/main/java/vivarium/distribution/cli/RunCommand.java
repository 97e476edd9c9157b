package vivarium.distribution.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vivarium.api.VivariumException;
import vivarium.core.Monitor;
import vivarium.core.machine.MachineConfig;
import vivarium.core.plugin.PluginCatalog;
import vivarium.core.schedule.Scheduler;

/** {@code vivarium run}: runs one machine at the console. */
@Command(
    name = "run",
    description =
        "Runs machines at this console. Where that is a terminal, Ctrl-A x leaves and Ctrl-A h"
            + " tells more; where it is none, lines of several machines begin with their names, and"
            + " input goes to the first.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    optionListHeading = "%n",
    footer = {
      "",
      "Exit status:",
      "    0  the guest powered off, or Ctrl-A x was typed",
      "    1  a file, name or value is wrong; nothing was run",
      "    2  the command line is wrong",
      "   64  the guest asked for a reset (a kernel that panics with panic=-1 does)",
      "   65  --max-steps are done",
      "   70  the monitor or a plugin failed",
      "  130  Ctrl-C, where standard input is not a terminal",
      "    N  the guest reported failure N (255 if it is larger)",
      "With several machines: 0, or that of the first of them that has another.",
    })
final class RunCommand implements Callable<Integer> {
  private final Host host;

  @Parameters(
      paramLabel = "GUEST|FILE",
      arity = "0..*",
      description =
          "A ready guest, fetched if it is missing (of several, the first that can be had), or"
              + " machine files in YAML, with a slash or .yaml in their names: several are run"
              + " together. Options come before what these say. With neither, and no kernel,"
              + " firmware or flash, the guest 'embedded' is run")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--machine-memory",
      paramLabel = "SIZE",
      converter = Wishes.SizeConverter.class,
      description = "RAM of all machines together at most; the host's, if not given")
  private @Nullable Long machineMemory;

  @Option(
      names = "--cores",
      paramLabel = "N",
      description = "How many machines run at once; as many as the host has cores, if not given")
  private @Nullable Integer cores;

  @Mixin private Wishes options = new Wishes();

  RunCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    if (names.stream().filter(MachineFile::isNamedBy).count() > 1) {
      return runTogether();
    }
    List<String> guests = new ArrayList<>(names);
    Wishes asked = options;
    if (!names.isEmpty() && MachineFile.isNamedBy(names.getFirst())) {
      asked = read(guests.removeFirst());
    }
    LogConfigurator.use(Objects.requireNonNullElse(asked.log, LogLevel.warn));
    PluginCatalog plugins = host.plugins(asked.plugins);
    Wishes wishes = GuestChoice.complete(asked, guests, host);
    boolean plain = wishes.cap == null && (wishes.console == null || wishes.console.isHere());
    return plain && machineMemory == null
        ? new MachineSession(host, plugins, wishes.stats).run(configure(wishes))
        : together(plugins, List.of(wishes));
  }

  private int runTogether() {
    List<Wishes> all = new ArrayList<>();
    List<Path> directories = new ArrayList<>();
    LogLevel log = LogLevel.warn;
    for (String name : names) {
      if (!MachineFile.isNamedBy(name)) {
        throw new VivariumException(
            "several machines are run from a machine file each, which '" + name + "' is not");
      }
      Wishes wishes = read(name);
      all.add(wishes);
      directories.addAll(wishes.plugins);
      log = wishes.log == null ? log : wishes.log;
    }
    LogConfigurator.use(log);
    PluginCatalog plugins = host.plugins(directories.stream().distinct().toList());
    all.replaceAll(wishes -> GuestChoice.complete(wishes, List.of(), host));
    return together(plugins, all);
  }

  private Wishes read(String file) {
    Wishes wishes = options.over(MachineFile.read(Path.of(file)));
    if (wishes.name == null) {
      wishes.name = MachineFile.defaultName(Path.of(file));
    }
    return wishes;
  }

  private int together(PluginCatalog plugins, List<Wishes> all) {
    Scheduler scheduler = cores == null ? Scheduler.ofHost() : new Scheduler(cores);
    try (Monitor monitor =
        machineMemory == null
            ? Monitor.of(plugins, scheduler)
            : Monitor.of(plugins, machineMemory, scheduler)) {
      return new FleetSession(host, monitor).run(all);
    }
  }

  /** The machine that is wished for, but for its console. */
  static MachineConfig.Builder configure(Wishes wishes) {
    MachineConfig.Builder config = MachineConfig.builder();
    ifSaid(wishes.name, config::name);
    config.share(wishes.share());
    ifSaid(wishes.slack, config::timerSlackMillis);
    ifSaid(wishes.kernel, config::kernel);
    ifSaid(wishes.initrd, config::initrd);
    ifSaid(wishes.append, config::append);
    ifSaid(wishes.firmware, config::firmware);
    ifSaid(wishes.memoryBytes, config::memoryBytes);
    ifSaid(wishes.cpu, config::cpu);
    ifSaid(wishes.memoryStrategy, config::memoryStrategy);
    ifSaid(wishes.isa, config::isa);
    wishes.isaExtensions.forEach(config::isaExtension);
    ifSaid(wishes.maxSteps, config::maxSteps);
    ifSaid(wishes.harts, config::harts);
    wishes.disks.forEach(disk -> config.disk(disk.path(), disk.readOnly()));
    wishes.flash.forEach(bank -> config.flash(bank.path(), bank.readOnly()));
    wishes.settings.forEach((key, value) -> set(config, key, value));
    if (wishes.deterministic || wishes.seed != null) {
      config.deterministic(Objects.requireNonNullElse(wishes.seed, 0L));
    }
    return config;
  }

  private static void set(MachineConfig.Builder config, String key, String value) {
    if (key.startsWith("cpu.")) {
      config.cpuOption(key.substring("cpu.".length()), value);
    } else if (key.startsWith("memory.")) {
      config.memoryOption(key.substring("memory.".length()), value);
    } else {
      throw new VivariumException(
          "'%s' can be told to nobody; a setting is cpu.KEY or memory.KEY".formatted(key));
    }
  }

  private static <T> void ifSaid(@Nullable T value, Consumer<T> taker) {
    if (value != null) {
      taker.accept(value);
    }
  }
}
