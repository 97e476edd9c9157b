package vivarium.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static vivarium.core.schedule.VirtualHost.MILLI;
import static vivarium.core.schedule.VirtualHost.SECOND;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.VivariumException;
import vivarium.core.schedule.VirtualHost.Paper;

/** Scheduling on virtual time: nothing here depends on how fast the host is. */
class DispatcherTest {
  private static final long NEVER = Long.MAX_VALUE;

  private static double share(Paper machine) {
    return machine.shareSince(0, 0);
  }

  @Test
  void sharesConvergeToWeights() {
    VirtualHost host = new VirtualHost(1);
    Paper one = host.hog(100);
    Paper two = host.hog(200);
    Paper three = host.hog(300);
    host.pass(10 * SECOND);
    assertThat(share(one)).isCloseTo(1 / 6.0, within(0.002));
    assertThat(share(two)).isCloseTo(2 / 6.0, within(0.002));
    assertThat(share(three)).isCloseTo(3 / 6.0, within(0.002));
  }

  @Test
  void sharesConvergeToWeightsOnSeveralProcessors() {
    VirtualHost host = new VirtualHost(2);
    Paper one = host.hog(100);
    Paper same = host.hog(100);
    Paper two = host.hog(200);
    Paper three = host.hog(300);
    host.pass(20 * SECOND);
    assertThat(share(one)).isCloseTo(2 / 7.0, within(0.01));
    assertThat(share(same)).isCloseTo(2 / 7.0, within(0.01));
    assertThat(share(two)).isCloseTo(4 / 7.0, within(0.01));
    assertThat(share(three)).isCloseTo(6 / 7.0, within(0.01));
  }

  @Test
  void whoCannotUseItsWeightLeavesTheRestToOthersByTheirs() {
    VirtualHost host = new VirtualHost(2);
    Paper heavy = host.hog(5000);
    Paper one = host.hog(10);
    Paper three = host.hog(30);
    host.pass(10 * SECOND);
    Paper late = host.hog(40);
    long ranHeavy = heavy.entity.ranNanos;
    host.pass(10 * SECOND);
    assertThat(heavy.shareSince(10 * SECOND, ranHeavy)).isCloseTo(1, within(0.01));
    assertThat(share(one)).isCloseTo((1 / 4.0 + 1 / 8.0) / 2, within(0.01));
    assertThat(share(three)).isCloseTo((3 / 4.0 + 3 / 8.0) / 2, within(0.01));
    assertThat(late.shareSince(10 * SECOND, 0)).isCloseTo(1 / 2.0, within(0.01));
  }

  @Test
  void machinesForWhichThereAreProcessorsEnoughRunAllTheTime() {
    VirtualHost host = new VirtualHost(2);
    Paper light = host.hog(1);
    Paper heavy = host.hog(10_000);
    host.pass(SECOND);
    assertThat(share(light)).isCloseTo(1, within(0.01));
    assertThat(share(heavy)).isCloseTo(1, within(0.01));
  }

