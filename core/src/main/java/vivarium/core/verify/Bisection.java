package vivarium.core.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import vivarium.core.verify.LockStep.Found;
import vivarium.core.verify.Pair.Leg;

/**
 * Finds the instruction after which two machines part: runs them anew, in the same way, to where
 * they were still equal, then on in smaller runs, down to single steps.
 */
final class Bisection {
  /** Runs into which a stretch is cut: a comparison costs about as much as 10,000 steps. */
  private static final long PARTS = 1000;

  /** How often a difference of RAM that lies before another difference is followed. */
  private static final int MOST_CAUSES = 8;

  private final Supplier<Pair> pairs;
  private final long every;

  /**
   * Where it happens.
   *
   * @param before the way to the last step at which all is equal
   * @param after the way to the first at which it is not
   */
  private record Place(List<Leg> before, List<Leg> after) {
    long equalSteps() {
      return before.getLast().until();
    }

    long differentSteps() {
      return after.getLast().until();
    }
  }

  /**
   * Prepares.
   *
   * @param pairs makes both machines anew
   * @param every steps of the runs at whose end something was found
   */
  Bisection(Supplier<Pair> pairs, long every) {
    this.pairs = pairs;
    this.every = every;
  }

  Difference locate(Found first) {
    Place place = first.to() == 0 ? null : narrow(first.from(), first.to(), first.page());
    if (place == null) {
      boolean atOnce = first.to() == 0;
      return new Difference(
          first.from(),
          first.to(),
          atOnce,
          atOnce ? "none yet" : instructionAfter(way(first.from())),
          "",
          first.mismatches());
    }
    // what a load reads may have gone wrong long before: RAM is compared more seldom
    for (int i = 0; i < MOST_CAUSES; i++) {
      OptionalLong gpa = memoryMismatch(place.before());
      if (gpa.isEmpty() || place.equalSteps() <= first.memoryFrom()) {
        break;
      }
      Place cause = narrow(first.memoryFrom(), place.equalSteps(), gpa);
      if (cause == null) {
        break;
      }
      place = cause;
    }
    return describe(place);
  }

  private List<Leg> way(long step) {
    return List.of(new Leg(step, every));
  }

  /**
   * Finds the step within a stretch.
   *
   * @return null if nothing differs when the stretch is run anew
   */
  private @Nullable Place narrow(long first, long last, OptionalLong page) {
    List<Leg> legs = new ArrayList<>(way(first));
    long from = first;
    long to = last;
    while (true) {
      long part = Math.ceilDiv(to - from, PARTS);
      long equal = lastEqual(legs, to, part, page);
      if (equal < 0) {
        return byRunsOfGrowingLength(legs, to, page);
      }
      legs.add(new Leg(equal, part));
      from = equal;
      to = Math.min(to, equal + part);
      if (part == 1) {
        return new Place(legs, with(legs, new Leg(to, 1)));
      }
    }
  }

  /** The last step before a difference, looking after each run; -1 if there is none. */
  private long lastEqual(List<Leg> legs, long to, long part, OptionalLong page) {
    try (Pair pair = pairs.get()) {
      pair.replay(legs);
      while (pair.granted() < to && !pair.ended()) {
        long equal = pair.granted();
        pair.advance(Math.min(part, to - equal));
        if (differs(pair, page)) {
          return equal;
        }
      }
      return -1;
    }
  }

  /**
   * For engines that are right in short runs: how long must one run be for something to differ at
   * its end? Starts anew for each length, and halves.
   */
  private @Nullable Place byRunsOfGrowingLength(List<Leg> legs, long to, OptionalLong page) {
    long equal = legs.getLast().until();
    long different = to;
    if (!differsAfter(withRun(legs, to), page)) {
      return null;
    }
    while (different - equal > 1) {
      long middle = equal + (different - equal) / 2;
      if (differsAfter(withRun(legs, middle), page)) {
        different = middle;
      } else {
        equal = middle;
      }
    }
    return new Place(withRun(legs, equal), withRun(legs, different));
  }

  private static List<Leg> withRun(List<Leg> legs, long until) {
    return with(legs, new Leg(until, Long.MAX_VALUE));
  }

  private static List<Leg> with(List<Leg> legs, Leg last) {
    List<Leg> longer = new ArrayList<>(legs);
    longer.add(last);
    return longer;
  }

  private boolean differsAfter(List<Leg> legs, OptionalLong page) {
    try (Pair pair = pairs.get()) {
      pair.replay(legs);
      return differs(pair, page);
    }
  }

  private static boolean differs(Pair pair, OptionalLong page) {
    return !pair.stateMismatches().isEmpty()
        || page.isPresent() && pair.pageMismatch(page.getAsLong()).isPresent();
  }

  private OptionalLong memoryMismatch(List<Leg> legs) {
    try (Pair pair = pairs.get()) {
      pair.replay(legs);
      return pair.memoryMismatch();
    }
  }

  private String instructionAfter(List<Leg> legs) {
    try (Pair pair = pairs.get()) {
      pair.replay(legs);
      return pair.nextInstruction();
    }
  }

  private Difference describe(Place place) {
    String instruction;
    String explanation;
    try (Pair pair = pairs.get()) {
      pair.replay(place.before());
      instruction = pair.nextInstruction();
      explanation = pair.explanation();
    }
    try (Pair pair = pairs.get()) {
      pair.replay(place.after());
      List<Mismatch> mismatches = new ArrayList<>(pair.stateMismatches());
      pair.memoryMismatch().ifPresent(gpa -> mismatches.add(pair.memoryMismatchAt(gpa)));
      return new Difference(
          place.equalSteps(), place.differentSteps(), true, instruction, explanation, mismatches);
    }
  }
}
