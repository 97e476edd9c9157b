package vivarium.memory.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.memory.RamFrames;
import vivarium.memory.nested.NestedStrategy;
import vivarium.testkit.paging.PagedGuest;
import vivarium.testkit.paging.RandomTableActivity;

/** Twin guests, one under shadow, one under nested tables, do the same random things. */
@SuppressWarnings("NullAway.Init")
class RandomActivityTest {
  private static final int STEPS = 10_000;

  private PagedGuest shadow;
  private RandomTableActivity activity;

  private void start(
      long seed, boolean orderly, RamFrames ramFrames, int tableFrames, String... options) {
    shadow = Guests.of(new ShadowStrategy(), ramFrames, tableFrames, options);
    PagedGuest nested = Guests.of(new NestedStrategy(), ramFrames, 16);
    activity = new RandomTableActivity(seed, orderly, nested, shadow);
  }

  private void assertShadowsWereUsed() {
    assertThat(shadow.counters().monitorTableReferences).as("walks of shadows").isPositive();
    assertThat(shadow.counters().shadowMisses).as("misses").isPositive();
    assertThat(shadow.counters().tableWrites).as("trapped writes").isPositive();
  }

  private void run() {
    for (int step = 0; step < STEPS; step++) {
      activity.step();
    }
    assertShadowsWereUsed();
    activity.end();
  }

  @ParameterizedTest
  @CsvSource({"1,true", "2,false", "3,false", "4,true", "5,false"})
  void eachAccessFindsWhatThePlainWalkFinds(long seed, boolean orderly) {
    start(seed, orderly, PagedGuest.IN_ORDER, 1024);
    run();
  }

  @ParameterizedTest
  @CsvSource({"11,true", "12,false", "13,false"})
  void eachAccessFindsWhatThePlainWalkFindsWhereFramesLieScattered(long seed, boolean orderly) {
    start(seed, orderly, PagedGuest.SCATTERED, 1024);
    run();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 12})
  void eachAccessFindsWhatThePlainWalkFindsWhereFramesAreShort(int frames) {
    start(frames, frames % 2 == 0, PagedGuest.IN_ORDER, frames);
    run();
  }

  @ParameterizedTest
  @CsvSource({"21,true", "22,false", "23,true"})
  void tablesOutOfSyncAreRightAfterAFence(long seed, boolean orderly) {
    start(seed, orderly, PagedGuest.IN_ORDER, 1024, "out-of-sync", "true");
    for (int round = 0; round < STEPS / 16; round++) {
      for (int i = activity.below(16); i > 0; i--) {
        activity.write();
      }
      shadow.paging().fence(0, true, 0, true);
      for (int i = activity.below(16); i > 0; i--) {
        activity.access();
      }
    }
    assertThat(shadow.counters().named("shadow-tables-out-of-sync").sum()).isPositive();
    assertShadowsWereUsed();
    activity.end();
  }

  @Test
  void accessToRamThatIsRepeatedNeedsNoWalkOfTheGuestsTables() {
    start(31, false, PagedGuest.IN_ORDER, 1024);
    int answered = 0;
    for (int step = 0; step < STEPS; step++) {
      if (activity.below(8) == 0) {
        activity.write();
      }
      RandomTableActivity.Found found = activity.access();
      if (found.text().matches("gpa=80[0-7]\\w{5} .*")) {
        long misses = shadow.counters().shadowMisses;
        assertThat(shadow.access(found.context(), found.va(), found.access()))
            .isEqualTo(found.text());
        assertThat(shadow.counters().shadowMisses).as(found.text()).isEqualTo(misses);
        answered++;
      }
    }
    assertThat(answered).isGreaterThan(STEPS / 100);
  }

  @ParameterizedTest
  @CsvSource({"41,true", "42,false", "43,true", "44,false"})
  void guestCodeThatFencesItsTableWritesCannotTellTheDifference(long seed, boolean orderly) {
    start(seed, orderly, seed > 42 ? PagedGuest.IN_ORDER : PagedGuest.SCATTERED, 24);
    for (int step = 0; step < STEPS; step++) {
      if (step % 10 == 0) {
        activity.switchSpace();
        activity.write();
      }
      activity.execute();
    }
    assertShadowsWereUsed();
    activity.end();
  }
}
