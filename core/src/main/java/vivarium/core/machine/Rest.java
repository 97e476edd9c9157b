package vivarium.core.machine;

import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.core.memory.Extent;

/**
 * What a machine that hardly runs gives back to the host: what its engines have made of the guest's
 * code, which they make again when they need it, and frames that hold nothing but zeros. Asked each
 * time the machine waits; on the thread that runs it.
 */
final class Rest implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rest.class);

  /** How long a machine is watched before it is said to be quiet. */
  static final long WINDOW_NANOS = 10_000_000_000L;

  /** A machine that makes fewer steps in a window is quiet: an idle Linux makes about a million. */
  static final long QUIET_STEPS = 30_000_000;

  /** What engines have made in fewer steps is not worth giving back. */
  static final long WORTH_STEPS = 100_000_000;

  /** Bytes of RAM that are looked at in one go: about a millisecond. */
  static final long PIECE_BYTES = 4 << 20;

  private final String name;
  private final Extent extent;
  private final LongSupplier nanoTime;
  private final Leftovers leftovers;
  private boolean busy;
  private long windowStart;
  private long windowSteps;
  private long engineSteps;
  private long next;
  private long given;

  Rest(String name, Extent extent, LongSupplier nanoTime, Leftovers leftovers) {
    this.name = name;
    this.extent = extent;
    this.nanoTime = nanoTime;
    this.leftovers = leftovers;
    windowStart = nanoTime.getAsLong();
    next = extent.ramBytes();
    setBusy(true);
  }

  /**
   * The machine waits: gives something back if it is time to.
   *
   * @param steps made so far
   * @param giveUpEngines called when the machine has become quiet
   */
  void waits(long steps, Runnable giveUpEngines) {
    long now = nanoTime.getAsLong();
    if (now - windowStart >= WINDOW_NANOS) {
      boolean calm = steps - windowSteps < QUIET_STEPS;
      if (calm && steps - engineSteps >= WORTH_STEPS) {
        engineSteps = steps;
        next = 0;
        given = 0;
        giveUpEngines.run();
        leftovers.left();
      }
      setBusy(!calm);
      windowStart = now;
      windowSteps = steps;
    } else if (next < extent.ramBytes()) {
      given += extent.giveBackZeros(next, Math.min(PIECE_BYTES, extent.ramBytes() - next));
      next += PIECE_BYTES;
      if (next >= extent.ramBytes()) {
        LOG.debug("{} is quiet and has given back {} KiB of zeros", name, given >> 10);
      }
    }
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
    return steps - engineSteps >= WORTH_STEPS
        ? Math.max(1, windowStart + WINDOW_NANOS - nanoTime.getAsLong())
        : Long.MAX_VALUE;
  }
}
