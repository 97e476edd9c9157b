package vivarium.distribution.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.api.VivariumException;

/**
 * Where a process that runs machines tells others of the same user what happened in them: a Unix
 * socket by the name of the process, in a directory that is the user's alone. Who connects gets the
 * text of that moment. A socket that cannot be had is none: machines run without.
 */
final class StatsSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatsSocket.class);
  private static final String SUFFIX = ".sock";
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private final Place place;
  private final Consumer<PrintStream> printer;
  private final Thread thread;
  private @Nullable ServerSocketChannel server;
  private boolean closed;

  /**
   * Where sockets are, and when they are made.
   *
   * @param directory of the user's alone; made when it is needed
   * @param delayMillis how long after the start of a machine: what is over by then does not pay
   */
  record Place(Path directory, long delayMillis) {
    private static final long DELAY_MILLIS = 1_000;

    /** The user's runtime directory, or one beside the temporary files. */
    static Place ofUser() {
      String runtime = System.getenv("XDG_RUNTIME_DIR");
      boolean there = runtime != null && Files.isDirectory(Path.of(runtime));
      return new Place(
          there
              ? Path.of(runtime, "vivarium")
              : Path.of(
                  System.getProperty("java.io.tmpdir"),
                  "vivarium-" + System.getProperty("user.name")),
          DELAY_MILLIS);
    }

    private Path of(long process) {
      return directory.resolve(process + SUFFIX);
    }
  }

  /**
   * Begins to tell, some time later, on a thread of its own.
   *
   * @param printer prints what is to be told, on that thread; never after {@link #close}
   */
  StatsSocket(Place place, Consumer<PrintStream> printer) {
    this.place = place;
    this.printer = printer;
    thread = Thread.ofPlatform().daemon().name("stats").start(this::run);
  }

  private void run() {
    try {
      Thread.sleep(place.delayMillis());
      ServerSocketChannel listening = listen();
      while (listening != null) {
        tell(listening.accept());
      }
    } catch (ClosedChannelException | InterruptedException e) {
      LOG.trace("closed", e);
    } catch (IOException | UnsupportedOperationException e) {
      LOG.debug("no counters are told", e);
    }
  }

  private void tell(SocketChannel client) {
    try (client) {
      client.write(ByteBuffer.wrap(text()));
    } catch (IOException | RuntimeException e) { // a machine may be in the midst of a reset
      LOG.debug("somebody did not get to know the counters", e);
    }
  }

  private synchronized @Nullable ServerSocketChannel listen() throws IOException {
    if (closed) {
      return null;
    }
    if (!Files.isDirectory(place.directory())) {
      Files.createDirectory(place.directory(), PosixFilePermissions.asFileAttribute(PRIVATE));
    }
    requirePrivate(place.directory());
    Path file = place.of(ProcessHandle.current().pid());
    Files.deleteIfExists(file);
    ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server = listening;
    return listening.bind(UnixDomainSocketAddress.of(file));
  }

  private synchronized byte[] text() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!closed) {
      printer.accept(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Override
  public synchronized void close() {
    closed = true;
    thread.interrupt();
    ServerSocketChannel listening = server;
    if (listening != null) {
      try {
        Files.deleteIfExists(place.of(ProcessHandle.current().pid()));
        listening.close();
      } catch (IOException e) {
        LOG.debug("a socket stays", e);
      }
    }
  }

  /** Others of the host must not be able to put a socket there, nor to read. */
  private static void requirePrivate(Path directory) throws IOException {
    boolean mine =
        Files.getOwner(directory).getName().equals(System.getProperty("user.name"))
            && Files.getPosixFilePermissions(directory).equals(PRIVATE);
    if (!mine) {
      throw new IOException(directory + " is not this user's alone");
    }
  }

  /**
   * What a process tells.
   *
   * @throws VivariumException in one line, if it tells nothing
   */
  static String ask(Place place, long process) {
    return tryToAsk(place, process)
        .filter(text -> !text.isEmpty())
        .orElseThrow(
            () ->
                new VivariumException(
                    ProcessHandle.of(process).isPresent()
                        ? "process %d is no 'vivarium run' of this user, or begins or ends just now"
                            .formatted(process)
                        : "there is no process " + process));
  }

  private static Optional<String> tryToAsk(Place place, long process) {
    Path file = place.of(process);
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      requirePrivate(place.directory());
      try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
        byte[] bytes = Channels.newInputStream(channel).readAllBytes();
        return Optional.of(new String(bytes, StandardCharsets.UTF_8));
      } catch (ConnectException itsProcessIsDead) {
        Files.deleteIfExists(file);
        return Optional.empty();
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw new VivariumException("process " + process + " cannot be asked: " + e.getMessage(), e);
    }
  }

  /** The processes that seem to run machines, in order. */
  static List<Long> processes(Place place) {
    List<Long> found = new ArrayList<>();
    if (Files.isDirectory(place.directory())) {
      try (Stream<Path> files = Files.list(place.directory())) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.matches("[0-9]{1,18}\\" + SUFFIX))
            .map(name -> Long.valueOf(name.substring(0, name.length() - SUFFIX.length())))
            .filter(process -> ProcessHandle.of(process).isPresent())
            .sorted()
            .forEach(found::add);
      } catch (IOException e) {
        throw new VivariumException(place.directory() + " cannot be read: " + e.getMessage(), e);
      }
    }
    return found;
  }
}
