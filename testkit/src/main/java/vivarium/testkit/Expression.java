package vivarium.testkit;

import java.util.function.ToLongFunction;
import vivarium.api.VivariumException;

/**
 * Arithmetic on 64-bit numbers and names: {@code + - * / % << >> & ^ |}, unary {@code - ~}, and
 * parentheses, with C's precedence. Numbers may have underscores; {@code 'c'} is a character.
 */
final class Expression {
  private static final String[][] LEVELS = {
    {"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "%"}
  };

  private final String text;
  private final ToLongFunction<String> names;
  private int at;

  private Expression(String text, ToLongFunction<String> names) {
    this.text = text;
    this.names = names;
  }

  /**
   * Evaluates.
   *
   * @param names gives a name's value
   * @throws VivariumException if it is no expression
   */
  static long evaluate(String text, ToLongFunction<String> names) {
    Expression expression = new Expression(text.strip(), names);
    long value = expression.binary(0);
    if (expression.at < expression.text.length()) {
      throw new VivariumException("what is \"" + text + "\"?");
    }
    return value;
  }

  private long binary(int level) {
    if (level == LEVELS.length) {
      return unary();
    }
    long left = binary(level + 1);
    while (true) {
      String operator = operator(LEVELS[level]);
      if (operator.isEmpty()) {
        return left;
      }
      left = apply(operator, left, binary(level + 1));
    }
  }

  private static long apply(String operator, long left, long right) {
    return switch (operator) {
      case "|" -> left | right;
      case "^" -> left ^ right;
      case "&" -> left & right;
      case "<<" -> left << right;
      case ">>" -> left >> right;
      case "+" -> left + right;
      case "-" -> left - right;
      case "*" -> left * right;
      case "/" -> left / right;
      case "%" -> left % right;
      default -> throw new IllegalArgumentException(operator);
    };
  }

  private String operator(String[] candidates) {
    skipSpace();
    for (String candidate : candidates) {
      if (text.startsWith(candidate, at)) {
        at += candidate.length();
        return candidate;
      }
    }
    return "";
  }

  private long unary() {
    skipSpace();
    char c = at < text.length() ? text.charAt(at) : 0;
    switch (c) {
      case '-':
        at++;
        return -unary();
      case '~':
        at++;
        return ~unary();
      case '(':
        at++;
        long value = binary(0);
        if (operator(new String[] {")"}).isEmpty()) {
          throw new VivariumException("no closing parenthesis in \"" + text + "\"");
        }
        return value;
      case '\'':
        at += 3;
        return text.charAt(at - 2);
      default:
        return atom();
    }
  }

  private long atom() {
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || "_.$".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    String word = text.substring(start, at);
    if (word.isEmpty()) {
      throw new VivariumException("what is \"" + text + "\"?");
    }
    return word.matches("[0-9].*") && !word.matches("[0-9]+[bf]")
        ? number(word.replace("_", ""))
        : names.applyAsLong(word);
  }

  private static long number(String digits) {
    try {
      if (digits.startsWith("0x")) {
        return Long.parseUnsignedLong(digits.substring(2), 16);
      }
      return digits.startsWith("0b")
          ? Long.parseUnsignedLong(digits.substring(2), 2)
          : Long.parseUnsignedLong(digits);
    } catch (NumberFormatException e) {
      throw new VivariumException(digits + " is no number", e);
    }
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }
}
