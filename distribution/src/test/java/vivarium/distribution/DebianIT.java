package vivarium.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Debian's own kernel in the packaged product, its console in a pipe. */
class DebianIT {
  private static final String SCRIPT =
      Path.of(System.getProperty("vivarium.packaged")).resolve("bin/vivarium").toString();

  /** Of the guest's /selfcheck, made on QEMU. */
  private static final String DIGEST = "e69ef2c8efa8bd160aa30827002987d3";

  @TempDir Path elsewhere;

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void debianBootsToAShellChecksItselfAndPowersOff() throws Exception {
    fetch();
    Process vivarium = start(SCRIPT, "run", "debian", "--cpu", "interpretation");
    try (InputStream out = vivarium.getInputStream();
        OutputStream in = vivarium.getOutputStream()) {
      StringBuilder seen = new StringBuilder();
      readUntil("GUEST-READY", out, seen);
      in.write("echo six times seven is $((6 * 7))\n".getBytes(StandardCharsets.US_ASCII));
      in.flush();
      readUntil("six times seven is 42", out, seen);
      in.write("/selfcheck\npoweroff -f\n".getBytes(StandardCharsets.US_ASCII));
      in.close();
      seen.append(new String(out.readAllBytes(), StandardCharsets.UTF_8));
      assertThat(seen).contains("Linux version 6.").contains("CHECK-RESULT " + DIGEST);
      assertThat(vivarium.waitFor()).as("exit status after %s", seen).isZero();
    } finally {
      vivarium.destroy();
    }
  }

  private void fetch() throws Exception {
    Process fetching = start(SCRIPT, "guests", "fetch", "debian");
    String said =
        new String(fetching.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assumeTrue(fetching.waitFor() == 0, "Debian's packages cannot be had: " + said);
  }

  private Process start(String... command) throws IOException {
    return new ProcessBuilder(command)
        .directory(elsewhere.toFile())
        .redirectErrorStream(true)
        .start();
  }

  /** Reads on until a text has been printed; fails if the guest ends before. */
  private static void readUntil(String text, InputStream out, StringBuilder seen)
      throws IOException {
    byte[] chunk = new byte[4096];
    while (seen.indexOf(text) < 0) {
      int count = out.read(chunk);
      assertThat(count).as("the guest ended before it printed '%s':%n%s", text, seen).isPositive();
      seen.append(new String(chunk, 0, count, StandardCharsets.UTF_8));
    }
  }
}
