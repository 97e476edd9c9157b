package vivarium.distribution.compare;

import static vivarium.distribution.compare.BarChart.escape;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import vivarium.api.cpu.Activity;
import vivarium.core.machine.Statistics;

/**
 * A comparison as a page: bars of time, of exits by reason and of references per walk, a bar for
 * each combination, and the whole table. One file that needs nothing else, for light and dark
 * screens.
 */
public final class ComparisonPage {
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>%s</title>
      <style>
      :root { color-scheme: light dark; --ink: #1c1c1a; --soft: #66655f; --line: #dddbd3;
        --page: #fcfcfa; --s0: #2a6fbb; --s1: #d9822b; --s2: #2e8b57; --s3: #b3427a;
        --s4: #7a5cc0; --s5: #a8a69c; --s6: #c2a200; --s7: #4aa6b5; }
      @media (prefers-color-scheme: dark) { :root { --ink: #ecebe6; --soft: #a3a198;
        --line: #3a3934; --page: #191917; --s0: #5b9be0; --s1: #e59a4f; --s2: #56b381;
        --s3: #d672a4; --s4: #a48be0; --s5: #75736a; --s6: #d9bd3a; --s7: #6fc3d1; } }
      body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
        max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
      h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
      h3 { font-size: 1rem; font-weight: 600; margin: 1.2rem 0 .2rem; }
      p, .legend { color: var(--soft); margin: .3rem 0 .6rem; }
      svg { width: 100%%; height: auto; } svg text { font: 12px system-ui, sans-serif;
        fill: var(--ink); font-variant-numeric: tabular-nums; }
      .legend span { margin-right: 1.2em; white-space: nowrap; }
      .legend i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; }
      .s0 { fill: var(--s0); background: var(--s0); } .s1 { fill: var(--s1); background: var(--s1); }
      .s2 { fill: var(--s2); background: var(--s2); } .s3 { fill: var(--s3); background: var(--s3); }
      .s4 { fill: var(--s4); background: var(--s4); } .s5 { fill: var(--s5); background: var(--s5); }
      .s6 { fill: var(--s6); background: var(--s6); } .s7 { fill: var(--s7); background: var(--s7); }
      .wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; }
      td, th { padding: .15rem .6rem; text-align: right; white-space: nowrap;
        font-variant-numeric: tabular-nums; border-bottom: 1px solid var(--line); }
      td:first-child, th:first-child { text-align: left; position: sticky; left: 0;
        background: var(--page); } .bad { color: #d03030; font-weight: 600; }
      </style>
      </head>
      <body>
      """;

  private static final List<Activity> BY_TIME =
      List.of(
          Activity.GUEST,
          Activity.INSTRUCTION,
          Activity.MEMORY,
          Activity.DEVICE,
          Activity.CODE,
          Activity.OUTSIDE);

  private final Comparison comparison;
  private final List<Measurement.Ran> ran;
  private final List<String> rows;
  private final StringBuilder html = new StringBuilder();

  private ComparisonPage(Comparison comparison) {
    this.comparison = comparison;
    ran = comparison.ran();
    rows = ran.stream().map(one -> one.combination().toString()).toList();
  }

  /** A whole document. */
  public static String of(Comparison comparison) {
    return new ComparisonPage(comparison).write();
  }

  private String write() {
    String title = "One guest, every strategy: " + comparison.guest();
    html.append(HEAD.formatted(escape(title)));
    html.append("<h1>%s</h1>\n".formatted(escape(title)));
    String verdict = ComparisonTable.verdict(comparison);
    boolean equal = comparison.difference().isEmpty();
    html.append("<p%s>%s</p>\n".formatted(equal ? "" : " class=\"bad\"", escape(verdict)));
    if (!ran.isEmpty()) {
      time();
      exits();
      references();
      table();
    }
    refusals();
    return html.append("</body>\n</html>\n").toString();
  }

  private void time() {
    List<String> parts = BY_TIME.stream().map(ComparisonPage::name).toList();
    double[][] values = new double[ran.size()][parts.size()];
    for (int i = 0; i < ran.size(); i++) {
      for (int part = 0; part < parts.size(); part++) {
        double share = ran.get(i).shares().getOrDefault(BY_TIME.get(part), 0.0);
        values[i][part] = share * ran.get(i).wallNanos() / 1e9;
      }
    }
    html.append("<h2>Time</h2>\n<p>Seconds on the wall; what they went into is sampled.</p>\n");
    legend(parts, 0);
    chart(parts, values, seconds -> String.format(Locale.ROOT, "%.2f s", seconds), 0);
  }

  private static String name(Activity activity) {
    return switch (activity) {
      case OUTSIDE -> "waiting, timers";
      case GUEST -> "guest instructions";
      case INSTRUCTION -> "privileged instructions";
      case MEMORY -> "page tables and misses";
      case DEVICE -> "devices";
      case CODE -> "translating code";
    };
  }

  private void exits() {
    html.append("<h2>Exits by reason</h2>\n");
    html.append("<p>How often each had the monitor do something. Scales differ.</p>\n");
    for (ExitClass one : ExitClass.values()) {
      bars(
          one.title(),
          run -> one.count(run.statistics().exits()),
          count -> String.format(Locale.ROOT, "%,.0f", count),
          one.ordinal());
    }
  }

  private void bars(
      String title,
      ToDoubleFunction<Measurement.Ran> value,
      DoubleFunction<String> format,
      int styleClass) {
    double[][] values = new double[ran.size()][1];
    double all = 0;
    for (int i = 0; i < ran.size(); i++) {
      values[i][0] = value.applyAsDouble(ran.get(i));
      all += values[i][0];
    }
    if (all > 0) {
      html.append("<h3>%s</h3>\n".formatted(escape(title)));
      chart(List.of(title), values, format, styleClass);
    }
  }

  private void references() {
    List<String> parts = List.of("guest's tables", "P2M", "monitor's own tables");
    List<String> names = Statistics.REFERENCE_KINDS;
    double[][] values = new double[ran.size()][parts.size()];
    for (int i = 0; i < ran.size(); i++) {
      Map<String, Long> memory = ran.get(i).statistics().memory();
      double walks = Math.max(1, memory.getOrDefault(Statistics.WALKS, 0L));
      for (int part = 0; part < parts.size(); part++) {
        values[i][part] = memory.getOrDefault(names.get(part), 0L) / walks;
      }
    }
    html.append("<h2>Memory references per page-table walk</h2>\n");
    html.append("<p>What a hardware walker would read on a TLB miss.</p>\n");
    legend(parts, 0);
    chart(parts, values, references -> String.format(Locale.ROOT, "%.2f", references), 0);
  }

  private void legend(List<String> parts, int firstClass) {
    html.append("<div class=\"legend\">");
    for (int i = 0; i < parts.size(); i++) {
      html.append(
          "<span><i class=\"s%d\"></i>%s</span>".formatted(firstClass + i, escape(parts.get(i))));
    }
    html.append("</div>\n");
  }

  private void chart(
      List<String> parts, double[][] values, DoubleFunction<String> format, int firstClass) {
    html.append(new BarChart(rows, parts, values, format, firstClass).draw());
  }

  private void table() {
    html.append("<h2>All figures</h2>\n<div class=\"wide\"><table>\n<tr><th></th>");
    rows.forEach(name -> html.append("<th>").append(escape(name)).append("</th>"));
    html.append("</tr>\n");
    row("end", Comparison::end);
    row("steps", run -> ComparisonTable.count(run.statistics().steps()));
    row("seconds", run -> ComparisonTable.decimal("%.2f", run.wallNanos() / 1e9));
    row("processor seconds", run -> ComparisonTable.decimal("%.2f", run.cpuNanos() / 1e9));
    row("million steps per second", run -> ComparisonTable.decimal("%.1f", run.mips()));
    row("references per walk", run -> ComparisonTable.decimal("%.2f", run.referencesPerWalk()));
    counts(comparison.reasons(), Statistics::exits);
    List<Function<Statistics, Map<String, Long>>> more =
        new ArrayList<>(List.of(Statistics::memory, Statistics::code, Statistics::other));
    more.forEach(part -> counts(comparison.names(part), part));
    html.append("</table></div>\n");
  }

  private void counts(List<String> names, Function<Statistics, Map<String, Long>> part) {
    names.forEach(
        name ->
            row(
                name,
                run -> ComparisonTable.count(part.apply(run.statistics()).getOrDefault(name, 0L))));
  }

  private void row(String name, Function<Measurement.Ran, String> value) {
    html.append("<tr><td>").append(escape(name)).append("</td>");
    ran.forEach(run -> html.append("<td>").append(escape(value.apply(run))).append("</td>"));
    html.append("</tr>\n");
  }

  private void refusals() {
    if (!comparison.refused().isEmpty()) {
      html.append("<h2>Refused</h2>\n<ul>\n");
      comparison
          .refused()
          .forEach(
              one ->
                  html.append("<li>")
                      .append(escape(one.combination() + ": " + one.reason()))
                      .append("</li>\n"));
      html.append("</ul>\n");
    }
  }
}
