package vivarium.distribution.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.InstructionTable;

/** {@code vivarium isa}: the instructions of an instruction set, as its table has them. */
@Command(
    name = "isa",
    description = "Lists the instructions of an instruction set.",
    mixinStandardHelpOptions = true)
final class IsaCommand implements Runnable {
  private static final String ROW = "%-12s %-10s %-22s %-12s %s";

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

  IsaCommand(Host host) {
    this.host = host;
  }

  @Override
  public void run() {
    InstructionTable table = host.plugins(directories).isa(name).table();
    row("NAME", "EXTENSION", "OPERANDS", "PRIVILEGE", "ENCODING");
    for (Instruction instruction : table.instructions()) {
      row(
          instruction.name(),
          instruction.extension(),
          instruction.assembly(),
          privilege(instruction),
          instruction.encoding().toString());
    }
  }

  /** Popek and Goldberg's words. */
  private static String privilege(Instruction instruction) {
    if (instruction.privileged()) {
      return "privileged";
    }
    return instruction.sensitive() ? "sensitive" : "";
  }

  private void row(String... cells) {
    host.out().println(ROW.formatted((Object[]) cells).stripTrailing());
  }
}
