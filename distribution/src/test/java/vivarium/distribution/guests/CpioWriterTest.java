package vivarium.distribution.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static vivarium.distribution.guests.Archives.utf8;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpioWriterTest {
  @TempDir Path directory;

  @Test
  void entriesFollowTheKernelsBufferFormat() {
    byte[] archive =
        new CpioWriter()
            .file("bin/a", utf8("hello"))
            .link("bin/l", "a")
            .directory("bin")
            .executable("init", utf8("#!"))
            .toBytes();
    assertThat(read(archive))
        .containsExactly(
            "bin 40755 2 ''",
            "bin/a 100644 1 'hello'",
            "bin/l 120777 1 'a'",
            "init 100755 1 '#!'",
            "TRAILER!!! 0 1 ''");
  }

  @Test
  void anInitramfsHasItsModulesInOrderAndIsTheSameEachTime() {
    Map<String, byte[]> modules = new LinkedHashMap<>();
    modules.put("z.ko", utf8("Z"));
    modules.put("a.ko", utf8("A"));
    byte[] archive = Initramfs.build(utf8("ELF"), modules);
    assertThat(read(archive))
        .contains(
            "bin/busybox 100755 1 'ELF'",
            "bin/sh 120777 1 'busybox'",
            "bin/[ 120777 1 'busybox'",
            "lib/modules/a.ko 100644 1 'A'",
            "etc/modules.order 100644 1 'z.ko\na.ko\n'",
            "etc/mode 100644 1 'shell\n'")
        .anyMatch(entry -> entry.startsWith("init 100755 1 '#!/bin/sh\n"))
        .anyMatch(entry -> entry.startsWith("selfcheck 100755 1 '#!/bin/sh\n"));
    assertThat(Initramfs.build(utf8("ELF"), modules)).isEqualTo(archive);
  }

  @Test
  void theHostsCpioReadsWhatIsWritten() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/cpio")), "no cpio on this host");
    Path archive = directory.resolve("a.cpio");
    Files.write(archive, new CpioWriter().directory("d").file("d/f", utf8("12345")).toBytes());
    Process cpio =
        new ProcessBuilder("/usr/bin/cpio", "-itv", "--quiet")
            .redirectInput(archive.toFile())
            .redirectErrorStream(true)
            .start();
    String listing = new String(cpio.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(cpio.waitFor()).isZero();
    assertThat(listing.lines())
        .hasSize(2)
        .anyMatch(line -> line.matches("drwxr-xr-x +2 root +root +0 .* d"))
        .anyMatch(line -> line.matches("-rw-r--r-- +1 root +root +5 .* d/f"));
  }

  /** Each entry as "name mode links 'contents'". */
  private static List<String> read(byte[] archive) {
    List<String> entries = new ArrayList<>();
    int at = 0;
    while (at < archive.length) {
      assertThat(text(archive, at, 6)).isEqualTo("070701");
      int nameSize = field(archive, at, 11);
      int size = field(archive, at, 6);
      String name = text(archive, at + 110, nameSize - 1);
      int data = (at + 110 + nameSize + 3) / 4 * 4;
      assertThat(field(archive, at, 5)).as("mtime").isZero();
      entries.add(
          "%s %o %d '%s'"
              .formatted(
                  name, field(archive, at, 1), field(archive, at, 4), text(archive, data, size)));
      at = (data + size + 3) / 4 * 4;
    }
    return entries;
  }

  private static int field(byte[] archive, int at, int index) {
    return Integer.parseInt(text(archive, at + 6 + 8 * index, 8), 16);
  }

  private static String text(byte[] archive, int at, int length) {
    return new String(archive, at, length, StandardCharsets.UTF_8);
  }
}
