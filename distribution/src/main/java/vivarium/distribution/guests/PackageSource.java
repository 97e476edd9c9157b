package vivarium.distribution.guests;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import vivarium.api.VivariumException;

/** Brings a guest's packages into a directory: the pinned versions, or else the suite's current. */
final class PackageSource implements AutoCloseable {
  private final FetchOptions options;
  private final Path downloads;
  private final Consumer<String> progress;
  private @Nullable Downloader downloader;
  private @Nullable URI mirror;
  private @Nullable PackagesIndex index;

  PackageSource(FetchOptions options, Path downloads, Consumer<String> progress) {
    this.options = options;
    this.downloads = downloads;
    this.progress = progress;
  }

  /** A package as it was found, and its checked file. */
  record Fetched(GuestPackage found, Path deb) {}

  /**
   * The package's file, its digest checked; the network is used only where the cache does not do.
   *
   * @throws VivariumException in one line, if it cannot be had
   */
  Fetched fetch(Guest guest, GuestPackage pinned) throws IOException {
    Path target = downloads.resolve(pinned.fileName());
    if (target.toFile().isFile() && Digests.sha256(target).equals(pinned.sha256())) {
      return new Fetched(pinned, target);
    }
    URI root = mirror();
    if (downloader().fetch(root.resolve(pinned.file()), target, pinned.sha256())) {
      return new Fetched(pinned, target);
    }
    GuestPackage current =
        index(guest)
            .current(pinned)
            .orElseThrow(
                () ->
                    new VivariumException(
                        "the mirror %s has neither %s %s nor a later one: try another with --mirror URL"
                            .formatted(root, pinned.name(), pinned.version())));
    progress.accept(
        "%s no longer has %s %s: taking %s %s, trusting the mirror's index for its digest"
            .formatted(root, pinned.name(), pinned.version(), current.name(), current.version()));
    Path replacement = downloads.resolve(current.fileName());
    if (!downloader().fetch(root.resolve(current.file()), replacement, current.sha256())) {
      throw new VivariumException(
          "the mirror %s names %s in its index but does not have it: try another with --mirror URL"
              .formatted(root, current.file()));
    }
    return new Fetched(current, replacement);
  }

  @Override
  public void close() {
    if (downloader != null) {
      downloader.close();
    }
  }

  private PackagesIndex index(Guest guest) throws IOException {
    PackagesIndex known = index;
    if (known != null) {
      return known;
    }
    URI root = mirror();
    String path = "dists/%s/main/binary-%s/Packages.xz";
    URI uri = root.resolve(path.formatted(guest.suite(), guest.architecture()));
    try (InputStream in =
        downloader()
            .open(uri)
            .orElseThrow(
                () ->
                    new VivariumException(
                        "the mirror %s does not carry %s for %s: try another with --mirror URL"
                            .formatted(root, guest.suite(), guest.architecture())))) {
      known = PackagesIndex.read(in);
    }
    index = known;
    return known;
  }

  private URI mirror() throws IOException {
    URI known = mirror;
    if (known == null) {
      Optional<URI> found = options.mirror();
      if (found.isEmpty()) {
        found = AptSources.debianMirror(options.aptDirectory());
      }
      known = found.orElseThrow(this::noMirror);
      mirror = known;
    }
    return known;
  }

  private VivariumException noMirror() {
    return new VivariumException(
        ("no Debian mirror in %s: name one with --mirror http://deb.debian.org/debian (or %s),"
                + " or boot your own files with --kernel FILE --initrd FILE")
            .formatted(options.aptDirectory(), FetchOptions.MIRROR_VARIABLE));
  }

  private Downloader downloader() {
    Downloader known = downloader;
    if (known == null) {
      Proxies proxies = new Proxies(options.environment(), Proxies.aptConfiguration());
      known = new Downloader(options.environment(), proxies, progress);
      downloader = known;
    }
    return known;
  }
}
