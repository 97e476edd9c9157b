package vivarium.devices;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import vivarium.api.device.Device;
import vivarium.testkit.device.FakeDeviceContext;

class ClintTest {
  private static final int MTIMECMP = 0x4000;
  private static final int MTIME = 0xbff8;
  private static final int MSIP = 3;
  private static final int MTIP = 7;

  private final FakeDeviceContext context = new FakeDeviceContext(2);
  private final Device clint = new Clint.Type().create(context);

  @Test
  void softwareInterruptsReachTheHartTheyAreFor() {
    clint.store(4, 4, 1);
    assertThat(context.hart(0).raised()).isEmpty();
    assertThat(context.hart(1).raised()).containsExactly(MSIP);
    assertThat(clint.load(4, 4)).isEqualTo(1);
    clint.store(4, 4, 0xffff_fffeL);
    assertThat(context.hart(1).raised()).isEmpty();
    assertThat(clint.load(4, 4)).isZero();
  }

  @Test
  void oneDoublewordHoldsTwoSoftwareInterrupts() {
    clint.store(0, 8, 1L << 32 | 1);
    assertThat(context.hart(0).raised()).containsExactly(MSIP);
    assertThat(context.hart(1).raised()).containsExactly(MSIP);
    assertThat(clint.load(0, 8)).isEqualTo(1L << 32 | 1);
  }

  @Test
  void theTimerInterruptComesAtItsTimeAndNotBefore() {
    clint.store(MTIMECMP + 8, 8, 100);
    context.clock().advance(99);
    assertThat(context.hart(1).raised()).isEmpty();
    context.clock().advance(1);
    assertThat(context.hart(1).raised()).containsExactly(MTIP);
    assertThat(context.hart(0).raised()).isEmpty();
  }

  @Test
  void aTimeThatHasPassedInterruptsAtOnceAndALaterOneTakesItBack() {
    context.clock().advance(50);
    clint.store(MTIMECMP, 8, 50);
    assertThat(context.hart(0).raised()).containsExactly(MTIP);
    clint.store(MTIMECMP, 8, 51);
    assertThat(context.hart(0).raised()).isEmpty();
    context.clock().advance(1);
    assertThat(context.hart(0).raised()).containsExactly(MTIP);
  }

  @Test
  void mtimecmpCanBeWrittenAndReadInHalves() {
    clint.store(MTIMECMP, 4, 0xffff_ffffL);
    clint.store(MTIMECMP + 4, 4, 0);
    clint.store(MTIMECMP, 4, 20);
    assertThat(clint.load(MTIMECMP, 8)).isEqualTo(20);
    clint.store(MTIMECMP + 4, 4, 7);
    assertThat(clint.load(MTIMECMP + 4, 4) & 0xffff_ffffL).isEqualTo(7);
    assertThat(clint.load(MTIMECMP, 8)).isEqualTo(7L << 32 | 20);
  }

  @Test
  void comparisonIsUnsigned() {
    clint.store(MTIMECMP, 8, -1);
    context.clock().advance(1_000_000);
    assertThat(context.hart(0).raised()).isEmpty();
    clint.store(MTIME, 8, -1);
    assertThat(context.hart(0).raised()).containsExactly(MTIP);
  }

  @Test
  void mtimeFollowsTheClock() {
    context.clock().advance(0x1_0000_0005L);
    assertThat(clint.load(MTIME, 8)).isEqualTo(0x1_0000_0005L);
    assertThat(clint.load(MTIME, 4) & 0xffff_ffffL).isEqualTo(5);
    assertThat(clint.load(MTIME + 4, 4)).isEqualTo(1);
  }

  @Test
  void writingMtimeMovesTheDeadlines() {
    context.clock().advance(10);
    clint.store(MTIMECMP, 8, 1_000);
    clint.store(MTIME, 8, 990);
    context.clock().advance(9);
    assertThat(context.hart(0).raised()).isEmpty();
    context.clock().advance(1);
    assertThat(context.hart(0).raised()).containsExactly(MTIP);
    clint.store(MTIME, 4, 0);
    assertThat(context.hart(0).raised()).isEmpty();
    assertThat(clint.load(MTIME, 8)).isZero();
  }

  @Test
  void aDeadlineBeyondTheClocksEndNeverComes() {
    context.clock().advance(10);
    clint.store(MTIME, 8, 0);
    clint.store(MTIMECMP, 8, -1);
    context.clock().advance(5);
    assertThat(context.hart(0).raised()).isEmpty();
    assertThat(clint.load(MTIME, 8)).isEqualTo(5);
  }

  @Test
  void resetTakesInterruptsAndDeadlinesAwayAndLetsTimeGoOn() {
    clint.store(0, 4, 1);
    clint.store(MTIMECMP, 8, 100);
    context.clock().advance(10);
    clint.reset();
    context.clock().advance(200);
    assertThat(context.hart(0).raised()).isEmpty();
    assertThat(clint.load(MTIME, 8)).isEqualTo(210);
  }

  @Test
  void registersOfHartsThatAreNotThereReadAsZero() {
    clint.store(8, 4, 1);
    clint.store(MTIMECMP + 16, 8, 5);
    assertThat(clint.load(8, 4)).isZero();
    assertThat(clint.load(MTIMECMP + 16, 8)).isZero();
  }
}
