package vivarium.cpu.translation;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.isa.InstructionTable;
import vivarium.cpu.translation.graph.Templates;
import vivarium.cpu.translation.nativ.NativeBackEnd;

/** The strategy {@code translation}: the best back end that this host allows. */
public final class Translation implements CpuStrategy {
  private static final Logger LOG = System.getLogger(Translation.class.getName());

  /** For the service loader. */
  public Translation() {}

  @Override
  public String name() {
    return "translation";
  }

  @Override
  public String description() {
    return "binary translation by the best back end this host allows";
  }

  @Override
  public CpuEngine create(CpuEnvironment environment) {
    NativeBackEnd.checkOptions(environment.options());
    try {
      CpuEngine engine = new NativeTranslation().create(environment);
      LOG.log(Level.INFO, "binary translation: machine code (x86-64)");
      return engine;
    } catch (VivariumException refused) {
      LOG.log(Level.INFO, "binary translation: JVM bytecode, because {0}", refused.getMessage());
      return new BytecodeTranslation().create(environment);
    }
  }

  @Override
  public List<String> treatments(InstructionTable table) {
    return Templates.of(table).treatments();
  }
}
