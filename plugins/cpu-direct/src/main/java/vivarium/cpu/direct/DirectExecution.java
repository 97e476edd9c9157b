package vivarium.cpu.direct;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.stream.Collectors;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.InstructionTable;

/**
 * The strategy {@code direct}. Options: {@code hart}, the name of the hart that guest code is
 * executed on (the core's to understand); {@code unvirtualizable}, what to do at assembly about
 * instructions that are sensitive but do not trap: {@code warn} (as if not given), or {@code
 * refuse}.
 */
public final class DirectExecution implements CpuStrategy {
  private static final Logger LOG = System.getLogger(DirectExecution.class.getName());
  private static final String UNVIRTUALIZABLE = "unvirtualizable";
  private static final String WARN = "warn";
  private static final String REFUSE = "refuse";

  /** For the service loader. */
  public DirectExecution() {}

  @Override
  public String name() {
    return "direct";
  }

  @Override
  public String description() {
    return "direct execution on a hart in user mode, by trap and emulate";
  }

  @Override
  public CpuEngine create(CpuEnvironment environment) {
    if (environment.hart().id() == 0 && environment.hart().block().steps() == 0) {
      tellUnvirtualizable(environment);
    }
    return new TrapAndEmulate(environment, environment.host().hart(environment));
  }

  private static void tellUnvirtualizable(CpuEnvironment environment) {
    String wanted = environment.options().getOrDefault(UNVIRTUALIZABLE, WARN);
    if (!wanted.equals(WARN) && !wanted.equals(REFUSE)) {
      throw new VivariumException(
          "%s is %s or %s, not %s".formatted(UNVIRTUALIZABLE, WARN, REFUSE, wanted));
    }
    List<Instruction> found = Sensitive.unvirtualizable(environment.instructionSet().table());
    if (found.isEmpty()) {
      return;
    }
    String line =
        "direct execution cannot virtualize %s of %s, which %s sensitive but %s not trap: %s"
            .formatted(
                found.stream().map(Instruction::name).collect(Collectors.joining(", ")),
                environment.instructionSet().name(),
                found.size() == 1 ? "is" : "are",
                found.size() == 1 ? "does" : "do",
                "a guest's kernel gets the answer that its users get");
    if (wanted.equals(REFUSE)) {
      throw new VivariumException(line);
    }
    LOG.log(Level.WARNING, line);
  }

  @Override
  public List<String> treatments(InstructionTable table) {
    return table.instructions().stream().map(Sensitive::treatment).toList();
  }
}
