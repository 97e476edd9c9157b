package vivarium.core.machine;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import vivarium.api.cpu.Activity;
import vivarium.api.isa.Hart;

/**
 * Finds out where a machine's time goes: a thread of its own looks, some hundred times a second and
 * not evenly, at what each virtual processor is busy with ({@link
 * vivarium.api.cpu.Counters#activity}), which costs the machine's thread nothing but the notes it
 * takes. A thousand looks tell a share to within three per cent of the whole.
 */
public final class ActivitySampler implements AutoCloseable {
  private static final long LEAST_NANOS = 1_000_000;
  private static final int STEP_NANOS = 618_034;
  private static final int SPREAD_NANOS = 1_000_000;
  private static final Activity[] ALL = Activity.values();

  private final VirtualMachine machine;
  private final List<AtomicLongArray> looks = new ArrayList<>();
  private final Thread thread;
  private volatile boolean closed;

  /** Begins to look at a machine; at one that does not run it sees all outside. */
  public ActivitySampler(VirtualMachine machine) {
    this.machine = machine;
    for (int i = 0; i < machine.config().harts(); i++) {
      looks.add(new AtomicLongArray(ALL.length));
    }
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("sampler " + machine.config().name())
            .start(this::lookOnAndOn);
  }

  private void lookOnAndOn() {
    long phase = 0;
    while (!closed) {
      phase = (phase + STEP_NANOS) % SPREAD_NANOS;
      LockSupport.parkNanos(LEAST_NANOS + phase);
      List<Hart> harts = machine.machine().harts();
      for (int i = 0; i < harts.size(); i++) {
        looks.get(i).incrementAndGet(harts.get(i).counters().activity().ordinal());
      }
    }
  }

  /**
   * The parts of the time that was looked at, adding up to 1.
   *
   * @param hart which virtual processor
   */
  public Map<Activity, Double> shares(int hart) {
    AtomicLongArray counts = looks.get(hart);
    long all = 0;
    for (int i = 0; i < ALL.length; i++) {
      all += counts.get(i);
    }
    Map<Activity, Double> shares = new EnumMap<>(Activity.class);
    for (Activity activity : ALL) {
      shares.put(activity, all == 0 ? 0 : (double) counts.get(activity.ordinal()) / all);
    }
    return shares;
  }

  /** Ends looking; the shares stay. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
