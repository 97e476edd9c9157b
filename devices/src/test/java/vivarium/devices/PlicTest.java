package vivarium.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vivarium.api.VivariumException;
import vivarium.api.device.InterruptController;
import vivarium.testkit.device.FakeDeviceContext;

class PlicTest {
  private static final int MEIP = 11;
  private static final int SEIP = 9;
  private static final int PENDING = 0x1000;

  /** Contexts: mode of a hart. */
  private static final int M0 = 0;

  private static final int S0 = 1;
  private static final int S1 = 3;

  private final FakeDeviceContext context = new FakeDeviceContext(2);
  private final InterruptController plic = (InterruptController) new Plic.Type().create(context);

  @BeforeEach
  void supervisorOfHart0TakesSources10And40() {
    plic.store(4 * 10, 4, 1);
    plic.store(4 * 40, 4, 1);
    plic.store(enable(S0), 4, 1 << 10);
    plic.store(enable(S0) + 4, 4, 1 << 8);
  }

  private static int enable(int hartContext) {
    return 0x2000 + 0x80 * hartContext;
  }

  private static int threshold(int hartContext) {
    return 0x20_0000 + 0x1000 * hartContext;
  }

  private static int claim(int hartContext) {
    return threshold(hartContext) + 4;
  }

  private long claimFor(int hartContext) {
    return plic.load(claim(hartContext), 4);
  }

  private void complete(int hartContext, int source) {
    plic.store(claim(hartContext), 4, source);
  }

  @Test
  void anEnabledSourceInterruptsItsContextOnly() {
    plic.line(10).set(true);
    assertThat(context.hart(0).raised()).containsExactly(SEIP);
    assertThat(context.hart(1).raised()).isEmpty();
    assertThat(plic.load(PENDING, 4)).isEqualTo(1 << 10);
  }

  @Test
  void machineModeIsTheEvenContext() {
    plic.store(enable(M0), 4, 1 << 10);
    plic.line(10).set(true);
    assertThat(context.hart(0).raised()).containsExactlyInAnyOrder(SEIP, MEIP);
  }

  @Test
  void aClaimTakesTheSourceUntilCompletion() {
    plic.line(10).set(true);
    assertThat(claimFor(S0)).isEqualTo(10);
    assertThat(context.hart(0).raised()).isEmpty();
    assertThat(claimFor(S0)).isZero();
    plic.line(10).set(false);
    complete(S0, 10);
    assertThat(context.hart(0).raised()).isEmpty();
  }

  @Test
  void aLineStillHighAtCompletionInterruptsAgain() {
    plic.line(10).set(true);
    claimFor(S0);
    complete(S0, 10);
    assertThat(context.hart(0).raised()).containsExactly(SEIP);
    assertThat(claimFor(S0)).isEqualTo(10);
  }

  @Test
  void aLineThatComesAgainWhileServedInterruptsAfterCompletion() {
    plic.line(10).set(true);
    claimFor(S0);
    plic.line(10).set(false);
    plic.line(10).set(true);
    assertThat(context.hart(0).raised()).isEmpty();
    complete(S0, 10);
    assertThat(context.hart(0).raised()).containsExactly(SEIP);
  }

  @Test
  void aRequestOnceForwardedStaysPendingWhenTheLineFalls() {
    plic.line(10).set(true);
    plic.line(10).set(false);
    assertThat(claimFor(S0)).isEqualTo(10);
    complete(S0, 10);
    assertThat(claimFor(S0)).isZero();
  }

  @Test
  void theHighestPriorityComesFirstThenTheLowestNumber() {
    plic.line(40).set(true);
    plic.line(10).set(true);
    assertThat(claimFor(S0)).isEqualTo(10);
    complete(S0, 10);
    plic.store(4 * 40, 4, 7);
    assertThat(claimFor(S0)).isEqualTo(40);
  }

  @Test
  void sourcesAtOrBelowTheThresholdDoNotInterruptButCanBeClaimed() {
    plic.store(threshold(S0), 4, 1);
    plic.line(10).set(true);
    assertThat(context.hart(0).raised()).isEmpty();
    plic.store(4 * 10, 4, 2);
    assertThat(context.hart(0).raised()).containsExactly(SEIP);
    plic.store(threshold(S0), 4, 7);
    assertThat(context.hart(0).raised()).isEmpty();
    assertThat(claimFor(S0)).isEqualTo(10);
  }

  @Test
  void priorityZeroNeverInterrupts() {
    plic.store(4 * 10, 4, 0);
    plic.line(10).set(true);
    assertThat(context.hart(0).raised()).isEmpty();
    assertThat(claimFor(S0)).isZero();
  }

  @Test
  void prioritiesAndThresholdsHaveThreeBits() {
    plic.store(4 * 95, 4, -1);
    plic.store(4 * 96, 4, -1);
    plic.store(0, 4, -1);
    plic.store(threshold(S1), 4, -1);
    assertThat(plic.load(4 * 95, 4)).isEqualTo(7);
    assertThat(plic.load(4 * 96, 4)).isZero();
    assertThat(plic.load(0, 4)).isZero();
    assertThat(plic.load(threshold(S1), 4)).isEqualTo(7);
  }

  @Test
  void sourceZeroCannotBeEnabled() {
    plic.store(enable(S1), 4, -1);
    assertThat(plic.load(enable(S1), 4) & 0xffff_ffffL).isEqualTo(0xffff_fffeL);
  }

  @Test
  void completionByAContextThatHasNotEnabledTheSourceIsIgnored() {
    plic.line(10).set(true);
    claimFor(S0);
    complete(S1, 10);
    complete(S0, 10_000);
    complete(S0, -1);
    assertThat(context.hart(0).raised()).isEmpty();
    complete(S0, 10);
    assertThat(context.hart(0).raised()).containsExactly(SEIP);
  }

  @Test
  void resetForgetsEverythingButTheLines() {
    plic.line(10).set(true);
    plic.reset();
    assertThat(context.hart(0).raised()).isEmpty();
    assertThat(plic.load(enable(S0), 4)).isZero();
    plic.store(4 * 10, 4, 1);
    plic.store(enable(S0), 4, 1 << 10);
    assertThat(context.hart(0).raised()).containsExactly(SEIP);
  }

  @Test
  void aSourceThatDoesNotExistIsRefusedInOneLine() {
    assertThatThrownBy(() -> plic.line(96))
        .isInstanceOf(VivariumException.class)
        .hasMessage("plic: no interrupt source 96, there are 1 to 95");
    assertThatThrownBy(() -> plic.line(0)).isInstanceOf(VivariumException.class);
  }
}
