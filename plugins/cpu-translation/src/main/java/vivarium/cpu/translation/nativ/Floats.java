package vivarium.cpu.translation.nativ;

import vivarium.cpu.translation.graph.FpuOp;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Op;
import vivarium.cpu.translation.x64.X64Assembler;

/**
 * Selects instructions for floating-point nodes; what the host does otherwise, Java is called for.
 */
final class Floats {
  private final X64Assembler asm;
  private final Graph graph;
  private final Places places;
  private final Leaving leaving;
  private Trace trace;

  Floats(X64Assembler asm, Graph graph, Places places, Leaving leaving, Trace none) {
    this.asm = asm;
    this.graph = graph;
    this.places = places;
    this.leaving = leaving;
    trace = none;
  }

  /** Begins a trace. */
  void begin(Trace newTrace) {
    trace = newTrace;
  }

  /** Whether a load is better made to an XMM register. */
  boolean wantsXmm(int node) {
    return false;
  }

  /** Emits a node; false if it is of another family. */
  boolean emit(int node) {
    if (graph.op(node) != Op.FPU) {
      return false;
    }
    call(node);
    return true;
  }

  /** Suspends emitted code, has Java compute the node, and goes on with the result. */
  private void call(int node) {
    FpuOp op = graph.fpuOp(node);
    Site site = leaving.newSiteAt(Site.Kind.CALL, node);
    site.fpuOp = op;
    site.roundingMode = (int) graph.value(node);
    int[] operands = {graph.a(node), graph.b(node), graph.c(node)};
    for (int i = 0; i < op.operands(); i++) {
      site.operands[i] = places.use(operands[i]);
    }
    site.data = places.define(node, Places.NONE);
    site.floats = places.xmmLive();
    leaving.suspend(site);
    site.doneAt = trace.code + asm.position();
  }
}
