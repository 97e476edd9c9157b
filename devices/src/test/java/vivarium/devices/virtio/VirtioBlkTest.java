package vivarium.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import vivarium.api.VivariumException;
import vivarium.devices.virtio.Driver.Buffer;
import vivarium.testkit.device.FakeDeviceContext;
import vivarium.testkit.device.MemoryStorage;

class VirtioBlkTest {
  private static final int SECTORS = 1024;
  private static final int IN = 0;
  private static final int OUT = 1;
  private static final int FLUSH = 4;
  private static final int GET_ID = 8;
  private static final int OK = 0;
  private static final int IOERR = 1;
  private static final int UNSUPP = 2;
  private static final long F_RO = 1L << 5;
  private static final long F_FLUSH = 1L << 9;

  private static final long HEADER = Driver.DATA - 0x1000;
  private static final long STATUS = Driver.DATA - 1;
  private static final long DATA = Driver.DATA;

  private final FakeDeviceContext context = new FakeDeviceContext(1);
  private final byte[] image = image();

  private static byte[] image() {
    byte[] image = new byte[SECTORS * 512];
    new SplittableRandom(7).nextBytes(image);
    return image;
  }

  private Driver start(MemoryStorage storage) {
    return new Driver(context, new VirtioBlk.Type().create(context.with(storage))).start(F_FLUSH);
  }

  private static void header(Driver driver, int type, long sector) {
    driver.memory.store(HEADER, 4, type);
    driver.memory.store(HEADER + 8, 8, sector);
    driver.memory.store(STATUS, 1, 0xff);
  }

  /** Makes one request; the result is its status. */
  private static int request(Driver driver, int type, long sector, Buffer... data) {
    header(driver, type, sector);
    Buffer[] all = new Buffer[data.length + 2];
    all[0] = Buffer.readable(HEADER, 16);
    System.arraycopy(data, 0, all, 1, data.length);
    all[all.length - 1] = Buffer.writable(STATUS, 1);
    driver.add(all).kick();
    return (int) driver.memory.load(STATUS, 1);
  }

  @Test
  void theConfigurationTellsCapacitySegmentsAndBlockSize() {
    Driver driver = start(new MemoryStorage(SECTORS));
    assertThat(driver.load(0x008)).isEqualTo(2);
    assertThat(driver.device.load(0x100, 8)).isEqualTo(SECTORS);
    assertThat(driver.device.load(0x101, 1)).isEqualTo(SECTORS >> 8);
    assertThat(driver.load(0x10c)).isEqualTo(254);
    assertThat(driver.load(0x114)).isEqualTo(512);
    assertThat(driver.load(0x118)).isZero();
  }

  @Test
  void sectorsAreReadAcrossPagesAndBuffers() {
    Driver driver = start(new MemoryStorage(image, false));
    Buffer first = Buffer.writable(DATA + 0x900, 0x1200);
    Buffer second = Buffer.writable(DATA + 0x8000, 0x200);
    assertThat(request(driver, IN, 3, first, second)).isEqualTo(OK);
    byte[] expected = Arrays.copyOfRange(image, 3 * 512, 3 * 512 + 0x1400);
    assertThat(driver.bytes(DATA + 0x900, 0x1200)).isEqualTo(Arrays.copyOf(expected, 0x1200));
    assertThat(driver.bytes(DATA + 0x8000, 0x200))
        .isEqualTo(Arrays.copyOfRange(expected, 0x1200, 0x1400));
    assertThat(driver.usedLength(0)).isEqualTo(0x1401);
  }

  @Test
  void aRequestLargerThanTheBounceBufferIsReadAndWrittenWhole() {
    MemoryStorage storage = new MemoryStorage(SECTORS);
    Driver driver = start(storage);
    byte[] large = Arrays.copyOf(image, 300 * 512);
    driver.put(DATA, large);
    assertThat(request(driver, OUT, 8, Buffer.readable(DATA, large.length))).isEqualTo(OK);
    assertThat(Arrays.copyOfRange(storage.contents(), 8 * 512, 308 * 512)).isEqualTo(large);
    long back = DATA + 0x4_0000;
    assertThat(request(driver, IN, 8, Buffer.writable(back, large.length))).isEqualTo(OK);
    assertThat(driver.bytes(back, large.length)).isEqualTo(large);
  }

  @Test
  void aWriteIsDurableAfterAFlushAndNotBefore() {
    MemoryStorage storage = new MemoryStorage(SECTORS);
    Driver driver = start(storage);
    driver.put(DATA, Arrays.copyOf(image, 512));
    request(driver, OUT, 1, Buffer.readable(DATA, 512));
    assertThat(storage.durable()).isEqualTo(new byte[SECTORS * 512]);
    assertThat(request(driver, FLUSH, 0)).isEqualTo(OK);
    assertThat(Arrays.copyOfRange(storage.durable(), 512, 1024))
        .isEqualTo(Arrays.copyOf(image, 512));
  }

  @Test
  void forADriverThatDoesNotFlushAWriteIsDurableOnCompletion() {
    MemoryStorage storage = new MemoryStorage(SECTORS);
    Driver driver = new Driver(context, new VirtioBlk.Type().create(context.with(storage)));
    driver.start(0);
    driver.put(DATA, Arrays.copyOf(image, 512));
    request(driver, OUT, 0, Buffer.readable(DATA, 512));
    assertThat(Arrays.copyOf(storage.durable(), 512)).isEqualTo(Arrays.copyOf(image, 512));
  }

