package vivarium.cpu.translation.nativ;

import java.util.Arrays;
import vivarium.api.isa.HartBlock;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Liveness;
import vivarium.cpu.translation.graph.Op;

/**
 * The guest register, held in a host register throughout the trace, that a value is about to be
 * written to, so that it can be made there. It may be if registers are not exposed between its node
 * and the WRITE.
 */
final class Hints {
  private static final int NONE = -1;

  private final Graph graph;
  private final Liveness liveness;
  private final int[] hint = new int[Graph.CAPACITY];
  private final int[] lastRead = new int[HartBlock.MAX_REGISTERS];

  Hints(Graph graph, Liveness liveness) {
    this.graph = graph;
    this.liveness = liveness;
  }

  /** The register that a node's value is meant for, or -1. */
  int of(int node) {
    return hint[node];
  }

  /** Finds them anew for the graph. */
  void find(Residents residents) {
    int count = graph.count();
    Arrays.fill(hint, 0, count, NONE);
    Arrays.fill(lastRead, NONE);
    int exposed = NONE;
    for (int node = 0; node < count; node++) {
      int op = graph.op(node);
      if (op == Op.READ && !liveness.isDead(node)) {
        lastRead[graph.aux(node)] = node;
      } else if (op == Op.WRITE && !liveness.isDead(node)) {
        int value = graph.a(node);
        int register = graph.aux(node);
        boolean unseen = exposed <= value && lastRead[register] < value;
        boolean held = residents.gpr(register) >= 0 || residents.isLazy(register);
        if (held && unseen && hint[value] < 0) {
          hint[value] = register;
        }
      } else if (Op.exposes(op)) {
        exposed = node;
      }
    }
  }
}
