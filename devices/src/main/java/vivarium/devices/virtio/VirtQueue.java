package vivarium.devices.virtio;

import org.jspecify.annotations.Nullable;
import vivarium.api.memory.GuestMemory;

/**
 * The device's side of a split virtqueue (section 2.7): descriptor table, available ring, used
 * ring, all in guest memory. Every place is checked when the queue is made ready, so that the rings
 * can be used without checks; their contents are never trusted.
 */
final class VirtQueue {
  /** The most descriptors a driver may choose. */
  static final int QUEUE_SIZE_MAX = 256;

  private static final int VIRTQ_AVAIL_F_NO_INTERRUPT = 1;

  /** Offsets within both rings. */
  private static final int FLAGS = 0;

  private static final int IDX = 2;
  private static final int RING = 4;

  private static final int AVAIL_ELEMENT_BYTES = 2;
  private static final int USED_ELEMENT_BYTES = 8;

  private final GuestMemory memory;
  private final DescriptorChain chain;

  private int size;
  private long descGpa;
  private long driverGpa;
  private long deviceGpa;
  private boolean ready;
  private boolean indirect;
  private boolean eventIdx;

  private int lastAvail;
  private int used;
  private int usedBefore;
  private int waiting;

  VirtQueue(GuestMemory memory) {
    this.memory = memory;
    chain = new DescriptorChain(memory);
    reset();
  }

  /** Forgets everything. */
  void reset() {
    size = QUEUE_SIZE_MAX;
    descGpa = 0;
    driverGpa = 0;
    deviceGpa = 0;
    ready = false;
    lastAvail = 0;
    used = 0;
    usedBefore = 0;
    waiting = 0;
  }

  boolean ready() {
    return ready;
  }

  void size(int descriptors) {
    size = descriptors;
  }

  /** Sets one half of the descriptor table's address; {@code shift} 0 or 32, so below. */
  void desc(int shift, int half) {
    descGpa = withHalf(descGpa, shift, half);
  }

  /** The driver area: the available ring. */
  void driver(int shift, int half) {
    driverGpa = withHalf(driverGpa, shift, half);
  }

  /** The device area: the used ring. */
  void device(int shift, int half) {
    deviceGpa = withHalf(deviceGpa, shift, half);
  }

  private static long withHalf(long old, int shift, int half) {
    return old & ~(0xffff_ffffL << shift) | (half & 0xffff_ffffL) << shift;
  }

  /**
   * The driver has set the queue up.
   *
   * @throws Violation if its size or places are not allowed; the queue is then not ready
   */
  void makeReady(boolean indirectAllowed, boolean eventIdxUsed) throws Violation {
    if (size <= 0 || size > QUEUE_SIZE_MAX || Integer.bitCount(size) != 1) {
      throw Violation.QUEUE_SIZE;
    }
    if ((descGpa & 15 | driverGpa & 1 | deviceGpa & 3) != 0) {
      throw Violation.QUEUE_ALIGNMENT;
    }
    long eventBytes = 2;
    if (!memory.isRam(descGpa, 16L * size)
        || !memory.isRam(driverGpa, RING + (long) AVAIL_ELEMENT_BYTES * size + eventBytes)
        || !memory.isRam(deviceGpa, RING + (long) USED_ELEMENT_BYTES * size + eventBytes)) {
      throw Violation.QUEUE_OUTSIDE_RAM;
    }
    indirect = indirectAllowed;
    eventIdx = eventIdxUsed;
    lastAvail = 0;
    used = 0;
    ready = true;
  }

  /** Stops the queue, until it is made ready again. */
  void stop() {
    ready = false;
  }

  /**
   * Begins to serve what is available now. What the driver adds meanwhile (or what a request's own
   * data write over the ring) waits for the next notification: the work of one is bounded.
   */
  void begin() throws Violation {
    usedBefore = used;
    waiting = load16(driverGpa + IDX) - lastAvail & 0xffff;
    if (waiting > size) {
      throw Violation.AVAIL_INDEX;
    }
  }

  /** The next request, which {@link #complete} ends; {@code null} when there are no more. */
  @Nullable DescriptorChain next() throws Violation {
    if (waiting == 0) {
      if (eventIdx) {
        memory.store(deviceGpa + RING + (long) USED_ELEMENT_BYTES * size, 2, lastAvail);
      }
      return null;
    }
    int slot = lastAvail & size - 1;
    int head = load16(driverGpa + RING + (long) AVAIL_ELEMENT_BYTES * slot);
    chain.read(descGpa, size, head, indirect);
    lastAvail = lastAvail + 1 & 0xffff;
    waiting--;
    return chain;
  }

  /** Gives a request back to the driver, with the number of bytes that were written to it. */
  void complete(DescriptorChain request, long writtenBytes) {
    long element = deviceGpa + RING + (long) USED_ELEMENT_BYTES * (used & size - 1);
    memory.store(element, 4, request.head());
    memory.store(element + 4, 4, writtenBytes);
    used = used + 1 & 0xffff;
    memory.store(deviceGpa + IDX, 2, used);
  }

  /** Whether the driver wants to be told of what was completed since {@link #begin}. */
  boolean wantsInterrupt() {
    int completed = used - usedBefore & 0xffff;
    if (completed == 0) {
      return false;
    }
    if (eventIdx) {
      int usedEvent = load16(driverGpa + RING + (long) AVAIL_ELEMENT_BYTES * size);
      return (used - usedEvent - 1 & 0xffff) < completed;
    }
    return (load16(driverGpa + FLAGS) & VIRTQ_AVAIL_F_NO_INTERRUPT) == 0;
  }

  private int load16(long gpa) {
    return (int) memory.load(gpa, 2);
  }
}
