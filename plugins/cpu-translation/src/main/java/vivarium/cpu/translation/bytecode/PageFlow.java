package vivarium.cpu.translation.bytecode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import vivarium.cpu.translation.graph.Op;

/**
 * How control goes between traces of one page, each taken to end where another one begins, so that
 * no instruction is in two of them.
 */
final class PageFlow {
  private final List<FlatTrace> traces;
  private final Map<Long, Integer> places = new HashMap<>();
  private final int[] steps;
  private final List<List<Integer>> successors = new ArrayList<>();
  private final List<List<Integer>> predecessors = new ArrayList<>();

  PageFlow(List<FlatTrace> traces) {
    this.traces = traces;
    steps = new int[traces.size()];
    for (int i = 0; i < traces.size(); i++) {
      places.put(traces.get(i).pc, i);
      successors.add(new ArrayList<>());
      predecessors.add(new ArrayList<>());
    }
    traces.forEach(this::passTargetsOn);
    for (int i = 0; i < traces.size(); i++) {
      connect(i);
    }
  }

  /** Where the jump at the end of a trace went counts for the one that begins last within it. */
  private void passTargetsOn(FlatTrace trace) {
    int step = trace.targetCount == 0 ? 0 : trace.steps - 1;
    while (step > 0 && !places.containsKey(trace.pcs[step])) {
      step--;
    }
    if (step > 0) {
      FlatTrace last = traces.get(places.getOrDefault(trace.pcs[step], 0));
      for (int i = 0; i < trace.targetCount; i++) {
        last.wentTo(trace.targets[i]);
      }
    }
  }

  private void connect(int place) {
    FlatTrace trace = traces.get(place);
    int end = 1;
    while (end < trace.steps && !places.containsKey(trace.pcs[end])) {
      end++;
    }
    steps[place] = end;
    for (int node = 0; node < trace.count() && trace.stepOf[node] < end; node++) {
      if (trace.op(node) == Op.BRANCH) {
        connect(place, trace.values[node]);
      }
    }
    if (end < trace.steps) {
      connect(place, trace.pcs[end]);
      return;
    }
    if (trace.op(trace.count() - 1) == Op.END) {
      connect(place, trace.values[trace.count() - 1]);
    }
    for (int i = 0; i < trace.targetCount; i++) {
      connect(place, trace.targets[i]);
    }
  }

  private void connect(int from, long pc) {
    Integer to = places.get(pc);
    if (to != null) {
      successors.get(from).add(to);
      predecessors.get(to).add(from);
    }
  }

  int size() {
    return traces.size();
  }

  FlatTrace trace(int place) {
    return traces.get(place);
  }

  int place(FlatTrace trace) {
    return places.getOrDefault(trace.pc, -1);
  }

  /** Instructions of a trace until another one begins. */
  int steps(int place) {
    return steps[place];
  }

  /** Instructions of several. */
  int steps(BitSet set) {
    return set.stream().map(i -> steps[i]).sum();
  }

  List<Integer> successors(int place) {
    return successors.get(place);
  }

  List<Integer> predecessors(int place) {
    return predecessors.get(place);
  }

  /** The loop around a node within a set: what it reaches and what reaches it. */
  BitSet loop(int node, BitSet allowed) {
    BitSet loop = reach(node, allowed, true);
    loop.and(reach(node, allowed, false));
    return loop;
  }

  /** What can be reached from a node, itself included, or what reaches it, within a set. */
  private BitSet reach(int from, BitSet allowed, boolean forward) {
    BitSet reached = new BitSet();
    Deque<Integer> open = new ArrayDeque<>();
    open.add(from);
    reached.set(from);
    while (!open.isEmpty()) {
      int at = open.remove();
      for (int next : (forward ? successors : predecessors).get(at)) {
        if (allowed.get(next) && !reached.get(next)) {
          reached.set(next);
          open.add(next);
        }
      }
    }
    return reached;
  }
}
