package vivarium.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.devices.virtio.Driver.Buffer;
import vivarium.testkit.device.FakeDeviceContext;
import vivarium.testkit.device.MemoryStorage;

/** A driver that lies costs its own guest the device, until it resets it, and nobody else. */
class HostileDriverTest {
  private static final long RAM_END = FakeDeviceContext.RAM_BASE + FakeDeviceContext.RAM_BYTES;

  private final FakeDeviceContext context = new FakeDeviceContext(1).with(new MemoryStorage(64));
  private final Driver driver = new Driver(context, new VirtioBlk.Type().create(context));

  private void assertRefused(String reason) {
    assertThat(driver.needsReset()).isTrue();
    assertThat(context.control().complaints())
        .containsExactly("virtio-blk needs a reset: " + reason);
    assertThat(driver.usedIndex()).isZero();
  }

  private void assertWorksAfterReset() {
    driver.memory.store(Driver.USED + 2, 2, 0);
    driver.memory.store(Driver.AVAIL + 2, 2, 0);
    Driver honest = new Driver(context, driver.device).start(0);
    assertThat(honest.needsReset()).isFalse();
    honest.add(Buffer.readable(Driver.DATA, 16), Buffer.writable(Driver.DATA + 16, 513)).kick();
    assertThat(honest.usedIndex()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 257, 512, -1, Integer.MIN_VALUE})
  void aQueueOfAWrongSizeIsRefused(int size) {
    driver.negotiate(Driver.VERSION_1).setUpQueue(size, Driver.DESC, Driver.AVAIL, Driver.USED);
    assertRefused("queue size is not a power of 2 within limits");
    assertWorksAfterReset();
  }

