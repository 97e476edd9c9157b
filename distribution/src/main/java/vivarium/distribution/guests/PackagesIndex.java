package vivarium.distribution.guests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tukaani.xz.XZInputStream;

/** An archive's {@code Packages} index: what version of a package is current, and where it is. */
final class PackagesIndex {
  private final Map<String, Map<String, String>> stanzas = new HashMap<>();

  private PackagesIndex() {}

  /** Reads {@code Packages.xz}, keeping the fields that are asked for here. */
  static PackagesIndex read(InputStream compressed) throws IOException {
    PackagesIndex index = new PackagesIndex();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new XZInputStream(compressed), StandardCharsets.UTF_8))) {
      Map<String, String> stanza = new HashMap<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty()) {
          index.add(stanza);
          stanza = new HashMap<>();
        } else {
          for (String field : List.of("Package", "Version", "Filename", "SHA256", "Depends")) {
            if (line.startsWith(field) && line.startsWith(": ", field.length())) {
              stanza.put(field, line.substring(field.length() + 2));
            }
          }
        }
      }
      index.add(stanza);
    }
    return index;
  }

  /**
   * What takes the place of a pinned package: the one named {@link GuestPackage#current()}, or,
   * where that is another name, the first package it depends on.
   */
  Optional<GuestPackage> current(GuestPackage pinned) {
    Map<String, String> found = stanzas.get(pinned.current());
    if (found != null && !pinned.current().equals(pinned.name())) {
      String first = found.getOrDefault("Depends", "").replaceFirst("[ ,(|:].*", "");
      found = stanzas.get(first);
    }
    if (found == null || !found.getOrDefault("Filename", "").endsWith(".deb")) {
      return Optional.empty();
    }
    return Optional.of(
        new GuestPackage(
            pinned.role(),
            found.getOrDefault("Package", pinned.name()),
            pinned.current(),
            found.getOrDefault("Version", "unknown"),
            found.getOrDefault("Filename", ""),
            found.getOrDefault("SHA256", "")));
  }

  private void add(Map<String, String> stanza) {
    String name = stanza.get("Package");
    if (name != null) {
      stanzas.put(name, stanza);
    }
  }
}
