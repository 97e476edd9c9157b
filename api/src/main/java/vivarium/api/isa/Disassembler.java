package vivarium.api.isa;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Decoded instructions as assembly text. */
final class Disassembler {
  private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9']*");

  private Disassembler() {}

  /**
   * The base instruction with its operands, {@code addi a0, a0, 1} also where it was compressed.
   */
  static String text(Decoded decoded) {
    Instruction instruction = decoded.instruction();
    List<OperandField> fields = instruction.fields();
    Matcher words = WORD.matcher(instruction.assembly());
    String operands =
        words.replaceAll(
            match -> {
              int field = instruction.encoding().fieldIndex(match.group());
              return Matcher.quoteReplacement(
                  field < 0 ? match.group() : operand(fields.get(field), decoded.operand(field)));
            });
    return operands.isEmpty() ? instruction.name() : instruction.name() + " " + operands;
  }

  private static String operand(OperandField field, long value) {
    RegisterBank bank = field.bank();
    return bank != null ? bank.nameOf((int) value) : Long.toString(value);
  }
}
