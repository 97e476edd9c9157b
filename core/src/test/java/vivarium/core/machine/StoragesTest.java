package vivarium.core.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.VivariumException;
import vivarium.api.device.BlockStorage;

class StoragesTest {
  private static final long BANK = 32 << 20;

  @TempDir Path directory;
  private final Cleanup opened = new Cleanup();

  @AfterEach
  void close() {
    opened.close();
  }

  private Path image(String name, long bytes) throws IOException {
    Path path = directory.resolve(name);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(bytes);
    }
    return path;
  }

  private Storages open(MachineConfig.Builder config) {
    return Storages.open(config.build(), opened);
  }

  private void assertRefused(MachineConfig.Builder config, String line) {
    assertThatThrownBy(() -> open(config)).isInstanceOf(VivariumException.class).hasMessage(line);
  }

  @Test
  void aMachineWithoutFlashHasNoBanks() {
    assertThat(open(MachineConfig.builder()).flash()).isEmpty();
  }

  @Test
  void banksAreTheFilesAndTheOneWithoutAFileForgets() throws IOException {
    Path code = image("code.fd", BANK);
    Storages storages = open(MachineConfig.builder().flash(code, true));
    assertThat(storages.flash()).hasSize(2);
    assertThat(storages.flash().get(0).readOnly()).isTrue();
    BlockStorage second = storages.flash().get(1);
    assertThat(second.size()).isEqualTo(BANK);
    byte[] written = new byte[200_000];
    java.util.Arrays.fill(written, (byte) 7);
    second.write(65_000, MemorySegment.ofArray(written));
    byte[] read = new byte[200_002];
    second.read(64_999, MemorySegment.ofArray(read));
    assertThat(read[0]).isZero();
    assertThat(read[200_001]).isZero();
    assertThat(java.util.Arrays.copyOfRange(read, 1, 200_001)).isEqualTo(written);
  }

  @Test
  void aFlashImageOfAnotherSizeIsRefused() throws IOException {
    for (long bytes : new long[] {0, 1000, BANK / 2, BANK + 512}) {
      Path odd = image("odd.fd", bytes);
      assertRefused(
          MachineConfig.builder().flash(odd, true),
          "flash image %s has %d bytes, which is not the 33554432 of a bank of flash"
                  .formatted(odd, bytes)
              + " (truncate -s 32M makes it so)");
    }
  }

  @Test
  void aFlashImageThatIsMissingOrInUseIsRefused() throws IOException {
    Path missing = directory.resolve("missing.fd");
    assertRefused(MachineConfig.builder().flash(missing, false), "no flash image " + missing);
    assertThat(missing).doesNotExist();
    Path both = image("both.fd", BANK);
    assertRefused(
        MachineConfig.builder().flash(both, false).flash(both, false),
        "flash image " + both + " is in use by another machine");
    assertThat(Files.size(both)).isEqualTo(BANK);
  }
}
