package vivarium.core.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.VivariumException;
import vivarium.core.plugin.PluginCatalog;

class PartsTest {
  @TempDir Path directory;
  private Path image;
  private final PluginCatalog catalog = new FakeParts(FakeParts::spend).catalog();

  @BeforeEach
  void setUp() throws IOException {
    image = Files.write(directory.resolve("image"), new byte[16]);
  }

  private MachineConfig.Builder sound() {
    return MachineConfig.builder().kernel(image);
  }

  private void assertRefused(MachineConfig.Builder config, String line) {
    assertThatThrownBy(() -> Parts.find(config.build(), catalog))
        .isInstanceOf(VivariumException.class)
        .hasMessage(line);
  }

  @Test
  void aSoundConfigurationIsTaken() {
    assertThat(Parts.find(sound().build(), catalog).devices()).containsKey("plic");
  }

  @Test
  void unknownStrategiesAreRefusedWithThoseThatThereAre() {
    assertRefused(sound().cpu("magic"), "unknown CPU strategy 'magic'; there is interpretation");
    assertRefused(
        sound().memoryStrategy("magic"), "unknown memory strategy 'magic'; there is nested");
    assertRefused(sound().isa("z80"), "unknown instruction set 'z80'; there is rv64gc");
  }

  @Test
  void anUnknownDeviceIsRefused() {
    assertRefused(
        sound().device("teapot", Map.of()),
        "unknown device 'teapot'; there is clint, goldfish-rtc, ns16550a, plic, syscon,"
            + " virtio-blk, virtio-rng");
  }

  @Test
  void nothingToBootIsRefused() {
    assertRefused(MachineConfig.builder(), "nothing to boot: no kernel, no firmware, no flash");
    assertRefused(
        MachineConfig.builder().firmware(image).initrd(image), "an initrd needs a kernel");
    assertRefused(
        MachineConfig.builder().firmware(image).append("quiet"),
        "a kernel command line needs a kernel");
  }

  @Test
  void aMissingOrEmptyImageIsRefused() throws IOException {
    Path missing = directory.resolve("missing");
    Path empty = Files.createFile(directory.resolve("empty"));
    assertRefused(MachineConfig.builder().kernel(missing), "no kernel " + missing);
    assertRefused(sound().initrd(empty), "initrd " + empty + " is empty");
    assertRefused(sound().firmware(directory), "firmware " + directory + " is not a file");
  }

  @Test
  void moreFlashThanTheBoardHasBanksForIsRefused() {
    assertRefused(
        sound().flash(image, true).flash(image, true).flash(image, true),
        "the board has 2 banks of flash, but 3 are wanted");
  }

  @Test
  void memoryOfAnOddOrSmallSizeIsRefused() {
    for (long bytes : new long[] {0, -4096, 4096, (1 << 20) + 1}) {
      assertRefused(
          sound().memoryBytes(bytes),
          "memory must be a multiple of 4 KiB and at least 1 MiB, not " + bytes + " bytes");
    }
  }

  @Test
  void anImageLargerThanMemoryIsRefused() throws IOException {
    Path large = Files.write(directory.resolve("large"), new byte[(1 << 20) + 1]);
    assertRefused(
        MachineConfig.builder().kernel(large).memoryBytes(1 << 20),
        "kernel " + large + " has 1048577 bytes, more than the machine's memory of 1 MiB");
  }

  @Test
  void moreDevicesThanSlotsAreRefused() {
    MachineConfig.Builder config = sound();
    for (int i = 0; i < Board.VIRTIO_SLOTS; i++) {
      config.disk(image, true);
    }
    assertRefused(config, "the board has 8 virtio slots, but 9 are wanted");
  }

  @Test
  void impossibleNumbersAreRefused() {
    assertRefused(sound().harts(0), "a machine has 1 to 8 harts, not 0");
    assertRefused(sound().harts(9), "a machine has 1 to 8 harts, not 9");
    assertRefused(sound().quantumSteps(0), "the quantum must be positive");
    assertRefused(sound().maxSteps(-1), "the most steps must be positive, not -1");
  }
}
