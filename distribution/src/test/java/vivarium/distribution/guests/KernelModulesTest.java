package vivarium.distribution.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vivarium.distribution.guests.Archives.module;
import static vivarium.distribution.guests.Archives.utf8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import vivarium.api.VivariumException;

class KernelModulesTest {
  private static final String ROOT = "usr/lib/modules/6.1-test/";
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  @Test
  void eachModuleComesAfterWhatItNeedsAndOnlyOnce() throws IOException {
    files.put(ROOT + "kernel/fs/ext4.ko.xz", Archives.xz(module("jbd2,mbcache")));
    files.put(ROOT + "kernel/fs/jbd2.ko.gz", Archives.gzip(module("crc16")));
    files.put(ROOT + "kernel/fs/mbcache.ko", module(""));
    files.put(ROOT + "kernel/lib/crc16.ko", module(""));
    files.put(ROOT + "kernel/virtio-rng.ko", module("crc16"));
    try (TarFile tar = tar()) {
      KernelModules modules = new KernelModules(tar);
      Map<String, byte[]> loaded = modules.inOrder(List.of("virtio_rng", "ext4", "ext4"));
      assertThat(loaded.keySet())
          .containsExactly("crc16.ko", "virtio-rng.ko", "jbd2.ko", "mbcache.ko", "ext4.ko");
      assertThat(loaded.get("ext4.ko")).isEqualTo(module("jbd2,mbcache"));
      assertThat(modules.release()).isEqualTo("6.1-test");
    }
  }

  @Test
  void whatIsBuiltIntoTheKernelIsLeftOut() throws IOException {
    files.put(ROOT + "modules.builtin", utf8("kernel/a/virtio.ko\nkernel/b/virtio-ring.ko\n"));
    files.put(ROOT + "kernel/virtio_blk.ko", module("virtio_ring"));
    try (TarFile tar = tar()) {
      assertThat(new KernelModules(tar).inOrder(List.of("virtio", "virtio_blk")).keySet())
          .containsExactly("virtio_blk.ko");
    }
  }

  @Test
  void aMissingModuleIsNamedWithItsKernel() throws IOException {
    files.put(ROOT + "kernel/a.ko", module("b"));
    try (TarFile tar = tar()) {
      KernelModules modules = new KernelModules(tar);
      assertThatThrownBy(() -> modules.inOrder(List.of("a")))
          .isInstanceOf(VivariumException.class)
          .hasMessage("kernel 6.1-test has no module b");
    }
  }

  @Test
  void modulesThatNeedEachOtherAreRefused() throws IOException {
    files.put(ROOT + "kernel/a.ko", module("b"));
    files.put(ROOT + "kernel/b.ko", module("a"));
    try (TarFile tar = tar()) {
      KernelModules modules = new KernelModules(tar);
      assertThatThrownBy(() -> modules.inOrder(List.of("a")))
          .hasMessage("kernel modules depend on each other: [a, b]");
    }
  }

  @Test
  void aPackageWithoutModulesIsRefused() throws IOException {
    files.put("boot/vmlinux-6.1", new byte[3]);
    try (TarFile tar = tar()) {
      assertThatThrownBy(() -> new KernelModules(tar)).isInstanceOf(VivariumException.class);
    }
  }

  @Test
  void aDamagedModuleIsRefusedInOneLine() {
    byte[] module = module("b");
    module[0x29] = 0x7f;
    assertThatThrownBy(() -> KernelModules.depends(module)).isInstanceOf(VivariumException.class);
    assertThatThrownBy(() -> KernelModules.depends(new byte[10]))
        .isInstanceOf(VivariumException.class);
  }

  private TarFile tar() throws IOException {
    return TarFile.spool(new ByteArrayInputStream(Archives.tar(files)));
  }
}
