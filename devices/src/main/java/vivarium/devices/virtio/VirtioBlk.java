package vivarium.devices.virtio;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import vivarium.api.VivariumException;
import vivarium.api.device.BlockStorage;
import vivarium.api.device.Device;
import vivarium.api.device.DeviceContext;
import vivarium.api.device.DeviceType;
import vivarium.api.device.MachineControl;

/**
 * The block device (section 5.2). A write is durable once a later flush has succeeded; for a driver
 * that does not know flushes, once it is completed.
 */
public final class VirtioBlk implements VirtioDevice {
  private static final long VIRTIO_BLK_F_SEG_MAX = 1L << 2;
  private static final long VIRTIO_BLK_F_RO = 1L << 5;
  private static final long VIRTIO_BLK_F_BLK_SIZE = 1L << 6;
  private static final long VIRTIO_BLK_F_FLUSH = 1L << 9;

  private static final int VIRTIO_BLK_T_IN = 0;
  private static final int VIRTIO_BLK_T_OUT = 1;
  private static final int VIRTIO_BLK_T_FLUSH = 4;
  private static final int VIRTIO_BLK_T_GET_ID = 8;

  private static final byte VIRTIO_BLK_S_OK = 0;
  private static final byte VIRTIO_BLK_S_IOERR = 1;
  private static final byte VIRTIO_BLK_S_UNSUPP = 2;

  /** Header of a request: type, a reserved word, sector. */
  private static final int HEADER_BYTES = 16;

  private static final int STATUS_BYTES = 1;
  private static final int SERIAL_BYTES = 20;
  private static final String DEFAULT_SERIAL = "vivarium";

  /** Configuration space, as far as the features offered go. */
  private static final int CONFIG_BYTES = 24;

  private static final int CAPACITY = 0;
  private static final int SEG_MAX = 12;
  private static final int BLK_SIZE = 20;

  /** A queue's descriptors less those for header and status. */
  private static final int MAX_SEGMENTS = VirtQueue.QUEUE_SIZE_MAX - 2;

  private static final int BUFFER_BYTES = 128 << 10;

