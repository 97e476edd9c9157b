package vivarium.cpu.translation.nativ;

import java.util.List;
import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Decoded;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Liveness;
import vivarium.cpu.translation.graph.Op;
import vivarium.cpu.translation.x64.CpuFeatures;
import vivarium.cpu.translation.x64.X64Assembler;

/**
 * Makes machine code of a graph: one pass that chooses instructions and registers together, after
 * {@link Liveness} has looked at it from behind.
 */
final class TraceCompiler {
  /** Most bytes of code that one node takes, cold code not counted. */
  private static final int NODE_BYTES = 512;

  private final X64Assembler asm = new X64Assembler(1 << 16);
  private final Graph graph;
  private final Liveness liveness;
  private final Residents residents;
  private final Places places;
  private final Leaving leaving;
  private final Integers integers;
  private final Accesses accesses;
  private final Floats floats;

  /**
   * @param graph the one graph that the front end makes anew for each trace
   * @param sites all sites of the engine, by number
   */
  TraceCompiler(
      Graph graph, Layout layout, Stubs stubs, List<@Nullable Site> sites, CpuFeatures features) {
    this.graph = graph;
    Trace none = new Trace(0, 0, 0, -1, 0);
    liveness = new Liveness(graph.registers());
    residents = new Residents(layout, graph, liveness);
    places = new Places(layout, asm, graph, liveness);
    leaving = new Leaving(asm, graph, places, residents, stubs, sites, none);
    integers = new Integers(asm, graph, liveness, places, features);
    floats = new Floats(asm, graph, places, leaving, features, none);
    accesses = new Accesses(asm, graph, places, leaving, floats, features, none);
  }

  /** The code of the last trace compiled. */
  X64Assembler code() {
    return asm;
  }

  /**
   * Compiles the graph for a trace whose place in code memory is known.
   *
   * @param uniform whether the data TLB has one addend
   * @param roundingMode the dynamic one
   */
  void compile(Trace trace, boolean uniform, int roundingMode) {
    liveness.analyse(graph);
    asm.reset();
    asm.reserve(NODE_BYTES);
    floats.begin(trace, roundingMode);
    residents.choose(floats, Leaving.isLoop(graph, trace));
    places.reset(residents);
    leaving.begin(trace, floats.computes());
    accesses.begin(trace, uniform);
    for (int node = 0; node < graph.count(); node++) {
      if (!liveness.isDead(node)) {
        asm.reserve(NODE_BYTES);
        places.begin(node);
        try {
          emit(node);
        } catch (AssertionError | RuntimeException e) {
          throw new IllegalStateException("at node " + node + " of\n" + graph, e);
        }
      }
    }
    leaving.finish();
    trace.ranges = ranges(trace);
  }

  private void emit(int node) {
    switch (graph.op(node)) {
      case Op.CONST, Op.TRUNC -> {}
      case Op.READ -> places.read(graph.aux(node), node);
      case Op.WRITE -> places.write(graph.aux(node), graph.a(node));
      case Op.BRANCH -> leaving.branch(node, integers.condition(graph.a(node)));
      case Op.JUMP -> leaving.jump(node);
      case Op.END -> leaving.end(node);
      case Op.CMP -> {
        if (!liveness.isFused(node)) {
          integers.emit(node);
        }
      }
      default -> {
        if (!floats.emit(node) && !integers.emit(node) && !accesses.emit(node)) {
          throw new IllegalStateException("no code for " + Op.name(graph.op(node)));
        }
      }
    }
  }

  /**
   * The guest-physical bytes that the trace stands for, the one at its end that it leaves for, too.
   */
  private long[] ranges(Trace trace) {
    Decoded opaque = graph.opaque();
    boolean alone = graph.aux(graph.count() - 1) == Graph.STEP;
    int count = graph.stepCount() + (opaque == null && !alone ? 0 : 1);
    long[] found = new long[2 * count + 2];
    int used = 0;
    for (int step = 0; step < count; step++) {
      Decoded decoded = step < graph.stepCount() ? graph.instruction(step) : opaque;
      long start = graph.pc(step) - trace.pc + trace.gpa;
      long end = start + (decoded == null ? 1 : decoded.length());
      if (used > 0 && found[used - 1] == start) {
        found[used - 1] = end;
      } else {
        found[used++] = start;
        found[used++] = end;
      }
    }
    if (trace.secondPage >= 0) {
      long pageEnd = (trace.gpa | 4095) + 1;
      long end = found[used - 1];
      found[used - 1] = pageEnd;
      found[used++] = trace.secondPage;
      found[used++] = trace.secondPage + (end - pageEnd);
    }
    return java.util.Arrays.copyOf(found, used);
  }
}
