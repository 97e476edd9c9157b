package vivarium.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import vivarium.devices.virtio.Driver.Buffer;
import vivarium.testkit.device.FakeDeviceContext;

/** The transport, seen with the simplest device behind it: randomness. */
class VirtioMmioTest {
  private final FakeDeviceContext context = new FakeDeviceContext(1);
  private final Driver driver = new Driver(context, new VirtioRng.Type().create(context));

  private void request() {
    driver.add(Buffer.writable(Driver.DATA, 16)).kick();
  }

  @Test
  void aDriverFindsAModernDevice() {
    assertThat(driver.load(0x000)).isEqualTo(0x7472_6976);
    assertThat(driver.load(0x004)).isEqualTo(2);
    assertThat(driver.load(0x008)).isEqualTo(4);
    assertThat(driver.deviceFeatures())
        .isEqualTo(Driver.VERSION_1 | Driver.EVENT_IDX | Driver.INDIRECT_DESC);
    driver.store(Driver.DEVICE_FEATURES_SEL, 2);
    assertThat(driver.load(Driver.DEVICE_FEATURES)).isZero();
  }

  @Test
  void queuesThatAreNotThereHaveNoSize() {
    driver.store(Driver.QUEUE_SEL, 0);
    assertThat(driver.load(Driver.QUEUE_NUM_MAX)).isEqualTo(256);
    driver.store(Driver.QUEUE_SEL, 1);
    assertThat(driver.load(Driver.QUEUE_NUM_MAX)).isZero();
    driver.store(Driver.QUEUE_SEL, -1);
    assertThat(driver.load(Driver.QUEUE_NUM_MAX)).isZero();
  }

  @Test
  void thereAreNoSharedMemoryRegions() {
    assertThat(driver.load(0x0b0)).isEqualTo(-1);
    assertThat(driver.load(0x0bc)).isEqualTo(-1);
  }

  @Test
  void aDriverWithoutVersion1IsRefused() {
    driver.negotiate(0);
    assertThat(driver.load(Driver.STATUS)).isEqualTo(Driver.ACKNOWLEDGE_DRIVER);
  }

  @Test
  void aFeatureThatWasNotOfferedIsRefused() {
    driver.negotiate(Driver.VERSION_1 | 1);
    assertThat(driver.load(Driver.STATUS)).isEqualTo(Driver.ACKNOWLEDGE_DRIVER);
    driver.negotiate(Driver.VERSION_1);
    assertThat(driver.load(Driver.STATUS) & Driver.FEATURES_OK).isNotZero();
  }

  @Test
  void featuresCannotChangeAfterTheyWereAgreedOn() {
    driver.negotiate(Driver.VERSION_1);
    driver.store(Driver.DRIVER_FEATURES_SEL, 1);
    driver.store(Driver.DRIVER_FEATURES, 0);
    driver.setUpQueue().run();
    request();
    assertThat(driver.usedIndex()).isEqualTo(1);
  }

  @Test
  void aDeviceCannotRunWithoutAgreementOnFeatures() {
    driver.store(Driver.STATUS, Driver.ACKNOWLEDGE_DRIVER | Driver.DRIVER_OK);
    assertThat(driver.load(Driver.STATUS)).isEqualTo(Driver.ACKNOWLEDGE_DRIVER);
  }

  @Test
  void aRequestIsServedAndRaisesTheInterruptUntilAcknowledged() {
    driver.start(0);
    request();
    assertThat(driver.usedIndex()).isEqualTo(1);
    assertThat(driver.usedHead(0)).isZero();
    assertThat(driver.usedLength(0)).isEqualTo(16);
    assertThat(driver.load(Driver.INTERRUPT_STATUS)).isEqualTo(1);
    assertThat(context.interruptRaised()).isTrue();
    driver.store(Driver.INTERRUPT_ACK, 1);
    assertThat(driver.load(Driver.INTERRUPT_STATUS)).isZero();
    assertThat(context.interruptRaised()).isFalse();
  }

  @Test
  void theRingsGoRoundMoreThanOnce() {
    driver.start(0);
    for (int i = 0; i < 100; i++) {
      request();
      assertThat(driver.usedIndex()).isEqualTo(i + 1);
      assertThat(driver.usedHead(i)).isEqualTo(i % Driver.QUEUE_SIZE);
    }
  }

  @Test
  void theIndicesGoRoundSixteenBits() {
    driver.start(0);
    for (int i = 0; i < 0x1_0002; i++) {
      request();
    }
    assertThat(driver.usedIndex()).isEqualTo(2);
    assertThat(driver.needsReset()).isFalse();
  }

  @Test
  void whatWasAvailableBeforeDriverOkIsServedThen() {
    driver.negotiate(Driver.VERSION_1).setUpQueue();
    request();
    assertThat(driver.usedIndex()).isZero();
    driver.run();
    assertThat(driver.usedIndex()).isEqualTo(1);
  }

  @Test
  void theDriverCanDoWithoutInterrupts() {
    driver.start(0);
    driver.memory.store(Driver.AVAIL, 2, 1);
    request();
    assertThat(driver.usedIndex()).isEqualTo(1);
    assertThat(context.interruptRaised()).isFalse();
  }

  @Test
  void withEventIndexTheInterruptComesWhenTheDriverWantsIt() {
    driver.start(Driver.EVENT_IDX);
    long usedEvent = Driver.AVAIL + 4 + 2 * Driver.QUEUE_SIZE;
    driver.memory.store(usedEvent, 2, 1);
    request();
    assertThat(context.interruptRaised()).isFalse();
    request();
    assertThat(context.interruptRaised()).isTrue();
  }

  @Test
  void withEventIndexTheDeviceAsksToBeNotifiedOfTheNextRequest() {
    driver.start(Driver.EVENT_IDX);
    long availEvent = Driver.USED + 4 + 8 * Driver.QUEUE_SIZE;
    request();
    request();
    assertThat(driver.memory.load(availEvent, 2)).isEqualTo(2);
  }

  @Test
  void aQueueThatIsReadyKeepsItsPlace() {
    driver.start(0);
    driver.storeLong(Driver.QUEUE_DESC_LOW, 0);
    driver.store(Driver.QUEUE_NUM, 3);
    request();
    assertThat(driver.usedIndex()).isEqualTo(1);
  }

  @Test
  void aStoppedQueueServesNothing() {
    driver.start(0);
    driver.store(Driver.QUEUE_READY, 0);
    assertThat(driver.load(Driver.QUEUE_READY)).isZero();
    request();
    assertThat(driver.usedIndex()).isZero();
  }

  @Test
  void resetForgetsQueuesFeaturesAndInterrupts() {
    driver.start(0);
    request();
    driver.store(Driver.STATUS, 0);
    assertThat(driver.load(Driver.STATUS)).isZero();
    assertThat(driver.load(Driver.QUEUE_READY)).isZero();
    assertThat(driver.load(Driver.INTERRUPT_STATUS)).isZero();
    assertThat(context.interruptRaised()).isFalse();
  }

  @Test
  void registersAreFourBytesWide() {
    assertThat(driver.device.load(0, 1)).isZero();
    assertThat(driver.device.load(0, 8)).isZero();
    driver.device.store(Driver.STATUS, 1, 1);
    assertThat(driver.load(Driver.STATUS)).isZero();
  }
}
