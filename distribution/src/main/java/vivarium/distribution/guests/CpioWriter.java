package vivarium.distribution.guests;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes the archive that Linux unpacks as its first root: cpio in the "new ASCII" format, the
 * kernel's {@code Documentation/driver-api/early-userspace/buffer-format.rst}. Everything belongs
 * to root and has no time, and entries are in order of name, so that the same contents give the
 * same bytes.
 */
final class CpioWriter {
  private static final int S_IFDIR = 0040000;
  private static final int S_IFREG = 0100000;
  private static final int S_IFLNK = 0120000;

  private record Entry(int mode, byte[] data) {}

  private final SortedMap<String, Entry> entries = new TreeMap<>();

  /** A directory; those above it must be added too. */
  CpioWriter directory(String name) {
    entries.put(name, new Entry(S_IFDIR | 0755, new byte[0]));
    return this;
  }

  /** A regular file that everyone may read. */
  CpioWriter file(String name, byte[] data) {
    entries.put(name, new Entry(S_IFREG | 0644, data));
    return this;
  }

  /** A regular file that everyone may run. */
  CpioWriter executable(String name, byte[] data) {
    entries.put(name, new Entry(S_IFREG | 0755, data));
    return this;
  }

  /** A symbolic link. */
  CpioWriter link(String name, String target) {
    entries.put(name, new Entry(S_IFLNK | 0777, target.getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  /** The archive, with its trailer. */
  byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int ino = 0;
    for (var entry : entries.entrySet()) {
      // a name sorts before the names below it, so each directory precedes what is in it
      write(out, ++ino, entry.getKey(), entry.getValue());
    }
    write(out, 0, "TRAILER!!!", new Entry(0, new byte[0]));
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, int ino, String name, Entry entry) {
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    int nlink = (entry.mode() & S_IFDIR) == S_IFDIR && (entry.mode() & S_IFREG) == 0 ? 2 : 1;
    // ino mode uid gid nlink mtime filesize maj min rmaj rmin namesize chksum
    int size = entry.data().length;
    int[] fields = {ino, entry.mode(), 0, 0, nlink, 0, size, 0, 0, 0, 0, path.length + 1, 0};
    StringBuilder header = new StringBuilder("070701");
    for (int field : fields) {
      header.append("%08x".formatted(field));
    }
    out.writeBytes(header.toString().getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(path);
    out.write(0);
    pad(out);
    out.writeBytes(entry.data());
    pad(out);
  }

  private static void pad(ByteArrayOutputStream out) {
    while (out.size() % 4 != 0) {
      out.write(0);
    }
  }
}
