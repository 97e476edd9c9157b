package vivarium.distribution.guests;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import vivarium.api.VivariumException;

/**
 * The regular files of a tar archive (POSIX ustar, with GNU long names), by name. The archive lies
 * unpacked in a temporary file: a kernel's package has three thousand modules, of which a handful
 * is wanted, and which ones is known only after some have been read.
 */
final class TarFile implements AutoCloseable {
  private static final int BLOCK = 512;

  // Header fields of POSIX.1-1988 ustar: offset and length.
  private static final int NAME = 0;
  private static final int NAME_LENGTH = 100;
  private static final int SIZE = 124;
  private static final int SIZE_LENGTH = 12;
  private static final int TYPEFLAG = 156;
  private static final int PREFIX = 345;
  private static final int PREFIX_LENGTH = 155;

  private record Entry(long offset, long size) {}

  private final Path spool;
  private final RandomAccessFile file;
  private final SortedMap<String, Entry> entries = new TreeMap<>();

  private TarFile(Path spool) throws IOException {
    this.spool = spool;
    this.file = new RandomAccessFile(spool.toFile(), "r");
  }

  /** Reads the archive to its end. Deletes what it made if that fails. */
  static TarFile spool(InputStream archive) throws IOException {
    Path spool = Files.createTempFile("vivarium-", ".tar");
    try {
      TarFile tar = new TarFile(spool);
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(spool), 1 << 16)) {
        tar.index(archive, out);
      }
      return tar;
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(spool);
      throw e;
    }
  }

  /** The names of all regular files, in order, without a leading {@code ./}. */
  Iterable<String> names() {
    return entries.keySet();
  }

  /** The contents of one file. */
  Optional<byte[]> read(String name) throws IOException {
    Entry entry = entries.get(name);
    if (entry == null) {
      return Optional.empty();
    }
    byte[] bytes = new byte[Math.toIntExact(entry.size())];
    file.seek(entry.offset());
    file.readFully(bytes);
    return Optional.of(bytes);
  }

  @Override
  public void close() throws IOException {
    file.close();
    Files.deleteIfExists(spool);
  }

  private void index(InputStream in, OutputStream out) throws IOException {
    long offset = 0;
    String longName = "";
    byte[] header = in.readNBytes(BLOCK);
    while (header.length == BLOCK && header[0] != 0) {
      out.write(header);
      offset += BLOCK;
      long size = octal(header, SIZE, SIZE_LENGTH);
      long padded = (size + BLOCK - 1) / BLOCK * BLOCK;
      char type = (char) header[TYPEFLAG];
      if (type == 'L') {
        byte[] name = in.readNBytes(Math.toIntExact(padded));
        out.write(name);
        longName = text(name, 0, name.length);
      } else {
        if (type == '0' || type == 0) {
          String name = longName.isEmpty() ? name(header) : longName;
          entries.put(name.replaceFirst("^(\\./)+", ""), new Entry(offset, size));
        }
        longName = "";
        copy(in, out, padded);
      }
      offset += padded;
      header = in.readNBytes(BLOCK);
    }
    if (header.length < BLOCK) {
      throw new EOFException("no end of archive");
    }
    // to the end, so that the compressed stream's own check is made
    in.transferTo(OutputStream.nullOutputStream());
  }

  private static void copy(InputStream in, OutputStream out, long length) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (long left = length; left > 0; ) {
      int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (n < 0) {
        throw new EOFException("a file is cut off");
      }
      out.write(buffer, 0, n);
      left -= n;
    }
  }

  private static String name(byte[] header) {
    String prefix = text(header, PREFIX, PREFIX_LENGTH);
    String name = text(header, NAME, NAME_LENGTH);
    // GNU tar puts other things where ustar has the prefix; its magic ends in a space
    boolean ustar = header[262] == 0;
    return ustar && !prefix.isEmpty() ? prefix + "/" + name : name;
  }

  private static String text(byte[] bytes, int offset, int length) {
    int end = offset;
    while (end < offset + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, offset, end - offset, StandardCharsets.UTF_8);
  }

  private static long octal(byte[] bytes, int offset, int length) {
    String digits = text(bytes, offset, length).strip();
    if (!digits.matches("[0-7]{1,12}")) {
      throw new VivariumException("a tar archive is damaged: '" + digits + "' is no size");
    }
    return Long.parseLong(digits, 8);
  }
}
