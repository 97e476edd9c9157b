package vivarium.core.machine;

import java.util.function.LongSupplier;

/**
 * Time counted in steps, for deterministic mode: {@value #STEPS_PER_TICK} steps make a tick, as of
 * a processor of 100 MHz. When all harts wait, time jumps to the next deadline.
 */
final class StepClock extends MachineClock {
  /** Steps in a tick. */
  static final int STEPS_PER_TICK = 10;

  /** The wall-clock time at which every deterministic machine starts: 2026-01-01T00:00:00Z. */
  static final long EPOCH_NANOS = 1_767_225_600L * 1_000_000_000L;

  private static final long NANOS_PER_TICK = 1_000_000_000L / Board.TIMEBASE_HZ;

  private final LongSupplier steps;
  private long skipped;

  /**
   * Makes a clock.
   *
   * @param steps made by all harts together, exact at any time that the clock is asked
   */
  StepClock(LongSupplier steps) {
    this.steps = steps;
  }

  private long now() {
    return steps.getAsLong() + skipped;
  }

  @Override
  public long ticks() {
    return now() / STEPS_PER_TICK;
  }

  @Override
  public long wallNanos() {
    return EPOCH_NANOS + ticks() * NANOS_PER_TICK;
  }

  @Override
  long stepsToEarliest(double stepsPerNano) {
    long ticks = ticksToEarliest();
    return ticks == FAR_TICKS
        ? UNBOUNDED
        : Math.max(0, ticks * STEPS_PER_TICK - now() % STEPS_PER_TICK);
  }

  @Override
  boolean skipToEarliest() {
    long toGo = stepsToEarliest(1);
    if (toGo == UNBOUNDED) {
      return false;
    }
    skipped += toGo;
    return true;
  }

  /** Only something from outside ends the wait when time cannot be moved. */
  @Override
  long nanosToEarliest() {
    return UNBOUNDED;
  }

  @Override
  void pause() {}

  @Override
  void resume() {}
}
