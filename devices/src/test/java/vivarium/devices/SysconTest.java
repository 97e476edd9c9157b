package vivarium.devices;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import vivarium.api.device.Device;
import vivarium.testkit.device.FakeDeviceContext;

class SysconTest {
  private final FakeDeviceContext context = new FakeDeviceContext(1);
  private final Device syscon = new Syscon.Type().create(context);

  @Test
  void passPowersOff() {
    syscon.store(0, 4, 0x5555);
    assertThat(context.control().requests()).containsExactly("power off");
  }

  @Test
  void resetRestarts() {
    syscon.store(0, 4, 0x7777);
    assertThat(context.control().requests()).containsExactly("reset");
  }

  @Test
  void failCarriesTheGuestsCode() {
    syscon.store(0, 4, 0xfffe_3333L);
    assertThat(context.control().requests()).containsExactly("fail 65534");
  }

  @Test
  void failWithoutACodeIsStillAFailure() {
    syscon.store(0, 4, 0x3333);
    syscon.store(0, 2, 0x3333);
    assertThat(context.control().requests()).containsExactly("fail 1", "fail 1");
  }

  @Test
  void otherValuesOffsetsAndBytesDoNothing() {
    syscon.store(0, 4, 0x1234);
    syscon.store(0, 1, 0x55);
    syscon.store(4, 4, 0x5555);
    assertThat(context.control().requests()).isEmpty();
    assertThat(syscon.load(0, 4)).isZero();
  }
}
