package vivarium.testkit;

import java.util.ArrayList;
import java.util.List;
import vivarium.api.device.Clock;

/** A clock that stands still until a test moves it; timers expire while it is moved. */
public final class FakeClock implements Clock {
  private static final long FREQUENCY_HZ = 10_000_000;

  private final List<FakeTimer> timers = new ArrayList<>();
  private long ticks;

  /** A clock at 0. */
  public FakeClock() {}

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
    return 1_000_000_000L / FREQUENCY_HZ * ticks;
  }

  @Override
  public Timer newTimer(Runnable onExpiry) {
    FakeTimer timer = new FakeTimer(onExpiry);
    timers.add(timer);
    return timer;
  }

  /** Sets the time and lets the timers that are due expire. */
  public void set(long newTicks) {
    ticks = newTicks;
    timers.forEach(FakeTimer::expireIfDue);
  }

  /** The deadlines that are set, in the order in which their timers were made. */
  public List<Long> deadlines() {
    return timers.stream().filter(timer -> timer.armed).map(timer -> timer.deadline).toList();
  }

  private final class FakeTimer implements Timer {
    private final Runnable onExpiry;
    private boolean armed;
    private long deadline;

    FakeTimer(Runnable onExpiry) {
      this.onExpiry = onExpiry;
    }

    @Override
    public void at(long deadlineTicks) {
      armed = true;
      deadline = deadlineTicks;
      expireIfDue();
    }

    @Override
    public void cancel() {
      armed = false;
    }

    void expireIfDue() {
      if (armed && Long.compareUnsigned(ticks, deadline) >= 0) {
        armed = false;
        onExpiry.run();
      }
    }
  }
}
