package vivarium.benchmarks.compare;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Results as a chart in SVG 1.1: for each workload a bar for each contender, how many times as fast
 * as QEMU, whose own speed is a line at 1. Empty of bars where QEMU has not run.
 */
public final class BarChart {
  private static final String BASE = "qemu";
  private static final List<String> COLOURS =
      List.of("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377");
  private static final int LEFT = 170;
  private static final int WIDTH = 560;
  private static final int RIGHT = 70;
  private static final int BAR = 14;
  private static final int GAP = 12;
  private static final int MARGIN = 10;
  private static final int LEGEND = 20;

  private final Results results;
  private final List<String> contenders;
  private final double most;
  private final StringBuilder svg = new StringBuilder();

  private BarChart(Results results) {
    this.results = results;
    contenders = results.contenders().stream().filter(name -> !name.equals(BASE)).toList();
    most =
        results.workloads().stream()
            .flatMap(workload -> contenders.stream().map(name -> ratio(workload, name)))
            .filter(OptionalDouble::isPresent)
            .mapToDouble(OptionalDouble::getAsDouble)
            .reduce(1, Math::max);
  }

  /** The chart, a whole document. */
  public static String of(Results results) {
    return new BarChart(results).draw();
  }

  private OptionalDouble ratio(String workload, String contender) {
    return results.ratio(workload, contender, BASE);
  }

  private String draw() {
    int group = contenders.size() * BAR + GAP;
    int top = MARGIN + LEGEND * contenders.size() + LEGEND;
    int bottom = top + results.workloads().size() * group;
    int height = bottom + MARGIN;
    int width = LEFT + WIDTH + RIGHT;
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" \
        font-family="sans-serif" font-size="12">
        <rect width="%d" height="%d" fill="white"/>
        """
            .formatted(width, height, width, height, width, height));
    text(MARGIN, MARGIN + BAR, "start", "times as fast as QEMU (line: 1.0); longer is faster");
    for (int i = 0; i < contenders.size(); i++) {
      int y = MARGIN + LEGEND * (i + 1);
      bar(MARGIN, y, BAR, COLOURS.get(i % COLOURS.size()));
      text(MARGIN + 2 * BAR, y + BAR - 2, "start", contenders.get(i));
    }
    int y = top;
    for (String workload : results.workloads()) {
      text(LEFT - MARGIN, y + group / 2, "end", workload);
      for (int i = 0; i < contenders.size(); i++) {
        OptionalDouble ratio = ratio(workload, contenders.get(i));
        if (ratio.isPresent()) {
          double length = ratio.getAsDouble() / most * WIDTH;
          bar(LEFT, y + i * BAR, length, COLOURS.get(i % COLOURS.size()));
          String figure = String.format(Locale.ROOT, "%.2f", ratio.getAsDouble());
          text(LEFT + length + 4, y + i * BAR + BAR - 3, "start", figure);
        }
      }
      y += group;
    }
    double one = LEFT + WIDTH / most;
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"black\""
                + " stroke-dasharray=\"4 3\"/>\n",
            one,
            top - 4,
            one,
            bottom));
    return svg.append("</svg>\n").toString();
  }

  private void bar(double x, int y, double length, String colour) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n",
            x,
            y,
            length,
            BAR - 2,
            colour));
  }

  private void text(double x, int y, String anchor, String content) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
            x,
            y,
            anchor,
            escape(content)));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
