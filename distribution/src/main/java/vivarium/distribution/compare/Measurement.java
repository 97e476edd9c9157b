package vivarium.distribution.compare;

import java.util.Map;
import vivarium.api.cpu.Activity;
import vivarium.core.machine.Outcome;
import vivarium.core.machine.Statistics;

/** What came of running a guest under one combination. */
public sealed interface Measurement {
  /** Which combination. */
  Combination combination();

  /**
   * It ran.
   *
   * @param outcome how it ended
   * @param wallNanos time on the wall
   * @param cpuNanos processor time of the whole process meanwhile: the machine's thread, and
   *     HotSpot's compilers and collectors; 0 where the host does not tell
   * @param statistics what happened how often
   * @param shares what the first virtual processor's time went into, adding up to 1
   * @param console what the guest printed
   */
  record Ran(
      Combination combination,
      Outcome outcome,
      long wallNanos,
      long cpuNanos,
      Statistics statistics,
      Map<Activity, Double> shares,
      String console)
      implements Measurement {
    /** Copies the shares. */
    public Ran {
      shares = Map.copyOf(shares);
    }

    /** Million instructions (and traps) per second. */
    public double mips() {
      return statistics.steps() * 1e3 / Math.max(1, wallNanos);
    }

    /** Memory references per walk; 0 where there was no walk. */
    public double referencesPerWalk() {
      long walks = statistics.memory().getOrDefault(Statistics.WALKS, 0L);
      long references = statistics.memory().getOrDefault(Statistics.REFERENCES, 0L);
      return walks == 0 ? 0 : (double) references / walks;
    }
  }

  /**
   * It was refused before it started.
   *
   * @param reason one line
   */
  record Refused(Combination combination, String reason) implements Measurement {}
}
