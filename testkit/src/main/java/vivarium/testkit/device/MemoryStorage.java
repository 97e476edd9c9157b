package vivarium.testkit.device;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import vivarium.api.device.BlockStorage;

/** A disk in memory that loses what was not flushed when its power fails. */
public final class MemoryStorage implements BlockStorage {
  private final byte[] bytes;
  private final byte[] durable;
  private final boolean readOnly;
  private boolean broken;

  /** Makes a disk of zeros. */
  public MemoryStorage(int sectors) {
    this(new byte[sectors * SECTOR_BYTES], false);
  }

  /** Makes a disk with contents. */
  public MemoryStorage(byte[] contents, boolean readOnly) {
    if (contents.length % SECTOR_BYTES != 0) {
      throw new IllegalArgumentException("not whole sectors: " + contents.length);
    }
    bytes = contents.clone();
    durable = contents.clone();
    this.readOnly = readOnly;
  }

  /** From now on everything fails. */
  public void breakDown() {
    broken = true;
  }

  /** What would be there after a power failure now. */
  public byte[] durable() {
    return durable.clone();
  }

  /** What the guest sees. */
  public byte[] contents() {
    return bytes.clone();
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public void read(long offset, MemorySegment target) throws IOException {
    check();
    target.copyFrom(at(offset, target));
  }

  @Override
  public void write(long offset, MemorySegment source) throws IOException {
    check();
    if (readOnly) {
      throw new IOException("read-only");
    }
    at(offset, source).copyFrom(source);
  }

  private MemorySegment at(long offset, MemorySegment other) {
    return MemorySegment.ofArray(bytes).asSlice(offset, other.byteSize());
  }

  @Override
  public void flush() throws IOException {
    check();
    System.arraycopy(bytes, 0, durable, 0, bytes.length);
  }

  private void check() throws IOException {
    if (broken) {
      throw new IOException("broken");
    }
  }

  @Override
  public void close() {}
}
