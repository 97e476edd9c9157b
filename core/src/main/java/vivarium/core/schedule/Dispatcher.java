package vivarium.core.schedule;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import vivarium.core.schedule.Entity.Place;

/**
 * Decides which machine has a processor, from when to when. It is told the time, in nanoseconds
 * from any beginning, and never goes back. Guarded by the scheduler's lock.
 */
final class Dispatcher {
  /** How long a machine may run before others have their turn. */
  static final long SLICE_NANOS = 2_000_000;

  /** No slice is shorter, whatever a cap leaves: starting one has its price too. */
  static final long LEAST_SLICE_NANOS = 100_000;

  /** How far ahead of one that comes one that runs must be to be told to stop. */
  static final long PREEMPTION_NANOS = 250_000;

  /** A slice that is longer than granted by so much is ended by force. */
  static final long TOLERANCE_NANOS = 1_000_000;

  /**
   * Machines that run no longer than this, all together, are not worth another processor: to wake
   * one takes a tenth of it, and more where its caches are cold.
   */
  static final long HANDOVER_NANOS = 500_000;

  /** What a capped machine may run at one go after a rest, for small caps. */
  static final long BURST_NANOS = 4_000_000;

  private static final Comparator<Entity> EARLIEST =
      Comparator.comparingLong(entity -> entity.dueNanos);

  private final int processors;
  private final RunQueue queue;
  private final PriorityQueue<Entity> waiting = new PriorityQueue<>(EARLIEST);

  Dispatcher(int processors) {
    this.processors = processors;
    queue = new RunQueue(processors);
  }

  /** Whether somebody could run on a processor that nobody uses. */
  boolean hasWork() {
    return !queue.isEmpty() && queue.running().size() < processors;
  }

  /**
   * The same, but for machines that whoever has a processor now can as well run after the one it
   * has been given.
   */
  boolean hasWorkForAnother(Entity given) {
    return hasWork() && given.pressureNanos() + queue.pressureNanos() > HANDOVER_NANOS;
  }

  /** Whether a machine runs. */
  boolean isBusy() {
    return !queue.running().isEmpty();
  }

  /** Takes in a new machine, which wants to run. */
  void add(Entity entity, long nowNanos) {
    admit(entity, nowNanos, true);
  }

  /** Changes a share, with effect from now on. */
  void setShare(Entity entity, Share share) {
    entity.share = share;
    queue.weigh();
  }

  /**
   * Something came for a machine.
   *
   * @param urgent whether it must run even if its cap says no
   */
  void wake(Entity entity, long nowNanos, boolean urgent) {
    switch (entity.place) {
      case QUEUED, GONE -> {}
      case RUNNING -> {
        entity.wokenMeanwhile = true;
        entity.urgentMeanwhile |= urgent;
      }
      case SLEEPING -> {
        waiting.remove(entity);
        admit(entity, nowNanos, urgent);
      }
      case THROTTLED -> {
        if (urgent) {
          waiting.remove(entity);
          admit(entity, nowNanos, true);
        }
      }
    }
  }

  private void admit(Entity entity, long nowNanos, boolean urgent) {
    if (!urgent && allowedNanos(entity, nowNanos) < LEAST_SLICE_NANOS) {
      throttle(entity);
      return;
    }
    entity.readySinceNanos = nowNanos;
    queue.join(entity);
    preemptFor(entity, nowNanos);
  }

  private void preemptFor(Entity entity, long nowNanos) {
    if (queue.running().size() < processors) {
      return;
    }
    Entity furthest = null;
    for (Entity candidate : queue.running()) {
      if (candidate.preempted) {
        return; // a processor is about to be free
      }
      if (furthest == null
          || candidate.virtualNanosAt(nowNanos) > furthest.virtualNanosAt(nowNanos)) {
        furthest = candidate;
      }
    }
    if (furthest != null
        && furthest.virtualNanosAt(nowNanos)
            > entity.virtualNanos + entity.virtual(PREEMPTION_NANOS)) {
      preempt(furthest);
    }
  }

  private static void preempt(Entity entity) {
    entity.preempted = true;
    entity.machine.interrupt();
  }

  /** Lets those run whose time has come, and ends slices that are too long. */
  void expire(long nowNanos) {
    for (Entity first = waiting.peek();
        first != null && first.dueNanos <= nowNanos;
        first = waiting.peek()) {
      waiting.remove();
      admit(first, nowNanos, first.place == Place.THROTTLED);
    }
    for (Entity entity : queue.running()) {
      if (!entity.preempted && entity.sliceEndNanos + TOLERANCE_NANOS <= nowNanos) {
        preempt(entity);
      }
    }
  }

  /** A machine runs longer than it was expected to. */
  void goesOn(Entity entity) {
    entity.burstNanos = SLICE_NANOS;
    entity.slackNanos = 0;
  }

