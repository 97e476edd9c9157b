package vivarium.core.machine;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What engines that were given up leave on the heap: some 50 MB for each machine that has booted.
 * Where all machines are quiet nobody allocates, and a collector that works when memory is short
 * would never come. So it is called when the last machine has become quiet: nobody has to wait for
 * it then. One for all machines of the process, as the heap is.
 */
final class Leftovers {
  private static final Leftovers OF_PROCESS = new Leftovers(System::gc);

  private final Runnable collector;
  private final AtomicInteger busy = new AtomicInteger();
  private final AtomicBoolean some = new AtomicBoolean();

  /**
   * Makes a place for leftovers.
   *
   * @param collector takes them away
   */
  Leftovers(Runnable collector) {
    this.collector = collector;
  }

  /** Those of all machines of this process. */
  static Leftovers ofProcess() {
    return OF_PROCESS;
  }

  /** A machine is there that is not quiet, or is so no longer. */
  void busy() {
    busy.incrementAndGet();
  }

  /** One machine less is busy: it is quiet, or gone. */
  void quiet() {
    if (busy.decrementAndGet() == 0 && some.getAndSet(false)) {
      collector.run();
    }
  }

  /** A machine has given up its engines; to be told before {@link #quiet}. */
  void left() {
    some.set(true);
  }
}
