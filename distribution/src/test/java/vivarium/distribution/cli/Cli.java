package vivarium.distribution.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import vivarium.distribution.guests.FetchOptions;
import vivarium.distribution.guests.GuestCatalog;

/** The command line in this process, on a host with no apt sources, no mirror and no terminal. */
final class Cli {
  private final Path directory;
  private final Optional<Path> home;

  /** What a command left behind. */
  record Result(int status, String out, String err) {}

  /**
   * A command line.
   *
   * @param directory for the cache of guests
   * @param home where the product is unpacked, if it is
   */
  Cli(Path directory, Optional<Path> home) {
    this.directory = directory;
    this.home = home;
  }

  Result run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    Host host =
        new Host(
            new ByteArrayInputStream(new byte[0]),
            out,
            print,
            new PrintStream(err, true, StandardCharsets.UTF_8),
            () -> false,
            home,
            () -> GuestCatalog.load(directory.resolve("cache")),
            () -> new FetchOptions(Optional.empty(), directory.resolve("apt"), Map.of()),
            () -> new StatsSocket.Place(directory.resolve("run"), 0));
    int status = CommandTree.execute(host, args);
    return new Result(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
