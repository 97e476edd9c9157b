package vivarium.distribution.guests;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts what the host trusts. The JVM has certificate authorities of its own and does not read the
 * host's; behind a company's proxy or mirror only the host knows the right one.
 */
final class HostTrust {
  private static final Path DEFAULT_BUNDLE = Path.of("/etc/ssl/certs/ca-certificates.crt");

  private HostTrust() {}

  /** A context that accepts the JVM's authorities and those of the host's bundle. */
  static SSLContext context(Map<String, String> environment)
      throws GeneralSecurityException, IOException {
    List<Certificate> authorities = new ArrayList<>();
    for (TrustManager manager : managers(null)) {
      if (manager instanceof X509TrustManager x509) {
        authorities.addAll(List.<X509Certificate>of(x509.getAcceptedIssuers()));
      }
    }
    String named = environment.getOrDefault("SSL_CERT_FILE", "");
    Path bundle = named.isEmpty() ? DEFAULT_BUNDLE : Path.of(named);
    if (Files.isReadable(bundle)) {
      try (InputStream in = Files.newInputStream(bundle)) {
        authorities.addAll(CertificateFactory.getInstance("X.509").generateCertificates(in));
      }
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("authority-" + i, authorities.get(i));
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers(store), null);
    return context;
  }

  private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