  @ParameterizedTest
  @CsvSource({"8, 0, 0", "0, 1, 0", "0, 0, 2"})
  void aQueueThatIsNotAlignedIsRefused(int desc, int avail, int used) {
    driver
        .negotiate(Driver.VERSION_1)
        .setUpQueue(8, Driver.DESC + desc, Driver.AVAIL + avail, Driver.USED + used);
    assertRefused("a queue's ring is not aligned");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, FakeDeviceContext.RAM_BASE - 16, RAM_END - 16, RAM_END, -16, 1L << 63})
  void aQueueOutsideRamIsRefused(long gpa) {
    driver.negotiate(Driver.VERSION_1).setUpQueue(8, gpa, Driver.AVAIL, Driver.USED);
    assertRefused("a queue's ring is outside RAM");
    driver.negotiate(Driver.VERSION_1).setUpQueue(8, Driver.DESC, gpa, Driver.USED);
    assertThat(driver.needsReset()).isTrue();
    driver.negotiate(Driver.VERSION_1).setUpQueue(8, Driver.DESC, Driver.AVAIL, gpa);
    assertThat(driver.needsReset()).isTrue();
    assertWorksAfterReset();
  }

  @Test
  void aLoopOfDescriptorsIsRefused() {
    driver.start(0);
    driver.descriptor(Driver.DESC, 0, Driver.DATA, 16, Driver.NEXT, 1);
    driver.descriptor(Driver.DESC, 1, Driver.DATA, 16, Driver.NEXT, 0);
    driver.addHead(0).kick();
    assertRefused("descriptor chain is longer than its table");
    assertThat(driver.load(Driver.INTERRUPT_STATUS)).isEqualTo(2);
    assertThat(context.interruptRaised()).isTrue();
    assertWorksAfterReset();
  }

  @Test
  void aHeadBeyondTheTableIsRefused() {
    driver.start(0).addHead(Driver.QUEUE_SIZE).kick();
    assertRefused("descriptor index is beyond its table");
  }

  @Test
  void aNextBeyondTheTableIsRefused() {
    driver.start(0);
    driver.descriptor(Driver.DESC, 0, Driver.DATA, 16, Driver.NEXT, 0xffff);
    driver.addHead(0).kick();
    assertRefused("descriptor index is beyond its table");
  }

  @Test
  void anAvailableIndexFarAheadIsRefused() {
    driver.start(0);
    driver.memory.store(Driver.AVAIL + 2, 2, Driver.QUEUE_SIZE + 1);
    driver.kick();
    assertRefused("available index is ahead by more than a ring");
  }

  @ParameterizedTest
  @CsvSource({
    "0x0, 16",
    "0x10000000, 16",
    "0x7fffffff, 16",
    "0x800fffff, 2",
    "0x80100000, 1",
    "0xffffffffffffffff, 1",
    "0xfffffffffffffff0, 0x20",
    "0x80010000, 0xffffffff"
  })
  void aBufferOutsideRamIsRefused(String gpa, String length) {
    driver.start(0);
    long start = Long.parseUnsignedLong(gpa.substring(2), 16);
    driver.descriptor(Driver.DESC, 0, start, Long.decode(length), Driver.WRITE, 0);
    driver.addHead(0).kick();
    assertRefused("a buffer is outside RAM");
    assertWorksAfterReset();
  }

  @Test
  void buffersThatTogetherAreLargerThanRamAreRefused() {
    driver.start(0);
    Buffer half = Buffer.writable(FakeDeviceContext.RAM_BASE, 1 << 19);
    driver.add(Buffer.readable(Driver.DATA, 16), half, half).kick();
    assertRefused("a request's buffers are too many or too long");
  }

  @Test
  void readableAfterWritableIsRefused() {
    driver.start(0);
    driver.add(Buffer.writable(Driver.DATA, 16), Buffer.readable(Driver.DATA + 16, 16)).kick();
    assertRefused("readable descriptor after a writable one");
  }

  @Test
  void anIndirectTableIsFollowed() {
    driver.start(Driver.INDIRECT_DESC);
    long table = Driver.DATA + 0x1008;
    driver.chain(
        table, 0, Buffer.readable(Driver.DATA, 16), Buffer.writable(Driver.DATA + 16, 513));
    driver.descriptor(Driver.DESC, 3, table, 32, Driver.INDIRECT, 0);
    driver.addHead(3).kick();
    assertThat(driver.usedIndex()).isEqualTo(1);
    assertThat(driver.usedHead(0)).isEqualTo(3);
    assertThat(driver.usedLength(0)).isEqualTo(513);
  }

  @Test
  void anIndirectTableThatWasNotNegotiatedIsRefused() {
    driver.start(0);
    driver.descriptor(Driver.DESC, 0, Driver.DATA, 32, Driver.INDIRECT, 0);
    driver.addHead(0).kick();
    assertRefused("indirect descriptor is not allowed here");
  }

  @Test
  void anIndirectTableWithinAnotherIsRefused() {
    driver.start(Driver.INDIRECT_DESC);
    driver.descriptor(Driver.DESC, 0, Driver.DATA, 16, Driver.INDIRECT, 0);
    driver.descriptor(Driver.DATA, 0, Driver.DATA, 16, Driver.INDIRECT, 0);
    driver.addHead(0).kick();
    assertRefused("indirect descriptor is not allowed here");
  }

  @ParameterizedTest
  @CsvSource({"0x80010000, 0", "0x80010000, 17", "0x800ffff8, 16", "0x1000, 16"})
  void anIndirectTableOfAWrongSizeOrPlaceIsRefused(String gpa, int length) {
    driver.start(Driver.INDIRECT_DESC);
    driver.descriptor(Driver.DESC, 0, Long.decode(gpa), length, Driver.INDIRECT, 0);
    driver.addHead(0).kick();
    assertRefused("indirect descriptor table is outside RAM or of a wrong size");
  }

  @Test
  void aLoopInAnIndirectTableIsRefused() {
    driver.start(Driver.INDIRECT_DESC);
    driver.descriptor(Driver.DESC, 0, Driver.DATA, 16, Driver.INDIRECT, 0);
    driver.descriptor(Driver.DATA, 0, Driver.DATA, 1, Driver.NEXT, 0);
    driver.addHead(0).kick();
    assertRefused("descriptor chain is longer than its table");
  }

  @Test
  void aRequestWhoseDataOverwriteTheRingEndsAllTheSame() {
    byte[] image = new byte[512];
    Arrays.fill(image, (byte) 0x77);
    FakeDeviceContext other = new FakeDeviceContext(1).with(new MemoryStorage(image, false));
    Driver self = new Driver(other, new VirtioBlk.Type().create(other)).start(0);
    self.add(
        Buffer.readable(Driver.DATA, 16),
        Buffer.writable(Driver.AVAIL, 512),
        Buffer.writable(Driver.DATA + 16, 1));
    self.kick();
    assertThat(self.usedIndex()).isEqualTo(1);
    self.kick();
    assertThat(self.needsReset()).isTrue();
  }

  @Test
  void nothingIsServedOnceAResetIsNeeded() {
    driver.start(0).addHead(Driver.QUEUE_SIZE).kick();
    driver.add(Buffer.readable(Driver.DATA, 16), Buffer.writable(Driver.DATA + 16, 1)).kick();
    assertThat(driver.usedIndex()).isZero();
  }

  @Test
  void notificationsBeforeTheQueueIsReadyDoNothing() {
    driver.kick();
    driver.negotiate(Driver.VERSION_1).kick();
    driver.run().kick();
    driver.store(Driver.QUEUE_NOTIFY, 1);
    driver.store(Driver.QUEUE_NOTIFY, -1);
    assertThat(driver.needsReset()).isFalse();
    assertThat(context.interruptRaised()).isFalse();
  }

  @Test
  void randomRingsAndDescriptorsNeverReachTheMonitor() {
    SplittableRandom random = new SplittableRandom(1);
    int served = 0;
    for (int round = 0; round < 3_000; round++) {
      driver.memory.store(Driver.USED + 2, 2, 0);
      driver.start(Driver.INDIRECT_DESC | (random.nextBoolean() ? Driver.EVENT_IDX : 0));
      for (int i = 0; i < Driver.QUEUE_SIZE; i++) {
        randomDescriptor(random, Driver.DESC, i);
        randomDescriptor(random, Driver.DATA, i);
        driver.memory.store(Driver.AVAIL + 4 + 2L * i, 2, random.nextInt(Driver.QUEUE_SIZE + 1));
      }
      driver.memory.store(Driver.AVAIL + 2, 2, random.nextInt(Driver.QUEUE_SIZE + 1));
      assertThatCode(driver::kick).as("round %d", round).doesNotThrowAnyException();
      served += driver.usedIndex() > 0 ? 1 : 0;
    }
    assertThat(served).as("rounds in which something was served").isPositive();
    assertWorksAfterReset();
  }

  private void randomDescriptor(SplittableRandom random, long table, int index) {
    long gpa =
        switch (random.nextInt(16)) {
          case 0 -> random.nextLong();
          case 1 -> RAM_END - random.nextInt(64);
          default -> Driver.DATA + random.nextInt(0x100);
        };
    long length =
        switch (random.nextInt(16)) {
          case 0 -> random.nextInt() & 0xffff_ffffL;
          case 1 -> 0;
          default -> 16L * random.nextInt(1, 9);
        };
    int flags = random.nextInt(4) | (random.nextInt(8) == 0 ? Driver.INDIRECT : 0);
    driver.descriptor(table, index, gpa, length, flags, random.nextInt(Driver.QUEUE_SIZE + 1));
  }
}
