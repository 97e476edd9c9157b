package vivarium.distribution.guests;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import vivarium.api.VivariumException;

/**
 * Where packages are to come from.
 *
 * @param mirror the mirror the user named, if any; the part of a package's address before {@code
 *     pool/}
 * @param aptDirectory the host's apt configuration, searched when no mirror is named
 * @param environment the environment variables that name proxies and certificates
 */
public record FetchOptions(
    Optional<URI> mirror, Path aptDirectory, Map<String, String> environment) {

  /** The environment variable that names a mirror when the command line does not. */
  public static final String MIRROR_VARIABLE = "VIVARIUM_DEBIAN_MIRROR";

  /** The host's own configuration and environment. */
  public static FetchOptions ofHost() {
    Map<String, String> environment = System.getenv();
    Optional<URI> mirror =
        Optional.ofNullable(environment.get(MIRROR_VARIABLE))
            .filter(value -> !value.isBlank())
            .map(FetchOptions::mirrorUri);
    return new FetchOptions(mirror, Path.of("/etc/apt"), environment);
  }

  /**
   * The same with a mirror that the user named.
   *
   * @throws VivariumException if it is not an address by http or https
   */
  public FetchOptions withMirror(String address) {
    return new FetchOptions(Optional.of(mirrorUri(address)), aptDirectory, environment);
  }

  private static URI mirrorUri(String address) {
    try {
      URI uri = new URI(address.endsWith("/") ? address : address + "/");
      if (AptSources.isHttp(uri)) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // the line below says it
    }
    throw new VivariumException(
        "not a mirror: '"
            + address
            + "' (expected an address such as http://deb.debian.org/debian)");
  }
}
