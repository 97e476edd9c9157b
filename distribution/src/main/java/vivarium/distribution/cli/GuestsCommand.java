package vivarium.distribution.cli;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vivarium.api.VivariumException;
import vivarium.distribution.guests.FetchOptions;
import vivarium.distribution.guests.Guest;
import vivarium.distribution.guests.GuestCatalog;
import vivarium.distribution.guests.GuestFiles;

/** {@code vivarium guests}: the ready guests. */
@Command(
    name = "guests",
    description = "Lists and fetches ready guests.",
    mixinStandardHelpOptions = true)
final class GuestsCommand {
  private static final String ROW = "%-10s %-14s %s%n";

  private final Host host;

  GuestsCommand(Host host) {
    this.host = host;
  }

  @Command(
      name = "list",
      description = "Lists the guests and whether they are here.",
      mixinStandardHelpOptions = true)
  void list() {
    host.out().printf(ROW, "NAME", "STATE", "DESCRIPTION");
    for (GuestCatalog.Listing listing : host.guests().get().list()) {
      Guest guest = listing.guest();
      String state = listing.files().isPresent() ? "fetched" : "to be fetched";
      host.out().printf(ROW, guest.name(), state, guest.description());
    }
    host.out().printf(ROW, GuestChoice.EMBEDDED, "built in", "Shows what a machine is");
  }

  @Command(
      name = "fetch",
      description = "Fetches a guest's packages, checks them and builds it.",
      mixinStandardHelpOptions = true)
  void fetch(
      @Parameters(paramLabel = "GUEST") String name,
      @Option(
              names = "--mirror",
              paramLabel = "URL",
              description = "The mirror to use; else the host's own, from its apt sources")
          @Nullable String mirror) {
    if (name.equals(GuestChoice.EMBEDDED)) {
      return;
    }
    GuestCatalog catalog = host.guests().get();
    Guest guest = GuestChoice.guest(catalog, name);
    FetchOptions options = host.fetching().get();
    Consumer<String> progress = host::say;
    GuestFiles files =
        catalog.fetch(guest, mirror == null ? options : options.withMirror(mirror), progress);
    host.say(name + " is ready: kernel " + files.release());
  }

  @Command(
      name = "path",
      description = "Prints where a guest's files are.",
      mixinStandardHelpOptions = true)
  void path(@Parameters(paramLabel = "GUEST") String name) {
    GuestCatalog catalog = host.guests().get();
    GuestFiles files =
        catalog
            .cached(GuestChoice.guest(catalog, name))
            .orElseThrow(
                () ->
                    new VivariumException(
                        "%s is not here; 'vivarium guests fetch %s' brings it"
                            .formatted(name, name)));
    host.out().println("kernel    " + files.kernel());
    host.out().println("initrd    " + files.initrd());
    host.out().println("firmware  " + files.firmware());
  }
}
