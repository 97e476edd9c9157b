package vivarium.core.machine;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import vivarium.api.VivariumException;
import vivarium.api.device.BlockStorage;

/**
 * A raw image of a disk or of flash in a file: byte for byte what the guest sees. Locked against
 * other processes, and against other machines of this one; several may share it for reading.
 */
public final class RawImage implements BlockStorage {
  /** What an image is of, and which sizes it can have. */
  enum Kind {
    DISK("disk image ", "a positive multiple of " + SECTOR_BYTES) {
      @Override
      boolean fits(long size) {
        return size > 0 && size % SECTOR_BYTES == 0;
      }
    },
    FLASH(
        "flash image ",
        "the " + Board.FLASH_BANK_BYTES + " of a bank of flash (truncate -s 32M makes it so)") {
      @Override
      boolean fits(long size) {
        return size == Board.FLASH_BANK_BYTES;
      }
    };

    private final String title;
    private final String sizes;

    Kind(String title, String sizes) {
      this.title = title;
      this.sizes = sizes;
    }

    abstract boolean fits(long size);

    /** What messages call the image. */
    String of(Path file) {
      return title + file;
    }
  }

  private static final int WRITER = -1;

  /**
   * Who has which file open in this process: a number of readers, or {@link #WRITER}. The host's
   * locks do not tell one machine of a process from another, and closing any channel to a file
   * would drop the process's lock on it, so a second writer must be refused before it opens the
   * file. A file is known by the host's own identity of it, which links do not change.
   */
  private static final Map<Object, Integer> OPEN = new HashMap<>();

  private final Kind kind;
  private final Path path;
  private final Object identity;
  private final FileChannel channel;
  private final boolean readOnly;
  private final long size;
  private boolean closed;

  private RawImage(
      Kind kind, Path path, Object identity, FileChannel channel, boolean readOnly, long size) {
    this.kind = kind;
    this.path = path;
    this.identity = identity;
    this.channel = channel;
    this.readOnly = readOnly;
    this.size = size;
  }

  /** Opens a disk image. */
  public static RawImage open(Path file, boolean readOnly) {
    return open(Kind.DISK, file, readOnly);
  }

  /**
   * Opens an image.
   *
   * @throws VivariumException if there is none, it is in use, or its size cannot be
   */
  static RawImage open(Kind kind, Path file, boolean readOnly) {
    if (!Files.exists(file)) {
      throw new VivariumException("no " + kind.of(file));
    }
    if (!Files.isRegularFile(file)) {
      throw new VivariumException(kind.of(file) + " is not a file");
    }
    try {
      Path path = file.toRealPath();
      Object identity = identity(path);
      register(kind, identity, file, readOnly);
      try {
        return openRegistered(kind, path, identity, file, readOnly);
      } catch (IOException | RuntimeException e) {
        unregister(identity);
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw new VivariumException("no " + kind.of(file), e);
    } catch (AccessDeniedException e) {
      String wanted = readOnly ? "read" : "written; it could be used read-only";
      throw new VivariumException(kind.of(file) + " may not be " + wanted, e);
    } catch (IOException e) {
      throw new VivariumException(kind.of(file) + ": " + e.getMessage(), e);
    }
  }

  /** Device and inode where the host has such; else the path, with symbolic links followed. */
  private static Object identity(Path path) throws IOException {
    Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    return key == null ? path : key;
  }

  private static RawImage openRegistered(
      Kind kind, Path path, Object identity, Path file, boolean readOnly) throws IOException {
    Set<StandardOpenOption> options =
        readOnly
            ? Set.of(StandardOpenOption.READ)
            : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    FileChannel channel = FileChannel.open(path, options);
    try {
      lock(kind, channel, file, readOnly);
      long size = channel.size();
      if (!kind.fits(size)) {
        throw new VivariumException(
            "%s has %d bytes, which is not %s".formatted(kind.of(file), size, kind.sizes));
      }
      return new RawImage(kind, path, identity, channel, readOnly, size);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void lock(Kind kind, FileChannel channel, Path file, boolean readOnly)
      throws IOException {
    try {
      if (channel.tryLock(0, Long.MAX_VALUE, readOnly) == null) {
        throw new VivariumException(kind.of(file) + " is in use by another process");
      }
    } catch (OverlappingFileLockException shared) {
      if (!readOnly) {
        throw new VivariumException(kind.of(file) + " is in use by another machine", shared);
      }
    }
  }

  private static synchronized void register(
      Kind kind, Object identity, Path file, boolean readOnly) {
    int users = OPEN.getOrDefault(identity, 0);
    if (readOnly ? users == WRITER : users != 0) {
      throw new VivariumException(kind.of(file) + " is in use by another machine");
    }
    OPEN.put(identity, readOnly ? users + 1 : WRITER);
  }

  private static synchronized void unregister(Object identity) {
    int users = OPEN.getOrDefault(identity, 0);
    if (users > 1) {
      OPEN.put(identity, users - 1);
    } else {
      OPEN.remove(identity);
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public void read(long offset, MemorySegment target) throws IOException {
    checkRange(offset, target);
    ByteBuffer buffer = target.asByteBuffer();
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new EOFException(kind.of(path) + " has become shorter");
      }
    }
  }

  @Override
  public void write(long offset, MemorySegment source) throws IOException {
    if (readOnly) {
      throw new IOException(kind.of(path) + " is read-only");
    }
    checkRange(offset, source);
    ByteBuffer buffer = source.asByteBuffer();
    while (buffer.hasRemaining()) {
      channel.write(buffer, offset + buffer.position());
    }
  }

  private void checkRange(long offset, MemorySegment memory) throws IOException {
    if (offset < 0 || memory.byteSize() > size || offset > size - memory.byteSize()) {
      throw new IOException("beyond the end of " + kind.of(path));
    }
  }

  @Override
  public void flush() throws IOException {
    if (!readOnly) {
      channel.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try (channel) {
        flush();
      } finally {
        unregister(identity);
      }
    }
  }
}
