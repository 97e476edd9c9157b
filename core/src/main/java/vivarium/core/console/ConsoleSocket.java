package vivarium.core.console;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.api.VivariumException;

/**
 * A machine's console at a Unix or TCP socket. One client at a time; the next is let in when it is
 * gone. A client first gets what was written since the last one left, as far as it is kept. All
 * methods from any thread.
 */
public final class ConsoleSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConsoleSocket.class);
  private static final int PIECE_BYTES = 4096;

  private final RelayConsole console;
  private final ServerSocketChannel server;
  private final @Nullable Path file;
  private final Semaphore output = new Semaphore(0);
  private volatile @Nullable SocketChannel client;
  private volatile boolean closed;
  private long position;

  private ConsoleSocket(RelayConsole console, ServerSocketChannel server, @Nullable Path file) {
    this.console = console;
    this.server = server;
    this.file = file;
    console.onOutput(output::release);
    Thread.ofVirtual().name("console socket").start(this::serve);
  }

  /**
   * Offers a console at a Unix socket. A socket that a dead process left there is replaced.
   *
   * @throws VivariumException in one line, if the socket cannot be had
   */
  public static ConsoleSocket atUnix(RelayConsole console, Path file) {
    try {
      UnixDomainSocketAddress address = UnixDomainSocketAddress.of(file);
      removeStale(address);
      ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      return new ConsoleSocket(console, bound(server, address), file);
    } catch (IOException | IllegalArgumentException e) {
      throw refused("unix:" + file, e);
    }
  }

  private static void removeStale(UnixDomainSocketAddress address) throws IOException {
    Path file = address.getPath();
    if (!Files.exists(file)) {
      return;
    }
    if (Files.isRegularFile(file) || Files.isDirectory(file)) {
      throw new IOException("there is a file of that name");
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      if (probe.connect(address)) {
        throw new IOException("somebody listens there already");
      }
    } catch (java.net.ConnectException nobodyListens) {
      Files.delete(file);
    }
  }

  /**
   * Offers a console at a TCP port.
   *
   * @throws VivariumException in one line, if the port cannot be had
   */
  public static ConsoleSocket atTcp(RelayConsole console, String host, int port) {
    String name = "tcp:" + host + ":" + port;
    try {
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        throw new IOException("no host " + host);
      }
      ServerSocketChannel server = ServerSocketChannel.open();
      server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      return new ConsoleSocket(console, bound(server, address), null);
    } catch (IOException | IllegalArgumentException e) {
      throw refused(name, e);
    }
  }

  private static ServerSocketChannel bound(ServerSocketChannel server, SocketAddress address)
      throws IOException {
    try {
      return server.bind(address);
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static VivariumException refused(String name, Exception why) {
    return new VivariumException("no console at " + name + ": " + why.getMessage(), why);
  }

  /** The TCP port, also where the host chose one; -1 for a Unix socket. */
  public int port() {
    try {
      return server.getLocalAddress() instanceof InetSocketAddress at ? at.getPort() : -1;
    } catch (IOException e) {
      return -1;
    }
  }

  private void serve() {
    while (!closed) {
      try (SocketChannel accepted = server.accept()) {
        client = accepted;
        Thread writer = Thread.ofVirtual().name("console output").start(() -> write(accepted));
        read(accepted);
        accepted.close();
        output.release();
        writer.join();
      } catch (IOException e) {
        LOG.debug("a console's client is gone", e);
      } catch (InterruptedException e) {
        return;
      } finally {
        client = null;
      }
    }
  }

  private void read(SocketChannel from) throws InterruptedException {
    ByteBuffer buffer = ByteBuffer.allocate(PIECE_BYTES);
    try {
      while (from.read(buffer.clear()) >= 0) {
        console.put(buffer.array(), 0, buffer.position());
      }
    } catch (IOException e) {
      LOG.debug("a console's client is gone", e);
    }
  }

  private void write(SocketChannel to) {
    try {
      while (to.isOpen()) {
        RelayConsole.Piece piece = console.read(position, PIECE_BYTES);
        if (piece.lost() > 0) {
          send(to, "\r\n[%d bytes are lost]\r\n".formatted(piece.lost()).getBytes());
        }
        send(to, piece.bytes());
        position = piece.next();
        if (piece.bytes().length == 0) {
          output.acquire();
          output.drainPermits();
        }
      }
    } catch (IOException e) {
      LOG.debug("a console's client is gone", e);
    } catch (InterruptedException e) {
      LOG.debug("a console ends", e);
    }
  }

  private static void send(SocketChannel to, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      to.write(buffer);
    }
  }

  /** Sends what is left to the client, if it takes it at once, and closes the socket. */
  @Override
  public void close() {
    closed = true;
    try {
      SocketChannel last = client;
      if (last != null) {
        last.close();
      }
      server.close();
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.debug("a console's socket is not closed properly", e);
    }
    output.release();
  }
}
