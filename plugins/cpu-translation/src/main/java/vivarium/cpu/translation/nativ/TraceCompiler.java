package vivarium.cpu.translation.nativ;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vivarium.api.fp.Fpu;
import vivarium.api.isa.Decoded;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.InstructionTemplate;
import vivarium.cpu.translation.graph.Liveness;
import vivarium.cpu.translation.graph.Op;
import vivarium.cpu.translation.x64.CpuFeatures;
import vivarium.cpu.translation.x64.X64Assembler;
import vivarium.cpu.translation.x64.X64Op;

/**
 * Makes machine code of a graph: one pass that chooses instructions and registers together, after
 * {@link Liveness} has looked at it from behind.
 */
final class TraceCompiler {
  /** Most bytes of code that one node takes, cold code not counted. */
  private static final int NODE_BYTES = 512;

  /** See {@link #compileBody}. */
  static final int COMPUTES_FLOATS = -2;

  private final X64Assembler asm = new X64Assembler(1 << 16);
  private final Graph graph;
  private final Liveness liveness;
  private final Residents residents;
  private final Places places;
  private final Leaving leaving;
  private final Integers integers;
  private final Accesses accesses;
  private final Floats floats;
  private final CodeRanges ranges = new CodeRanges();
  private final List<Snippet.Immediate> immediates = new ArrayList<>();

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
    leaving = new Leaving(asm, residents, stubs, sites, none);
    integers = new Integers(asm, graph, liveness, places, features);
    floats = new Floats(asm, graph, places, leaving, features);
    accesses = new Accesses(asm, graph, places, leaving, floats, features);
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
    begin(uniform, isLoop(trace), roundingMode);
    leaving.begin(trace, graph.stepCount(), floats.computes());
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

  private void begin(boolean uniform, boolean loop, int roundingMode) {
    liveness.analyse(graph);
    asm.reset();
    asm.reserve(NODE_BYTES);
    floats.begin(roundingMode);
    residents.choose(floats, loop);
    places.reset(residents);
    accesses.begin(uniform);
  }

  /** What host registers hold in what is compiled. */
  Residents residents() {
    return residents;
  }

  /** The cold code of a body, which is not emitted yet. */
  List<Leaving.Cold> cold() {
    return leaving.cold();
  }

  /**
   * Compiles the graph of a single instruction, its operands left open, to become part of traces:
   * {@link #cold()} is what it has beside its {@link #code()}. The values of register operands are
   * in {@link Snippet#input}; immediates are 32 bits to be filled in, sign-extended.
   *
   * @return the host's condition of a branch, the register of a result or of a jump's target, or
   *     -1; {@link #COMPUTES_FLOATS}, and no code, if it does
   */
  int compileBody(InstructionTemplate template, boolean uniform) {
    begin(uniform, false, Fpu.RNE);
    if (floats.computes()) {
      return COMPUTES_FLOATS;
    }
    immediates.clear();
    leaving.beginBody(new Trace(0, 0, 0, -1, 0));
    for (int node = 0; node < graph.count(); node++) {
      if (isInput(template, node) && !liveness.isDead(node)) {
        places.bind(node, Snippet.input(graph.aux(node)));
      }
    }
    int outcome = -1;
    for (int node = 0; node < graph.count(); node++) {
      if (liveness.isDead(node) || isInput(template, node)) {
        continue;
      }
      asm.reserve(NODE_BYTES);
      places.begin(node);
      switch (graph.op(node)) {
        case Op.PARAM -> leaveOpen(node);
        case Op.BRANCH -> outcome = integers.condition(graph.a(node));
        case Op.JUMP -> outcome = places.use(graph.plain(graph.a(node)));
        case Op.END -> {}
        default -> emit(node);
      }
    }
    return outcome;
  }

  private boolean isInput(InstructionTemplate template, int node) {
    return graph.op(node) == Op.PARAM && template.isRegister(graph.aux(node));
  }

  /** An immediate that is to be filled in. */
  private void leaveOpen(int node) {
    int register = places.define(node, Places.NONE);
    asm.ri(X64Op.MOV64, register, Integer.MAX_VALUE);
    immediates.add(new Snippet.Immediate(graph.aux(node), asm.position() - Integer.BYTES));
  }

  /** The immediates that are to be filled in. */
  List<Snippet.Immediate> immediates() {
    return immediates;
  }

  private void emit(int node) {
    switch (graph.op(node)) {
      case Op.CONST, Op.TRUNC -> {}
      case Op.READ -> places.read(graph.aux(node), node);
      case Op.WRITE -> places.write(graph.aux(node), graph.a(node));
      case Op.BRANCH -> {
        int unmade = graph.stepCount() - graph.steps(node);
        leaving.branch(graph.value(node), unmade, integers.condition(graph.a(node)));
      }
      case Op.JUMP -> jump(graph.plain(graph.a(node)));
      case Op.END -> leaving.end(graph.aux(node), graph.value(node), graph.opaque());
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

  /** To an address that is not known. */
  private void jump(int target) {
    if (graph.isConstant(target)) {
      leaving.end(Graph.CHAIN, graph.value(target), null);
      return;
    }
    int pc = places.use(target);
    if ((residents.borrowed() >>> pc & 1) != 0) {
      int borrowed = pc;
      pc = places.scratch();
      asm.rr(X64Op.MOV64, pc, borrowed);
    }
    int hash = places.scratch();
    leaving.jump(pc, hash, places.scratch());
  }

  /** Whether a trace goes on at its own start. */
  private boolean isLoop(Trace trace) {
    return trace.secondPage < 0 && graph.leadsTo(trace.pc);
  }

  /**
   * The guest-physical bytes that the trace stands for, the one at its end that it leaves for, too.
   */
  private long[] ranges(Trace trace) {
    Decoded opaque = graph.opaque();
    boolean alone = graph.aux(graph.count() - 1) == Graph.STEP;
    int count = graph.stepCount() + (opaque == null && !alone ? 0 : 1);
    ranges.clear();
    for (int step = 0; step < count; step++) {
      Decoded decoded = step < graph.stepCount() ? graph.instruction(step) : opaque;
      ranges.add(graph.pc(step) - trace.pc + trace.gpa, decoded == null ? 1 : decoded.length());
    }
    if (trace.secondPage >= 0) {
      ranges.split((trace.gpa | 4095) + 1, trace.secondPage);
    }
    return ranges.toArray();
  }
}
