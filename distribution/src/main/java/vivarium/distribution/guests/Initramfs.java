package vivarium.distribution.guests;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The first root of a Linux guest: busybox, the modules, {@code /init} and {@code /selfcheck}. Not
 * compressed: unpacking would cost the guest instructions at every boot to save the host's disk
 * once.
 */
final class Initramfs {
  private static final List<String> DIRECTORIES =
      List.of("bin", "dev", "etc", "lib", "lib/modules", "newroot", "proc", "sbin", "sys", "tmp");

  private Initramfs() {}

  /**
   * Builds the archive; the same inputs give the same bytes.
   *
   * @param busybox a static executable
   * @param modules file names and contents, in the order of loading
   */
  static byte[] build(byte[] busybox, Map<String, byte[]> modules) {
    CpioWriter cpio = new CpioWriter();
    DIRECTORIES.forEach(cpio::directory);
    cpio.executable("bin/busybox", busybox);
    text("applets.txt").lines().forEach(applet -> cpio.link("bin/" + applet, "busybox"));
    modules.forEach((name, module) -> cpio.file("lib/modules/" + name, module));
    cpio.file("etc/modules.order", utf8(String.join("\n", modules.keySet()) + "\n"));
    cpio.file("etc/mode", utf8("shell\n"));
    cpio.executable("init", utf8(text("init.sh")));
    cpio.executable("selfcheck", utf8(text("selfcheck.sh")));
    return cpio.toBytes();
  }

  /** All that decides an archive's contents beside packages and modules: for a digest. */
  static String recipe() {
    return DIRECTORIES + text("applets.txt") + text("init.sh") + text("selfcheck.sh");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(String resource) {
    try (InputStream in = Initramfs.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the module lacks its resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
