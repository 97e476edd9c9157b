package vivarium.core.machine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's randomness, straight from its kernel: {@link SecureRandom} would cost a machine's
 * start tens of milliseconds for the search of its provider, and serves only where there is no
 * device.
 */
final class HostRandom implements RandomGenerator {
  private static final Logger LOG = LoggerFactory.getLogger(HostRandom.class);
  private static final Path URANDOM = Path.of("/dev/urandom");
  private static final int POOL_BYTES = 256;

  private ByteBuffer pool = ByteBuffer.allocate(0);

  @Override
  public long nextLong() {
    if (pool.remaining() < Long.BYTES) {
      pool = ByteBuffer.wrap(fresh());
    }
    return pool.getLong();
  }

  private static byte[] fresh() {
    byte[] bytes = new byte[POOL_BYTES];
    try (InputStream source = Files.newInputStream(URANDOM)) {
      if (source.readNBytes(bytes, 0, POOL_BYTES) == POOL_BYTES) {
        return bytes;
      }
    } catch (IOException e) {
      LOG.debug("no {} on this host", URANDOM, e);
    }
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }
}
