package vivarium.benchmarks.compare;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vivarium.api.VivariumException;

/** What each guest prints at each scale: the content of expected.txt. Immutable. */
public final class ExpectedLines {
  private static final Pattern LINE =
      Pattern.compile("([a-z0-9-]+) scale=(\\d+) checksum=[0-9a-f]{16}");

  private final Map<String, String> lines;

  private ExpectedLines(Map<String, String> lines) {
    this.lines = Map.copyOf(lines);
  }

  /**
   * Reads lines such as {@code integer scale=1 checksum=83f88b1d4fa2ead3}.
   *
   * @throws VivariumException on the first line that is none, or that contradicts another
   */
  public static ExpectedLines parse(List<String> text) {
    Map<String, String> lines = new HashMap<>();
    for (String line : text) {
      Matcher matcher = LINE.matcher(line.strip());
      if (!matcher.matches()) {
        throw new VivariumException("not a guest's line: '" + line + "'");
      }
      String before = lines.put(matcher.group(1) + " " + matcher.group(2), line.strip());
      if (before != null && !before.equals(line.strip())) {
        throw new VivariumException("two lines contradict each other: '" + line + "'");
      }
    }
    return new ExpectedLines(lines);
  }

  /** The line of a guest at a scale, if it is known. */
  public Optional<String> of(String guest, long scale) {
    return Optional.ofNullable(lines.get(guest + " " + scale));
  }

  /** Whether a text is such a line, of whatever guest. */
  public static boolean isOne(String line) {
    return LINE.matcher(line.strip()).matches();
  }
}
