package vivarium.distribution.guests;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the host's apt is told about archives: {@code sources.list}, {@code sources.list.d/*.list}
 * (one line a source) and {@code sources.list.d/*.sources} (deb822), as sources.list(5) has them.
 */
final class AptSources {
  /**
   * The suites of Debian's main archive. A host whose sources name one of these reaches a Debian
   * mirror at that address, whatever the address looks like; and a mirror of the main archive has
   * all of them.
   */
  private static final Set<String> DEBIAN_SUITES =
      Set.of(
          "stable",
          "oldstable",
          "testing",
          "unstable",
          "sid",
          "buster",
          "bullseye",
          "bookworm",
          "trixie",
          "forky",
          "duke");

  /** One archive: its root and the suites taken from it. */
  record Source(URI root, List<String> suites) {}

  private AptSources() {}

  /** The root of a Debian mirror, with a slash at its end, if the host's apt knows one. */
  static Optional<URI> debianMirror(Path aptDirectory) throws IOException {
    return read(aptDirectory).stream()
        .filter(source -> source.suites().stream().anyMatch(DEBIAN_SUITES::contains))
        .map(Source::root)
        .filter(AptSources::isHttp)
        .findFirst();
  }

  static List<Source> read(Path aptDirectory) throws IOException {
    List<Source> sources = new ArrayList<>();
    Path main = aptDirectory.resolve("sources.list");
    if (Files.isReadable(main)) {
      sources.addAll(parseList(Files.readString(main)));
    }
    Path parts = aptDirectory.resolve("sources.list.d");
    if (!Files.isDirectory(parts)) {
      return sources;
    }
    List<Path> files;
    try (Stream<Path> entries = Files.list(parts)) {
      files = entries.filter(Files::isReadable).sorted().toList();
    }
    for (Path file : files) {
      if (file.toString().endsWith(".list")) {
        sources.addAll(parseList(Files.readString(file)));
      } else if (file.toString().endsWith(".sources")) {
        sources.addAll(parseDeb822(Files.readString(file)));
      }
    }
    return sources;
  }

  /** Lines of the form {@code deb [option=value ...] uri suite component...}. */
  static List<Source> parseList(String text) {
    List<Source> sources = new ArrayList<>();
    for (String raw : text.lines().toList()) {
      String line = raw.replaceFirst("#.*", "").replaceFirst("\\[[^]]*]", " ").strip();
      String[] words = line.split("\\s+");
      if (words.length >= 3 && words[0].equals("deb")) {
        root(words[1]).ifPresent(uri -> sources.add(new Source(uri, List.of(words[2]))));
      }
    }
    return sources;
  }

  /** Stanzas of fields, separated by empty lines. */
  static List<Source> parseDeb822(String text) {
    List<Source> sources = new ArrayList<>();
    for (String stanza : text.replaceAll("(?m)^#.*\\R?", "").split("\\n[ \\t\\r]*\\n")) {
      Map<String, String> fields = fields(stanza);
      boolean binary = words(fields, "types").contains("deb");
      boolean enabled = !List.of("no", "false").contains(fields.getOrDefault("enabled", "yes"));
      if (binary && enabled) {
        List<String> suites = words(fields, "suites");
        words(fields, "uris")
            .forEach(u -> root(u).ifPresent(r -> sources.add(new Source(r, suites))));
      }
    }
    return sources;
  }

  /** The fields of a stanza by their names in lower case; folded lines are joined by a space. */
  static Map<String, String> fields(String stanza) {
    Map<String, String> fields = new HashMap<>();
    String name = "";
    for (String line : stanza.lines().toList()) {
      int colon = line.indexOf(':');
      if (line.startsWith(" ") || line.startsWith("\t")) {
        fields.merge(name, line.strip(), (old, more) -> old + " " + more);
      } else if (colon > 0) {
        name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
        fields.put(name, line.substring(colon + 1).strip());
      }
    }
    return fields;
  }

  static boolean isHttp(URI uri) {
    return uri.getHost() != null
        && ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()));
  }

  private static List<String> words(Map<String, String> fields, String name) {
    return Arrays.stream(fields.getOrDefault(name, "").split("\\s+"))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static Optional<URI> root(String address) {
    try {
      return Optional.of(new URI(address.endsWith("/") ? address : address + "/"));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
