package vivarium.core.machine;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import vivarium.api.device.BlockStorage;

/** A storage without a file: zeros at first, and kept as long as the machine is there. */
final class ForgetfulStorage implements BlockStorage {
  private static final int PIECE_BYTES = 64 << 10;

  private final long size;
  private final Map<Long, MemorySegment> pieces = new HashMap<>();

  ForgetfulStorage(long size) {
    this.size = size;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean readOnly() {
    return false;
  }

  @Override
  public void read(long offset, MemorySegment target) {
    for (long done = 0; done < target.byteSize(); ) {
      MemorySegment part = target.asSlice(done, partBytes(offset + done, target, done));
      MemorySegment piece = pieces.get((offset + done) / PIECE_BYTES);
      if (piece == null) {
        part.fill((byte) 0);
      } else {
        part.copyFrom(piece.asSlice((offset + done) % PIECE_BYTES, part.byteSize()));
      }
      done += part.byteSize();
    }
  }

  @Override
  public void write(long offset, MemorySegment source) {
    for (long done = 0; done < source.byteSize(); ) {
      MemorySegment part = source.asSlice(done, partBytes(offset + done, source, done));
      pieces
          .computeIfAbsent(
              (offset + done) / PIECE_BYTES, number -> MemorySegment.ofArray(new byte[PIECE_BYTES]))
          .asSlice((offset + done) % PIECE_BYTES, part.byteSize())
          .copyFrom(part);
      done += part.byteSize();
    }
  }

  private static long partBytes(long offset, MemorySegment whole, long done) {
    return Math.min(whole.byteSize() - done, PIECE_BYTES - offset % PIECE_BYTES);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
