package vivarium.core.machine;

import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.core.memory.Extent;

/**
 * Whether a machine hardly runs, and what it gives back to the host then: what its engines have
 * made of the guest's code, which others make again, for a machine at rest, when they need it; and
 * frames that hold nothing but zeros. Told each time the machine has run, and asked each time it
 * waits; on the thread that runs it.
 */
final class Rest implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rest.class);

  /** How long a machine is watched before it is said to be quiet. */
  static final long WINDOW_NANOS = 10_000_000_000L;

  /** A machine that makes fewer steps in a window is quiet: an idle Linux makes about a million. */
  static final long QUIET_STEPS = 30_000_000;

  /**
   * What engines have made in a machine's first steps, if they are fewer, is not worth giving back.
   */
  static final long WORTH_STEPS = 100_000_000;

  /** Bytes of RAM that are looked at in one go: about a millisecond. */
  static final long PIECE_BYTES = 4 << 20;

  /** After something has come from outside, somebody may watch what the guest makes of it. */
  static final long ATTENDED_NANOS = 1_000_000_000;

  private final String name;
  private final Extent extent;
  private final long slackNanos;
  private final LongSupplier nanoTime;
  private final Leftovers leftovers;
  private boolean busy;
  private boolean resting;
  private long windowStart;
  private long windowSteps;
  private long attendedUntil;
  private long next;
  private long given;

  /**
   * A busy machine.
   *
   * @param slackNanos how late its timers may be while it rests; 0 for not at all
   */
  Rest(String name, Extent extent, long slackNanos, LongSupplier nanoTime, Leftovers leftovers) {
    this.name = name;
    this.extent = extent;
    this.slackNanos = slackNanos;
    this.nanoTime = nanoTime;
    this.leftovers = leftovers;
    windowStart = nanoTime.getAsLong();
    attendedUntil = windowStart;
    next = extent.ramBytes();
    setBusy(true);
  }

  /**
   * The machine has run: if it rests no longer, its engines are to be such as run fast.
   *
   * @param steps made so far
   * @param giveUpEngines called when it rests no longer
   */
  void ran(long steps, Runnable giveUpEngines) {
    if (resting && !isCalm(steps)) {
      resting = false;
      setBusy(true);
      giveUpEngines.run();
      beginWindow(steps, nanoTime.getAsLong());
    }
  }

  /**
   * The machine waits: gives something back if it is time to.
   *
   * @param steps made so far
   * @param giveUpEngines called when it has come to rest
   */
  void waits(long steps, Runnable giveUpEngines) {
    long now = nanoTime.getAsLong();
    if (now - windowStart >= WINDOW_NANOS) {
      boolean calm = isCalm(steps);
      if (calm && isWorthIt(steps)) {
        resting = true;
        next = 0;
        given = 0;
        giveUpEngines.run();
        leftovers.left();
      }
      setBusy(!calm);
      beginWindow(steps, now);
    } else if (next < extent.ramBytes()) {
      given += extent.giveBackZeros(next, Math.min(PIECE_BYTES, extent.ramBytes() - next));
      next += PIECE_BYTES;
      if (next >= extent.ramBytes()) {
        LOG.debug("{} is quiet and has given back {} KiB of zeros", name, given >> 10);
      }
    }
  }

  /** Whether engines that are made now are for a machine at rest. */
  boolean isResting() {
    return resting;
  }

  /** Something has come from outside: for a while the machine's timers ring in time. */
  void attended() {
    attendedUntil = nanoTime.getAsLong() + ATTENDED_NANOS;
  }

  /** How late the machine's timers may be now, in nanoseconds. */
  long slackNanos() {
    return resting && nanoTime.getAsLong() - attendedUntil >= 0 ? slackNanos : 0;
  }

  private void beginWindow(long steps, long now) {
    windowStart = now;
    windowSteps = steps;
  }

  private boolean isCalm(long steps) {
    return steps - windowSteps < QUIET_STEPS;
  }

  private boolean isWorthIt(long steps) {
    return !resting && steps >= WORTH_STEPS;
  }

  private void setBusy(boolean value) {
    if (value != busy) {
      busy = value;
      if (busy) {
        leftovers.busy();
      } else {
        leftovers.quiet();
      }
    }
  }

  /** The machine runs no more. */
  @Override
  public void close() {
    setBusy(false);
  }

  /**
   * When the machine is to be asked again though nothing comes for it; {@link Long#MAX_VALUE} if it
   * has nothing left to give.
   */
  long nanosToNextLook(long steps) {
    if (next < extent.ramBytes()) {
      return 1_000_000;
    }
    return isWorthIt(steps)
        ? Math.max(1, windowStart + WINDOW_NANOS - nanoTime.getAsLong())
        : Long.MAX_VALUE;
  }
}
