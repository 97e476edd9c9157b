package vivarium.memory.protection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.memory.RamFrames;
import vivarium.memory.nested.NestedStrategy;
import vivarium.testkit.paging.PagedGuest;
import vivarium.testkit.paging.RandomTableActivity;

/**
 * Twin guests, one under protected, one under nested tables, do the same random things; and what
 * the walk of the frames alone finds is the same too.
 */
@SuppressWarnings("NullAway.Init")
class RandomActivityTest {
  private static final int STEPS = 4_000;

  private PagedGuest direct;
  private RandomTableActivity activity;

  private void start(long seed, RamFrames ramFrames, boolean orderly, int roots) {
    direct = Guests.of(new ProtectedStrategy(), ramFrames, "roots", "" + roots);
    PagedGuest nested = Guests.of(new NestedStrategy(), ramFrames);
    activity = new RandomTableActivity(seed, orderly, nested, direct);
  }

  private long interpreted() {
    return direct.counters().named("protected-walks-interpreted").sum();
  }

  /** An access, and what a hardware walker finds where the strategy asked none but the frames. */
  private RandomTableActivity.Found access() {
    long before = interpreted();
    RandomTableActivity.Found found = activity.access();
    if (before == interpreted()) {
      assertThat(Guests.hardwareWalk(direct, found.context(), found.va(), found.access()))
          .isEqualTo(found.text());
    }
    return found;
  }

  private void run() {
    for (int step = 0; step < STEPS; step++) {
      if (activity.below(200) == 0) {
        activity.protect();
      }
      switch (activity.below(4)) {
        case 0 -> activity.write();
        case 1 -> activity.read();
        default -> access();
      }
    }
    end();
  }

  private void end() {
    assertThat(direct.counters().walks).as("walks").isGreaterThan(interpreted());
    assertThat(direct.counters().tableWrites).as("trapped writes").isPositive();
    assertThat(direct.counters().named("protected-tables-typed").sum()).isPositive();
    activity.end();
    assertThat(direct.counters().named("protected-tables-untyped").sum())
        .isEqualTo(direct.counters().named("protected-tables-typed").sum());
    assertThat(direct.counters().tablePages).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1,128,true", "2,128,false", "3,2,true", "4,1,true", "5,1,false"})
  void eachAccessFindsWhatThePlainWalkFinds(long seed, int roots, boolean orderly) {
    start(seed, PagedGuest.IN_ORDER, orderly, roots);
    run();
  }

  @ParameterizedTest
  @CsvSource({"11,true", "12,false", "13,true"})
  void eachAccessFindsWhatThePlainWalkFindsWhereFramesLieScattered(long seed, boolean orderly) {
    start(seed, PagedGuest.SCATTERED, orderly, 128);
    run();
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32})
  void sensibleGuestsAccessesToRamAreMostlyAnsweredWithoutInterpretation(long seed) {
    start(seed, PagedGuest.IN_ORDER, true, 128);
    long inRam = 0;
    long interpretedInRam = 0;
    for (int step = 0; step < STEPS; step++) {
      if (activity.below(4) == 0) {
        activity.write();
      }
      long before = interpreted();
      RandomTableActivity.Found found = activity.access();
      if (found.text().matches("gpa=80[0-7]\\w{5} .*span=(1|200)000")) {
        inRam++;
        interpretedInRam += interpreted() - before;
      }
    }
    assertThat(inRam).isGreaterThan(STEPS / 20);
    assertThat(interpretedInRam).isLessThan(inRam / 10);
  }

  @ParameterizedTest
  @CsvSource({"41,true", "42,false", "43,true", "44,false"})
  void guestCodeThatFencesItsTableWritesCannotTellTheDifference(long seed, boolean orderly) {
    start(seed, seed > 42 ? PagedGuest.IN_ORDER : PagedGuest.SCATTERED, orderly, 128);
    for (int step = 0; step < STEPS; step++) {
      if (step % 10 == 0) {
        activity.switchSpace();
        activity.write();
      }
      activity.execute();
    }
    end();
  }
}
