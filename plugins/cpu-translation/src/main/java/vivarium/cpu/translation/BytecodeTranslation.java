package vivarium.cpu.translation;

import java.util.List;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.isa.InstructionTable;
import vivarium.cpu.translation.bytecode.BytecodeEngine;
import vivarium.cpu.translation.graph.Templates;

/**
 * The strategy {@code translation-bytecode}: guest code as JVM bytecode, on any host. Options:
 * {@code hot-runs}, how often a trace runs before it is compiled (default 500), and {@code
 * background}, {@code false} to compile in the hart's own thread.
 */
public final class BytecodeTranslation implements CpuStrategy {
  private static final String HOT_RUNS = "500";

  /** For the service loader. */
  public BytecodeTranslation() {}

  @Override
  public String name() {
    return "translation-bytecode";
  }

  @Override
  public String description() {
    return "binary translation to JVM bytecode, on any host";
  }

  @Override
  public CpuEngine create(CpuEnvironment environment) {
    String hotRuns = environment.options().getOrDefault("hot-runs", HOT_RUNS);
    boolean background = !"false".equals(environment.options().get("background"));
    try {
      return new BytecodeEngine(environment, Integer.parseInt(hotRuns), background);
    } catch (NumberFormatException e) {
      throw new VivariumException("hot-runs is to be a number, not " + hotRuns);
    }
  }

  @Override
  public List<String> treatments(InstructionTable table) {
    return Templates.of(table).treatments();
  }
}
