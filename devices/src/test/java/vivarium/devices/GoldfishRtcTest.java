package vivarium.devices;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import vivarium.api.device.Device;
import vivarium.testkit.device.FakeDeviceContext;

class GoldfishRtcTest {
  private static final int TIME_LOW = 0x00;
  private static final int TIME_HIGH = 0x04;
  private static final int ALARM_LOW = 0x08;
  private static final int ALARM_HIGH = 0x0c;
  private static final int IRQ_ENABLED = 0x10;
  private static final int CLEAR_ALARM = 0x14;
  private static final int ALARM_STATUS = 0x18;
  private static final int CLEAR_INTERRUPT = 0x1c;

  private static final long START = 1_767_225_600_000_000_000L;

  private final FakeDeviceContext context = new FakeDeviceContext(1);
  private final Device rtc = new GoldfishRtc.Type().create(context);

  GoldfishRtcTest() {
    context.clock().startAt(START);
  }

  private long time() {
    long low = rtc.load(TIME_LOW, 4) & 0xffff_ffffL;
    return rtc.load(TIME_HIGH, 4) << 32 | low;
  }

  private void store(int lowRegister, long value) {
    rtc.store(lowRegister + 4, 4, value >>> 32);
    rtc.store(lowRegister, 4, value & 0xffff_ffffL);
  }

  @Test
  void timeIsTheClocks() {
    context.clock().advance(15);
    assertThat(time()).isEqualTo(START + 1_500);
  }

  @Test
  void readingTheLowHalfLatchesTheHighOne() {
    context.clock().startAt(0xffff_ffffL);
    assertThat(rtc.load(TIME_LOW, 4)).isEqualTo(0xffff_ffffL);
    context.clock().advance(1);
    assertThat(rtc.load(TIME_HIGH, 4)).isZero();
    assertThat(time()).isEqualTo(0xffff_ffffL + 100);
  }

  @Test
  void theGuestMaySetTheTimeAndKeepsItOverAReset() {
    store(TIME_LOW, 5_000_000_000L);
    context.clock().advance(10);
    assertThat(time()).isEqualTo(5_000_001_000L);
    rtc.reset();
    assertThat(time()).isEqualTo(5_000_001_000L);
  }

  @Test
  void anAlarmRaisesTheInterruptAtItsTimeIfEnabled() {
    rtc.store(IRQ_ENABLED, 4, 1);
    store(ALARM_LOW, START + 2_000_000_050L);
    assertThat(rtc.load(ALARM_STATUS, 4)).isEqualTo(1);
    assertThat(rtc.load(ALARM_HIGH, 4)).isEqualTo(START + 2_000_000_050L >>> 32);
    context.clock().advance(20_000_000);
    assertThat(context.interruptRaised()).isFalse();
    context.clock().advance(1);
    assertThat(context.interruptRaised()).isTrue();
    assertThat(rtc.load(ALARM_STATUS, 4)).isZero();
    rtc.store(CLEAR_INTERRUPT, 4, 1);
    assertThat(context.interruptRaised()).isFalse();
  }

  @Test
  void anAlarmThatIsNotEnabledWaitsForItsEnabling() {
    store(ALARM_LOW, START);
    assertThat(context.interruptRaised()).isFalse();
    rtc.store(IRQ_ENABLED, 4, 1);
    assertThat(context.interruptRaised()).isTrue();
  }

  @Test
  void aClearedAlarmDoesNotGoOff() {
    rtc.store(IRQ_ENABLED, 4, 1);
    store(ALARM_LOW, START + 1_000);
    rtc.store(CLEAR_ALARM, 4, 1);
    context.clock().advance(100);
    assertThat(context.interruptRaised()).isFalse();
  }

  @Test
  void anAlarmCenturiesAwayDoesNotOverflow() {
    rtc.store(IRQ_ENABLED, 4, 1);
    store(ALARM_LOW, -1);
    context.clock().advance(1L << 40);
    assertThat(context.interruptRaised()).isFalse();
    assertThat(rtc.load(ALARM_STATUS, 4)).isEqualTo(1);
  }

  @Test
  void settingTheTimePastTheAlarmSetsItOff() {
    rtc.store(IRQ_ENABLED, 4, 1);
    store(ALARM_LOW, START + 60_000_000_000L);
    store(TIME_LOW, START + 61_000_000_000L);
    assertThat(context.interruptRaised()).isTrue();
  }
}
