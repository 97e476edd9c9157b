package vivarium.core.console;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.api.VivariumException;

/**
 * A machine's console at a pseudo-terminal of the host, for {@code screen}, {@code minicom} and the
 * like: they come and go as they please. All methods from any thread.
 */
public final class ConsolePty implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConsolePty.class);
  private static final int PIECE_BYTES = 1024;

  /** How soon {@link #close} is noticed. */
  private static final int CLOSE_MILLIS = 500;

  private final RelayConsole console;
  private final int master;
  private final String path;

  /** Held open, so that the master is not hung up when a client leaves. */
  private final int slave;

  private final Semaphore output = new Semaphore(0);
  private final Thread reader;
  private final Thread writer;
  private volatile boolean closed;

  private ConsolePty(RelayConsole console, int master, String path, int slave) {
    this.console = console;
    this.master = master;
    this.path = path;
    this.slave = slave;
    console.onOutput(output::release);
    reader = Thread.ofPlatform().daemon().name("console input " + path).start(this::read);
    writer = Thread.ofPlatform().daemon().name("console output " + path).start(this::write);
  }

  /**
   * Offers a console at a new pseudo-terminal.
   *
   * @throws VivariumException in one line, if the host has none
   */
  public static ConsolePty open(RelayConsole console) {
    int master = HostTerminal.openMaster();
    try {
      String path = HostTerminal.slaveName(master);
      return new ConsolePty(console, master, path, HostTerminal.openSlave(path));
    } catch (RuntimeException e) {
      HostTerminal.close(master);
      throw e;
    }
  }

  /** Where clients find it, such as {@code /dev/pts/3}. */
  public String path() {
    return path;
  }

  private void read() {
    byte[] typed = new byte[PIECE_BYTES];
    try {
      while (!closed) {
        if (HostTerminal.poll(master, HostTerminal.POLLIN, CLOSE_MILLIS) != 0) {
          int count = HostTerminal.read(master, typed);
          if (count > 0) {
            console.put(typed, 0, count);
          }
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("console {} ends", path);
    }
  }

  private void write() {
    long position = 0;
    try {
      while (!closed) {
        RelayConsole.Piece piece = console.read(position, PIECE_BYTES);
        position = piece.next();
        send(piece.bytes());
        if (piece.bytes().length == 0 && output.tryAcquire(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
          output.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("console {} ends", path);
    }
  }

  /** Sends all of it, however long that takes: what comes meanwhile the console keeps in part. */
  private void send(byte[] bytes) {
    for (int done = 0; done < bytes.length && !closed; ) {
      int count = HostTerminal.write(master, bytes, done);
      if (count > 0) {
        done += count;
      } else {
        HostTerminal.poll(master, HostTerminal.POLLOUT, CLOSE_MILLIS);
      }
    }
  }

  /** Takes the pseudo-terminal away. */
  @Override
  public void close() {
    closed = true;
    output.release();
    reader.interrupt();
    try {
      reader.join();
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    HostTerminal.close(slave);
    HostTerminal.close(master);
  }
}
