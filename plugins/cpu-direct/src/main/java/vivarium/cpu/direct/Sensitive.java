package vivarium.cpu.direct;

import java.util.List;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.InstructionTable;

/** Popek and Goldberg's classification of the instructions of a table. */
final class Sensitive {
  private Sensitive() {}

  /**
   * The instructions that are sensitive but not privileged: they read or change privileged state
   * and do not trap, so that the monitor never sees them.
   */
  static List<Instruction> unvirtualizable(InstructionTable table) {
    return table.instructions().stream()
        .filter(instruction -> instruction.sensitive() && !instruction.privileged())
        .toList();
  }

  /** What direct execution does with an instruction, in a few words. */
  static String treatment(Instruction instruction) {
    if (instruction.privileged()) {
      String provided = instruction.privilegedProvided();
      return "trapped, emulated" + (provided.isEmpty() ? "" : " (provided " + provided + ")");
    }
    return instruction.sensitive() ? "unvirtualizable: sees user mode" : "executed";
  }
}
