package vivarium.core.schedule;

/** What a {@link Scheduler} runs: a virtual machine. */
public interface Schedulable {
  /** What came of a step forward. */
  sealed interface Progress {
    /** It ran, and wants to go on. */
    Progress RAN = new Ran();

    /** It is at its end: it is never run again. */
    Progress ENDED = new Ended();

    /** Nothing can be done before it is woken. */
    Progress WAITS_TO_BE_WOKEN = new Waits(Long.MAX_VALUE, 0);

    /** It ran, and wants to go on. */
    record Ran() implements Progress {}

    /**
     * Nothing can be done before it is woken, or a time is over.
     *
     * @param nanos how long that is; {@link Long#MAX_VALUE} for ever
     * @param slackNanos how much longer it may be, so that several can be woken at once
     */
    record Waits(long nanos, long slackNanos) implements Progress {}

    /** It is at its end: it is never run again. */
    record Ended() implements Progress {}
  }

  /**
   * Goes on a little, without waiting for anything. Called by one worker thread at a time, though
   * not always by the same; what one call wrote is seen by the next.
   *
   * @param nanos about how long at most; it may be a millisecond at once, not more
   */
  Progress advance(long nanos);

  /** Ends the call of {@link #advance} at hand soon, if there is one; from any thread. */
  void interrupt();
}