  @Test
  void aChangedWeightCountsFromThenOn() {
    VirtualHost host = new VirtualHost(1);
    Paper one = host.hog(100);
    Paper other = host.hog(100);
    host.pass(10 * SECOND);
    assertThat(share(one)).isCloseTo(0.5, within(0.002));
    one.setShare(new Share(300, Share.NO_CAP));
    long ran = one.entity.ranNanos;
    long ranOther = other.entity.ranNanos;
    host.pass(10 * SECOND);
    assertThat(one.shareSince(10 * SECOND, ran)).isCloseTo(0.75, within(0.002));
    assertThat(other.shareSince(10 * SECOND, ranOther)).isCloseTo(0.25, within(0.002));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 10, 50, 90, 99})
  void aCapHoldsEvenIfNobodyElseWantsToRun(int percent) {
    VirtualHost host = new VirtualHost(1);
    Paper capped = host.hog(new Share(100, percent));
    host.pass(2 * SECOND);
    for (int second = 2; second < 10; second++) {
      long ran = capped.entity.ranNanos;
      long then = host.now();
      host.pass(SECOND);
      assertThat(capped.shareSince(then, ran)).isCloseTo(percent / 100.0, within(0.011));
    }
    assertThat(capped.longestSlice).isLessThanOrEqualTo(Dispatcher.SLICE_NANOS);
  }

  @Test
  void whatACapLeavesOthersGet() {
    VirtualHost host = new VirtualHost(1);
    Paper capped = host.hog(new Share(1000, 25));
    Paper other = host.hog(1);
    host.pass(20 * SECOND);
    assertThat(share(capped)).isCloseTo(0.25, within(0.01));
    assertThat(share(other)).isCloseTo(0.75, within(0.01));
  }

  @Test
  void aCapOfAWholeCoreIsNone() {
    VirtualHost host = new VirtualHost(1);
    Paper machine = host.hog(new Share(100, 100));
    host.pass(SECOND);
    assertThat(share(machine)).isCloseTo(1, within(0.01));
  }

  @Test
  void sleepDoesNotLiftACap() {
    VirtualHost host = new VirtualHost(1);
    Paper capped = host.sleeper(100, () -> MILLI, () -> MILLI / 10);
    capped.setShare(new Share(100, 20));
    host.pass(10 * SECOND);
    assertThat(share(capped)).isCloseTo(0.2, within(0.01));
  }

  @Test
  void anUrgentWakeUpPassesACap() {
    VirtualHost host = new VirtualHost(1);
    Paper capped = host.hog(new Share(100, 1));
    host.pass(100 * MILLI);
    assertThat(capped.entity.place).isEqualTo(Entity.Place.THROTTLED);
    int starts = capped.starts;
    capped.wake(false);
    host.pass(1);
    assertThat(capped.starts).isEqualTo(starts);
    capped.wake(true);
    host.pass(1);
    assertThat(capped.starts).isEqualTo(starts + 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 32})
  void aMachineThatWakesFromAWaitRunsSoonAmongHogs(int hogs) {
    VirtualHost host = new VirtualHost(1);
    for (int i = 0; i < hogs; i++) {
      host.hog(100);
    }
    Paper waking = host.sleeper(100, () -> MILLI / 5, () -> 50 * MILLI);
    host.pass(SECOND);
    waking.longestWait = 0;
    host.pass(10 * SECOND);
    assertThat(waking.starts).isGreaterThan(150);
    assertThat(waking.longestWait).isLessThan(MILLI / 2);
  }

  @Test
  void aLightMachineThatWakesRunsSoonToo() {
    VirtualHost host = new VirtualHost(2);
    for (int i = 0; i < 4; i++) {
      host.hog(1000);
    }
    Paper waking = host.sleeper(1, () -> 10_000, () -> 200 * MILLI);
    host.pass(SECOND);
    waking.longestWait = 0;
    host.pass(20 * SECOND);
    assertThat(waking.starts).isGreaterThan(50);
    assertThat(waking.longestWait).isLessThan(MILLI / 2);
  }

  @Test
  void aMachineThatWakesAgainAndAgainGetsItsShareAndNoMore() {
    VirtualHost host = new VirtualHost(1);
    Paper hog = host.hog(100);
    Paper waking = host.sleeper(100, () -> 9 * MILLI / 10, () -> 10_000);
    host.pass(20 * SECOND);
    assertThat(share(waking)).isLessThan(0.505);
    assertThat(share(hog)).isGreaterThan(0.495);
  }

  @Test
  void sleepIsNotSavedUp() {
    VirtualHost host = new VirtualHost(1);
    Paper hog = host.hog(100);
    boolean[] slept = new boolean[1];
    Paper sleeper =
        host.sleeper(
            100,
            () -> {
              boolean first = !slept[0];
              slept[0] = true;
              return first ? 1 : NEVER;
            },
            () -> 10 * SECOND);
    host.pass(10 * SECOND);
    long ran = hog.entity.ranNanos;
    host.pass(100 * MILLI);
    assertThat(sleeper.entity.ranNanos)
        .isLessThan(50 * MILLI + RunQueue.CREDIT_NANOS + 2 * Dispatcher.SLICE_NANOS);
    assertThat(hog.entity.ranNanos - ran).isGreaterThan(45 * MILLI);
  }

  @Test
  void whoComesLaterHasNothingToCatchUpWith() {
    VirtualHost host = new VirtualHost(1);
    Paper early = host.hog(100);
    host.pass(10 * SECOND);
    long ran = early.entity.ranNanos;
    Paper late = host.hog(100);
    host.pass(SECOND);
    assertThat(late.shareSince(10 * SECOND, 0)).isCloseTo(0.5, within(0.01));
    assertThat(early.shareSince(10 * SECOND, ran)).isCloseTo(0.5, within(0.01));
  }

  @Test
  void theLightestMachineIsNotStarved() {
    VirtualHost host = new VirtualHost(1);
    Paper light = host.hog(1);
    for (int i = 0; i < 3; i++) {
      host.hog(10_000);
    }
    host.pass(600 * SECOND);
    assertThat(share(light)).isCloseTo(1 / 30_001.0, within(1e-5));
  }

  @Test
  void aMachineThatWaitsIsNotRun() {
    VirtualHost host = new VirtualHost(1);
    Paper idle = host.sleeper(100, () -> 1, () -> NEVER);
    host.pass(1000 * SECOND);
    assertThat(idle.starts).isEqualTo(1);
    idle.wake(false);
    host.pass(SECOND);
    assertThat(idle.starts).isEqualTo(2);
  }

  @Test
  void aSliceThatDoesNotEndByItselfIsEnded() {
    VirtualHost host = new VirtualHost(1);
    Paper deaf = host.deaf();
    Paper hog = host.hog(100);
    host.pass(10 * SECOND);
    assertThat(deaf.longestSlice)
        .isLessThan(Dispatcher.SLICE_NANOS + Dispatcher.TOLERANCE_NANOS + MILLI / 10);
    assertThat(share(hog)).isCloseTo(0.5, within(0.01));
  }

  @Test
  void aFreeProcessorIsTakenWithoutDisturbingAnyone() {
    VirtualHost host = new VirtualHost(2);
    Paper hog = host.hog(100);
    Paper waking = host.sleeper(100, () -> MILLI, () -> MILLI);
    host.pass(SECOND);
    assertThat(waking.longestWait).isZero();
    assertThat(hog.wasInterrupted()).isFalse();
  }

  /** The promise of fair queueing: two that both want to run are never further apart than this. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void machinesThatAlwaysWantToRunStayTogetherWhateverOthersDo(long seed) {
    Random random = new Random(seed);
    VirtualHost host = new VirtualHost(1);
    List<Paper> hogs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      hogs.add(host.hog(1 + random.nextInt(300)));
    }
    for (int i = 0; i < 10; i++) {
      host.sleeper(
          1 + random.nextInt(300),
          () -> 1 + random.nextLong(5 * MILLI),
          () -> random.nextLong(20 * MILLI));
    }
    for (int step = 0; step < 2000; step++) {
      host.pass(MILLI);
      for (Paper one : hogs) {
        for (Paper other : hogs) {
          assertThat(normalized(one) - normalized(other))
              .as("seed %d, step %d", seed, step)
              .isLessThanOrEqualTo(slices(one) + slices(other));
        }
      }
    }
  }

  private static double normalized(Paper machine) {
    return (double) machine.entity.ranNanos / machine.entity.share.weight();
  }

  private static double slices(Paper machine) {
    double longest = Dispatcher.SLICE_NANOS + Dispatcher.TOLERANCE_NANOS;
    return longest / machine.entity.share.weight();
  }

  @Test
  void impossibleSharesAreRefused() {
    assertThatThrownBy(() -> new Share(0, 100))
        .isInstanceOf(VivariumException.class)
        .hasMessage("a weight is 1 to 10000, not 0");
    assertThatThrownBy(() -> new Share(-5, 100)).hasMessage("a weight is 1 to 10000, not -5");
    assertThatThrownBy(() -> new Share(100, 0))
        .hasMessage("a cap is 1 to 100 percent of one core, not 0");
    assertThatThrownBy(() -> new Share(100, 101))
        .hasMessage("a cap is 1 to 100 percent of one core, not 101");
  }

  /** A machine that has run once, for so long, and waits. */
  private static Entity ranFor(Dispatcher dispatcher, long nanos, Schedulable.Progress.Waits wait) {
    Paper machine = new VirtualHost(1).hog(Share.DEFAULT_WEIGHT);
    Entity entity = new Entity("short", Share.DEFAULT, machine);
    dispatcher.add(entity, 0);
    assertThat(dispatcher.next(0)).isSameAs(entity);
    dispatcher.finished(entity, nanos, wait);
    return entity;
  }

  @Test
  void machinesWhoseTimersMayBeLateAreWokenTogether() {
    Dispatcher dispatcher = new Dispatcher(2);
    ranFor(dispatcher, 100_000, new Schedulable.Progress.Waits(13 * MILLI, 10 * MILLI));
    assertThat(dispatcher.nextEventNanos()).isEqualTo(20 * MILLI);
    ranFor(dispatcher, 200_000, new Schedulable.Progress.Waits(18 * MILLI, 10 * MILLI));
    assertThat(dispatcher.nextEventNanos()).isEqualTo(20 * MILLI);
    dispatcher.expire(20 * MILLI);
    assertThat(dispatcher.next(20 * MILLI)).isNotNull();
    assertThat(dispatcher.next(20 * MILLI)).isNotNull();
    assertThat(dispatcher.next(20 * MILLI)).isNull();
  }

  @Test
  void aTimerThatIsNeverDueIsNotMovedUp() {
    Dispatcher dispatcher = new Dispatcher(1);
    ranFor(dispatcher, 1, new Schedulable.Progress.Waits(NEVER, 10 * MILLI));
    assertThat(dispatcher.nextEventNanos()).isEqualTo(NEVER);
  }

  @Test
  void whatRunsShortlyIsNotWorthAnotherProcessor() {
    Dispatcher dispatcher = new Dispatcher(2);
    long burst = Dispatcher.HANDOVER_NANOS / 2;
    List<Entity> machines = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      machines.add(ranFor(dispatcher, burst, new Schedulable.Progress.Waits(MILLI, 0)));
      machines.getLast().burstNanos = burst;
    }
    machines.forEach(machine -> dispatcher.wake(machine, 0, false));
    Entity first = dispatcher.next(0);
    assertThat(dispatcher.hasWorkForAnother(first)).as("three of them").isTrue();
    dispatcher.finished(first, burst, new Schedulable.Progress.Waits(MILLI, 0));
    Entity second = dispatcher.next(burst);
    assertThat(dispatcher.hasWork()).isTrue();
    assertThat(dispatcher.hasWorkForAnother(second)).as("two of them").isFalse();
    dispatcher.finished(second, 2 * burst, Schedulable.Progress.RAN);
    Entity third = dispatcher.next(2 * burst);
    assertThat(dispatcher.hasWorkForAnother(third)).as("one runs on and on").isTrue();
  }

  @Test
  void whoseTimersMayBeLateSpeaksLessForAnotherProcessor() {
    Dispatcher dispatcher = new Dispatcher(2);
    List<Entity> machines = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      machines.add(ranFor(dispatcher, 1, new Schedulable.Progress.Waits(MILLI, 10 * MILLI)));
      machines.getLast().burstNanos = Dispatcher.HANDOVER_NANOS;
    }
    machines.forEach(machine -> dispatcher.wake(machine, 2, false));
    Entity first = dispatcher.next(2);
    assertThat(dispatcher.hasWorkForAnother(first)).isFalse();
    machines.getLast().slackNanos = 0;
    assertThat(dispatcher.hasWorkForAnother(first)).isTrue();
  }

  @Test
  void nobodyHasToWatchARunThatIsBriefUntilItGoesOn() {
    Dispatcher dispatcher = new Dispatcher(1);
    Entity machine = ranFor(dispatcher, 1, new Schedulable.Progress.Waits(NEVER, 0));
    machine.burstNanos = Dispatcher.HANDOVER_NANOS;
    dispatcher.wake(machine, MILLI, false);
    assertThat(dispatcher.next(MILLI)).isSameAs(machine);
    assertThat(dispatcher.nextEventNanos()).isEqualTo(NEVER);
    dispatcher.goesOn(machine);
    assertThat(dispatcher.nextEventNanos())
        .isEqualTo(MILLI + Dispatcher.SLICE_NANOS + Dispatcher.TOLERANCE_NANOS);
  }
}
