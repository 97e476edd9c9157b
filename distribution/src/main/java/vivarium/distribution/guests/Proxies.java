package vivarium.distribution.guests;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vivarium.api.VivariumException;

/**
 * The proxy for an address, chosen as apt chooses it: {@code Acquire::http::Proxy} of the host's
 * apt (for the one host if it says so, {@code DIRECT} for none), else the environment's {@code
 * http_proxy} and {@code https_proxy} unless {@code no_proxy} names the host.
 */
final class Proxies extends ProxySelector {
  private static final Pattern APT_LINE =
      Pattern.compile(
          "Acquire::(https?)::Proxy(?:::(\\S+))? \"([^\"]*)\";", Pattern.CASE_INSENSITIVE);

  private final Map<String, String> environment;
  private final Map<String, String> apt = new HashMap<>();

  /**
   * Reads the settings.
   *
   * @param environment the environment variables
   * @param aptConfiguration the output of {@code apt-config dump}, empty where there is no apt
   */
  Proxies(Map<String, String> environment, String aptConfiguration) {
    this.environment = Map.copyOf(environment);
    Matcher lines = APT_LINE.matcher(aptConfiguration);
    while (lines.find()) {
      String host = lines.group(2) == null ? "" : lines.group(2);
      apt.put(key(lines.group(1), host), lines.group(3));
    }
  }

  /** What {@code apt-config dump} prints, or nothing where it cannot be run. */
  static String aptConfiguration() {
    try {
      Process process =
          new ProcessBuilder("apt-config", "dump")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      return new String(process.getInputStream().readAllBytes());
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * The proxy's own address for {@code uri}, with user and password if it has them.
   *
   * @throws VivariumException if what is configured is no address
   */
  Optional<URI> proxyFor(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    String host = uri.getHost();
    String configured = apt.getOrDefault(key(scheme, host), apt.getOrDefault(key(scheme, ""), ""));
    if (configured.equalsIgnoreCase("DIRECT")) {
      return Optional.empty();
    }
    if (configured.isEmpty() && !excluded(host)) {
      configured = variable(scheme + "_proxy");
    }
    if (configured.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI proxy = new URI(configured.contains("://") ? configured : "http://" + configured);
      if (proxy.getHost() != null) {
        return Optional.of(proxy);
      }
    } catch (URISyntaxException e) {
      // the line below says it
    }
    throw new VivariumException(
        "not a proxy: '%s' (set for %s by apt or the environment)".formatted(configured, scheme));
  }

  @Override
  public List<Proxy> select(URI uri) {
    return List.of(proxyFor(uri).map(Proxies::toProxy).orElse(Proxy.NO_PROXY));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // the request itself fails with the reason
  }

  private boolean excluded(String host) {
    for (String entry : variable("no_proxy").split("[,\\s]+")) {
      String name = entry.replaceFirst("^\\*?\\.", "");
      if (entry.equals("*")
          || (!name.isEmpty() && (host.equals(name) || host.endsWith("." + name)))) {
        return true;
      }
    }
    return false;
  }

  private String variable(String name) {
    String value = environment.getOrDefault(name, "");
    return value.isEmpty() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : value;
  }

  private static String key(String scheme, String host) {
    return scheme.toLowerCase(Locale.ROOT) + " " + host;
  }

  private static Proxy toProxy(URI proxy) {
    int defaultPort = "https".equals(proxy.getScheme()) ? 443 : 80;
    int port = proxy.getPort() < 0 ? defaultPort : proxy.getPort();
    return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port));
  }
}
