package vivarium.cpu.translation.bytecode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.Trap;
import vivarium.cpu.translation.graph.CodeSource;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Liveness;
import vivarium.cpu.translation.graph.TraceBuilder;

/**
 * Chooses what is compiled together with a hot trace: the widest loop around it that is not too
 * large, entered where it is entered; or, where there is none, what follows it and is in no other
 * region. So most code is in one region only, and what HotSpot sees are whole loops.
 */
final class RegionPlanner {
  /** Most instructions of a region. */
  private static final int MAX_STEPS = 200;

  /** A trace is warm if it ran cold at least this part of what makes it hot. */
  private static final int WARM = 64;

  /** How often a region is made anew because it lacks something. */
  private static final int MOST_REMAKES = 4;

  private final TraceStore store;
  private final TraceBuilder builder;
  private final CodeSource source;
  private final int warmRuns;
  private final int parcel;
  private final Liveness liveness = new Liveness(HartBlock.MAX_REGISTERS, true);

  RegionPlanner(
      TraceStore store, TraceBuilder builder, CodeSource source, int hotRuns, int parcel) {
    this.store = store;
    this.builder = builder;
    this.source = source;
    this.parcel = parcel;
    warmRuns = hotRuns / WARM;
  }

  /** Plans the region of a hot trace, which need not be its head. */
  RegionPlan plan(FlatTrace hot) throws Trap {
    if (hot.secondPage >= 0) {
      return new RegionPlan(List.of(hot), List.of(hot), !hot.reachesFar);
    }
    PageFlow flow = new PageFlow(store.warm(hot, warmRuns));
    int at = flow.place(hot);
    BitSet loop = loopAround(flow, at);
    List<Integer> chosen = new ArrayList<>();
    if (loop.cardinality() > 1 || flow.successors(at).contains(at)) {
      chosen.add(entry(flow, loop, at));
      loop.clear(chosen.get(0));
      loop.stream().forEach(chosen::add);
    } else {
      chosen = onward(flow, at);
    }
    List<FlatTrace> members = new ArrayList<>();
    List<FlatTrace> blocks = new ArrayList<>();
    for (int node : chosen) {
      members.add(flow.trace(node));
    }
    for (int node : chosen) {
      blocks.add(cut(flow.trace(node), flow.steps(node)));
    }
    return new RegionPlan(members, blocks, !members.get(0).reachesFar);
  }

  /**
   * The loop around a node, or as much of it as runs most and is not too large; the node alone if
   * there is none.
   */
  private static BitSet loopAround(PageFlow flow, int node) {
    BitSet allowed = new BitSet();
    allowed.set(0, flow.size());
    BitSet loop = flow.loop(node, allowed);
    return flow.steps(loop) <= MAX_STEPS ? loop : flow.loop(node, grow(flow, node, loop));
  }

  /** Adds to a node those of a loop that are connected with it, those that run most first. */
  private static BitSet grow(PageFlow flow, int node, BitSet loop) {
    BitSet grown = new BitSet();
    BitSet open = new BitSet();
    int steps = 0;
    int next = node;
    while (next >= 0) {
      open.clear(next);
      if (steps + flow.steps(next) <= MAX_STEPS) {
        steps += flow.steps(next);
        grown.set(next);
        flow.successors(next).forEach(open::set);
        flow.predecessors(next).forEach(open::set);
        open.and(loop);
        open.andNot(grown);
      } else {
        loop.clear(next);
      }
      next = open.stream().boxed().max(Comparator.comparing(i -> flow.trace(i).runs)).orElse(-1);
    }
    return grown;
  }

  /**
   * Where a loop is entered most: a region there that lacks the hot node is made anew. Otherwise
   * the hot node is entered from elsewhere, and begins a region of its own.
   */
  private static int entry(PageFlow flow, BitSet loop, int hot) {
    int entry = hot;
    int most = 0;
    for (int node = loop.nextSetBit(0); node >= 0; node = loop.nextSetBit(node + 1)) {
      int entries = 0;
      for (int from : flow.predecessors(node)) {
        entries += loop.get(from) ? 0 : flow.trace(from).runs;
      }
      if (entries > most) {
        entry = node;
        most = entries;
      }
    }
    FlatTrace found = flow.trace(entry);
    FlatTrace hotTrace = flow.trace(hot);
    if (entry == hot || !found.requested) {
      return entry;
    }
    if (found.awaited == 0 && found.remakes < MOST_REMAKES && !hotTrace.partOf.contains(found)) {
      found.remakes++;
      return entry;
    }
    return hot;
  }

  /** What follows a node and is in no region. */
  private static List<Integer> onward(PageFlow flow, int node) {
    List<Integer> chosen = new ArrayList<>();
    Deque<Integer> next = new ArrayDeque<>();
    next.add(node);
    int steps = 0;
    while (!next.isEmpty()) {
      int at = next.remove();
      if (!chosen.contains(at) && steps + flow.steps(at) <= MAX_STEPS) {
        chosen.add(at);
        steps += flow.steps(at);
        for (int successor : flow.successors(at)) {
          FlatTrace trace = flow.trace(successor);
          if (trace.region == null && !trace.requested) {
            next.add(successor);
          }
        }
      }
    }
    return chosen;
  }

  /** The first steps of a trace. */
  private FlatTrace cut(FlatTrace member, int steps) throws Trap {
    if (steps == member.steps) {
      return member;
    }
    Graph graph = builder.build(source, member.pc, member.gpa, member.ready, steps);
    liveness.analyse(graph);
    return new FlatTrace(graph, liveness, member.gpa, member.pc, member.ready, parcel);
  }
}