  private static final ValueLayout.OfInt LE_32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE_64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final BlockStorage storage;
  private final MachineControl control;
  private final byte[] serial;
  private final byte[] config = new byte[CONFIG_BYTES];
  private final MemorySegment header = MemorySegment.ofArray(new byte[HEADER_BYTES]);
  private final MemorySegment status = MemorySegment.ofArray(new byte[STATUS_BYTES]);
  private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);
  private boolean flushEachWrite;

  private VirtioBlk(DeviceContext context) {
    storage =
        context.storage().orElseThrow(() -> new VivariumException("virtio-blk needs a disk image"));
    control = context.control();
    serial = serial(context.properties().getOrDefault("serial", DEFAULT_SERIAL));
    ByteBuffer.wrap(config)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(CAPACITY, storage.size() / BlockStorage.SECTOR_BYTES)
        .putInt(SEG_MAX, MAX_SEGMENTS)
        .putInt(BLK_SIZE, BlockStorage.SECTOR_BYTES);
  }

  /** The bytes of a serial number as GET_ID gives them: padded with NULs, not ended by one. */
  private static byte[] serial(String text) {
    boolean printable = text.chars().allMatch(c -> c >= ' ' && c <= '~');
    if (!printable || text.length() > SERIAL_BYTES) {
      throw new VivariumException(
          "virtio-blk: serial must be at most " + SERIAL_BYTES + " ASCII characters: " + text);
    }
    return Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), SERIAL_BYTES);
  }

  /** What the catalog finds. */
  public static final class Type implements DeviceType {
    @Override
    public String name() {
      return "virtio-blk";
    }

    @Override
    public String description() {
      return "virtio disk; property: serial";
    }

    @Override
    public Device create(DeviceContext context) {
      return new VirtioMmio(context, new VirtioBlk(context));
    }
  }

  @Override
  public String name() {
    return "virtio-blk";
  }

  @Override
  public int id() {
    return 2;
  }

  @Override
  public long features() {
    return VIRTIO_BLK_F_SEG_MAX
        | VIRTIO_BLK_F_BLK_SIZE
        | VIRTIO_BLK_F_FLUSH
        | (storage.readOnly() ? VIRTIO_BLK_F_RO : 0);
  }

  @Override
  public int queues() {
    return 1;
  }

  @Override
  public byte[] config() {
    return config;
  }

  @Override
  public void negotiated(long features) {
    flushEachWrite = (features & VIRTIO_BLK_F_FLUSH) == 0;
  }

  @Override
  public void handle(int index, VirtQueue queue) throws Violation {
    for (var request = queue.next(); request != null; request = queue.next()) {
      if (request.readableBytes() < HEADER_BYTES || request.writableBytes() < STATUS_BYTES) {
        throw Violation.NO_HEADER;
      }
      status.set(ValueLayout.JAVA_BYTE, 0, serve(request));
      request.write(request.writableBytes() - STATUS_BYTES, status);
      queue.complete(request, request.writableBytes());
    }
  }

  /** Does what a request asks for; the result is its status. */
  private byte serve(DescriptorChain request) {
    request.read(0, header);
    int type = header.get(LE_32, 0);
    long sector = header.get(LE_64, 8);
    try {
      return switch (type) {
        case VIRTIO_BLK_T_IN -> read(request, sector);
        case VIRTIO_BLK_T_OUT -> write(request, sector);
        case VIRTIO_BLK_T_FLUSH -> {
          storage.flush();
          yield VIRTIO_BLK_S_OK;
        }
        case VIRTIO_BLK_T_GET_ID -> identify(request);
        default -> VIRTIO_BLK_S_UNSUPP;
      };
    } catch (IOException e) {
      control.complain("virtio-blk: the disk image failed: " + e.getMessage());
      return VIRTIO_BLK_S_IOERR;
    }
  }

  private byte read(DescriptorChain request, long sector) throws IOException {
    long length = request.writableBytes() - STATUS_BYTES;
    if (!isOnDisk(sector, length)) {
      return VIRTIO_BLK_S_IOERR;
    }
    for (long done = 0; done < length; done += BUFFER_BYTES) {
      MemorySegment part = buffer.asSlice(0, Math.min(BUFFER_BYTES, length - done));
      storage.read(sector * BlockStorage.SECTOR_BYTES + done, part);
      request.write(done, part);
    }
    return VIRTIO_BLK_S_OK;
  }

  private byte write(DescriptorChain request, long sector) throws IOException {
    long length = request.readableBytes() - HEADER_BYTES;
    if (storage.readOnly() || !isOnDisk(sector, length)) {
      return VIRTIO_BLK_S_IOERR;
    }
    for (long done = 0; done < length; done += BUFFER_BYTES) {
      MemorySegment part = buffer.asSlice(0, Math.min(BUFFER_BYTES, length - done));
      request.read(HEADER_BYTES + done, part);
      storage.write(sector * BlockStorage.SECTOR_BYTES + done, part);
    }
    if (flushEachWrite) {
      storage.flush();
    }
    return VIRTIO_BLK_S_OK;
  }

  private boolean isOnDisk(long sector, long length) {
    long sectors = storage.size() / BlockStorage.SECTOR_BYTES;
    return length % BlockStorage.SECTOR_BYTES == 0
        && sector >= 0
        && sector <= sectors
        && length / BlockStorage.SECTOR_BYTES <= sectors - sector;
  }

  private byte identify(DescriptorChain request) {
    long room = request.writableBytes() - STATUS_BYTES;
    request.write(0, MemorySegment.ofArray(serial).asSlice(0, Math.min(room, SERIAL_BYTES)));
    return VIRTIO_BLK_S_OK;
  }
}
