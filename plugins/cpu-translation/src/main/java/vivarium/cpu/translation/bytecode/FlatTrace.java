package vivarium.cpu.translation.bytecode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Invoker;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Liveness;
import vivarium.cpu.translation.graph.Op;

/**
 * A graph that stays: its live nodes, renumbered, in arrays of their own size: those that compute
 * nothing first, CONST, then READ. What it computes is immutable, so the background thread may read
 * it; its history belongs to the hart's thread.
 */
final class FlatTrace {
  static final int OP = 0;
  static final int AUX = 1;
  static final int A = 2;
  static final int B = 3;
  static final int C = 4;
  static final int STRIDE = 5;

  /** In {@link #OP}: the node is an I64. */
  static final int WIDE = 0x40;

  static final int OP_MASK = WIDE - 1;

  private static final int MOST_TARGETS = 16;

  final long gpa;
  final long pc;
  final int ready;

  /** Guest-physical address of a second page with its code, or -1. */
  final long secondPage;

  /** Instructions in it. */
  final int steps;

  /** What to call at its pc where it has no steps, if that is known. */
  final @Nullable Decoded opaque;

  /** What calls {@link #opaque}; found when it is first called. */
  @Nullable Invoker invoker;

  /** How many nodes are CONST: the first. */
  final int constants;

  /** How many nodes compute nothing: CONST and READ. */
  final int given;

  /** Five numbers a node. */
  final int[] code;

  final long[] values;
  final int[] stepOf;

  /** Address of each step, and of what follows the last. */
  final long[] pcs;

  /** Pairs of guest-physical addresses, start and end, of the bytes it was made from. */
  private final long[] ranges;

  /** Times it ran cold. */
  int runs;

  /** Where its indirect jump was seen to go, as many as {@link #targetCount}. */
  final long[] targets;

  int targetCount;

  /** Compiled code that begins with it. */
  @Nullable Region region;

  /** Whether it has been handed to the compiler, or refused by it. */
  boolean requested;

  /** How often its region was made anew with more in it. */
  int remakes;

  /** Regions with it in them that are being made: it is not to be the head of another one yet. */
  int awaited;

  /** What {@link #runs} was when it was last made part of a region: it counts from there. */
  int coldRuns;

  /** Whether a region that begins here was left too often for accesses that were not near. */
  boolean reachesFar;

  boolean dropped;

  /**
   * Another trace that begins at the same place in the same page, with other addresses or units.
   */
  @Nullable FlatTrace next;

  /** Its first steps as traces of their own, by their number; made when a budget ends in it. */
  private final @Nullable FlatTrace[] beginnings;

  /** Heads of the regions that this trace is part of, itself not included. */
  final List<FlatTrace> partOf = new ArrayList<>(0);

  FlatTrace(Graph graph, Liveness liveness, long gpa, long pc, int ready, int parcel) {
    this.gpa = gpa;
    this.pc = pc;
    this.ready = ready;
    secondPage = graph.secondPage();
    steps = graph.stepCount();
    opaque = graph.opaque();
    pcs = new long[steps + 1];
    for (int i = 0; i < steps; i++) {
      pcs[i] = graph.pc(i);
    }
    pcs[steps] = graph.op(graph.count() - 1) == Op.END ? graph.pc(steps) : 0;
    int[] places = new int[graph.count()];
    Arrays.fill(places, -1);
    constants = place(graph, liveness, Op.CONST, places, 0);
    given = place(graph, liveness, Op.READ, places, constants);
    int live = placeOthers(liveness, places, given);
    code = new int[live * STRIDE];
    values = new long[live];
    stepOf = new int[live];
    for (int node = 0; node < places.length; node++) {
      if (places[node] >= 0) {
        copy(graph, node, places);
      }
    }
    ranges = ranges(graph, parcel);
    targets = new long[op(live - 1) == Op.JUMP ? MOST_TARGETS : 0];
    beginnings = new FlatTrace[steps];
  }

