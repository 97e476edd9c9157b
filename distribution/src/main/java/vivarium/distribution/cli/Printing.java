package vivarium.distribution.cli;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that prints what machines write, so that none of them waits for it: once at the
 * beginning, whenever there may be more, and once more at the end.
 */
final class Printing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Printing.class);

  private final Semaphore wanted = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closed;

  /** Prints all that is there. */
  interface Pass {
    /** On the thread. */
    void print() throws IOException;
  }

  /**
   * Makes one that begins with {@link #start}.
   *
   * @param broken told, on the thread, that nothing can be printed any more
   */
  Printing(Pass pass, Consumer<IOException> broken) {
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("console output")
            .unstarted(() -> printOnAndOn(pass, broken));
  }

  void start() {
    thread.start();
  }

  /** There may be more to print; from any thread. */
  void request() {
    wanted.release();
  }

  private void printOnAndOn(Pass pass, Consumer<IOException> broken) {
    try {
      while (true) {
        boolean last = closed;
        pass.print();
        if (last) {
          return;
        }
        wanted.acquire();
        wanted.drainPermits();
      }
    } catch (IOException e) {
      broken.accept(e);
    } catch (InterruptedException e) {
      LOG.debug("console output ends", e);
    }
  }

  /** Returns when all is printed. */
  @Override
  public void close() {
    closed = true;
    wanted.release();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
