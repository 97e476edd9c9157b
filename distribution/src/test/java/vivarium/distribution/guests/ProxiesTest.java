package vivarium.distribution.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import vivarium.api.VivariumException;

class ProxiesTest {
  private static final URI HTTP = URI.create("http://deb.example/debian");
  private static final URI HTTPS = URI.create("https://deb.example/debian");

  @Test
  void withoutSettingsThereIsNone() {
    assertThat(new Proxies(Map.of(), "").select(HTTP)).containsExactly(Proxy.NO_PROXY);
  }

  @Test
  void theEnvironmentNamesOneForEachScheme() {
    Proxies proxies =
        new Proxies(Map.of("http_proxy", "http://p:3128", "HTTPS_PROXY", "q.example:8080"), "");
    assertThat(proxies.select(HTTP))
        .extracting(Proxy::address)
        .containsExactly(new InetSocketAddress("p", 3128));
    assertThat(proxies.proxyFor(HTTPS)).contains(URI.create("http://q.example:8080"));
  }

  @Test
  void hostsInNoProxyAreReachedDirectly() {
    for (String list : new String[] {"*", "x, deb.example", ".example", "*.example"}) {
      Proxies proxies = new Proxies(Map.of("http_proxy", "http://p:1", "no_proxy", list), "");
      assertThat(proxies.proxyFor(HTTP)).as(list).isEmpty();
    }
    Proxies other = new Proxies(Map.of("http_proxy", "http://p:1", "no_proxy", "b.example,"), "");
    assertThat(other.proxyFor(HTTP)).isPresent();
  }

  @Test
  void aptsOwnSettingGoesBeforeTheEnvironment() {
    String apt =
        """
        Acquire "";
        Acquire::http::Proxy "http://apt:9999";
        Acquire::http::Proxy::local.example "DIRECT";
        Acquire::https::Proxy "DIRECT";
        """;
    Proxies proxies = new Proxies(Map.of("http_proxy", "http://p:1", "https_proxy", "p:1"), apt);
    assertThat(proxies.proxyFor(HTTP)).contains(URI.create("http://apt:9999"));
    assertThat(proxies.proxyFor(HTTPS)).isEmpty();
    assertThat(proxies.proxyFor(URI.create("http://local.example/debian"))).isEmpty();
  }

  @Test
  void whatIsNoAddressIsNamed() {
    Proxies proxies = new Proxies(Map.of("http_proxy", "my proxy"), "");
    assertThatThrownBy(() -> proxies.proxyFor(HTTP))
        .isInstanceOf(VivariumException.class)
        .hasMessage("not a proxy: 'my proxy' (set for http by apt or the environment)");
  }
}