  private static int place(Graph graph, Liveness liveness, int op, int[] places, int from) {
    int next = from;
    for (int node = 0; node < places.length; node++) {
      if (graph.op(node) == op && !liveness.isDead(node)) {
        places[node] = next++;
      }
    }
    return next;
  }

  private static int placeOthers(Liveness liveness, int[] places, int from) {
    int next = from;
    for (int node = 0; node < places.length; node++) {
      if (places[node] < 0 && !liveness.isDead(node)) {
        places[node] = next++;
      }
    }
    return next;
  }

  /** The trace of its first steps, if it has been made. */
  @Nullable FlatTrace beginning(int count) {
    return beginnings[count];
  }

  /** Keeps the trace of its first steps. */
  void setBeginning(int count, FlatTrace beginning) {
    beginnings[count] = beginning;
  }

  /** Notes that its indirect jump, if it ends with one, went to an address. */
  void wentTo(long target) {
    for (int i = 0; i < targetCount; i++) {
      if (targets[i] == target) {
        return;
      }
    }
    if (targetCount < targets.length) {
      targets[targetCount++] = target;
    }
  }

  private void copy(Graph graph, int node, int[] places) {
    int to = places[node];
    int base = to * STRIDE;
    int op = graph.op(node);
    code[base + OP] = graph.wide(node) ? op | WIDE : op;
    code[base + AUX] = graph.aux(node);
    code[base + A] = graph.a(node) < 0 ? -1 : places[graph.a(node)];
    code[base + B] = graph.b(node) < 0 || op == Op.WRITE ? -1 : places[graph.b(node)];
    code[base + C] = graph.c(node) < 0 ? -1 : places[graph.c(node)];
    values[to] = graph.value(node);
    stepOf[to] = to < given ? 0 : graph.step(node);
  }

  /** An instruction that is left to the engine counts where it is all there is. */
  private long[] ranges(Graph graph, int parcel) {
    List<Long> found = new ArrayList<>();
    if (steps == 0) {
      Decoded first = opaque;
      add(found, pc, first == null ? parcel : first.length());
    }
    for (int i = 0; i < steps; i++) {
      Decoded decoded = graph.instruction(i);
      add(found, pcs[i], decoded == null ? parcel : decoded.length());
    }
    return found.stream().mapToLong(Long::longValue).toArray();
  }

  private void add(List<Long> found, long va, int length) {
    long start = va - pc + gpa;
    long end = start + length;
    long pageEnd = (gpa | 0xfff) + 1;
    if (end > pageEnd && secondPage >= 0) {
      found.add(secondPage);
      found.add(secondPage + (end - pageEnd));
      end = pageEnd;
    }
    int last = found.size() - 1;
    if (last > 0 && found.get(last) == start) {
      found.set(last, end);
    } else {
      found.add(start);
      found.add(end);
    }
  }

  /** Whether any of its bytes are in a range. */
  boolean touches(long from, int length) {
    for (int i = 0; i < ranges.length; i += 2) {
      if (from < ranges[i + 1] && ranges[i] < from + length) {
        return true;
      }
    }
    return false;
  }

  /** Whether a region is to begin here if it runs cold often enough. */
  boolean mayBecomeHot() {
    return !requested && awaited == 0;
  }

  int count() {
    return values.length;
  }

  int op(int node) {
    return code[node * STRIDE + OP] & OP_MASK;
  }

  boolean wide(int node) {
    return (code[node * STRIDE + OP] & WIDE) != 0;
  }

  int aux(int node) {
    return code[node * STRIDE + AUX];
  }

  int a(int node) {
    return code[node * STRIDE + A];
  }

  int b(int node) {
    return code[node * STRIDE + B];
  }

  int c(int node) {
    return code[node * STRIDE + C];
  }

  /** Instructions complete when the trace is left at a BRANCH, JUMP or END. */
  int completed(int node) {
    return op(node) == Op.END ? stepOf[node] : stepOf[node] + 1;
  }
}
