package vivarium.distribution.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.core.console.RelayConsole;

/**
 * Several machines where there is no terminal: each line of output begins with its machine's name,
 * and input goes to the first. One thread prints; a reader that is too slow for it loses lines, and
 * no machine waits.
 */
final class LineConsole implements FleetConsole {
  private static final Logger LOG = LoggerFactory.getLogger(LineConsole.class);
  private static final int PIECE_BYTES = 4096;

  private final Host host;
  private final List<Lines> all = new ArrayList<>();
  private final Printing printing = new Printing(this::printAll, LineConsole::lost);

  /** One machine's output, on its way to become lines. */
  private static final class Lines {
    final Seat seat;
    final byte[] prefix;
    final ByteArrayOutputStream line = new ByteArrayOutputStream();
    long position;

    Lines(Seat seat) {
      this.seat = seat;
      prefix = ("[" + seat.name() + "] ").getBytes(StandardCharsets.UTF_8);
    }
  }

  LineConsole(Host host, List<Seat> seats) {
    this.host = host;
    for (Seat seat : seats) {
      if (seat.isHere()) {
        all.add(new Lines(seat));
        seat.console().onOutput(printing::request);
      }
    }
    printing.start();
    if (!all.isEmpty()) {
      RelayConsole first = all.getFirst().seat.console();
      Thread.ofPlatform().daemon().name("console input").start(() -> pass(first));
    }
  }

  private void pass(RelayConsole to) {
    byte[] piece = new byte[PIECE_BYTES];
    try {
      for (int count = host.in().read(piece); count >= 0; count = host.in().read(piece)) {
        to.put(piece, 0, count);
      }
    } catch (IOException | InterruptedException e) {
      LOG.debug("console input ends", e);
    }
  }

  private static void lost(IOException reason) {
    LOG.warn("console output is lost from here on: {}", reason.getMessage());
  }

  private void printAll() throws IOException {
    for (Lines lines : all) {
      RelayConsole.Piece piece = lines.seat.console().read(lines.position, PIECE_BYTES);
      while (piece.bytes().length > 0) {
        if (piece.lost() > 0) {
          endLine(lines);
          lines.line.writeBytes(("[%d bytes are lost]".formatted(piece.lost())).getBytes());
          endLine(lines);
        }
        for (byte value : piece.bytes()) {
          if (value == '\n') {
            printLine(lines);
          } else if (value != '\r') {
            lines.line.write(value);
          }
        }
        lines.position = piece.next();
        piece = lines.seat.console().read(lines.position, PIECE_BYTES);
      }
    }
  }

  private void endLine(Lines lines) throws IOException {
    if (lines.line.size() > 0) {
      printLine(lines);
    }
  }

  private void printLine(Lines lines) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(lines.prefix);
    whole.writeBytes(lines.line.toByteArray());
    whole.write('\n');
    host.console().write(whole.toByteArray());
    host.console().flush();
    lines.line.reset();
  }

  @Override
  public void ended(Seat seat) {}

  @Override
  public void close() {
    printing.close();
    try {
      for (Lines lines : all) {
        endLine(lines);
      }
    } catch (IOException e) {
      LOG.debug("the last lines are lost", e);
    }
  }
}
