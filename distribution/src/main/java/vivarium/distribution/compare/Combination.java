package vivarium.distribution.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * Two strategies that run a guest together.
 *
 * @param cpu CPU strategy
 * @param memory memory strategy
 */
public record Combination(String cpu, String memory) {
  /** Every CPU strategy with every memory strategy, in their order. */
  public static List<Combination> all(List<String> cpus, List<String> memories) {
    List<Combination> all = new ArrayList<>();
    for (String cpu : cpus) {
      memories.forEach(memory -> all.add(new Combination(cpu, memory)));
    }
    return all;
  }

  /**
   * The strategies to compare where none are named: what is first of all, then the others; those
   * that only say how another one is to work ({@code translation-native} besides {@code
   * translation}) are left out.
   *
   * @param names all there are
   * @param first the one that others are compared with, if it is there
   */
  public static List<String> principal(List<String> names, String first) {
    List<String> chosen = new ArrayList<>(names);
    chosen.removeIf(name -> names.stream().anyMatch(other -> name.startsWith(other + "-")));
    if (chosen.remove(first)) {
      chosen.addFirst(first);
    }
    return chosen;
  }

  @Override
  public String toString() {
    return cpu + "/" + memory;
  }
}
