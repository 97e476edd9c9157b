package vivarium.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vivarium.api.VivariumException;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Encoding;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.InstructionTable;
import vivarium.api.isa.OperandField;
import vivarium.api.isa.RegisterBank;

/** The operands of one instruction of the table, matched against how the table writes them. */
final class Operands {
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z][A-Za-z0-9']*|\\S");

  private final InstructionTable table;
  private final Dialect dialect;
  private final Dialect.Plain plain;
  private final Encoding encoding;
  private final List<String> names;

  Operands(InstructionTable table, Dialect dialect, Dialect.Plain plain) {
    this.table = table;
    this.dialect = dialect;
    this.plain = plain;
    this.encoding = table.encoding(plain.mnemonic());
    this.names = encoding.fields().stream().map(OperandField::name).toList();
  }

  /** Bytes of the encoding. */
  int length() {
    return encoding.length();
  }

  /**
   * Encodes.
   *
   * @param strict whether addresses have settled, so that what does not fit is an error
   */
  int encode(Layout layout, boolean strict) {
    String assembly = table.assembly(plain.mnemonic());
    for (String template : dialect.templates(assembly, names)) {
      List<String> shown = new ArrayList<>();
      Matcher matcher = pattern(template, shown).matcher(plain.operands());
      if (matcher.matches()) {
        long[] values = new long[names.size()];
        for (int i = 0; i < values.length; i++) {
          int group = shown.indexOf(names.get(i));
          values[i] =
              group < 0
                  ? plain.fields().getOrDefault(names.get(i), dialect.fieldDefault(names.get(i)))
                  : value(encoding.fields().get(i), matcher.group(group + 1), layout);
        }
        return strict ? encoding.encode(values) : 0;
      }
    }
    throw new VivariumException("its operands are " + (assembly.isEmpty() ? "none" : assembly));
  }

  /** A pattern with a group for each field that the template shows. */
  private Pattern pattern(String template, List<String> shown) {
    StringBuilder regex = new StringBuilder("\\s*");
    Matcher tokens = TOKEN.matcher(template);
    boolean afterField = false;
    while (tokens.find()) {
      String token = tokens.group();
      if (names.contains(token)) {
        shown.add(token);
        // The displacement of "imm(rs1)" may be left out.
        boolean displacement = template.startsWith("(", tokens.end());
        regex.append(displacement ? "([^,]*?)" : "([^,]+?)");
        afterField = true;
      } else {
        // "(rs1)" may be written "0(rs1)".
        regex.append(token.equals("(") && !afterField ? "\\s*0?\\s*" : "\\s*");
        regex.append(Pattern.quote(token)).append("\\s*");
        afterField = false;
      }
    }
    return Pattern.compile(regex + "\\s*");
  }

  private long value(OperandField field, String text, Layout layout) {
    RegisterBank bank = field.bank();
    if (bank != null) {
      return register(bank, text.strip());
    }
    if (text.isBlank()) {
      return 0;
    }
    return field.name().equals("imm") && relative() ? layout.offset(text) : layout.value(text);
  }

  private long register(RegisterBank bank, String text) {
    String name = dialect.register(text);
    for (int i = 0; i < bank.count(); i++) {
      if (bank.nameOf(i).equals(name) || (bank.name() + i).equals(name)) {
        return i;
      }
    }
    throw new VivariumException(text + " is no register " + bank.name());
  }

  /** Whether {@code imm} is a distance from the pc. */
  private boolean relative() {
    @Nullable Decoded example = table.decode(encoding.match(), encoding.length());
    if (example == null) {
      return false;
    }
    Instruction instruction = example.instruction();
    return instruction.result() == Instruction.Result.BRANCH
        || instruction.result() == Instruction.Result.JUMP
            && instruction.parameters().stream()
                .anyMatch(parameter -> parameter.source() == Instruction.Source.PC);
  }
}