  /**
   * When {@link #expire} has something to do next, machines that run briefly left aside; {@link
   * Long#MAX_VALUE} for never.
   */
  long nextEventNanos() {
    Entity first = waiting.peek();
    long next = first == null ? Long.MAX_VALUE : first.dueNanos;
    for (Entity entity : queue.running()) {
      if (!entity.preempted && !entity.isBrief()) {
        next = Math.min(next, entity.sliceEndNanos + TOLERANCE_NANOS);
      }
    }
    return next;
  }

  /** Gives the next machine a processor, if there is one and somebody wants it. */
  @Nullable Entity next(long nowNanos) {
    if (!hasWork()) {
      return null;
    }
    Entity entity = queue.start();
    if (entity != null) {
      entity.preempted = false;
      entity.wokenMeanwhile = false;
      entity.urgentMeanwhile = false;
      entity.sliceStartNanos = nowNanos;
      long allowed = Math.max(LEAST_SLICE_NANOS, allowedNanos(entity, nowNanos));
      entity.sliceEndNanos = nowNanos + Math.min(SLICE_NANOS, allowed);
      entity.longestWaitNanos =
          Math.max(entity.longestWaitNanos, nowNanos - entity.readySinceNanos);
    }
    return entity;
  }

  /** A machine's slice is over. */
  void finished(Entity entity, long nowNanos, Schedulable.Progress progress) {
    long ran = nowNanos - entity.sliceStartNanos;
    entity.ranNanos += ran;
    queue.charge(entity, ran);
    if (isCapped(entity)) {
      long since = Math.max(entity.paidUntilNanos, entity.sliceStartNanos);
      entity.paidUntilNanos = since + ran * Share.NO_CAP / entity.share.capPercent();
    }
    switch (progress) {
      case Schedulable.Progress.Ran more -> {
        goesOn(entity);
        goOn(entity, nowNanos);
      }
      case Schedulable.Progress.Waits wait -> {
        entity.burstNanos = Math.max(ran, (entity.burstNanos + ran) / 2);
        entity.slackNanos = wait.slackNanos();
        if (entity.wokenMeanwhile || wait.nanos() <= 0) {
          goOn(entity, nowNanos);
        } else {
          queue.leave(entity);
          entity.place = Place.SLEEPING;
          waitUntil(entity, together(sum(nowNanos, wait.nanos()), wait.slackNanos()));
        }
      }
      case Schedulable.Progress.Ended ended -> {
        queue.leave(entity);
        entity.place = Place.GONE;
      }
    }
  }

  /**
   * Moves an event up to the next of moments that all with the same slack have in common: one
   * thread then runs them one after the other, instead of being woken for each.
   */
  private static long together(long dueNanos, long slackNanos) {
    return slackNanos == 0 || dueNanos == Long.MAX_VALUE
        ? dueNanos
        : sum(dueNanos, Math.floorMod(-dueNanos, slackNanos));
  }

  private static long sum(long nowNanos, long nanos) {
    return nanos > Long.MAX_VALUE - nowNanos ? Long.MAX_VALUE : nowNanos + nanos;
  }

  private void goOn(Entity entity, long nowNanos) {
    if (!entity.urgentMeanwhile && allowedNanos(entity, nowNanos) < LEAST_SLICE_NANOS) {
      queue.leave(entity);
      throttle(entity);
    } else {
      entity.readySinceNanos = nowNanos;
      queue.requeue(entity);
    }
  }

  private void throttle(Entity entity) {
    entity.place = Place.THROTTLED;
    waitUntil(entity, entity.paidUntilNanos - windowNanos(entity) / 2);
  }

  private void waitUntil(Entity entity, long dueNanos) {
    entity.dueNanos = dueNanos;
    if (dueNanos != Long.MAX_VALUE) {
      waiting.add(entity);
    }
  }

  private static boolean isCapped(Entity entity) {
    return entity.share.capPercent() < Share.NO_CAP;
  }

  /**
   * How far ahead of its cap a machine may be. The smaller the cap, the longer: else its slices
   * would be too short to be worth their start.
   */
  private static long windowNanos(Entity entity) {
    return BURST_NANOS * Share.NO_CAP / entity.share.capPercent();
  }

  /**
   * How long a machine may run before its cap stops it: a leaky bucket. While it runs, what it has
   * used grows by 1 / cap for each unit of time, and one unit is paid.
   */
  private static long allowedNanos(Entity entity, long nowNanos) {
    if (!isCapped(entity)) {
      return Long.MAX_VALUE;
    }
    long left = windowNanos(entity) - Math.max(0, entity.paidUntilNanos - nowNanos);
    int cap = entity.share.capPercent();
    return left * cap / (Share.NO_CAP - cap);
  }
}
