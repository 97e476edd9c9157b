package vivarium.distribution.cli;

import vivarium.api.VivariumException;

/** Sizes as people write them. */
final class Sizes {
  private Sizes() {}

  /**
   * The bytes of {@code 256M}: a whole number and K, M, G or nothing.
   *
   * @throws VivariumException if it is no size
   */
  static long bytes(String text) {
    int end = text.length();
    int shift = end == 0 ? 0 : shift(text.charAt(end - 1));
    String digits = shift == 0 ? text : text.substring(0, end - 1);
    try {
      long number = Long.parseLong(digits);
      if (number > 0 && number <= Long.MAX_VALUE >> shift) {
        return number << shift;
      }
    } catch (NumberFormatException e) {
      // the line below says it
    }
    throw new VivariumException("'" + text + "' is not a size such as 256M or 1G");
  }

  private static int shift(char unit) {
    return switch (unit) {
      case 'K', 'k' -> 10;
      case 'M', 'm' -> 20;
      case 'G', 'g' -> 30;
      default -> 0;
    };
  }
}
