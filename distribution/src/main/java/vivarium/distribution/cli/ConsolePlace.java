package vivarium.distribution.cli;

import java.nio.file.Path;
import vivarium.api.VivariumException;
import vivarium.core.console.ConsolePty;
import vivarium.core.console.ConsoleSocket;
import vivarium.core.console.RelayConsole;

/** Where a machine's console is. */
sealed interface ConsolePlace {
  /** The terminal, or standard input and output. */
  record Here() implements ConsolePlace {}

  /** Nowhere: output is lost, and there is no input. */
  record None() implements ConsolePlace {}

  /** A pseudo-terminal of the host's. */
  record Pty() implements ConsolePlace {}

  /** A Unix socket. */
  record Unix(Path file) implements ConsolePlace {}

  /** A TCP port. */
  record Tcp(String host, int port) implements ConsolePlace {}

  /**
   * What a text such as {@code unix:PATH} says.
   *
   * @param directory what a relative path is relative to
   * @throws VivariumException in one line, if it says nothing
   */
  static ConsolePlace of(String text, Path directory) {
    if (text.startsWith("unix:") && text.length() > "unix:".length()) {
      return new Unix(directory.resolve(text.substring("unix:".length())));
    }
    if (text.startsWith("tcp:")) {
      return tcp(text);
    }
    return switch (text) {
      case "here" -> new Here();
      case "none" -> new None();
      case "pty" -> new Pty();
      default ->
          throw new VivariumException(
              "no console at '" + text + "'; there is here, none, pty, unix:PATH, tcp:HOST:PORT");
    };
  }

  private static ConsolePlace tcp(String text) {
    String at = text.substring("tcp:".length());
    int colon = at.lastIndexOf(':');
    try {
      int port = Integer.parseInt(at.substring(colon + 1));
      if (colon > 0 && port > 0 && port < 1 << 16) {
        return new Tcp(at.substring(0, colon), port);
      }
    } catch (NumberFormatException e) {
      // the line below says it
    }
    throw new VivariumException("'" + text + "' is not tcp:HOST:PORT");
  }

  /** Whether it is the terminal of this process. */
  default boolean isHere() {
    return this instanceof Here;
  }

  /** Whether no two machines can have it, and both places are the same. */
  default boolean collides(ConsolePlace other) {
    return switch (this) {
      case Here here -> false;
      case None none -> false;
      case Pty pty -> false;
      case Unix unix ->
          other instanceof Unix same && normal(unix.file()).equals(normal(same.file()));
      case Tcp tcp -> other.equals(tcp);
    };
  }

  private static Path normal(Path file) {
    return file.toAbsolutePath().normalize();
  }

  /** A console that is offered at its place. */
  interface Offer extends AutoCloseable {
    /** For people: where it is. */
    String where();

    @Override
    void close();
  }

  /**
   * Offers a machine's console there.
   *
   * @throws VivariumException in one line, if that cannot be
   */
  default Offer offer(RelayConsole console) {
    return switch (this) {
      case Here here -> offer("here", () -> {});
      case None none -> offer("none", () -> {});
      case Pty wanted -> {
        ConsolePty pty = ConsolePty.open(console);
        yield offer(pty.path(), pty::close);
      }
      case Unix unix ->
          offer("unix:" + unix.file(), ConsoleSocket.atUnix(console, unix.file())::close);
      case Tcp tcp ->
          offer(
              "tcp:" + tcp.host() + ":" + tcp.port(),
              ConsoleSocket.atTcp(console, tcp.host(), tcp.port())::close);
    };
  }

  private static Offer offer(String where, Runnable close) {
    return new Offer() {
      @Override
      public String where() {
        return where;
      }

      @Override
      public void close() {
        close.run();
      }
    };
  }
}
