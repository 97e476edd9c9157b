package vivarium.api.memory;

import java.lang.foreign.MemorySegment;

/**
 * Memory that belongs to a device, such as the cells of a flash chip: harts load and fetch from it
 * as directly as from RAM while the device lets them, and their stores go to the device. Made by
 * the core ({@link GuestMemory#addDeviceMemory}), lent by {@link
 * vivarium.api.device.DeviceContext#deviceMemory}; the machine's own thread.
 */
public final class DeviceMemory {
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;

  private final GuestMemory memory;
  private final long gpa;
  private final long size;
  private final int firstPage;
  private boolean readable;
  private boolean fetched;

  DeviceMemory(GuestMemory memory, long gpa, long size, int firstPage) {
    this.memory = memory;
    this.gpa = gpa;
    this.size = size;
    this.firstPage = firstPage;
  }

  long gpa() {
    return gpa;
  }

  int firstPage() {
    return firstPage;
  }

  boolean covers(long address, long length) {
    return GuestMemory.covers(gpa, size, address, length);
  }

  void noteFetch() {
    fetched = true;
  }

  /** Bytes of it. */
  public long size() {
    return size;
  }

  /** Whether harts reach it without the device. */
  public boolean isReadable() {
    return readable;
  }

  /**
   * Lets harts load and fetch from it directly, or no more: loads are then led to the device, and
   * fetches are access faults. Not readable at first. In the store that a hart executes alone this
   * takes effect with its next instruction.
   */
  public void setReadable(boolean value) {
    if (readable && !value) {
      memory.dropDeviceMemory(this, fetched);
      fetched = false;
    }
    readable = value;
  }

  /**
   * Its content, little-endian.
   *
   * @param width 1, 2, 4 or 8 bytes, any alignment
   */
  public long load(long offset, int width) {
    long value = 0;
    for (int i = width - 1; i >= 0; i--) {
      value = value << 8 | memory.loadUnguarded(at(offset + i, 1), 1);
    }
    return value;
  }

  /** Copies its content. */
  public void read(long offset, MemorySegment target) {
    transfer(offset, target, false);
  }

  /**
   * Changes its content.
   *
   * @throws IllegalStateException if it is readable: nobody would be told
   */
  public void write(long offset, MemorySegment source) {
    if (readable) {
      throw new IllegalStateException("device memory is written while it is read");
    }
    transfer(offset, source, true);
  }

  private void transfer(long offset, MemorySegment other, boolean toMemory) {
    long first = at(offset, other.byteSize());
    for (long done = 0; done < other.byteSize(); ) {
      long address = first + done;
      int length = (int) Math.min(other.byteSize() - done, PAGE_BYTES - (address & PAGE_BYTES - 1));
      MemorySegment part = memory.slice(address, length);
      if (toMemory) {
        part.copyFrom(other.asSlice(done, length));
      } else {
        other.asSlice(done, length).copyFrom(part);
      }
      done += length;
    }
  }

  private long at(long offset, long length) {
    if (!covers(gpa + offset, length)) {
      throw new IndexOutOfBoundsException("beyond the device's memory: " + offset);
    }
    return gpa + offset;
  }
}
