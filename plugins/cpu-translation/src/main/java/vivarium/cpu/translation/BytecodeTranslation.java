package vivarium.cpu.translation;

import java.util.List;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.isa.InstructionTable;
import vivarium.cpu.translation.bytecode.BytecodeEngine;
import vivarium.cpu.translation.bytecode.BytecodeOptions;
import vivarium.cpu.translation.graph.Templates;

/**
 * The strategy {@code translation-bytecode}: guest code as JVM bytecode, on any host. Its options
 * are those of {@link BytecodeOptions}.
 */
public final class BytecodeTranslation implements CpuStrategy {
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
    return new BytecodeEngine(environment, BytecodeOptions.of(environment.options()));
  }

  @Override
  public List<String> treatments(InstructionTable table) {
    return Templates.of(table).treatments();
  }
}
