package vivarium.core.verify;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.core.machine.Outcome;

/**
 * Runs two machines in turns, some steps each, and compares them; finds the first instruction after
 * which they are not the same. The first machine is the one that is right. For one thread.
 */
public final class LockStep {
  private static final Logger LOG = LoggerFactory.getLogger(LockStep.class);

  private final Supplier<? extends Subject> expected;
  private final Supplier<? extends Subject> actual;
  private final Plan plan;

  /**
   * How to go about it.
   *
   * @param steps how many to make; fewer if the guest ends
   * @param every steps between two comparisons of everything but RAM
   * @param memoryEvery steps between two comparisons of RAM, which is compared at the end as well
   */
  public record Plan(long steps, long every, long memoryEvery) {
    /** Checks that all are positive. */
    public Plan {
      if (steps < 1 || every < 1 || memoryEvery < 1) {
        throw new IllegalArgumentException("a number of steps is positive");
      }
    }
  }

  /** What came of it. */
  public sealed interface Result {
    /**
     * No difference was found.
     *
     * @param steps how many each has made
     * @param intervals how often they were compared
     * @param outcome of the last run
     */
    record Same(long steps, long intervals, Outcome outcome) implements Result {}

    /** They part. */
    record Different(Difference difference) implements Result {}
  }

  /**
   * A stretch at whose end something differs.
   *
   * @param from the last step at which what differs was seen equal
   * @param memoryFrom the last step at which RAM was seen equal
   * @param to the step at which it differs
   * @param page an address in the page that differs, if it was RAM
   * @param mismatches as they were seen
   */
  record Found(long from, long memoryFrom, long to, OptionalLong page, List<Mismatch> mismatches) {}

  /**
   * Prepares a comparison.
   *
   * @param expected makes the machine that is right, in the same state each time; one at a time is
   *     open
   * @param actual makes the other one
   */
  public LockStep(
      Supplier<? extends Subject> expected, Supplier<? extends Subject> actual, Plan plan) {
    this.expected = expected;
    this.actual = actual;
    this.plan = plan;
  }

  /** Runs both until they differ, the guest ends or the steps are made. */
  public Result run() {
    Found found;
    try (Pair pair = open()) {
      long intervals = 0;
      long memoryFrom = 0;
      found = compare(pair, 0, memoryFrom, true);
      while (found == null && pair.granted() < plan.steps() && !pair.ended()) {
        long from = pair.granted();
        pair.advance(Math.min(plan.every(), plan.steps() - from));
        intervals++;
        boolean last = pair.ended() || pair.granted() == plan.steps();
        boolean memoryDue = last || pair.granted() - memoryFrom >= plan.memoryEvery();
        found = compare(pair, from, memoryFrom, memoryDue);
        if (memoryDue) {
          memoryFrom = pair.granted();
          LOG.info("equal after {} steps", pair.steps());
        }
      }
      if (found == null) {
        return new Result.Same(pair.steps(), intervals, pair.outcome());
      }
    }
    LOG.info("different after {} steps; runs anew to find out where", found.to());
    return new Result.Different(new Bisection(this::open, plan.every()).locate(found));
  }

  private static @Nullable Found compare(Pair pair, long from, long memoryFrom, boolean memory) {
    List<Mismatch> mismatches = pair.stateMismatches();
    if (!mismatches.isEmpty()) {
      return new Found(from, memoryFrom, pair.granted(), OptionalLong.empty(), mismatches);
    }
    OptionalLong gpa = memory ? pair.memoryMismatch() : OptionalLong.empty();
    if (gpa.isPresent()) {
      List<Mismatch> found = List.of(pair.memoryMismatchAt(gpa.getAsLong()));
      return new Found(memoryFrom, memoryFrom, pair.granted(), gpa, found);
    }
    return null;
  }

  private Pair open() {
    Subject first = expected.get();
    try {
      return new Pair(first, actual.get());
    } catch (Throwable e) {
      first.close();
      throw e;
    }
  }
}
