package vivarium.distribution.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.api.VivariumException;
import vivarium.core.console.RelayConsole;
import vivarium.distribution.terminal.EscapeKeys;
import vivarium.distribution.terminal.Terminal;

/**
 * Several machines at one terminal: one is in front, sees what is typed and is seen; {@code Ctrl-A}
 * and a key does the rest. One thread reads the terminal, one prints; machines wait for neither.
 */
final class Switcher implements FleetConsole {
  private static final Logger LOG = LoggerFactory.getLogger(Switcher.class);
  private static final String KEYS =
      """
      Ctrl-A 1..9    shows that machine
      Ctrl-A n       shows the next one
      Ctrl-A l       lists all
      Ctrl-A p       pauses the one shown, or lets it go on
      Ctrl-A r       resets the one shown
      Ctrl-A q       turns the power of the one shown off
      Ctrl-A s       shows what happened how often in it
      Ctrl-A x       leaves: as if all cables were pulled
      Ctrl-A Ctrl-A  sends Ctrl-A to the one shown
      Ctrl-A h       shows this\
      """;

  private static final int PIECE_BYTES = 4096;

  /** How much of a machine's output is shown again when it comes to the front. */
  private static final int HISTORY_BYTES = 2048;

  private static final int MOST_DIGIT = 9;

  private final Host host;
  private final List<Seat> seats;
  private final Runnable leave;
  private final Terminal terminal;
  private final Printing printing = new Printing(this::print, this::gone);
  private final Queue<String> messages = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Seat front;

  /** Whose output was printed last, and how much of it; the printing thread's. */
  private @Nullable Seat shown;

  private long position;

  Switcher(Host host, List<Seat> seats, Runnable leave) {
    this.host = host;
    this.seats = List.copyOf(seats);
    this.leave = leave;
    front = next(null);
    for (Seat seat : seats) {
      if (seat.isHere()) {
        seat.console().onOutput(printing::request);
      }
    }
    say("Ctrl-A l lists the machines, Ctrl-A n shows the next, Ctrl-A h tells more");
    terminal = Terminal.raw();
    printing.start();
    Thread.ofPlatform().daemon().name("console input").start(this::read);
  }

  private Map<Character, Runnable> commands() {
    Map<Character, Runnable> commands = new HashMap<>();
    for (int i = 1; i <= Math.min(MOST_DIGIT, seats.size()); i++) {
      Seat seat = seats.get(i - 1);
      commands.put((char) ('0' + i), () -> show(seat));
    }
    commands.put('n', () -> show(next(front)));
    commands.put('l', this::list);
    commands.put('p', () -> withFront(Seat::pauseOrResume));
    commands.put('r', () -> withFront(Seat::reset));
    commands.put('q', () -> withFront(seat -> seat.machine().powerOff()));
    commands.put('s', () -> withFront(this::showStats));
    commands.put('x', leave);
    commands.put('h', () -> say("\n" + KEYS));
    return commands;
  }

  private void read() {
    byte[] piece = new byte[PIECE_BYTES];
    try (EscapeKeys keys = new EscapeKeys(host.in(), commands())) {
      for (int count = keys.read(piece); count >= 0; count = keys.read(piece)) {
        Seat seat = front;
        if (seat != null && seat.console().offer(piece, 0, count) < count) {
          say(seat.name() + " does not take what is typed");
        }
      }
    } catch (IOException e) {
      LOG.debug("console input ends", e);
    }
  }

  private void withFront(java.util.function.Consumer<Seat> action) {
    Seat seat = front;
    if (seat != null) {
      try {
        action.accept(seat);
        if (seat.outcome().isEmpty()) {
          say(seat.name() + " is " + seat.state());
        }
      } catch (VivariumException e) {
        say(String.valueOf(e.getMessage()));
      }
    }
  }

  private void showStats(Seat seat) {
    java.io.ByteArrayOutputStream lines = new java.io.ByteArrayOutputStream();
    MachineStats.print(
        seat.machine(), 0, null, new java.io.PrintStream(lines, true, StandardCharsets.UTF_8));
    say("\n" + lines.toString(StandardCharsets.UTF_8).stripTrailing());
  }

  /** The machine after one, of those that have their console here. */
  private @Nullable Seat next(@Nullable Seat from) {
    int start = from == null ? -1 : seats.indexOf(from);
    for (int i = 1; i <= seats.size(); i++) {
      Seat seat = seats.get((start + i) % seats.size());
      if (seat.isHere()) {
        return seat;
      }
    }
    return null;
  }

  private void show(@Nullable Seat seat) {
    if (seat == null || seat.equals(front)) {
      return;
    }
    if (seat.isHere()) {
      front = seat;
      printing.request();
    } else {
      say(seat.name() + " has its console at " + seat.where());
    }
  }

  private void list() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < seats.size(); i++) {
      Seat seat = seats.get(i);
      lines.append(
          String.format(
              Locale.ROOT,
              "%n%s%d %-16s %-12s %8.1f s of a core, weight %d, cap %d %%, %d of %d MiB,"
                  + " console %s",
              seat.equals(front) ? "*" : " ",
              i + 1,
              seat.name(),
              seat.state(),
              seat.seconds(),
              seat.machine().share().weight(),
              seat.machine().share().capPercent(),
              seat.machine().residentBytes() >> 20,
              seat.machine().config().memoryBytes() >> 20,
              seat.where()));
    }
    say(lines.toString());
  }

  private void say(String line) {
    messages.add(line);
    printing.request();
  }

  private void print() throws IOException {
    Seat seat = front;
    if (seat != null && !seat.equals(shown)) {
      position = banner(seat, shown != null);
      shown = seat;
    }
    for (String line = messages.poll(); line != null; line = messages.poll()) {
      write("\r\nvivarium: " + line.replace("\n", "\r\n") + "\r\n");
    }
    if (seat != null) {
      position = pass(seat.console(), position);
    }
  }

  private void gone(IOException reason) {
    LOG.debug("the terminal is gone", reason);
    leave.run();
  }

  private long banner(Seat seat, boolean switched) throws IOException {
    if (!switched) {
      return 0;
    }
    write(
        "\r\n--- %d %s, %s ---\r\n".formatted(seats.indexOf(seat) + 1, seat.name(), seat.state()));
    return Math.max(0, seat.console().end() - HISTORY_BYTES);
  }

  private long pass(RelayConsole from, long start) throws IOException {
    long at = start;
    RelayConsole.Piece piece = from.read(at, PIECE_BYTES);
    while (piece.bytes().length > 0) {
      if (piece.lost() > 0) {
        write("\r\n[%d bytes are lost]\r\n".formatted(piece.lost()));
      }
      host.console().write(piece.bytes());
      host.console().flush();
      at = piece.next();
      piece = from.read(at, PIECE_BYTES);
    }
    return at;
  }

  private void write(String text) throws IOException {
    host.console().write(text.getBytes(StandardCharsets.UTF_8));
    host.console().flush();
  }

  @Override
  public void ended(Seat seat) {
    say(seat.name() + " " + seat.state());
    if (seat.equals(front)) {
      Seat other = next(seat);
      while (other != null && !other.equals(seat) && other.outcome().isPresent()) {
        other = next(other);
      }
      show(other);
    }
  }

  @Override
  public void close() {
    printing.close();
    terminal.close();
  }
}
