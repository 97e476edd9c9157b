package vivarium.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement of assembly source.
 *
 * @param number its place among all statements, by which local labels are told apart
 * @param label the label it defines, or empty
 * @param mnemonic instruction or directive, or empty
 * @param rest the operands as they are written
 */
record Line(int number, String label, String mnemonic, String rest) {
  private static final Pattern PARTS =
      Pattern.compile("(?:([A-Za-z_.$0-9]+)\\s*:)?\\s*(?:(\\S+)(?:\\s+(.*))?)?", Pattern.DOTALL);

  /** Splits source into statements and appends them. */
  static void parse(String source, int firstNumber, List<Line> to) {
    int number = firstNumber;
    for (String statement : statements(source)) {
      String rest = statement.strip();
      Matcher parts = PARTS.matcher(rest);
      if (!rest.isEmpty() && parts.matches()) {
        to.add(
            new Line(number++, text(parts.group(1)), text(parts.group(2)), text(parts.group(3))));
      }
    }
  }

  private static String text(@org.jspecify.annotations.Nullable String group) {
    return group == null ? "" : group.strip();
  }

  /** Cuts at line ends and semicolons, and comments off, but not within quotes. */
  private static List<String> statements(String source) {
    List<String> found = new ArrayList<>();
    StringBuilder statement = new StringBuilder();
    boolean quoted = false;
    boolean comment = false;
    for (int i = 0; i < source.length(); i++) {
      char c = source.charAt(i);
      if (c == '\n' || c == ';' && !quoted && !comment) {
        found.add(statement.toString());
        statement.setLength(0);
        quoted = false;
        comment = false;
      } else if (!comment) {
        comment = !quoted && (c == '#' || source.startsWith("//", i));
        quoted ^= c == '"' && (i == 0 || source.charAt(i - 1) != '\\');
        if (!comment) {
          statement.append(c);
        }
      }
    }
    found.add(statement.toString());
    return found;
  }

  /** The operands, cut at commas. */
  List<String> operands() {
    return rest.isEmpty() ? List.of() : List.of(rest.split("\\s*,\\s*", -1));
  }

  @Override
  public String toString() {
    return (mnemonic + " " + rest).strip();
  }
}
