package vivarium.core.verify;

/**
 * Something that is not the same in both machines.
 *
 * @param what a register's name, {@code outcome}, or {@code RAM at} an address
 * @param expected what the first machine has, for people
 * @param got what the second has
 */
public record Mismatch(String what, String expected, String got) {
  static Mismatch of(String what, Object expected, Object got) {
    return new Mismatch(what, text(expected), text(got));
  }

  private static String text(Object value) {
    return value instanceof Long number ? "0x" + Long.toHexString(number) : value.toString();
  }

  @Override
  public String toString() {
    return what + ": expected " + expected + ", got " + got;
  }
}
