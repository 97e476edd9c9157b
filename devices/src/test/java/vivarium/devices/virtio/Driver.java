package vivarium.devices.virtio;

import java.lang.foreign.MemorySegment;
import vivarium.api.device.Device;
import vivarium.api.memory.GuestMemory;
import vivarium.testkit.device.FakeDeviceContext;

/**
 * A guest's driver for one virtqueue, enough for tests: it can be honest, and it lets the test lie
 * by writing descriptors itself.
 */
final class Driver {
  static final int DEVICE_FEATURES = 0x010;
  static final int DEVICE_FEATURES_SEL = 0x014;
  static final int DRIVER_FEATURES = 0x020;
  static final int DRIVER_FEATURES_SEL = 0x024;
  static final int QUEUE_SEL = 0x030;
  static final int QUEUE_NUM_MAX = 0x034;
  static final int QUEUE_NUM = 0x038;
  static final int QUEUE_READY = 0x044;
  static final int QUEUE_NOTIFY = 0x050;
  static final int INTERRUPT_STATUS = 0x060;
  static final int INTERRUPT_ACK = 0x064;
  static final int STATUS = 0x070;
  static final int QUEUE_DESC_LOW = 0x080;
  static final int QUEUE_DRIVER_LOW = 0x090;
  static final int QUEUE_DEVICE_LOW = 0x0a0;

  static final int ACKNOWLEDGE_DRIVER = 3;
  static final int DRIVER_OK = 4;
  static final int FEATURES_OK = 8;
  static final int NEEDS_RESET = 64;

  static final long INDIRECT_DESC = 1L << 28;
  static final long EVENT_IDX = 1L << 29;
  static final long VERSION_1 = 1L << 32;

  static final int NEXT = 1;
  static final int WRITE = 2;
  static final int INDIRECT = 4;

  static final int QUEUE_SIZE = 8;
  static final long DESC = FakeDeviceContext.RAM_BASE + 0x1000;
  static final long AVAIL = FakeDeviceContext.RAM_BASE + 0x2000;
  static final long USED = FakeDeviceContext.RAM_BASE + 0x3000;

  /** Where tests keep their buffers. */
  static final long DATA = FakeDeviceContext.RAM_BASE + 0x1_0000;

  final Device device;
  final GuestMemory memory;
  private int nextDescriptor;
  private int available;

  Driver(FakeDeviceContext context, Device device) {
    this.device = device;
    memory = context.memory();
  }

  /** Part of a request: {@code length} bytes at {@code gpa}. */
  record Buffer(long gpa, int length, boolean writable) {
    static Buffer readable(long gpa, int length) {
      return new Buffer(gpa, length, false);
    }

    static Buffer writable(long gpa, int length) {
      return new Buffer(gpa, length, true);
    }
  }

  int load(int register) {
    return (int) device.load(register, 4);
  }

  void store(int register, long value) {
    device.store(register, 4, value & 0xffff_ffffL);
  }

  void storeLong(int lowRegister, long value) {
    store(lowRegister, value);
    store(lowRegister + 4, value >>> 32);
  }

  long deviceFeatures() {
    store(DEVICE_FEATURES_SEL, 1);
    long high = load(DEVICE_FEATURES);
    store(DEVICE_FEATURES_SEL, 0);
    return high << 32 | load(DEVICE_FEATURES) & 0xffff_ffffL;
  }

  /** Section 3.1.1, steps 1 to 6. */
  Driver negotiate(long features) {
    store(STATUS, 0);
    store(STATUS, ACKNOWLEDGE_DRIVER);
    store(DRIVER_FEATURES_SEL, 0);
    store(DRIVER_FEATURES, features);
    store(DRIVER_FEATURES_SEL, 1);
    store(DRIVER_FEATURES, features >>> 32);
    store(STATUS, ACKNOWLEDGE_DRIVER | FEATURES_OK);
    return this;
  }

  /** Sets queue 0 up at the usual places. */
  Driver setUpQueue() {
    return setUpQueue(QUEUE_SIZE, DESC, AVAIL, USED);
  }

  Driver setUpQueue(int size, long desc, long avail, long used) {
    store(QUEUE_SEL, 0);
    store(QUEUE_NUM, size);
    storeLong(QUEUE_DESC_LOW, desc);
    storeLong(QUEUE_DRIVER_LOW, avail);
    storeLong(QUEUE_DEVICE_LOW, used);
    store(QUEUE_READY, 1);
    return this;
  }

  Driver run() {
    store(STATUS, ACKNOWLEDGE_DRIVER | FEATURES_OK | DRIVER_OK);
    return this;
  }

  /** Everything up to a running device. */
  Driver start(long features) {
    return negotiate(VERSION_1 | features).setUpQueue().run();
  }

  void descriptor(long table, int index, long gpa, long length, int flags, int next) {
    long at = table + 16L * index;
    memory.store(at, 8, gpa);
    memory.store(at + 8, 4, length);
    memory.store(at + 12, 2, flags);
    memory.store(at + 14, 2, next);
  }

  /** Writes a chain into a table from a given descriptor on. */
  void chain(long table, int first, Buffer... buffers) {
    for (int i = 0; i < buffers.length; i++) {
      boolean last = i == buffers.length - 1;
      int flags = (buffers[i].writable ? WRITE : 0) | (last ? 0 : NEXT);
      int next = (first + i + 1) % QUEUE_SIZE;
      descriptor(table, (first + i) % QUEUE_SIZE, buffers[i].gpa, buffers[i].length, flags, next);
    }
  }

  /** Makes a request available; the descriptors of earlier ones are taken to be free again. */
  Driver add(Buffer... buffers) {
    chain(DESC, nextDescriptor, buffers);
    addHead(nextDescriptor);
    nextDescriptor = (nextDescriptor + buffers.length) % QUEUE_SIZE;
    return this;
  }

  /** Makes available whatever begins at a descriptor. */
  Driver addHead(int head) {
    memory.store(AVAIL + 4 + 2L * (available % QUEUE_SIZE), 2, head);
    available++;
    memory.store(AVAIL + 2, 2, available);
    return this;
  }

  void kick() {
    store(QUEUE_NOTIFY, 0);
  }

  int usedIndex() {
    return (int) memory.load(USED + 2, 2);
  }

  long usedHead(int element) {
    return memory.load(USED + 4 + 8L * (element % QUEUE_SIZE), 4);
  }

  long usedLength(int element) {
    return memory.load(USED + 4 + 8L * (element % QUEUE_SIZE) + 4, 4);
  }

  boolean needsReset() {
    return (load(STATUS) & NEEDS_RESET) != 0;
  }

  byte[] bytes(long gpa, int length) {
    byte[] bytes = new byte[length];
    memory.read(gpa, MemorySegment.ofArray(bytes));
    return bytes;
  }

  void put(long gpa, byte... bytes) {
    memory.write(gpa, MemorySegment.ofArray(bytes));
  }
}
