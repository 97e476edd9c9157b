package vivarium.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vivarium.core.memory.Extent;
import vivarium.core.memory.MachineMemory;

class RestTest {
  private static final long RAM_BYTES = 8L << 20;
  private static final long SLACK_NANOS = 1_000_000;
  private final MachineMemory memory = MachineMemory.ofBytes(16L << 20);
  private final Extent extent = memory.give("vm", RAM_BYTES);
  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger collections = new AtomicInteger();
  private final Leftovers leftovers = new Leftovers(collections::incrementAndGet);
  private final Rest rest = rest();
  private boolean gaveUp;
  private boolean woke;

  private Rest rest() {
    return new Rest("vm", extent, SLACK_NANOS, now::get, leftovers);
  }

  /** The machine waits; whether its engines are given up. */
  private boolean waits(long steps) {
    gaveUp = false;
    rest.waits(steps, () -> gaveUp = true);
    return gaveUp;
  }

  /** The machine has run; whether it rests no longer. */
  private boolean ran(long steps) {
    woke = false;
    rest.ran(steps, () -> woke = true);
    return woke;
  }

  /** Brings the machine to rest after so many steps. */
  private void rest(long steps) {
    waits(steps);
    now.addAndGet(Rest.WINDOW_NANOS);
    waits(steps);
    now.addAndGet(Rest.WINDOW_NANOS);
    assertThat(waits(steps)).isTrue();
    assertThat(rest.isResting()).isTrue();
  }

  @AfterEach
  void tearDown() {
    extent.close();
    memory.close();
  }

  @Test
  void aMachineThatHasRunMuchAndIsQuietGivesUpItsEnginesOnce() {
    long steps = Rest.WORTH_STEPS;
    assertThat(waits(steps)).isFalse();
    assertThat(rest.nanosToNextLook(steps)).isEqualTo(Rest.WINDOW_NANOS);
    now.addAndGet(Rest.WINDOW_NANOS);
    assertThat(waits(steps)).as("it ran in the first window").isFalse();
    now.addAndGet(Rest.WINDOW_NANOS);
    assertThat(waits(steps + 1000)).isTrue();
    now.addAndGet(Rest.WINDOW_NANOS);
    assertThat(waits(steps + 2000)).isFalse();
  }

  @Test
  void aMachineAtRestThatRunsMuchIsAtRestNoLonger() {
    long steps = Rest.WORTH_STEPS;
    assertThat(ran(steps)).as("never rested").isFalse();
    rest(steps);
    assertThat(ran(steps + Rest.QUIET_STEPS - 1)).isFalse();
    assertThat(ran(steps + Rest.QUIET_STEPS)).isTrue();
    assertThat(rest.isResting()).isFalse();
    assertThat(ran(steps + 2 * Rest.QUIET_STEPS)).as("told once").isFalse();
  }

  @Test
  void itRestsAgainHoweverLittleItRan() {
    rest(Rest.WORTH_STEPS);
    long steps = Rest.WORTH_STEPS + Rest.QUIET_STEPS;
    ran(steps);
    now.addAndGet(Rest.WINDOW_NANOS);
    assertThat(waits(steps)).isTrue();
  }

  @Test
  void timersMayBeLateAtRestOnly() {
    assertThat(rest.slackNanos()).isZero();
    rest(Rest.WORTH_STEPS);
    assertThat(rest.slackNanos()).isEqualTo(SLACK_NANOS);
    ran(Rest.WORTH_STEPS + Rest.QUIET_STEPS);
    assertThat(rest.slackNanos()).isZero();
  }

  @Test
  void timersRingInTimeForAWhileAfterSomethingHasComeFromOutside() {
    rest(Rest.WORTH_STEPS);
    rest.attended();
    assertThat(rest.slackNanos()).isZero();
    now.addAndGet(Rest.ATTENDED_NANOS - 1);
    assertThat(rest.slackNanos()).isZero();
    now.addAndGet(1);
    assertThat(rest.slackNanos()).isEqualTo(SLACK_NANOS);
  }

  @Test
  void aBusyMachineKeepsItsEngines() {
    for (long window = 1; window < 10; window++) {
      now.addAndGet(Rest.WINDOW_NANOS);
      assertThat(waits(window * Rest.WORTH_STEPS)).isFalse();
    }
  }

  @Test
  void aMachineThatHasHardlyRunIsNotLookedAtAgain() {
    now.addAndGet(Rest.WINDOW_NANOS);
    assertThat(waits(1000)).isFalse();
    assertThat(rest.nanosToNextLook(1000)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void ramIsGivenBackPieceByPiece() {
    extent.machine().asSlice(extent.ram().give(0), RAM_BYTES).fill((byte) 1);
    extent.machine().asSlice(extent.ram().give(0), RAM_BYTES).fill((byte) 0);
    assertThat(extent.residentBytes()).isEqualTo(RAM_BYTES);
    now.addAndGet(Rest.WINDOW_NANOS);
    assertThat(waits(Rest.WORTH_STEPS)).isFalse();
    now.addAndGet(Rest.WINDOW_NANOS);
    assertThat(waits(Rest.WORTH_STEPS)).isTrue();
    assertThat(waits(Rest.WORTH_STEPS)).isFalse();
    assertThat(extent.residentBytes()).isEqualTo(RAM_BYTES - Rest.PIECE_BYTES);
    assertThat(rest.nanosToNextLook(Rest.WORTH_STEPS)).isLessThan(Rest.WINDOW_NANOS);
    assertThat(waits(Rest.WORTH_STEPS)).isFalse();
    assertThat(extent.residentBytes()).isZero();
    assertThat(rest.nanosToNextLook(Rest.WORTH_STEPS)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void leftoversAreCollectedOnceTheLastMachineIsQuiet() {
    Rest other = rest();
    waits(Rest.WORTH_STEPS);
    for (int window = 1; window <= 3; window++) {
      now.addAndGet(Rest.WINDOW_NANOS);
      waits(Rest.WORTH_STEPS);
      other.waits(window * Rest.WORTH_STEPS, () -> {});
    }
    assertThat(collections).as("the other is busy").hasValue(0);
    now.addAndGet(Rest.WINDOW_NANOS);
    other.waits(3 * Rest.WORTH_STEPS, () -> {});
    assertThat(collections).hasValue(1);
    now.addAndGet(Rest.WINDOW_NANOS);
    other.waits(3 * Rest.WORTH_STEPS, () -> {});
    assertThat(collections).as("nothing is left any more").hasValue(1);
  }

  @Test
  void aMachineThatNeverWaitsIsBusyUntilItIsGone() {
    Rest other = rest();
    waits(Rest.WORTH_STEPS);
    now.addAndGet(Rest.WINDOW_NANOS);
    waits(Rest.WORTH_STEPS);
    now.addAndGet(Rest.WINDOW_NANOS);
    waits(Rest.WORTH_STEPS);
    assertThat(collections).hasValue(0);
    other.close();
    other.close();
    assertThat(collections).hasValue(1);
  }
}
