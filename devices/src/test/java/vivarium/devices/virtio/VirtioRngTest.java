package vivarium.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import vivarium.devices.virtio.Driver.Buffer;
import vivarium.testkit.device.FakeDeviceContext;

class VirtioRngTest {
  private final FakeDeviceContext context = new FakeDeviceContext(1);
  private final Driver driver = new Driver(context, new VirtioRng.Type().create(context)).start(0);

  @Test
  void everyBufferIsFilledAndNothingBesides() {
    driver
        .add(Buffer.writable(Driver.DATA, 300), Buffer.writable(Driver.DATA + 0x1000, 300))
        .kick();
    assertThat(driver.usedLength(0)).isEqualTo(600);
    assertThat(driver.bytes(Driver.DATA + 200, 100)).isNotEqualTo(new byte[100]);
    assertThat(driver.bytes(Driver.DATA + 0x1000 + 200, 100)).isNotEqualTo(new byte[100]);
    assertThat(driver.bytes(Driver.DATA + 300, 100)).isEqualTo(new byte[100]);
    assertThat(driver.bytes(Driver.DATA + 0x1000 + 300, 100)).isEqualTo(new byte[100]);
  }

  @Test
  void twoRequestsGetDifferentBytes() {
    driver.add(Buffer.writable(Driver.DATA, 32));
    driver.add(Buffer.writable(Driver.DATA + 32, 32)).kick();
    assertThat(driver.bytes(Driver.DATA, 32)).isNotEqualTo(driver.bytes(Driver.DATA + 32, 32));
  }

  @Test
  void aHugeRequestGetsAPart() {
    driver.add(Buffer.writable(Driver.DATA, 0x8_0000)).kick();
    assertThat(driver.usedLength(0)).isEqualTo(4096);
    assertThat(driver.bytes(Driver.DATA + 4096, 16)).isEqualTo(new byte[16]);
  }

  @Test
  void aRequestWithNothingToWriteGetsNothing() {
    driver.add(Buffer.readable(Driver.DATA, 32)).kick();
    assertThat(driver.usedIndex()).isEqualTo(1);
    assertThat(driver.usedLength(0)).isZero();
    assertThat(driver.bytes(Driver.DATA, 32)).isEqualTo(new byte[32]);
  }
}
