package vivarium.api.device;

/**
 * A machine's time: of the host in ordinary mode, counted in steps in deterministic mode. The
 * machine's own thread.
 */
public interface Clock {
  /** Ticks since the machine was started, at {@link #frequencyHz()}. */
  long ticks();

  /** Ticks in a second: 10 MHz on the {@code virt} board. */
  long frequencyHz();

  /** Nanoseconds since 1970-01-01 UTC, for real-time clocks. */
  long wallNanos();

  /**
   * Makes a timer that calls {@code onExpiry} on the machine's own thread, at a boundary of a run,
   * at or soon after its deadline; in deterministic mode exactly then.
   */
  Timer newTimer(Runnable onExpiry);

  /** One deadline. */
  interface Timer {
    /**
     * Sets the deadline, in place of the one before. One that has passed expires at once, that is
     * before the next instruction.
     *
     * @param deadlineTicks unsigned
     */
    void at(long deadlineTicks);

    /** Takes the deadline away. */
    void cancel();
  }
}
