package vivarium.core.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The order in which machines run: start-time fair queueing. Each has a virtual time, which grows
 * as it runs, the slower the greater its weight; who has the least is next. Guarded by the
 * scheduler's lock.
 *
 * <p>A machine that comes back from a wait keeps its virtual time, but is not left further behind
 * the others than a credit: so it is served soon, and cannot save up what it did not use.
 */
final class RunQueue {
  /** How far behind the others a machine that comes back may stand: real time at its own weight. */
  static final long CREDIT_NANOS = 1_000_000;

  private static final Comparator<Entity> LEAST_VIRTUAL_TIME =
      Comparator.<Entity>comparingLong(entity -> entity.virtualNanos)
          .thenComparingLong(entity -> entity.order);

  private final int processors;
  private final PriorityQueue<Entity> queued = new PriorityQueue<>(LEAST_VIRTUAL_TIME);
  private final List<Entity> running = new ArrayList<>();
  private long virtualTime;
  private long orders;

  RunQueue(int processors) {
    this.processors = processors;
  }

  /** Those that have a processor. */
  List<Entity> running() {
    return running;
  }

  boolean isEmpty() {
    return queued.isEmpty();
  }

  /** How much those that want to run speak for another processor: {@link Entity#pressureNanos}. */
  long pressureNanos() {
    long sum = 0;
    for (Entity entity : queued) {
      sum += entity.pressureNanos();
    }
    return sum;
  }

  /** Takes in one that was away. */
  void join(Entity entity) {
    long credit = CREDIT_NANOS * Share.DEFAULT_WEIGHT / entity.share.weight();
    entity.virtualNanos = Math.max(entity.virtualNanos, virtualTime - credit);
    enqueue(entity);
    weigh();
  }

  private void enqueue(Entity entity) {
    entity.place = Entity.Place.QUEUED;
    entity.order = orders++;
    queued.add(entity);
  }

  /** The next to run, which has a processor from now on; {@code null} if there is none. */
  @Nullable Entity start() {
    Entity next = queued.poll();
    if (next != null) {
      next.place = Entity.Place.RUNNING;
      running.add(next);
      moveTime();
    }
    return next;
  }

  /** Charges one that ran. It still has its processor. */
  void charge(Entity entity, long nanos) {
    entity.virtualNanos += entity.virtual(nanos);
  }

  /** One that ran wants to go on. */
  void requeue(Entity entity) {
    running.remove(entity);
    enqueue(entity);
    moveTime();
  }

  /** One that ran goes away. */
  void leave(Entity entity) {
    running.remove(entity);
    if (running.isEmpty() && queued.isEmpty()) {
      virtualTime = Math.max(virtualTime, entity.virtualNanos);
    } else {
      moveTime();
      weigh();
    }
  }

  /** Virtual time is that of whoever is furthest behind, and never goes back. */
  private void moveTime() {
    Entity first = queued.peek();
    long least = first == null ? Long.MAX_VALUE : first.virtualNanos;
    for (Entity entity : running) {
      least = Math.min(least, entity.virtualNanos);
    }
    if (least != Long.MAX_VALUE) {
      virtualTime = Math.max(virtualTime, least);
    }
  }

  /**
   * Finds what weights can be had: nobody can use more than one processor, so the weight of a
   * machine that would get more counts as just so much. Without this its virtual time would fall
   * behind without end, and that of others run ahead of those that join. To be called when one
   * comes, goes or gets another weight.
   */
  void weigh() {
    if (queued.size() + running.size() <= processors) {
      for (Entity entity : queued) {
        entity.feasibleWeight = Share.DEFAULT_WEIGHT;
      }
      for (Entity entity : running) {
        entity.feasibleWeight = Share.DEFAULT_WEIGHT;
      }
      return;
    }
    List<Entity> active = new ArrayList<>(queued);
    active.addAll(running);
    active.sort(Comparator.comparingInt((Entity entity) -> entity.share.weight()).reversed());
    double rest = 0;
    for (Entity entity : active) {
      entity.feasibleWeight = entity.share.weight();
      rest += entity.feasibleWeight;
    }
    int heavy = 0;
    while (heavy < processors - 1
        && active.get(heavy).share.weight() * (double) (processors - heavy) > rest) {
      rest -= active.get(heavy).share.weight();
      heavy++;
    }
    for (int i = 0; i < heavy; i++) {
      active.get(i).feasibleWeight = rest / (processors - heavy);
    }
  }
}
