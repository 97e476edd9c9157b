package vivarium.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.device.Device;
import vivarium.testkit.device.FakeDeviceContext;
import vivarium.testkit.device.MemoryStorage;

/** Whatever a guest does to registers, the monitor goes on. */
class HostileGuestTest {
  private static final int ACCESSES = 200_000;
  private static final int[] WIDTHS = {1, 2, 4, 8};

  private final FakeDeviceContext context = new FakeDeviceContext(2).with(new MemoryStorage(64));

  @ParameterizedTest
  @ValueSource(
      strings = {"ns16550a", "clint", "plic", "goldfish-rtc", "syscon", "virtio-blk", "virtio-rng"})
  void noAccessOfAnyWidthAnywhereThrows(String type) {
    Device device = Catalog.types().get(type).create(context);
    SplittableRandom random = new SplittableRandom(type.hashCode());
    for (int i = 0; i < ACCESSES; i++) {
      int width = WIDTHS[random.nextInt(WIDTHS.length)];
      long offset = offset(random, device.size() - width);
      long value = value(random);
      boolean store = random.nextBoolean();
      assertThatCode(() -> access(device, store, offset, width, value))
          .as("%s %d bytes at 0x%x, value 0x%x", store ? "store" : "load", width, offset, value)
          .doesNotThrowAnyException();
      if (i % 64 == 0) {
        context.clock().advance(random.nextInt(1000));
        context.console().type("?");
      }
    }
    assertThatCode(device::reset).doesNotThrowAnyException();
    assertThat(context.interruptRaised()).isFalse();
  }

  private static void access(Device device, boolean store, long offset, int width, long value) {
    if (store) {
      device.store(offset, width, value);
    } else {
      device.load(offset, width);
    }
  }

  /** Mostly where registers are, mostly aligned, sometimes anywhere. */
  private static long offset(SplittableRandom random, long last) {
    long near = random.nextInt(0x120);
    return switch (random.nextInt(4)) {
      case 0 -> Math.min(near, last);
      case 1 -> random.nextLong(last + 1);
      default -> Math.min(near & ~3, last);
    };
  }

  private static long value(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextLong();
      case 1 -> FakeDeviceContext.RAM_BASE + random.nextLong(FakeDeviceContext.RAM_BYTES) & ~15;
      default -> random.nextInt(16);
    };
  }
}
