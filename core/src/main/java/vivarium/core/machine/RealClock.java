package vivarium.core.machine;

import java.util.function.LongSupplier;

/** Time of the host's clock. Stands still while the machine is paused. */
final class RealClock extends MachineClock {
  private static final long NANOS_PER_TICK = 1_000_000_000L / Board.TIMEBASE_HZ;

  private final LongSupplier nanoTime;
  private final LongSupplier wallMillis;
  private long start;
  private long pausedAt;
  private boolean paused;

  RealClock() {
    this(System::nanoTime, System::currentTimeMillis);
  }

  /**
   * A clock on other clocks, for tests.
   *
   * @param nanoTime as {@link System#nanoTime}
   * @param wallMillis as {@link System#currentTimeMillis}
   */
  RealClock(LongSupplier nanoTime, LongSupplier wallMillis) {
    this.nanoTime = nanoTime;
    this.wallMillis = wallMillis;
    start = nanoTime.getAsLong();
  }

  @Override
  public long ticks() {
    return ((paused ? pausedAt : nanoTime.getAsLong()) - start) / NANOS_PER_TICK;
  }

  @Override
  public long wallNanos() {
    return wallMillis.getAsLong() * 1_000_000L;
  }

  @Override
  long stepsToEarliest(double stepsPerNano) {
    long ticks = ticksToEarliest();
    return ticks == FAR_TICKS ? UNBOUNDED : (long) (ticks * NANOS_PER_TICK * stepsPerNano);
  }

  @Override
  boolean skipToEarliest() {
    return false;
  }

  @Override
  long nanosToEarliest() {
    return ticksToEarliest() * NANOS_PER_TICK;
  }

  @Override
  void pause() {
    if (!paused) {
      pausedAt = nanoTime.getAsLong();
      paused = true;
    }
  }

  @Override
  void resume() {
    if (paused) {
      start += nanoTime.getAsLong() - pausedAt;
      paused = false;
    }
  }
}
