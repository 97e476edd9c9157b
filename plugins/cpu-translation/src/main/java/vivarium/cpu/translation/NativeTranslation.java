package vivarium.cpu.translation;

import java.util.List;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.isa.InstructionTable;
import vivarium.cpu.translation.graph.Templates;
import vivarium.cpu.translation.nativ.NativeBackEnd;

/** The strategy {@code translation-native}: guest code as the host's own machine code. */
public final class NativeTranslation implements CpuStrategy {
  /** For the service loader. */
  public NativeTranslation() {}

  @Override
  public String name() {
    return "translation-native";
  }

  @Override
  public String description() {
    return "binary translation to x86-64 machine code, on Linux";
  }

  @Override
  public CpuEngine create(CpuEnvironment environment) {
    return NativeBackEnd.create(environment);
  }

  @Override
  public List<String> treatments(InstructionTable table) {
    return Templates.of(table).treatments();
  }
}
