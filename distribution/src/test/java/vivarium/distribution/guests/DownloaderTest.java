package vivarium.distribution.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vivarium.distribution.guests.Archives.utf8;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.VivariumException;

class DownloaderTest {
  private static final byte[] BODY = utf8("0123456789".repeat(1000));
  private static final String DIGEST = Digests.sha256(BODY);

  @TempDir Path directory;
  private final List<String> lines = new ArrayList<>();
  private Mirror mirror;
  private Downloader downloader;
  private Path target;
  private Path part;

  @BeforeEach
  void open() throws IOException {
    mirror = new Mirror();
    mirror.put("f.deb", BODY);
    downloader = new Downloader(Map.of(), new Proxies(Map.of(), ""), lines::add);
    target = directory.resolve("sub/f.deb");
    part = directory.resolve("sub/f.deb.part");
  }

  @AfterEach
  void close() throws IOException {
    downloader.close();
    mirror.close();
  }

  @Test
  void aFileIsFetchedOnceAndThenTakenFromTheCache() throws IOException {
    assertThat(fetch(DIGEST)).isTrue();
    assertThat(fetch(DIGEST)).isTrue();
    assertThat(target).hasBinaryContent(BODY);
    assertThat(part).doesNotExist();
    assertThat(mirror.requests).containsExactly("/debian/f.deb");
    assertThat(lines).containsExactly("fetching f.deb (10 KiB)");
  }

  @Test
  void aDamagedFileInTheCacheIsFetchedAgain() throws IOException {
    Files.createDirectories(target.getParent());
    Files.write(target, utf8("damaged"));
    assertThat(fetch(DIGEST)).isTrue();
    assertThat(target).hasBinaryContent(BODY);
    assertThat(lines).contains("f.deb in the cache is damaged: fetching it again");
  }

  @Test
  void aTransferThatBrokeOffGoesOnWhereItStopped() throws IOException {
    leavePart(4000);
    assertThat(fetch(DIGEST)).isTrue();
    assertThat(target).hasBinaryContent(BODY);
    assertThat(mirror.requests).containsExactly("/debian/f.deb from 4000");
  }

  @Test
  void aServerWithoutRangesSendsAllAndTheFileIsStillRight() throws IOException {
    mirror.ranges = false;
    leavePart(4000);
    assertThat(fetch(DIGEST)).isTrue();
    assertThat(target).hasBinaryContent(BODY);
  }

  @Test
  void aPartLongerThanTheFileIsDropped() throws IOException {
    leavePart(BODY.length);
    Files.write(part, utf8("0".repeat(BODY.length + 5)));
    assertThat(fetch(DIGEST)).isTrue();
    assertThat(target).hasBinaryContent(BODY);
  }

  @Test
  void aPartOfAnotherFileIsFoundOutAndTheTransferStartsOver() throws IOException {
    Files.createDirectories(part.getParent());
    Files.write(part, utf8("something else"));
    assertThat(fetch(DIGEST)).isTrue();
    assertThat(target).hasBinaryContent(BODY);
    assertThat(lines).contains("the resumed f.deb is not whole: starting over");
  }

  @Test
  void anotherDigestIsRefusedAndNothingIsKept() {
    String other = Digests.sha256(utf8("other"));
    assertThatThrownBy(() -> fetch(other))
        .isInstanceOf(VivariumException.class)
        .hasMessage(
            "digest mismatch: %s has SHA-256 %s, expected %s; nothing was kept",
            mirror.root().resolve("f.deb"), DIGEST, other);
    assertThat(target).doesNotExist();
    assertThat(part).doesNotExist();
  }

  @Test
  void aFileThatTheServerLacksIsReportedAsSuch() throws IOException {
    mirror.files.clear();
    assertThat(fetch(DIGEST)).isFalse();
    assertThat(target).doesNotExist();
    assertThat(downloader.open(mirror.root().resolve("g"))).isEmpty();
  }

  @Test
  void withoutANetworkOneLineSaysWhatElseCanBeDone() throws IOException {
    URI gone = mirror.root();
    mirror.close();
    assertThatThrownBy(() -> downloader.fetch(gone.resolve("f.deb"), target, DIGEST))
        .isInstanceOf(VivariumException.class)
        .hasMessageStartingWith("cannot reach 127.0.0.1 (connection refused): ")
        .hasMessageContaining("--mirror URL")
        .hasMessageContaining("--kernel FILE --initrd FILE");
  }

  private boolean fetch(String digest) throws IOException {
    return downloader.fetch(mirror.root().resolve("f.deb"), target, digest);
  }

  private void leavePart(int length) throws IOException {
    Files.createDirectories(part.getParent());
    Files.write(part, Arrays.copyOf(BODY, length));
  }
}
