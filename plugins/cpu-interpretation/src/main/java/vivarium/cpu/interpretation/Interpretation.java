package vivarium.cpu.interpretation;

import java.util.Map;
import java.util.WeakHashMap;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.isa.InstructionTable;

/**
 * The strategy {@code interpretation}: each instruction inspected and its effect done in software.
 */
public final class Interpretation implements CpuStrategy {
  private final Map<InstructionTable, Operations> operations = new WeakHashMap<>();

  /** For the service loader. */
  public Interpretation() {}

  @Override
  public String name() {
    return "interpretation";
  }

  @Override
  public String description() {
    return "pre-decoded blocks under one switch generated from the instruction table";
  }

  @Override
  public CpuEngine create(CpuEnvironment environment) {
    InstructionTable table = environment.instructionSet().table();
    Operations made;
    synchronized (operations) {
      made = operations.computeIfAbsent(table, Operations::new);
    }
    return new Interpreter(environment, made);
  }
}
