package vivarium.distribution.guests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import vivarium.api.VivariumException;

/**
 * Brings files by HTTP. A file grows under another name and takes its own only when its digest is
 * right, so what has a name is whole; what was cut off goes on where it stopped.
 */
final class Downloader implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(15);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final long REPORT_FROM_BYTES = 8 << 20;
  private static final String OWN_FILES =
      "; or boot your own files with --kernel FILE --initrd FILE";

  private final HttpClient client;
  private final Proxies proxies;
  private final Consumer<String> progress;

  /**
   * Opens no connection yet.
   *
   * @param progress called on the caller's thread with one line at a time
   */
  Downloader(Map<String, String> environment, Proxies proxies, Consumer<String> progress) {
    this.progress = progress;
    this.proxies = proxies;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .proxy(proxies)
            .authenticator(new ProxyLogin(proxies));
    try {
      builder.sslContext(HostTrust.context(environment));
    } catch (GeneralSecurityException | IOException e) {
      progress.accept("the host's certificate authorities cannot be read: " + e.getMessage());
    }
    this.client = builder.build();
  }

  /**
   * Makes {@code target} the file at {@code uri}.
   *
   * @return false if the server has no such file
   * @throws VivariumException in one line, if there is no way to the server, if it fails, or if
   *     what it sends has another digest than {@code sha256}
   */
  boolean fetch(URI uri, Path target, String sha256) throws IOException {
    if (Files.exists(target)) {
      if (Digests.sha256(target).equals(sha256)) {
        return true;
      }
      progress.accept(target.getFileName() + " in the cache is damaged: fetching it again");
      Files.delete(target);
    }
    Files.createDirectories(target.toAbsolutePath().getParent());
    Path part = target.resolveSibling(target.getFileName() + ".part");
    boolean resumed = Files.exists(part);
    if (!transfer(uri, part)) {
      return false;
    }
    String actual = Digests.sha256(part);
    if (!actual.equals(sha256) && resumed) {
      Files.delete(part);
      progress.accept("the resumed " + target.getFileName() + " is not whole: starting over");
      if (!transfer(uri, part)) {
        return false;
      }
      actual = Digests.sha256(part);
    }
    if (!actual.equals(sha256)) {
      Files.delete(part);
      throw new VivariumException(
          "digest mismatch: %s has SHA-256 %s, expected %s; nothing was kept"
              .formatted(uri, actual, sha256));
    }
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    return true;
  }

  /** The body at {@code uri}; empty if the server has no such file. The caller closes it. */
  Optional<InputStream> open(URI uri) {
    HttpResponse<InputStream> response = send(uri, 0);
    if (response.statusCode() == 404) {
      discard(response);
      return Optional.empty();
    }
    expect(response, response.statusCode() == 200);
    return Optional.of(response.body());
  }

  @Override
  public void close() {
    client.close();
  }

  private boolean transfer(URI uri, Path part) throws IOException {
    long have = Files.exists(part) ? Files.size(part) : 0;
    HttpResponse<InputStream> response = send(uri, have);
    int status = response.statusCode();
    if (status == 416 || (status == 206 && startOf(response) != have)) {
      discard(response);
      have = 0;
      response = send(uri, 0);
      status = response.statusCode();
    }
    if (status == 404) {
      discard(response);
      return false;
    }
    expect(response, status == 200 || (status == 206 && have > 0));
    long start = status == 206 ? have : 0;
    long length = response.headers().firstValueAsLong("content-length").orElse(0);
    StandardOpenOption mode =
        start > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
    try (InputStream in = response.body();
        OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE, mode)) {
      copy(in, out, name(uri), start, start + length);
    }
    return true;
  }

  private void copy(InputStream in, OutputStream out, String name, long start, long total)
      throws IOException {
    long done = start;
    String from = start > 0 ? ", from " + mebibytes(start) + " on" : "";
    progress.accept("fetching " + name + (total > 0 ? " (" + mebibytes(total) + from + ")" : ""));
    long step = total >= REPORT_FROM_BYTES ? total / 4 : Long.MAX_VALUE / 2;
    long next = start + step;
    byte[] buffer = new byte[1 << 16];
    while (true) {
      int n;
      try {
        n = in.read(buffer);
      } catch (IOException e) {
        throw new VivariumException(
            "the connection broke after %s of %s; the same command goes on from there (%s)"
                .formatted(mebibytes(done), name, reason(e)),
            e);
      }
      if (n < 0) {
        return;
      }
      out.write(buffer, 0, n);
      done += n;
      if (done >= next && done < total) {
        progress.accept("  " + mebibytes(done) + " of " + mebibytes(total));
        next += step;
      }
    }
  }

  private HttpResponse<InputStream> send(URI uri, long from) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(ANSWER).GET();
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
    }
    Optional<URI> proxy = proxies.proxyFor(uri);
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      String via = proxy.map(p -> " by the proxy " + p.getHost()).orElse("");
      throw new VivariumException(
          "cannot reach %s%s (%s): try another mirror with --mirror URL%s"
              .formatted(uri.getHost(), via, reason(e), OWN_FILES),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VivariumException("interrupted while fetching " + uri, e);
    }
  }

  private static void expect(HttpResponse<InputStream> response, boolean good) {
    if (!good) {
      discard(response);
      throw new VivariumException(
          response.uri() + " answered with status " + response.statusCode() + OWN_FILES);
    }
  }

  private static long startOf(HttpResponse<?> response) {
    String range = response.headers().firstValue("content-range").orElse("");
    String digits = range.replaceFirst("^bytes (\\d{1,18})-.*$", "$1");
    return digits.matches("\\d+") ? Long.parseLong(digits) : -1;
  }

  private static void discard(HttpResponse<InputStream> response) {
    try {
      response.body().close();
    } catch (IOException e) {
      // nothing of this answer is wanted
    }
  }

  private static String name(URI uri) {
    return uri.getPath().substring(uri.getPath().lastIndexOf('/') + 1);
  }

  private static String mebibytes(long bytes) {
    return bytes < 1 << 20 ? (bytes + 1023) / 1024 + " KiB" : (bytes >> 20) + " MiB";
  }

  /**
   * The innermost message: HttpClient's own exceptions for "unknown host" and the like have none.
   */
  private static String reason(IOException failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String kind = cause.getClass().getSimpleName();
    return switch (kind) {
      case "UnresolvedAddressException", "UnknownHostException" -> "unknown host";
      case "ClosedChannelException" ->
          failure instanceof ConnectException ? "connection refused" : "connection closed";
      default -> cause.getMessage() == null ? kind : cause.getMessage();
    };
  }

  /** User and password of a proxy whose address carries them. */
  private static final class ProxyLogin extends Authenticator {
    private final Proxies proxies;

    ProxyLogin(Proxies proxies) {
      this.proxies = proxies;
    }

    @Override
    protected @Nullable PasswordAuthentication getPasswordAuthentication() {
      if (getRequestorType() != RequestorType.PROXY) {
        return null;
      }
      URI target = URI.create(getRequestingURL().toString());
      return proxies
          .proxyFor(target)
          .map(URI::getUserInfo)
          .map(info -> info.split(":", 2))
          .filter(parts -> parts.length == 2)
          .map(parts -> new PasswordAuthentication(parts[0], parts[1].toCharArray()))
          .orElse(null);
    }
  }
}
