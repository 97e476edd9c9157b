package vivarium.devices.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import vivarium.api.memory.GuestMemory;

/**
 * One request: the buffers that a driver chained (section 2.7.5), read once and checked, so that
 * what the guest changes afterwards does not matter. First come the bytes that the device may read,
 * then those it may write; each part is seen as one stretch, however the driver cut it.
 *
 * <p>One object serves all requests of a queue, one after the other.
 */
final class DescriptorChain {
  private static final int DESCRIPTOR_BYTES = 16;
  private static final int MAX_BUFFERS = 1024;

  private static final int VIRTQ_DESC_F_NEXT = 1;
  private static final int VIRTQ_DESC_F_WRITE = 2;
  private static final int VIRTQ_DESC_F_INDIRECT = 4;

  private static final ValueLayout.OfLong LE_64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LE_32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort LE_16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final GuestMemory memory;
  private final MemorySegment descriptor = MemorySegment.ofArray(new byte[DESCRIPTOR_BYTES]);
  private final long[] gpas = new long[MAX_BUFFERS];
  private final long[] lengths = new long[MAX_BUFFERS];
  private int head;
  private int buffers;
  private int readableBuffers;
  private long readableBytes;
  private long writableBytes;

  DescriptorChain(GuestMemory memory) {
    this.memory = memory;
  }

  /**
   * Reads the chain that begins at a descriptor of the queue's table.
   *
   * @param tableGpa the table, which is RAM
   * @param size descriptors in the table
   * @param indirectAllowed whether VIRTIO_F_INDIRECT_DESC was negotiated
   */
  void read(long tableGpa, int size, int first, boolean indirectAllowed) throws Violation {
    head = first;
    buffers = 0;
    readableBuffers = 0;
    readableBytes = 0;
    writableBytes = 0;
    walk(tableGpa, size, first, indirectAllowed);
  }

  private void walk(long tableGpa, int size, int first, boolean indirectAllowed) throws Violation {
    int index = first;
    for (int visited = 0; visited < size; visited++) {
      if (index >= size) {
        throw Violation.DESCRIPTOR_INDEX;
      }
      memory.read(tableGpa + (long) index * DESCRIPTOR_BYTES, descriptor);
      long gpa = descriptor.get(LE_64, 0);
      long length = descriptor.get(LE_32, 8) & 0xffff_ffffL;
      int flags = descriptor.get(LE_16, 12);
      index = descriptor.get(LE_16, 14) & 0xffff;
      if ((flags & VIRTQ_DESC_F_INDIRECT) != 0) {
        if (!indirectAllowed || (flags & VIRTQ_DESC_F_NEXT) != 0) {
          throw Violation.INDIRECT;
        }
        walkIndirect(gpa, length);
        return;
      }
      add(gpa, length, (flags & VIRTQ_DESC_F_WRITE) != 0);
      if ((flags & VIRTQ_DESC_F_NEXT) == 0) {
        return;
      }
    }
    throw Violation.LOOP;
  }

  private void walkIndirect(long gpa, long length) throws Violation {
    long size = length / DESCRIPTOR_BYTES;
    if (length == 0 || length % DESCRIPTOR_BYTES != 0 || !memory.isRam(gpa, length)) {
      throw Violation.INDIRECT_TABLE;
    }
    walk(gpa, (int) Math.min(size, MAX_BUFFERS), 0, false);
  }

  private void add(long gpa, long length, boolean writable) throws Violation {
    if (length == 0) {
      return;
    }
    if (!memory.isRam(gpa, length)) {
      throw Violation.BUFFER_OUTSIDE_RAM;
    }
    // Honest buffers do not overlap; a bound on their sum bounds the work of one request.
    if (buffers == MAX_BUFFERS || readableBytes + writableBytes + length > memory.size()) {
      throw Violation.TOO_LONG;
    }
    if (writable) {
      writableBytes += length;
    } else if (writableBytes > 0) {
      throw Violation.ORDER;
    } else {
      readableBytes += length;
      readableBuffers++;
    }
    gpas[buffers] = gpa;
    lengths[buffers] = length;
    buffers++;
  }

  /** Index of the first descriptor, by which the driver knows the request. */
  int head() {
    return head;
  }

  /** Bytes for the device to read. */
  long readableBytes() {
    return readableBytes;
  }

  /** Bytes for the device to write. */
  long writableBytes() {
    return writableBytes;
  }

  /** Copies from the readable part, at an offset into it; the whole target is filled. */
  void read(long offset, MemorySegment target) {
    transfer(0, readableBuffers, offset, target, false);
  }

  /** Copies to the writable part, at an offset into it. */
  void write(long offset, MemorySegment source) {
    transfer(readableBuffers, buffers, offset, source, true);
  }

  private void transfer(int from, int to, long offset, MemorySegment other, boolean toGuest) {
    long skip = offset;
    long done = 0;
    long wanted = other.byteSize();
    for (int i = from; i < to && done < wanted; i++) {
      if (skip >= lengths[i]) {
        skip -= lengths[i];
        continue;
      }
      long length = Math.min(lengths[i] - skip, wanted - done);
      MemorySegment part = other.asSlice(done, length);
      if (toGuest) {
        memory.write(gpas[i] + skip, part);
      } else {
        memory.read(gpas[i] + skip, part);
      }
      done += length;
      skip = 0;
    }
    if (done < wanted) {
      throw new IndexOutOfBoundsException("beyond the request: " + offset + "+" + wanted);
    }
  }
}
