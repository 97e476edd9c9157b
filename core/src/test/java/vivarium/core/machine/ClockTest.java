package vivarium.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import vivarium.api.device.Clock;

class ClockTest {
  private long now;
  private final List<String> expired = new ArrayList<>();

  private Clock.Timer timer(MachineClock clock, String name) {
    return clock.newTimer(() -> expired.add(name));
  }

  @Test
  void tenStepsAreATick() {
    StepClock clock = new StepClock(() -> now);
    now = 29;
    assertThat(clock.ticks()).isEqualTo(2);
    assertThat(clock.wallNanos()).isEqualTo(StepClock.EPOCH_NANOS + 200);
    assertThat(clock.frequencyHz()).isEqualTo(10_000_000);
  }

  @Test
  void stepsToTheDeadlineAreExact() {
    StepClock clock = new StepClock(() -> now);
    timer(clock, "a").at(3);
    now = 7;
    assertThat(clock.stepsToEarliest(1)).isEqualTo(23);
    now += 22;
    clock.expire();
    assertThat(expired).isEmpty();
    now += 1;
    clock.expire();
    assertThat(expired).containsExactly("a");
    assertThat(clock.stepsToEarliest(1)).isEqualTo(MachineClock.UNBOUNDED);
  }

  @Test
  void timeSkipsToTheDeadlineAndNoFurther() {
    StepClock clock = new StepClock(() -> now);
    assertThat(clock.skipToEarliest()).isFalse();
    timer(clock, "late").at(1000);
    timer(clock, "soon").at(500);
    now = 3;
    assertThat(clock.skipToEarliest()).isTrue();
    assertThat(clock.ticks()).isEqualTo(500);
    clock.expire();
    assertThat(expired).containsExactly("soon");
  }

  @Test
  void deadlinesAreUnsignedAndFarOnesAreNone() {
    StepClock clock = new StepClock(() -> now);
    timer(clock, "a").at(-2);
    clock.expire();
    assertThat(expired).isEmpty();
    assertThat(clock.stepsToEarliest(1)).isEqualTo(MachineClock.UNBOUNDED);
    assertThat(clock.skipToEarliest()).isFalse();
  }

  @Test
  void aPastDeadlineExpiresAtOnceAndOnce() {
    StepClock clock = new StepClock(() -> now);
    now = 1000;
    timer(clock, "a").at(5);
    assertThat(clock.stepsToEarliest(1)).isZero();
    clock.expire();
    clock.expire();
    assertThat(expired).containsExactly("a");
  }

  @Test
  void aCancelledTimerDoesNotExpireAndTheNextOneCounts() {
    StepClock clock = new StepClock(() -> now);
    Clock.Timer first = timer(clock, "first");
    first.at(10);
    timer(clock, "second").at(20);
    first.cancel();
    assertThat(clock.earliest()).isEqualTo(20);
    now = 1000;
    clock.expire();
    assertThat(expired).containsExactly("second");
  }

  @Test
  void movingTheEarliestTimerBackFindsTheOther() {
    StepClock clock = new StepClock(() -> now);
    Clock.Timer first = timer(clock, "first");
    first.at(10);
    timer(clock, "second").at(20);
    first.at(30);
    assertThat(clock.earliest()).isEqualTo(20);
  }

  @Test
  void aTimerThatSetsItselfIntoThePastDoesNotHoldTheMachine() {
    StepClock clock = new StepClock(() -> now);
    Clock.Timer[] timer = new Clock.Timer[1];
    timer[0] =
        clock.newTimer(
            () -> {
              expired.add("again");
              timer[0].at(0);
            });
    timer[0].at(0);
    clock.expire();
    assertThat(expired).hasSizeBetween(1, 100);
  }

  @Test
  void anEarlierDeadlineIsTold() {
    StepClock clock = new StepClock(() -> now);
    List<Long> told = new ArrayList<>();
    clock.onEarlier(told::add);
    Clock.Timer timer = timer(clock, "a");
    timer.at(100);
    timer.at(200);
    timer.at(50);
    assertThat(told).containsExactly(100L, 50L);
  }

  @Test
  void realTimeIsTheHostsInTicks() {
    now = 5_000;
    RealClock clock = new RealClock(() -> now, () -> 7);
    now += 12_345;
    assertThat(clock.ticks()).isEqualTo(123);
    assertThat(clock.wallNanos()).isEqualTo(7_000_000);
    timer(clock, "a").at(223);
    assertThat(clock.nanosToEarliest()).isEqualTo(10_000);
    assertThat(clock.stepsToEarliest(0.5)).isEqualTo(5_000);
    assertThat(clock.skipToEarliest()).isFalse();
  }

  @Test
  void realTimeStandsStillDuringAPause() {
    RealClock clock = new RealClock(() -> now, () -> 0);
    now = 1_000;
    clock.pause();
    now = 50_000;
    assertThat(clock.ticks()).isEqualTo(10);
    clock.resume();
    assertThat(clock.ticks()).isEqualTo(10);
    now = 51_000;
    assertThat(clock.ticks()).isEqualTo(20);
  }
}
