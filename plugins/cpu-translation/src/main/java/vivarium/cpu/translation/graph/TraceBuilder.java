package vivarium.cpu.translation.graph;

import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.InstructionTable;
import vivarium.api.isa.Trap;

/**
 * Makes the graph of a trace of guest code. A trace begins at a pc and follows what is known: on
 * past branches (a branch forward leaves it when taken; one backward ends it, leaving being the
 * likelier way), through direct jumps and calls within the page, through returns whose address is
 * known from the call. It ends at the end of the page, an indirect jump, an instruction that is
 * opaque, undecodable or not ready, or after {@link #maxSteps}.
 *
 * <p>The graph is the builder's own and is made anew by each call. One thread.
 */
public final class TraceBuilder {
  private static final int PAGE_BYTES = 4096;

  /** From so many instructions on, a trace ends where another begins. */
  public static final int LEAST_STEPS = 4;

  /** Odd, so no instruction's address. */
  private static final long NO_LOOP = Long.MIN_VALUE | 1;

  /** A loop may be so many times as long as other traces. */
  private static final int LOOP_FACTOR = 4;

  /** Nodes beside a template's: link, its write, branch, end, a read for each write. */
  private static final int SPARE_NODES = 16;

  private final InstructionSet instructionSet;
  private final InstructionTable table;
  private final Templates templates;
  private final int maxSteps;
  private final int parcel;
  private final Graph graph;
  private final int[] map = new int[InstructionTemplate.MAX_NODES];

  /** Where the loop that is looked for begins; {@link #NO_LOOP} otherwise. */
  private long loop = NO_LOOP;

  /**
   * Makes a builder.
   *
   * @param registers registers of a hart, all banks together
   * @param maxSteps most instructions in a trace, at most {@link Graph#MAX_STEPS}
   */
  public TraceBuilder(
      InstructionSet instructionSet, Templates templates, int registers, int maxSteps) {
    this.instructionSet = instructionSet;
    this.table = instructionSet.table();
    this.templates = templates;
    this.maxSteps = Math.min(maxSteps, Graph.MAX_STEPS);
    this.parcel = instructionSet.instructionAlignment();
    this.graph = new Graph(registers);
  }

  /** Most instructions in a trace. */
  public int maxSteps() {
    return maxSteps;
  }

  /**
   * Makes the trace that begins at {@code pc}.
   *
   * @param gpa where that instruction lies in guest-physical memory
   * @param ready the hart's units that may be used, {@link vivarium.api.isa.Hart#ready}
   * @return the builder's graph, closed
   * @throws Trap from {@link CodeSource#secondPage} only
   */
  public Graph build(CodeSource source, long pc, long gpa, int ready) throws Trap {
    return build(source, pc, gpa, ready, maxSteps);
  }

  /**
   * As the other, of at most {@code steps} instructions.
   *
   * @param steps at most {@link #maxSteps}
   */
  public Graph build(CodeSource source, long pc, long gpa, int ready, int steps) throws Trap {
    graph.reset();
    long at = pc;
    while (!graph.closed()) {
      at = graph.stepCount() < steps ? step(source, at, gpa - pc, pc, ready) : end(at);
    }
    return graph;
  }

  /**
   * As {@link #build(CodeSource, long, long, int)}, for code that is found to run often: tries
   * whether it is a loop, through other traces' heads, and with branches backward taken.
   *
   * @return the builder's graph, closed; {@code null} if it does not come back to {@code pc}
   * @throws Trap from {@link CodeSource#secondPage} only
   */
  public @Nullable Graph buildLoop(CodeSource source, long pc, long gpa, int ready) throws Trap {
    if (maxSteps == 1) {
      return null;
    }
    loop = pc;
    try {
      int steps = Math.min(LOOP_FACTOR * maxSteps, Graph.MAX_STEPS);
      Graph built = build(source, pc, gpa, ready, steps);
      return built.leadsTo(pc) && built.secondPage() < 0 ? built : null;
    } finally {
      loop = NO_LOOP;
    }
  }

