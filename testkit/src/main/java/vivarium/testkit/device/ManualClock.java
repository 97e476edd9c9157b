package vivarium.testkit.device;

import java.util.ArrayList;
import java.util.List;
import vivarium.api.device.Clock;

/** A clock of 10 MHz that stands until a test moves it. */
public final class ManualClock implements Clock {
  private static final long FREQUENCY_HZ = 10_000_000;
  private static final long NANOS_PER_TICK = 1_000_000_000 / FREQUENCY_HZ;

  /** More expiries in one advance than any test needs: a timer sets itself into the past. */
  private static final int MOST_EXPIRIES = 100_000;

  private final List<ManualTimer> timers = new ArrayList<>();
  private long ticks;
  private long wallNanosAtStart;

  /** Makes a clock at 0, on 1970-01-01. */
  public ManualClock() {}

  /** Sets the time of day at tick 0. */
  public void startAt(long wallNanos) {
    wallNanosAtStart = wallNanos;
  }

  /** Moves time to the next deadline and the next, each timer expiring at its own, and on. */
  public void advance(long byTicks) {
    long end = ticks + byTicks;
    int expiries = 0;
    for (ManualTimer next = earliest(); next.isDue(end); next = earliest()) {
      ticks = Long.compareUnsigned(next.deadline, ticks) > 0 ? next.deadline : ticks;
      if (++expiries > MOST_EXPIRIES) {
        throw new IllegalStateException("a timer expires again and again at tick " + ticks);
      }
      next.armed = false;
      next.onExpiry.run();
    }
    ticks = end;
  }

  private ManualTimer earliest() {
    ManualTimer earliest = new ManualTimer(() -> {});
    for (ManualTimer timer : timers) {
      boolean before = Long.compareUnsigned(timer.deadline, earliest.deadline) < 0;
      if (timer.armed && (before || !earliest.armed)) {
        earliest = timer;
      }
    }
    return earliest;
  }

  @Override
  public long ticks() {
    return ticks;
  }

  @Override
  public long frequencyHz() {
    return FREQUENCY_HZ;
  }

  @Override
  public long wallNanos() {
    return wallNanosAtStart + ticks * NANOS_PER_TICK;
  }

  @Override
  public Timer newTimer(Runnable onExpiry) {
    ManualTimer timer = new ManualTimer(onExpiry);
    timers.add(timer);
    return timer;
  }

  private static final class ManualTimer implements Timer {
    private final Runnable onExpiry;
    private boolean armed;
    private long deadline;

    ManualTimer(Runnable onExpiry) {
      this.onExpiry = onExpiry;
    }

    private boolean isDue(long now) {
      return armed && Long.compareUnsigned(deadline, now) <= 0;
    }

    @Override
    public void at(long deadlineTicks) {
      deadline = deadlineTicks;
      armed = true;
    }

    @Override
    public void cancel() {
      armed = false;
    }
  }
}
