package vivarium.core.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import vivarium.api.device.Clock;

/**
 * A machine's time and its timers. The machine's own thread, but for {@link #pause} and {@link
 * #resume}, which nobody calls while a turn is being made.
 */
abstract sealed class MachineClock implements Clock permits RealClock, StepClock {
  /** A deadline that never comes. */
  static final long NEVER = -1L;

  /** More steps than any run makes. */
  static final long UNBOUNDED = Long.MAX_VALUE;

  /** Deadlines further away than this (three years) are as good as none. */
  static final long FAR_TICKS = 1L << 50;

  /** A callback that sets its own timer into the past again and again must not stop the machine. */
  private static final int MOST_PASSES = 16;

  private final List<Deadline> timers = new ArrayList<>();
  private LongConsumer onEarlier = deadline -> {};
  private long earliest = NEVER;

  /** Sets who is told when the earliest deadline comes to be earlier than it was. */
  final void onEarlier(LongConsumer listener) {
    onEarlier = listener;
  }

  @Override
  public final long frequencyHz() {
    return Board.TIMEBASE_HZ;
  }

  @Override
  public final Timer newTimer(Runnable onExpiry) {
    Deadline timer = new Deadline(onExpiry);
    timers.add(timer);
    return timer;
  }

  /** The earliest deadline in ticks, unsigned; {@link #NEVER} if there is none. */
  final long earliest() {
    return earliest;
  }

  /** Calls the timers whose deadline has come, in the order in which they were made. */
  final void expire() {
    for (int pass = 0; pass < MOST_PASSES && isDue(); pass++) {
      long now = ticks();
      for (Deadline timer : timers) {
        if (timer.deadline != NEVER && Long.compareUnsigned(timer.deadline, now) <= 0) {
          timer.deadline = NEVER;
          timer.onExpiry.run();
        }
      }
      findEarliest();
    }
  }

  private boolean isDue() {
    return earliest != NEVER && Long.compareUnsigned(earliest, ticks()) <= 0;
  }

  private void findEarliest() {
    earliest = NEVER;
    for (Deadline timer : timers) {
      if (Long.compareUnsigned(timer.deadline, earliest) < 0) {
        earliest = timer.deadline;
      }
    }
  }

  /**
   * Ticks until the earliest deadline; {@link #FAR_TICKS} if there is none or it is further away.
   */
  final long ticksToEarliest() {
    long now = ticks();
    if (Long.compareUnsigned(earliest, now) <= 0) {
      return 0;
    }
    long ticks = earliest - now;
    return ticks < 0 || ticks > FAR_TICKS ? FAR_TICKS : ticks;
  }

  /**
   * How many steps may be made before the earliest deadline: exactly in deterministic mode, by
   * estimate else; {@link #UNBOUNDED} if there is none.
   *
   * @param stepsPerNano how fast the machine has been of late
   */
  abstract long stepsToEarliest(double stepsPerNano);

  /**
   * When nothing can run: moves time to the earliest deadline, if this clock's time can be moved.
   *
   * @return whether it was moved
   */
  abstract boolean skipToEarliest();

  /** Nanoseconds of the host's time until the earliest deadline. */
  abstract long nanosToEarliest();

  /** Stops time, until {@link #resume}. */
  abstract void pause();

  /** Lets time go on from where it stopped. */
  abstract void resume();

  private final class Deadline implements Timer {
    private final Runnable onExpiry;
    private long deadline = NEVER;

    Deadline(Runnable onExpiry) {
      this.onExpiry = onExpiry;
    }

    @Override
    public void at(long deadlineTicks) {
      boolean wasEarliest = deadline == earliest;
      deadline = deadlineTicks;
      if (Long.compareUnsigned(deadlineTicks, earliest) < 0) {
        earliest = deadlineTicks;
        onEarlier.accept(deadlineTicks);
      } else if (wasEarliest) {
        findEarliest();
      }
    }

    @Override
    public void cancel() {
      at(NEVER);
    }
  }
}
