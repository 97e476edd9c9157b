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
import picocli.CommandLine.Parameters;
import vivarium.api.VivariumException;
import vivarium.core.machine.MachineConfig;
import vivarium.core.plugin.PluginCatalog;

/** {@code vivarium run}: runs one machine at the console. */
@Command(
    name = "run",
    description =
        "Runs a machine at this console. Where that is a terminal, Ctrl-A x leaves and Ctrl-A h"
            + " tells more.",
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
    })
final class RunCommand implements Callable<Integer> {
  private final Host host;

  @Parameters(
      paramLabel = "GUEST|FILE",
      arity = "0..*",
      description =
          "A ready guest, fetched if it is missing (of several, the first that can be had), or a"
              + " machine file in YAML, with a slash or .yaml in its name. Options come before what"
              + " these say. With neither, and no kernel or firmware, the guest 'embedded' is run")
  private List<String> names = new ArrayList<>();

  @Mixin private Wishes options = new Wishes();

  RunCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    List<String> guests = new ArrayList<>(names);
    Wishes asked = options;
    if (!names.isEmpty() && MachineFile.isNamedBy(names.getFirst())) {
      asked = options.over(MachineFile.read(Path.of(guests.removeFirst())));
    }
    LogConfigurator.use(Objects.requireNonNullElse(asked.log, LogLevel.warn));
    PluginCatalog plugins = host.plugins(asked.plugins);
    Wishes wishes = GuestChoice.complete(asked, guests, host);
    return new MachineSession(host, plugins, wishes.stats).run(configure(wishes));
  }

  /** The machine that is wished for, but for its console. */
  static MachineConfig.Builder configure(Wishes wishes) {
    MachineConfig.Builder config = MachineConfig.builder();
    ifSaid(wishes.kernel, config::kernel);
    ifSaid(wishes.initrd, config::initrd);
    ifSaid(wishes.append, config::append);
    ifSaid(wishes.firmware, config::firmware);
    ifSaid(wishes.memoryBytes, config::memoryBytes);
    ifSaid(wishes.cpu, config::cpu);
    ifSaid(wishes.memoryStrategy, config::memoryStrategy);
    ifSaid(wishes.isa, config::isa);
    ifSaid(wishes.maxSteps, config::maxSteps);
    wishes.disks.forEach(disk -> config.disk(disk.path(), disk.readOnly()));
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