  private long end(long at) {
    graph.end(Graph.CHAIN, at, null);
    return at;
  }

  /** Adds one instruction, or the end; returns the pc at which to go on. */
  private long step(CodeSource source, long at, long toGpa, long start, int ready) {
    if (!graph.hasRoom(InstructionTemplate.MAX_NODES + SPARE_NODES)) {
      graph.end(Graph.CHAIN, at, null);
      return at;
    }
    int bits = (int) source.load(at + toGpa, parcel);
    int length = instructionSet.length(bits);
    boolean crosses = offset(at) + length > PAGE_BYTES;
    if (crosses && graph.stepCount() > 0) {
      graph.end(Graph.CHAIN, at, null);
      return at;
    }
    Decoded decoded = table.decode(rest(source, at, toGpa, bits, length), length);
    if (decoded == null || (instructionSet.requiredUnits(decoded) & ~ready) != 0) {
      graph.end(Graph.STEP, at, null);
      return at;
    }
    InstructionTemplate template = templates.template(decoded.instruction());
    if (template == null) {
      graph.end(Graph.OPAQUE, at, decoded);
      return at;
    }
    long next = add(template, decoded, at);
    if (!graph.closed()) {
      boolean jumps = next != at + decoded.length();
      boolean again = jumps ? visited(next) : next == start;
      if (crosses
          || again
          || !samePage(next, start)
          || loop == NO_LOOP && graph.stepCount() >= LEAST_STEPS && source.isHead(next + toGpa)) {
        graph.end(Graph.CHAIN, next, null);
      }
    }
    return next;
  }

  private int rest(CodeSource source, long at, long toGpa, int first, int length) {
    int bits = first;
    for (int have = parcel; have < length; have += parcel) {
      long gpa = at + have + toGpa;
      if (offset(at) + have >= PAGE_BYTES) {
        if (graph.secondPage() < 0) {
          graph.setSecondPage(source.secondPage(at + have));
        }
        gpa = graph.secondPage() + offset(at + have);
      }
      bits |= (int) source.load(gpa, parcel) << 8 * have;
    }
    return bits;
  }

  /** Adds a readable instruction; returns the pc that follows in the trace. */
  private long add(InstructionTemplate template, Decoded decoded, long at) {
    graph.beginStep(at, decoded);
    long next = at + decoded.length();
    int result = template.instantiate(graph, decoded, at, map);
    int destination = template.destination(decoded);
    switch (template.kind()) {
      case NONE -> {}
      case REGISTER -> {
        if (destination >= 0) {
          graph.write(destination, result);
        }
      }
      case BRANCH -> {
        return branch(result, at + template.branchOffset(decoded), at, next);
      }
      case JUMP -> {
        if (destination >= 0) {
          graph.write(destination, graph.constant(Graph.I64, next));
        }
        if (graph.isConstant(result)) {
          return graph.value(result);
        }
        graph.jump(result);
      }
    }
    return next;
  }

  private long branch(int condition, long target, long at, long next) {
    if (graph.isConstant(condition)) {
      return graph.value(condition) != 0 ? target : next;
    }
    boolean backward = Long.compareUnsigned(target, at) <= 0;
    if (backward && loop != NO_LOOP && target != loop && !visited(target)) {
      graph.branch(graph.not(condition), next, false);
      return target;
    }
    graph.branch(condition, target, backward);
    if (backward) {
      graph.end(Graph.CHAIN, next, null);
    }
    return next;
  }

  private boolean visited(long pc) {
    for (int i = 0; i < graph.stepCount(); i++) {
      if (graph.pc(i) == pc) {
        return true;
      }
    }
    return false;
  }

  private static int offset(long va) {
    return (int) va & PAGE_BYTES - 1;
  }

  private static boolean samePage(long a, long b) {
    return (a ^ b) >>> 12 == 0;
  }
}
