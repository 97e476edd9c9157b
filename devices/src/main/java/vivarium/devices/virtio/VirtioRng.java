package vivarium.devices.virtio;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;
import vivarium.api.device.Device;
import vivarium.api.device.DeviceContext;
import vivarium.api.device.DeviceType;

/** The entropy device (section 5.4): fills what it is given with random bytes. */
public final class VirtioRng implements VirtioDevice {
  /** The most that one request gets; the driver asks again if it wants more. */
  private static final int MAX_BYTES = 4096;

  private static final byte[] NO_CONFIG = {};

  private final RandomGenerator random;
  private final byte[] bytes = new byte[256];
  private final MemorySegment segment = MemorySegment.ofArray(bytes);

  private VirtioRng(DeviceContext context) {
    random = context.random();
  }

  /** What the catalog finds. */
  public static final class Type implements DeviceType {
    @Override
    public String name() {
      return "virtio-rng";
    }

    @Override
    public String description() {
      return "virtio source of randomness";
    }

    @Override
    public Device create(DeviceContext context) {
      return new VirtioMmio(context, new VirtioRng(context));
    }
  }

  @Override
  public String name() {
    return "virtio-rng";
  }

  @Override
  public int id() {
    return 4;
  }

  @Override
  public long features() {
    return 0;
  }

  @Override
  public int queues() {
    return 1;
  }

  @Override
  public byte[] config() {
    return NO_CONFIG;
  }

  @Override
  public void negotiated(long features) {}

  @Override
  public void handle(int index, VirtQueue queue) throws Violation {
    for (var request = queue.next(); request != null; request = queue.next()) {
      long length = Math.min(request.writableBytes(), MAX_BYTES);
      for (long done = 0; done < length; done += bytes.length) {
        random.nextBytes(bytes);
        request.write(done, segment.asSlice(0, Math.min(bytes.length, length - done)));
      }
      queue.complete(request, length);
    }
  }
}
