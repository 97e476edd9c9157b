package vivarium.distribution.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vivarium.api.isa.ExtendedInstructionSet;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.InstructionTable;
import vivarium.core.plugin.PluginCatalog;
import vivarium.core.plugin.PluginKind;

/** {@code vivarium isa}: the instructions of an instruction set, as its table has them. */
@Command(
    name = "isa",
    description = "Lists the instructions of an instruction set.",
    mixinStandardHelpOptions = true)
final class IsaCommand implements Runnable {
  private static final String ROW = "%-12s %-10s %-22s %-12s %-60s %s";
  private static final String TRANSLATION = "translation";

  private final Host host;

  @Parameters(
      paramLabel = "ISA",
      arity = "0..1",
      defaultValue = "rv64gc",
      description = "Its name; ${DEFAULT-VALUE} if not given")
  private String name = "rv64gc";

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "Directory with further plugins; repeatable")
  private List<Path> directories = new ArrayList<>();

  @Option(
      names = "--isa-extensions",
      paramLabel = "NAMES",
      split = ",",
      description = "Extensions of plugins to list with it, separated by commas")
  private List<String> extensions = new ArrayList<>();

  @Option(
      names = "--cpu",
      paramLabel = "NAME",
      description =
          "CPU strategy of which to tell how it runs each; " + TRANSLATION + " if not given")
  private @Nullable String cpu;

  IsaCommand(Host host) {
    this.host = host;
  }

  @Override
  public void run() {
    PluginCatalog plugins = host.plugins(directories);
    InstructionTable table =
        ExtendedInstructionSet.of(
                plugins.isa(name), extensions.stream().map(plugins::extension).toList())
            .table();
    String strategy = strategy(plugins);
    List<String> treatments =
        strategy.isEmpty() ? List.of() : plugins.cpu(strategy).treatments(table);
    String heading = treatments.isEmpty() ? "" : "UNDER " + strategy.toUpperCase(Locale.ROOT);
    row("NAME", "EXTENSION", "OPERANDS", "PRIVILEGE", "ENCODING", heading);
    for (Instruction instruction : table.instructions()) {
      row(
          instruction.name(),
          instruction.extension(),
          instruction.assembly(),
          privilege(instruction),
          instruction.encoding().toString(),
          treatments.isEmpty() ? "" : treatments.get(instruction.number()));
    }
  }

  /** The strategy to tell of; empty if none was asked for and there is no translation. */
  private String strategy(PluginCatalog plugins) {
    if (cpu != null) {
      return cpu;
    }
    return plugins.names(PluginKind.CPU).contains(TRANSLATION) ? TRANSLATION : "";
  }

  /** Popek and Goldberg's words. */
  private static String privilege(Instruction instruction) {
    if (instruction.privileged()) {
      return "privileged";
    }
    return instruction.sensitive() ? "sensitive" : "innocuous";
  }

  private void row(String... cells) {
    host.out().println(ROW.formatted((Object[]) cells).stripTrailing());
  }
}
