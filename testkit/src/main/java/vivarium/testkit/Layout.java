package vivarium.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import vivarium.api.VivariumException;
import vivarium.api.isa.InstructionTable;

/** One round over all statements, with the addresses of labels as the round before found them. */
final class Layout {
  private final InstructionTable table;
  private final Dialect dialect;
  private final long origin;
  private final Map<String, Long> known;
  private final boolean complete;
  private final Map<String, Long> symbols = new HashMap<>();
  private final Map<String, Integer> localCounts = new HashMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private boolean usedLabel;

  /**
   * Begins a round.
   *
   * @param known addresses found by the round before
   * @param complete whether {@code known} has all labels, so that another name is an error
   */
  Layout(
      InstructionTable table,
      Dialect dialect,
      long origin,
      Map<String, Long> known,
      boolean complete) {
    this.table = table;
    this.dialect = dialect;
    this.origin = origin;
    this.known = known;
    this.complete = complete;
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  Map<String, Long> symbols() {
    return symbols;
  }

  long pc() {
    return origin + out.size();
  }

  void assemble(List<Line> lines) {
    for (Line line : lines) {
      try {
        assemble(line);
      } catch (VivariumException | IllegalArgumentException e) {
        throw new VivariumException("\"" + line + "\": " + e.getMessage(), e);
      }
    }
  }

  private void assemble(Line line) {
    if (!line.label().isEmpty()) {
      define(line.label(), pc());
    }
    if (line.mnemonic().startsWith(".")) {
      directive(line);
    } else if (!line.mnemonic().isEmpty()) {
      instruction(line);
    }
  }

  private void define(String label, long value) {
    String name = label;
    if (label.matches("[0-9]+")) {
      name = local(label, localCounts.merge(label, 1, Integer::sum));
    }
    if (symbols.putIfAbsent(name, value) != null) {
      throw new VivariumException(label + " is defined twice");
    }
  }

  /** The n-th local label of one number has a name that source cannot write. */
  private static String local(String number, int count) {
    return number + "#" + count;
  }

  private void instruction(Line line) {
    List<Dialect.Plain> expanded =
        dialect.expand(
            line.mnemonic(),
            line.operands(),
            new Dialect.Place() {
              private final long start = Layout.this.pc();

              @Override
              public long pc() {
                return start;
              }

              @Override
              public long value(String expression) {
                return Layout.this.value(expression);
              }
            });
    List<Dialect.Plain> plains =
        expanded != null ? expanded : List.of(new Dialect.Plain(line.mnemonic(), line.rest()));
    for (Dialect.Plain plain : plains) {
      Operands operands = new Operands(table, dialect, plain);
      little(operands.encode(this, complete), operands.length());
    }
  }

  private void directive(Line line) {
    switch (line.mnemonic()) {
      case ".byte" -> data(line, 1);
      case ".half", ".2byte", ".short" -> data(line, 2);
      case ".word", ".4byte", ".long" -> data(line, 4);
      case ".dword", ".8byte", ".quad" -> data(line, 8);
      case ".ascii" -> out.writeBytes(string(line.rest()));
      case ".asciz", ".string" -> {
        out.writeBytes(string(line.rest()));
        out.write(0);
      }
      case ".zero", ".space", ".skip" -> out.writeBytes(new byte[(int) value(line.rest())]);
      case ".align" -> {
        long mask = (1L << value(line.rest())) - 1;
        out.writeBytes(new byte[(int) (-pc() & mask)]);
      }
      case ".equ", ".set" -> define(line.operands().get(0), value(line.operands().get(1)));
      default -> throw new VivariumException("no directive " + line.mnemonic());
    }
  }

  private void data(Line line, int width) {
    line.operands().forEach(operand -> little(value(operand), width));
  }

  private void little(long value, int width) {
    for (int i = 0; i < width; i++) {
      out.write((int) (value >>> 8 * i));
    }
  }

  private static byte[] string(String quoted) {
    if (quoted.length() < 2 || !quoted.startsWith("\"") || !quoted.endsWith("\"")) {
      throw new VivariumException("a string is written in quotes");
    }
    return quoted
        .substring(1, quoted.length() - 1)
        .translateEscapes()
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The value of an expression. */
  long value(String expression) {
    return Expression.evaluate(expression, this::name);
  }

  /** The value of a branch target as an offset from here. */
  long offset(String target) {
    usedLabel = false;
    long value = value(target);
    return usedLabel ? value - pc() : value;
  }

  private long name(String name) {
    if (name.equals(".")) {
      usedLabel = true;
      return pc();
    }
    String symbol = name;
    if (name.matches("[0-9]+[bf]")) {
      String number = name.substring(0, name.length() - 1);
      int before = localCounts.getOrDefault(number, 0);
      symbol = local(number, name.endsWith("f") ? before + 1 : before);
    }
    Long value = symbols.getOrDefault(symbol, known.get(symbol));
    if (value != null) {
      usedLabel = true;
      return value;
    }
    var constant = dialect.symbol(name);
    if (constant.isPresent()) {
      return constant.getAsLong();
    }
    if (complete) {
      throw new VivariumException("what is " + name + "?");
    }
    usedLabel = true;
    return pc();
  }
}
