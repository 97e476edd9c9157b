package vivarium.api.device;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** The host's side of a disk: a raw image. Offsets are in bytes. */
public interface BlockStorage extends AutoCloseable {
  /** Bytes of one sector. */
  int SECTOR_BYTES = 512;

  /** Size in bytes, a multiple of the sector size. */
  long size();

  /** Whether writes are refused. */
  boolean readOnly();

  /** Reads into the whole of {@code target}. */
  void read(long offset, MemorySegment target) throws IOException;

  /** Writes the whole of {@code source}; durable only after {@link #flush}. */
  void write(long offset, MemorySegment source) throws IOException;

  /** Makes all writes durable before it returns. */
  void flush() throws IOException;

  @Override
  void close() throws IOException;
}