  @Test
  void theHeaderMayBeCutAnywhere() {
    Driver driver = start(new MemoryStorage(image, false));
    header(driver, IN, 2);
    driver
        .add(
            Buffer.readable(HEADER, 5),
            Buffer.readable(HEADER + 5, 11),
            Buffer.writable(DATA, 500),
            Buffer.writable(DATA + 500, 13))
        .kick();
    assertThat(driver.bytes(DATA, 512)).isEqualTo(Arrays.copyOfRange(image, 1024, 1536));
    assertThat(driver.bytes(DATA + 512, 1)).containsExactly(OK);
  }

  @Test
  void beyondTheEndIsAnErrorAndChangesNothing() {
    MemoryStorage storage = new MemoryStorage(image, false);
    Driver driver = start(storage);
    Buffer twoOut = Buffer.readable(DATA, 1024);
    Buffer twoIn = Buffer.writable(DATA, 1024);
    for (long sector : new long[] {SECTORS - 1, SECTORS, -1, Long.MIN_VALUE, Long.MAX_VALUE >> 8}) {
      assertThat(request(driver, OUT, sector, twoOut)).isEqualTo(IOERR);
      assertThat(request(driver, IN, sector, twoIn)).isEqualTo(IOERR);
    }
    assertThat(storage.contents()).isEqualTo(image);
    assertThat(driver.bytes(DATA, 1024)).isEqualTo(new byte[1024]);
    assertThat(request(driver, IN, SECTORS - 2, twoIn)).isEqualTo(OK);
  }

  @Test
  void partsOfSectorsAreAnError() {
    Driver driver = start(new MemoryStorage(image, false));
    assertThat(request(driver, IN, 0, Buffer.writable(DATA, 511))).isEqualTo(IOERR);
    assertThat(request(driver, OUT, 0, Buffer.readable(DATA, 513))).isEqualTo(IOERR);
  }

  @Test
  void aReadOnlyDiskSaysSoAndRefusesWrites() {
    MemoryStorage storage = new MemoryStorage(image, true);
    Driver driver = start(storage);
    assertThat(driver.deviceFeatures() & F_RO).isNotZero();
    assertThat(request(driver, OUT, 0, Buffer.readable(DATA, 512))).isEqualTo(IOERR);
    assertThat(request(driver, IN, 0, Buffer.writable(DATA, 512))).isEqualTo(OK);
    assertThat(storage.contents()).isEqualTo(image);
  }

  @Test
  void aDiskThatFailsGivesErrorsAndOneKindOfComplaint() {
    MemoryStorage storage = new MemoryStorage(image, false);
    Driver driver = start(storage);
    storage.breakDown();
    assertThat(request(driver, IN, 0, Buffer.writable(DATA, 512))).isEqualTo(IOERR);
    assertThat(request(driver, OUT, 0, Buffer.readable(DATA, 512))).isEqualTo(IOERR);
    assertThat(request(driver, FLUSH, 0)).isEqualTo(IOERR);
    assertThat(context.control().complaints())
        .containsOnly("virtio-blk: the disk image failed: broken");
    assertThat(driver.needsReset()).isFalse();
  }

  @Test
  void theSerialNumberIsTheUsersChoice() {
    context.with("serial", "disk-7");
    Driver driver = start(new MemoryStorage(SECTORS));
    assertThat(request(driver, GET_ID, 0, Buffer.writable(DATA, 20))).isEqualTo(OK);
    byte[] expected = Arrays.copyOf("disk-7".getBytes(StandardCharsets.US_ASCII), 20);
    assertThat(driver.bytes(DATA, 20)).isEqualTo(expected);
    assertThat(request(driver, GET_ID, 0, Buffer.writable(DATA + 64, 4))).isEqualTo(OK);
    assertThat(driver.bytes(DATA + 64, 5)).isEqualTo(new byte[] {'d', 'i', 's', 'k', 0});
  }

  @Test
  void unknownRequestsAreUnsupported() {
    Driver driver = start(new MemoryStorage(SECTORS));
    assertThat(request(driver, 11, 0, Buffer.readable(DATA, 16))).isEqualTo(UNSUPP);
    assertThat(request(driver, -1, 0)).isEqualTo(UNSUPP);
  }

  @Test
  void aRequestWithoutRoomForHeaderOrStatusNeedsAReset() {
    Driver driver = start(new MemoryStorage(SECTORS));
    driver.add(Buffer.readable(HEADER, 15), Buffer.writable(STATUS, 1)).kick();
    assertThat(driver.needsReset()).isTrue();
    driver = start(new MemoryStorage(SECTORS));
    driver.memory.store(Driver.AVAIL + 2, 2, 0);
    driver.add(Buffer.readable(HEADER, 16)).kick();
    assertThat(driver.needsReset()).isTrue();
  }

  @Test
  void aDiskWithoutAnImageOrWithABadSerialIsRefusedInOneLine() {
    assertThatThrownBy(() -> new VirtioBlk.Type().create(context))
        .isInstanceOf(VivariumException.class)
        .hasMessage("virtio-blk needs a disk image");
    context.with(new MemoryStorage(1)).with("serial", "twenty-one characters");
    assertThatThrownBy(() -> new VirtioBlk.Type().create(context))
        .isInstanceOf(VivariumException.class)
        .hasMessage(
            "virtio-blk: serial must be at most 20 ASCII characters: twenty-one characters");
  }
}
