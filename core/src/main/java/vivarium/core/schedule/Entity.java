package vivarium.core.schedule;

/** What the dispatcher knows of one machine. Guarded by the scheduler's lock where not said. */
final class Entity {
  /** Where a machine stands. */
  enum Place {
    /** Wants to run. */
    QUEUED,
    /** Has a processor. */
    RUNNING,
    /** Waits to be woken, or for its timer. */
    SLEEPING,
    /** Wants to run, but has had what its cap allows for now. */
    THROTTLED,
    /** At its end. */
    GONE
  }

  final String name;
  final Schedulable machine;
  Share share;
  Place place = Place.SLEEPING;

  /** Time it ran, divided by its weight: nanoseconds at the default weight. */
  long virtualNanos;

  /** What its time is divided by: its weight, or less where it could not use so much. */
  double feasibleWeight;

  /** Breaks ties: first come, first served. */
  long order;

  /** When it wants to be woken, or may run again. */
  long dueNanos;

  /** Something came for it while it ran. */
  boolean wokenMeanwhile;

  /** The same, and its cap does not matter to it. */
  boolean urgentMeanwhile;

  long sliceStartNanos;
  long sliceEndNanos;

  /** Up to when it has used what its cap gives. */
  long paidUntilNanos;

  /** How long it runs until it waits again, rather too long; unknown at first, so: for long. */
  long burstNanos = Dispatcher.SLICE_NANOS;

  /** How late its timers may be since it last waited; 0 once it has run for long. */
  long slackNanos;

  long readySinceNanos;
  long ranNanos;
  long longestWaitNanos;

  /** Its slice is to end: read by the worker that runs it, without the lock. */
  volatile boolean preempted;

  Entity(String name, Share share, Schedulable machine) {
    this.name = name;
    this.share = share;
    this.machine = machine;
    feasibleWeight = share.weight();
  }

  /** Whether it is expected to wait again so soon that nobody else need look at the clock. */
  boolean isBrief() {
    return burstNanos <= Dispatcher.HANDOVER_NANOS;
  }

  /**
   * How much it speaks for another processor: as much as it will run, but less if it was woken by a
   * timer that may be late.
   */
  long pressureNanos() {
    long handover = Dispatcher.HANDOVER_NANOS;
    return burstNanos * handover / (handover + slackNanos);
  }

  /** What so much time counts for. */
  long virtual(long nanos) {
    return Math.round(nanos * (Share.DEFAULT_WEIGHT / feasibleWeight));
  }

  /** Virtual time as it would be if its slice ended now. */
  long virtualNanosAt(long nowNanos) {
    return virtualNanos + virtual(nowNanos - sliceStartNanos);
  }
}
