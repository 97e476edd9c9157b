package vivarium.cpu.translation.graph;

import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Decoded;

/**
 * Makes the graph of one instruction by itself, wherever it may be and whatever its operands: for
 * code that is put together from the code of single instructions. Operands are {@link Op#PARAM}
 * nodes. A result, or the target of a jump, is the operand of a {@link Op#JUMP} at the end; the
 * condition of a branch is that of a {@link Op#BRANCH}. The graph is the builder's own and is made
 * anew by each call. One thread.
 */
public final class StepBuilder {
  private final Graph graph = new Graph(1);
  private final int[] map = new int[InstructionTemplate.MAX_NODES];

  /** Makes a builder. */
  public StepBuilder() {}

  /** The graph that is made anew each time. */
  public Graph graph() {
    return graph;
  }

  /**
   * Makes the graph.
   *
   * @param example one such instruction
   * @return {@code null} if it depends on the address, or where it leads on nothing
   */
  public @Nullable Graph build(InstructionTemplate template, Decoded example) {
    if (!template.standsAlone()) {
      return null;
    }
    graph.reset();
    graph.beginStep(0, example);
    int result = template.instantiateOpen(graph, example, map);
    switch (template.kind()) {
      case NONE -> graph.end(Graph.CHAIN, 0, null);
      case REGISTER, JUMP -> graph.jump(result);
      case BRANCH -> {
        if (graph.isConstant(result)) {
          return null;
        }
        graph.branch(result, 0, false);
        graph.end(Graph.CHAIN, 0, null);
      }
    }
    return graph;
  }
}
