package vivarium.cpu.translation.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.InstructionTable;

/**
 * The templates of a table, each read from its method when it is first asked for: a guest uses part
 * of a table only, and reading one takes some hundred microseconds while Java is cold. Not
 * thread-safe: one for each engine or under a lock of the caller.
 */
public final class Templates {
  private final InstructionTable table;
  private final @Nullable InstructionTemplate[] templates;
  private final @Nullable String[] reasons;
  private final MethodReader reader = new MethodReader();

  private Templates(InstructionTable table) {
    this.table = table;
    templates = new InstructionTemplate[table.instructions().size()];
    reasons = new String[templates.length];
  }

  /** The templates of a table, none read yet. */
  public static Templates of(InstructionTable table) {
    return new Templates(table);
  }

  /** The table. */
  public InstructionTable table() {
    return table;
  }

  /** The template of an instruction, or {@code null} if it is opaque. */
  public @Nullable InstructionTemplate template(Instruction instruction) {
    int number = instruction.number();
    InstructionTemplate known = templates[number];
    return known != null || reasons[number] != null ? known : read(instruction);
  }

  /** Why an instruction is opaque, in a few words; {@code null} if it is translated. */
  public @Nullable String reason(Instruction instruction) {
    template(instruction);
    return reasons[instruction.number()];
  }

  /** {@code translated}, or {@code opaque: } and why, for each instruction of the table. */
  public List<String> treatments() {
    return table.instructions().stream().map(this::treatment).toList();
  }

  private String treatment(Instruction instruction) {
    String reason = reason(instruction);
    return reason == null ? "translated" : "opaque: " + reason;
  }

  private @Nullable InstructionTemplate read(Instruction instruction) {
    try {
      InstructionTemplate template = reader.read(instruction);
      templates[instruction.number()] = template;
      return template;
    } catch (Unreadable e) {
      reasons[instruction.number()] = e.getMessage();
      return null;
    }
  }
}
