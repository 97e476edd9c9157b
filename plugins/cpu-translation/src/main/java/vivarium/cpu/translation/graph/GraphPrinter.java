package vivarium.cpu.translation.graph;

import vivarium.api.isa.Decoded;

/** Graphs as text, a node a line, under the instructions they belong to. */
final class GraphPrinter {
  private GraphPrinter() {}

  static String print(Graph graph) {
    StringBuilder out = new StringBuilder();
    int step = -1;
    for (int node = 0; node < graph.count(); node++) {
      if (graph.step(node) != step) {
        step = graph.step(node);
        Decoded decoded = step < graph.stepCount() ? graph.instruction(step) : null;
        out.append(Long.toHexString(graph.pc(step))).append("  ");
        out.append(decoded == null ? "" : decoded).append('\n');
      }
      out.append("  ").append(line(graph, node)).append('\n');
    }
    return out.toString();
  }

  private static String line(Graph graph, int node) {
    int op = graph.op(node);
    StringBuilder out = new StringBuilder();
    out.append('n').append(node).append(" = ").append(Op.name(op));
    out.append(
        switch (graph.type(node)) {
          case Graph.I32 -> ".32";
          case Graph.I64 -> ".64";
          default -> "";
        });
    detail(graph, node, out);
    operand(out, graph.a(node));
    if (op != Op.WRITE) {
      operand(out, graph.b(node));
      operand(out, graph.c(node));
    }
    return out.toString();
  }

  private static void detail(Graph graph, int node, StringBuilder out) {
    long value = graph.value(node);
    switch (graph.op(node)) {
      case Op.CONST -> out.append(' ').append(value);
      case Op.PARAM -> out.append(" p").append(graph.aux(node));
      case Op.READ, Op.WRITE -> out.append(" r").append(graph.aux(node));
      case Op.CMP -> out.append(' ').append(Condition.name(graph.aux(node)));
      case Op.FPU ->
          out.append(' ').append(graph.fpuOp(node).method()).append(" rm=").append(value);
      case Op.LOAD, Op.STORE, Op.LOAD_RESERVED, Op.STORE_CONDITIONAL ->
          out.append(graph.signedLoad(node) ? " s" : " ")
              .append(8 * graph.width(node))
              .append(" +")
              .append(value);
      case Op.ATOMIC ->
          out.append(' ').append(8 * graph.width(node)).append(' ').append(graph.atomic(node));
      case Op.BRANCH, Op.END ->
          out.append(' ')
              .append(graph.aux(node))
              .append(" -> ")
              .append(Long.toHexString(value))
              .append(" after ")
              .append(graph.steps(node));
      default -> {}
    }
  }

  private static void operand(StringBuilder out, int node) {
    if (node >= 0) {
      out.append(" n").append(node);
    }
  }
}
