package vivarium.distribution.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import vivarium.api.VivariumException;
import vivarium.core.plugin.PluginCatalog;
import vivarium.distribution.guests.FetchOptions;
import vivarium.distribution.guests.GuestCatalog;
import vivarium.distribution.terminal.Terminal;

/**
 * What the process around the command line is: its streams and its surroundings.
 *
 * @param in what is typed to the guest
 * @param console what the guest prints; it may fail when its reader is gone
 * @param out what a command prints for people and scripts
 * @param err messages
 * @param terminal asks whether {@code in} is a terminal
 * @param home the directory of the product, with {@code plugins/}; empty where it is not unpacked
 * @param guests makes the catalog of guests, when one is needed
 * @param fetching says where guests come from
 * @param stats says where processes tell what happens in their machines
 */
record Host(
    InputStream in,
    OutputStream console,
    PrintStream out,
    PrintStream err,
    BooleanSupplier terminal,
    Optional<Path> home,
    Supplier<GuestCatalog> guests,
    Supplier<FetchOptions> fetching,
    Supplier<StatsSocket.Place> stats) {

  /** This process. */
  static Host ofProcess() {
    return new Host(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        System.out,
        System.err,
        Terminal::isAtStandardInput,
        Optional.ofNullable(System.getProperty("vivarium.home")).map(Path::of),
        GuestCatalog::load,
        FetchOptions::ofHost,
        StatsSocket.Place::ofUser);
  }

  /**
   * All plugins: the product's (or those on the module path where it is not unpacked) and those in
   * the user's directories.
   *
   * @throws VivariumException if a directory is not there
   */
  PluginCatalog plugins(List<Path> directories) {
    for (Path directory : directories) {
      if (!Files.isDirectory(directory)) {
        throw new VivariumException("no directory " + directory + " to find plugins in");
      }
    }
    if (home.isEmpty() && directories.isEmpty()) {
      return PluginCatalog.ofModulePath();
    }
    List<Path> all = new ArrayList<>();
    home.ifPresent(product -> all.add(product.resolve("plugins")));
    all.addAll(directories);
    return PluginCatalog.load(all);
  }

  /** Tells the user something, in one line. */
  void say(String message) {
    err.println("vivarium: " + message);
  }
}
