package vivarium.cpu.translation.bytecode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import vivarium.cpu.translation.graph.Op;

/**
 * The order of a region's blocks, such that only loops go back, and how many steps can be made from
 * the beginning of each before control goes back or leaves. It is there that budget is looked at.
 */
final class RegionShape {
  private final List<FlatTrace> blocks = new ArrayList<>();
  private final Map<Long, Integer> places = new HashMap<>();
  private final int[] longest;

  /**
   * Makes it.
   *
   * @param unordered the head first; one that control cannot reach is left out
   */
  RegionShape(List<FlatTrace> unordered) {
    Map<Long, FlatTrace> byPc = new HashMap<>();
    for (FlatTrace block : unordered) {
      byPc.put(block.pc, block);
    }
    visit(unordered.get(0), byPc);
    for (int i = 0; i < blocks.size(); i++) {
      places.put(blocks.get(i).pc, i);
    }
    longest = new int[blocks.size()];
    for (int i = blocks.size() - 1; i >= 0; i--) {
      longest[i] = longestFrom(i);
    }
  }

  /** Depth first; a block goes before all that were finished earlier. */
  private void visit(FlatTrace block, Map<Long, FlatTrace> unvisited) {
    unvisited.remove(block.pc);
    for (long target : targets(block)) {
      FlatTrace next = unvisited.get(target);
      if (next != null) {
        visit(next, unvisited);
      }
    }
    blocks.add(0, block);
  }

  private static List<Long> targets(FlatTrace block) {
    List<Long> found = new ArrayList<>();
    for (int node = 0; node < block.count(); node++) {
      int op = block.op(node);
      if (op == Op.BRANCH || op == Op.END) {
        found.add(block.values[node]);
      }
    }
    for (int i = 0; i < block.targetCount; i++) {
      found.add(block.targets[i]);
    }
    return found;
  }

  private int longestFrom(int place) {
    FlatTrace block = blocks.get(place);
    int most = block.steps;
    for (int node = 0; node < block.count(); node++) {
      int op = block.op(node);
      if (op == Op.BRANCH || op == Op.END) {
        most = Math.max(most, block.completed(node) + onward(place, block.values[node]));
      }
    }
    for (int i = 0; i < block.targetCount; i++) {
      most = Math.max(most, block.steps + onward(place, block.targets[i]));
    }
    return most;
  }

  private int onward(int place, long pc) {
    int to = place(pc);
    return to > place ? longest[to] : 0;
  }

  /** The blocks, in the order of their code. */
  List<FlatTrace> blocks() {
    return blocks;
  }

  /** The place of the block at a pc, or -1. */
  int place(long pc) {
    return places.getOrDefault(pc, -1);
  }

  /** Most steps from the beginning of a block until budget is looked at. */
  int longest(int place) {
    return longest[place];
  }
}
