package vivarium.cpu.translation.bytecode;

import java.util.Map;
import vivarium.api.VivariumException;

/**
 * What a user can set of this back end.
 *
 * @param hotRuns {@code hot-runs}: how often a trace runs cold before it is compiled
 * @param maxRegions {@code max-regions}: how many compiled regions are kept; a guest with more
 *     starts over. A region is a class of some two to six KiB, and its machine code some ten
 * @param inBackground {@code background}: whether compilation has a thread of its own
 */
public record BytecodeOptions(int hotRuns, int maxRegions, boolean inBackground) {
  private static final int MOST = 1 << 30;

  /**
   * Reads options.
   *
   * @throws VivariumException in one line, if one makes no sense
   */
  public static BytecodeOptions of(Map<String, String> options) {
    return new BytecodeOptions(
        number(options, "hot-runs", 1000),
        number(options, "max-regions", 4000),
        !"false".equals(options.get("background")));
  }

  private static int number(Map<String, String> options, String name, int otherwise) {
    String text = options.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= 1 && value <= MOST) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The same line says it.
    }
    throw new VivariumException(name + " is to be a number from 1 on, not " + text);
  }
}
