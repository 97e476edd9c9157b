package vivarium.devices;

import vivarium.api.device.Clock;
import vivarium.api.device.Device;
import vivarium.api.device.DeviceContext;
import vivarium.api.device.DevicePlacement;
import vivarium.api.device.DeviceTreeNode;
import vivarium.api.device.DeviceType;
import vivarium.api.device.InterruptLine;

/**
 * Goldfish's real-time clock: nanoseconds since 1970 in two halves, and an alarm. Registers are 32
 * bits wide; reading the low half latches the high one.
 */
public final class GoldfishRtc implements Device {
  private static final int TIME_LOW = 0x00;
  private static final int TIME_HIGH = 0x04;
  private static final int ALARM_LOW = 0x08;
  private static final int ALARM_HIGH = 0x0c;
  private static final int IRQ_ENABLED = 0x10;
  private static final int CLEAR_ALARM = 0x14;
  private static final int ALARM_STATUS = 0x18;
  private static final int CLEAR_INTERRUPT = 0x1c;
  private static final int SIZE = 0x1000;

  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long LOW = 0xffff_ffffL;

  private final Clock clock;
  private final InterruptLine interrupt;
  private final Clock.Timer timer;

  /** What the guest added to the host's time; kept over a reset, as by a battery. */
  private long offsetNanos;

  private long latchedHigh;
  private long alarmNanos;
  private boolean alarmRunning;
  private boolean interruptEnabled;
  private boolean interruptPending;

  private GoldfishRtc(DeviceContext context) {
    clock = context.clock();
    interrupt = context.interrupt();
    timer = clock.newTimer(this::checkAlarm);
  }

  /** What the catalog finds. */
  public static final class Type implements DeviceType {
    @Override
    public String name() {
      return "goldfish-rtc";
    }

    @Override
    public String description() {
      return "Goldfish real-time clock with alarm";
    }

    @Override
    public Device create(DeviceContext context) {
      return new GoldfishRtc(context);
    }
  }

  @Override
  public long size() {
    return SIZE;
  }

  @Override
  public long load(long offset, int width) {
    if (width != 4) {
      return 0;
    }
    return switch ((int) offset) {
      case TIME_LOW -> {
        long now = nowNanos();
        latchedHigh = now >>> Integer.SIZE;
        yield now & LOW;
      }
      case TIME_HIGH -> latchedHigh;
      case ALARM_LOW -> alarmNanos & LOW;
      case ALARM_HIGH -> alarmNanos >>> Integer.SIZE;
      case IRQ_ENABLED -> interruptEnabled ? 1 : 0;
      case ALARM_STATUS -> alarmRunning ? 1 : 0;
      default -> 0;
    };
  }

  @Override
  public void store(long offset, int width, long value) {
    if (width != 4) {
      return;
    }
    switch ((int) offset) {
      case TIME_LOW -> setTime(withLow(nowNanos(), value));
      case TIME_HIGH -> setTime(withHigh(nowNanos(), value));
      case ALARM_LOW -> {
        alarmNanos = withLow(alarmNanos, value);
        alarmRunning = true;
        checkAlarm();
      }
      case ALARM_HIGH -> alarmNanos = withHigh(alarmNanos, value);
      case IRQ_ENABLED -> {
        interruptEnabled = (value & 1) != 0;
        updateInterrupt();
      }
      case CLEAR_ALARM -> {
        alarmRunning = false;
        timer.cancel();
      }
      case CLEAR_INTERRUPT -> {
        interruptPending = false;
        updateInterrupt();
      }
      default -> {}
    }
  }

  private static long withLow(long old, long value) {
    return old & ~LOW | value & LOW;
  }

  private static long withHigh(long old, long value) {
    return old & LOW | value << Integer.SIZE;
  }

  private long nowNanos() {
    return clock.wallNanos() + offsetNanos;
  }

  private void setTime(long nanos) {
    offsetNanos = nanos - clock.wallNanos();
    checkAlarm();
  }

  /** Lets the alarm go off if it is due, else sets the timer to look again when it will be. */
  private void checkAlarm() {
    if (!alarmRunning) {
      return;
    }
    long now = nowNanos();
    if (Long.compareUnsigned(now, alarmNanos) >= 0) {
      alarmRunning = false;
      interruptPending = true;
      timer.cancel();
      updateInterrupt();
    } else {
      timer.at(clock.ticks() + toTicks(alarmNanos - now));
    }
  }

  /** Rounded up; a wait of more than 68 years is cut, after which the alarm looks again. */
  private long toTicks(long nanos) {
    long frequency = clock.frequencyHz();
    long seconds = Math.min(Long.divideUnsigned(nanos, NANOS_PER_SECOND), Integer.MAX_VALUE);
    long rest = Long.remainderUnsigned(nanos, NANOS_PER_SECOND);
    return seconds * frequency + Math.ceilDiv(rest * frequency, NANOS_PER_SECOND);
  }

  private void updateInterrupt() {
    interrupt.set(interruptPending && interruptEnabled);
  }

  @Override
  public void reset() {
    latchedHigh = 0;
    alarmNanos = 0;
    alarmRunning = false;
    interruptEnabled = false;
    interruptPending = false;
    timer.cancel();
    updateInterrupt();
  }

  @Override
  public void describe(DeviceTreeNode soc, DevicePlacement placement) {
    Description.node(soc, placement, "rtc", SIZE, "google,goldfish-rtc");
  }
}
