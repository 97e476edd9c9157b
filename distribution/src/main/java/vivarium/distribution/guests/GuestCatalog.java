package vivarium.distribution.guests;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import vivarium.api.VivariumException;

/**
 * The ready guests by name, and where they are kept. The command line calls this on its main
 * thread.
 */
public final class GuestCatalog {
  private final List<Guest> guests;
  private final GuestStore store;

  /** A guest and, if it has been fetched, its files. */
  public record Listing(Guest guest, Optional<GuestFiles> files) {}

  GuestCatalog(List<Guest> guests, Path cache) {
    this.guests = List.copyOf(guests);
    this.store = new GuestStore(cache);
  }

  /** The catalog of this distribution, over the user's cache directory. */
  public static GuestCatalog load() {
    return load(cacheDirectory(System.getenv(), Path.of(System.getProperty("user.home"))));
  }

  /** The catalog of this distribution, keeping guests below {@code cache}. */
  public static GuestCatalog load(Path cache) {
    Properties properties = new Properties();
    try (InputStream in = GuestCatalog.class.getResourceAsStream("catalog.properties")) {
      if (in == null) {
        throw new IllegalStateException("the module lacks its resource catalog.properties");
      }
      properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new GuestCatalog(read(properties), cache);
  }

  /** Every ready guest; looks at the disk only as far as needed to tell what is there. */
  public List<Listing> list() {
    return guests.stream().map(guest -> new Listing(guest, cached(guest))).toList();
  }

  /**
   * The guest of that name.
   *
   * @throws VivariumException if there is none; the line names those that are
   */
  public Guest guest(String name) {
    return guests.stream()
        .filter(guest -> guest.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new VivariumException(
                    "no ready guest '%s'; there is: %s"
                        .formatted(
                            name,
                            guests.stream().map(Guest::name).collect(Collectors.joining(", ")))));
  }

  /** The guest's files if it has been fetched and built by this version's recipe. */
  public Optional<GuestFiles> cached(Guest guest) {
    return store.cached(guest);
  }

  /**
   * Fetches and builds the guest unless it is there already, whole.
   *
   * @param progress takes lines for the user, on the caller's thread
   * @throws VivariumException in one line, if that cannot be done; what was fetched whole is kept
   */
  public GuestFiles fetch(Guest guest, FetchOptions options, Consumer<String> progress) {
    return store.fetch(guest, options, progress);
  }

  /** {@code $XDG_CACHE_HOME/vivarium}, or {@code ~/.cache/vivarium}. */
  static Path cacheDirectory(Map<String, String> environment, Path home) {
    // the XDG specification has relative paths ignored
    Path named = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
    return (named.isAbsolute() ? named : home.resolve(".cache")).resolve("vivarium");
  }

  static List<Guest> read(Properties properties) {
    List<Guest> guests = new ArrayList<>();
    for (String name : words(properties, "guests")) {
      guests.add(
          new Guest(
              name,
              value(properties, name + ".description"),
              value(properties, name + ".suite"),
              value(properties, name + ".architecture"),
              value(properties, name + ".append"),
              mebibytes(value(properties, name + ".memory")),
              words(properties, name + ".modules"),
              packages(properties, name)));
    }
    return guests;
  }

  private static List<GuestPackage> packages(Properties properties, String guest) {
    List<GuestPackage> packages = new ArrayList<>();
    for (String role : words(properties, guest + ".packages")) {
      String prefix = guest + "." + role + ".";
      String name = value(properties, prefix + "package");
      packages.add(
          new GuestPackage(
              role,
              name,
              properties.getProperty(prefix + "current", name),
              value(properties, prefix + "version"),
              value(properties, prefix + "file"),
              value(properties, prefix + "sha256")));
    }
    return packages;
  }

  private static long mebibytes(String value) {
    return Long.parseLong(value.replaceFirst("M$", "")) << 20;
  }

  private static List<String> words(Properties properties, String key) {
    return Arrays.asList(value(properties, key).split("\\s+"));
  }

  private static String value(Properties properties, String key) {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new IllegalStateException("the catalog of guests lacks " + key);
    }
    return value.strip();
  }
}
