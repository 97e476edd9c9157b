package vivarium.cpu.translation.graph;

/** Makes nodes in the simplest form that is known. */
final class Folder {
  private final Graph graph;

  Folder(Graph graph) {
    this.graph = graph;
  }

  int make(int op, int type, int aux, int a, int b, int c, long value) {
    if (Op.pure(op)) {
      return graph.share(op, type, aux, a, b, c, value);
    }
    return graph.append(op, type, aux, a, b, c, value);
  }
}
