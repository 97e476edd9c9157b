package vivarium.distribution.compare;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * A chart of horizontal bars in SVG, to stand in a page whose style sheet gives the classes {@code
 * s0} to {@code s7} their colours: a bar for each row, made of parts laid end to end, with its sum
 * behind it.
 */
final class BarChart {
  private static final int LEFT = 190;
  private static final int WIDTH = 520;
  private static final int RIGHT = 110;
  private static final int BAR = 16;
  private static final int PITCH = 22;
  private static final int BASELINE = 13;
  private static final double LEAST_PART = 0.5;

  private final List<String> rows;
  private final List<String> parts;
  private final double[][] values;
  private final DoubleFunction<String> format;
  private final int firstClass;
  private final StringBuilder svg = new StringBuilder();

  /**
   * Makes a chart.
   *
   * @param values a row for each of the rows, a column for each of the parts
   * @param format writes a value for people
   * @param firstClass number of the first part's class
   */
  BarChart(
      List<String> rows,
      List<String> parts,
      double[][] values,
      DoubleFunction<String> format,
      int firstClass) {
    this.rows = rows;
    this.parts = parts;
    this.values = values;
    this.format = format;
    this.firstClass = firstClass;
  }

  /** The element {@code svg}. */
  String draw() {
    double most = 0;
    for (double[] row : values) {
      most = Math.max(most, sum(row));
    }
    int height = rows.size() * PITCH + 4;
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\">\n".formatted(LEFT + WIDTH + RIGHT, height));
    for (int row = 0; row < rows.size(); row++) {
      int y = row * PITCH + 2;
      text(LEFT - 8, y, "end", rows.get(row));
      double x = LEFT;
      for (int part = 0; part < parts.size(); part++) {
        double length = most == 0 ? 0 : values[row][part] / most * WIDTH;
        if (length >= LEAST_PART) {
          bar(x, y, length, part, row);
        }
        x += length;
      }
      text(x + 6, y, "start", format.apply(sum(values[row])));
    }
    return svg.append("</svg>\n").toString();
  }

  private static double sum(double[] row) {
    double sum = 0;
    for (double value : row) {
      sum += value;
    }
    return sum;
  }

  private void bar(double x, int y, double length, int part, int row) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"s%d\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%s</title>"
                + "</rect>\n",
            firstClass + part,
            x,
            y,
            length,
            BAR,
            escape(
                rows.get(row) + ", " + parts.get(part) + ": " + format.apply(values[row][part]))));
  }

  private void text(double x, int y, String anchor, String content) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
            x,
            y + BASELINE,
            anchor,
            escape(content)));
  }

  /** Text as it may stand in HTML and SVG. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
