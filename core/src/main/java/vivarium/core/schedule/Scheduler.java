package vivarium.core.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.api.VivariumException;
import vivarium.core.schedule.Schedulable.Progress;

/**
 * Runs machines on the processors there are, in proportion to their weights, as {@link Dispatcher}
 * decides. All methods from any thread.
 *
 * <p>There is one thread more than machines may run at once. So at least one has nothing to run: it
 * keeps watch, that is, it waits for the next timer or the end of a slice, wakes whose time has
 * come, and runs them itself if a processor is free: a wake-up costs one change of threads. A
 * machine that waits costs nothing but its place in a heap.
 */
public final class Scheduler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

  /**
   * How much later than the watch a second thread looks whether anybody keeps it: the watch may
   * have begun to run a machine, and says so only after its first step. Most often nobody needs it:
   * among dozens of machines that wake up for a moment it is to be a rare visitor.
   */
  private static final long DEPUTY_NANOS = 100_000_000;

  private final int processors;
  private final ReentrantLock lock = new ReentrantLock();
  private final Dispatcher dispatcher;
  private final List<Worker> workers = new ArrayList<>();
  private final long originNanos = System.nanoTime();
  private @Nullable Worker watch;
  private long watchUntilNanos;
  private @Nullable Worker deputy;
  private long deputyUntilNanos;
  private boolean closed;

  /**
   * Makes a scheduler; its threads come with the first machine.
   *
   * @param processors how many machines run at once, at least 1
   */
  public Scheduler(int processors) {
    if (processors < 1) {
      throw new VivariumException("machines need at least 1 core to run on, not " + processors);
    }
    this.processors = processors;
    dispatcher = new Dispatcher(processors);
  }

  /** A scheduler on all of the host's cores. */
  public static Scheduler ofHost() {
    return new Scheduler(Runtime.getRuntime().availableProcessors());
  }

  /** How many machines run at once. */
  public int processors() {
    return processors;
  }

  /** A machine in the scheduler's care. All methods from any thread. */
  public final class Ticket {
    private final Entity entity;

    private Ticket(Entity entity) {
      this.entity = entity;
    }

    /** Something came for the machine: if it waits, it is run soon. */
    public void wake() {
      Scheduler.this.wake(entity, false);
    }

    /** The same, even if the machine has used up what its cap allows. */
    public void wakeAtOnce() {
      Scheduler.this.wake(entity, true);
    }

    /** Changes the machine's share, with effect from now on. */
    public void setShare(Share share) {
      lock.lock();
      try {
        dispatcher.setShare(entity, share);
      } finally {
        lock.unlock();
      }
    }

    /** What the machine has had so far. */
    public Usage usage() {
      lock.lock();
      try {
        long running = entity.place == Entity.Place.RUNNING ? now() - entity.sliceStartNanos : 0;
        return new Usage(entity.ranNanos + running, entity.longestWaitNanos);
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * What a machine has had of the processors.
   *
   * @param ranNanos how long it had one
   * @param longestWaitNanos how long it had to wait at most when it wanted to run
   */
  public record Usage(long ranNanos, long longestWaitNanos) {}

  /**
   * Begins to run a machine.
   *
   * @param name for messages
   * @throws VivariumException if the scheduler is closed
   */
  public Ticket add(String name, Share share, Schedulable machine) {
    lock.lock();
    try {
      if (closed) {
        throw new VivariumException("the scheduler is closed");
      }
      if (workers.isEmpty()) {
        for (int i = 0; i <= processors; i++) {
          workers.add(new Worker(i));
        }
        workers.forEach(Worker::start);
      }
      Entity entity = new Entity(name, share, machine);
      dispatcher.add(entity, now());
      offerWork();
      return new Ticket(entity);
    } finally {
      lock.unlock();
    }
  }

  private void wake(Entity entity, boolean urgent) {
    lock.lock();
    try {
      dispatcher.wake(entity, now(), urgent);
      offerWork();
    } finally {
      lock.unlock();
    }
  }

  private long now() {
    return System.nanoTime() - originNanos;
  }

  /** Lets a thread know that there may be something to run: the watch first, as it is awake. */
  private void offerWork() {
    if (dispatcher.hasWork()) {
      wakeOne();
    }
  }

  private void wakeOne() {
    Worker chosen = watch != null ? watch : deputy;
    for (int i = 0; chosen == null && i < workers.size(); i++) {
      if (workers.get(i).waits) {
        chosen = workers.get(i);
      }
    }
    if (chosen != null) {
      chosen.called.signal();
    }
  }

  /** Ends the threads. Machines that were not at their end are no longer run. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      workers.forEach(worker -> worker.called.signal());
    } finally {
      lock.unlock();
    }
  }

  /** One thread. Everything is guarded by the lock, but for the running of a machine. */
  private final class Worker implements Runnable {
    private final Thread thread;
    private final Condition called = lock.newCondition();
    private boolean waits;

    Worker(int number) {
      thread = Thread.ofPlatform().daemon().name("vm worker " + number).unstarted(this);
    }

    void start() {
      thread.start();
    }

    @Override
    public void run() {
      lock.lock();
      try {
        while (!closed) {
          long now = now();
          dispatcher.expire(now);
          Entity entity = dispatcher.next(now);
          if (entity == null) {
            await(now);
          } else {
            if (dispatcher.hasWorkForAnother(entity)) {
              wakeOne();
            }
            if (!entity.isBrief()) {
              haveItWatched(entity);
            }
            Progress progress = runUnlocked(entity);
            dispatcher.finished(entity, now(), progress);
          }
        }
      } catch (Throwable e) {
        LOG.error("a scheduler thread ends", e);
      } finally {
        lock.unlock();
      }
    }

    /** Makes sure that somebody looks in time whether a slice ends. */
    private void haveItWatched(Entity entity) {
      long latest = entity.sliceEndNanos + Dispatcher.TOLERANCE_NANOS + DEPUTY_NANOS;
      boolean watched =
          (watch != null && watchUntilNanos <= latest)
              || (deputy != null && deputyUntilNanos <= latest);
      if (!watched) {
        wakeOne();
      }
    }

    /** Waits for the next event, or, where somebody else does, longer. */
    private void await(long now) {
      long next = dispatcher.nextEventNanos();
      waits = true;
      try {
        if (next != Long.MAX_VALUE && (watch == null || next < watchUntilNanos)) {
          // whoever keeps watch now wakes up later, and finds that it is relieved
          watch = this;
          watchUntilNanos = next;
          nap(next - now);
        } else if (next != Long.MAX_VALUE && deputy == null) {
          deputy = this;
          deputyUntilNanos = next + DEPUTY_NANOS;
          nap(next - now + DEPUTY_NANOS);
        } else {
          called.awaitUninterruptibly();
        }
      } finally {
        waits = false;
        watch = equals(watch) ? null : watch;
        deputy = equals(deputy) ? null : deputy;
      }
    }

    private void nap(long nanos) {
      try {
        long _ = called.awaitNanos(nanos); // why it ended, the dispatcher will tell
      } catch (InterruptedException e) {
        LOG.debug("nobody has a reason to interrupt a scheduler thread", e);
      }
    }

    private Progress runUnlocked(Entity entity) {
      lock.unlock();
      try {
        return slice(entity);
      } catch (Throwable e) {
        LOG.error("machine {} is given up", entity.name, e);
        return Progress.ENDED;
      } finally {
        lock.lock();
      }
    }

    private Progress slice(Entity entity) {
      long granted = entity.sliceEndNanos - entity.sliceStartNanos;
      long left = granted;
      boolean alone = true;
      while (true) {
        Progress progress = entity.machine.advance(left);
        left = entity.sliceEndNanos - now();
        if (!(progress instanceof Progress.Ran) || left <= 0 || entity.preempted) {
          return progress;
        }
        if (alone && granted - left >= Dispatcher.HANDOVER_NANOS) {
          alone = false;
          haveWatchKept(entity);
        }
      }
    }

    /**
     * This thread will be away for a while: another one is to look after timers and slices, and
     * after what this one was to do next.
     */
    private void haveWatchKept(Entity entity) {
      lock.lock();
      try {
        dispatcher.goesOn(entity);
        long sliceEnds = entity.sliceEndNanos + Dispatcher.TOLERANCE_NANOS;
        if (watch == null || watchUntilNanos > sliceEnds || dispatcher.hasWork()) {
          wakeOne();
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
