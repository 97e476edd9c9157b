package vivarium.core.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import vivarium.api.VivariumException;
import vivarium.api.device.Device;
import vivarium.api.device.DevicePlacement;
import vivarium.api.device.DeviceTreeNode;

class SystemBusTest {
  private final List<String> stores = new ArrayList<>();
  private final SystemBus bus = new SystemBus();

  private Device device(String name, long size) {
    return new Device() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public long load(long offset, int width) {
        return -1 - offset;
      }

      @Override
      public void store(long offset, int width, long value) {
        stores.add(name + " " + offset + " " + width + " " + value);
      }

      @Override
      public void reset() {}

      @Override
      public void describe(DeviceTreeNode soc, DevicePlacement placement) {}
    };
  }

  @Test
  void aDeviceSeesOffsetsAndItsValuesAreCutToTheWidth() {
    bus.add("a", 0x1000, device("a", 0x100));
    assertThat(bus.load(0x1001, 1)).isEqualTo(0xfe);
    assertThat(bus.load(0x1000, 4)).isEqualTo(0xffff_ffffL);
    assertThat(bus.load(0x1000, 8)).isEqualTo(-1);
    bus.store(0x10f8, 8, 5);
    assertThat(stores).containsExactly("a 248 8 5");
    assertThat(bus.accesses()).containsEntry("a", 4L);
  }

  @Test
  void anAccessThatLeavesTheRegionReachesNobody() {
    bus.add("a", 0x1000, device("a", 0x100));
    bus.add("b", 0x1100, device("b", 0x100));
    assertThat(bus.covers(0x10fd, 4)).isFalse();
    assertThat(bus.covers(0x10fc, 4)).isTrue();
    assertThat(bus.load(0x10fd, 4)).isZero();
    bus.store(0xfff, 2, 1);
    bus.store(-1, 8, 1);
    bus.store(Long.MIN_VALUE, 8, 1);
    assertThat(stores).isEmpty();
  }

  @Test
  void overlappingDevicesAreRefused() {
    bus.add("a", 0x1000, device("a", 0x100));
    assertThatThrownBy(() -> bus.add("b", 0x10ff, device("b", 1)))
        .isInstanceOf(VivariumException.class)
        .hasMessage("devices b and a overlap on the bus");
  }

  @Test
  void anEmptyVirtioSlotAnswersWithDeviceIdZero() {
    SystemBus bus = new SystemBus();
    bus.add("virtio-empty", 0x1000_8000, new EmptySlot());
    assertThat(bus.load(0x1000_8000, 4)).isEqualTo(0x7472_6976);
    assertThat(bus.load(0x1000_8004, 4)).isEqualTo(2);
    bus.store(0x1000_8008, 4, 1);
    assertThat(bus.load(0x1000_8008, 4)).isZero();
    assertThat(bus.load(0x1000_8000, 1)).isZero();
  }
}
