package vivarium.distribution.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vivarium.distribution.guests.Archives.utf8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.VivariumException;

class DebTest {
  private static final String LONG = "usr/lib/" + "long/".repeat(30) + "name";
  private static final Map<String, byte[]> FILES = new LinkedHashMap<>();

  static {
    FILES.put("boot/config", utf8("x=1\n"));
    FILES.put(LONG, new byte[1025]);
    FILES.put("empty", new byte[0]);
  }

  @TempDir Path directory;

  @Test
  void filesOfAnXzPackageAreReadBySize() throws IOException {
    try (TarFile tar = Deb.open(write(Archives.deb(FILES)))) {
      assertThat(tar.names()).containsExactly("boot/config", "empty", LONG);
      assertThat(tar.read("boot/config")).contains(utf8("x=1\n"));
      assertThat(tar.read("empty")).contains(new byte[0]);
      assertThat(tar.read(LONG)).contains(new byte[1025]);
      assertThat(tar.read("boot")).isEmpty();
    }
  }

  @Test
  void gzipAndPlainPackagesAreReadToo() throws IOException {
    byte[] tar = Archives.tar(FILES);
    try (TarFile gz = Deb.open(write(Archives.ar(Map.of("data.tar.gz", Archives.gzip(tar)))));
        TarFile plain = Deb.open(write(Archives.ar(Map.of("data.tar", tar))))) {
      assertThat(gz.read("boot/config")).contains(utf8("x=1\n"));
      assertThat(plain.read("boot/config")).contains(utf8("x=1\n"));
    }
  }

  @Test
  void anUnknownCompressionIsNamed() throws IOException {
    Path deb = write(Archives.ar(Map.of("data.tar.zst", new byte[9])));
    assertThatThrownBy(() -> Deb.open(deb))
        .isInstanceOf(VivariumException.class)
        .hasMessage(deb + " holds data.tar.zst, which is not supported");
  }

  @Test
  void aFileThatIsNoPackageIsRefused() throws IOException {
    Path deb = write(utf8("<html>not found</html>"));
    assertThatThrownBy(() -> Deb.open(deb)).hasMessage(deb + " is not a Debian package");
  }

  @Test
  void aPackageCutOffAnywhereIsRefusedAndLeavesNothing() throws IOException {
    byte[] whole = Archives.deb(FILES);
    for (int length = 0; length < whole.length - 1; length += 7) {
      Path deb = write(Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Deb.open(deb).close())
          .as("%d bytes", length)
          .isInstanceOf(VivariumException.class);
    }
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(Files.createTempFile(directory, "a", ".deb"), bytes);
  }
}
