package vivarium.devices;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import vivarium.api.device.Device;
import vivarium.testkit.device.FakeDeviceContext;

class Ns16550aTest {
  private static final int RBR = 0;
  private static final int THR = 0;
  private static final int DLL = 0;
  private static final int IER = 1;
  private static final int DLM = 1;
  private static final int IIR = 2;
  private static final int FCR = 2;
  private static final int LCR = 3;
  private static final int MCR = 4;
  private static final int LSR = 5;
  private static final int MSR = 6;
  private static final int SCR = 7;

  private static final int LOOP = 0x10;

  private final FakeDeviceContext context = new FakeDeviceContext(1);
  private final Device uart = new Ns16550a.Type().create(context);

  private int load(int register) {
    return (int) uart.load(register, 1);
  }

  private void store(int register, int value) {
    uart.store(register, 1, value);
  }

  @Test
  void whatIsTransmittedReachesTheConsoleAtOnce() {
    for (char c : "Hello\n".toCharArray()) {
      store(THR, c);
    }
    assertThat(context.console().output()).isEqualTo("Hello\n");
    assertThat(load(LSR)).isEqualTo(0x60);
  }

  @Test
  void ofAWiderStoreTheFirstByteIsTransmitted() {
    uart.store(THR, 4, 0xffff_ff41L);
    assertThat(context.console().output()).isEqualTo("A");
  }

  @Test
  void whatIsTypedIsReceivedInOrder() {
    store(FCR, 1);
    context.console().type("ok");
    assertThat(load(LSR) & 1).isEqualTo(1);
    assertThat(load(RBR)).isEqualTo('o');
    assertThat(load(RBR)).isEqualTo('k');
    assertThat(load(LSR) & 1).isZero();
    assertThat(load(RBR)).isZero();
  }

  @Test
  void moreInputThanTheFifoHoldsIsNotLost() {
    store(FCR, 1);
    context.console().type("0123456789abcdefghijklmnopqrstuvwxyz");
    StringBuilder received = new StringBuilder();
    while ((load(LSR) & 1) != 0) {
      received.append((char) load(RBR));
    }
    assertThat(received).hasToString("0123456789abcdefghijklmnopqrstuvwxyz");
  }

  @Test
  void inputThatTheGuestHasNotLookedAtSurvivesAFifoReset() {
    context.console().type("early");
    store(FCR, 7);
    assertThat(load(RBR)).isEqualTo('e');
  }

  @Test
  void inputRaisesAnInterruptUntilItIsRead() {
    store(IER, 1);
    assertThat(context.interruptRaised()).isFalse();
    context.console().type("x");
    assertThat(context.interruptRaised()).isTrue();
    assertThat(load(IIR)).isEqualTo(0x04);
    load(RBR);
    assertThat(context.interruptRaised()).isFalse();
    assertThat(load(IIR)).isEqualTo(0x01);
  }

  @Test
  void inputThatCameFirstRaisesAnInterruptWhenEnabled() {
    context.console().type("x");
    assertThat(context.interruptRaised()).isFalse();
    store(IER, 1);
    assertThat(context.interruptRaised()).isTrue();
  }

  @Test
  void belowTheTriggerLevelTheInterruptIsACharacterTimeout() {
    store(FCR, 0x81);
    store(IER, 1);
    context.console().type("1234567");
    assertThat(load(IIR)).isEqualTo(0xcc);
    context.console().type("8");
    assertThat(load(IIR)).isEqualTo(0xc4);
  }

  @Test
  void enablingTheTransmitterInterruptRaisesItAndReadingIirWithdrawsIt() {
    store(IER, 2);
    assertThat(context.interruptRaised()).isTrue();
    assertThat(load(IIR)).isEqualTo(0x02);
    assertThat(context.interruptRaised()).isFalse();
    assertThat(load(IIR)).isEqualTo(0x01);
    store(THR, 'x');
    assertThat(context.interruptRaised()).isTrue();
  }

  @Test
  void readingIirWithdrawsOnlyTheInterruptItNames() {
    store(IER, 3);
    context.console().type("x");
    assertThat(load(IIR)).isEqualTo(0x04);
    load(RBR);
    assertThat(load(IIR)).isEqualTo(0x02);
    assertThat(load(IIR)).isEqualTo(0x01);
  }

  @Test
  void loopbackLeadsModemControlToModemStatusAsLinuxProbesIt() {
    store(MCR, LOOP | 0x08 | 0x02);
    assertThat(load(MSR) & 0xf0).isEqualTo(0x90);
    store(MCR, LOOP | 0x04 | 0x01);
    assertThat(load(MSR) & 0xf0).isEqualTo(0x60);
  }

  @Test
  void loopbackKeepsDataFromTheConsole() {
    store(FCR, 1);
    store(MCR, LOOP);
    context.console().type("user");
    store(THR, 'A');
    store(THR, 'B');
    assertThat(load(RBR)).isEqualTo('A');
    assertThat(load(RBR)).isEqualTo('B');
    assertThat(load(LSR) & 1).isZero();
    assertThat(context.console().output()).isEmpty();
    store(MCR, 0);
    assertThat(load(RBR)).isEqualTo('u');
  }

  @Test
  void overrunInLoopbackIsReportedOnceWithItsInterrupt() {
    store(MCR, LOOP);
    store(IER, 4);
    store(THR, 'A');
    assertThat(context.interruptRaised()).isFalse();
    store(THR, 'B');
    assertThat(context.interruptRaised()).isTrue();
    assertThat(load(IIR)).isEqualTo(0x06);
    assertThat(load(LSR) & 0x03).isEqualTo(0x03);
    assertThat(context.interruptRaised()).isFalse();
    assertThat(load(LSR) & 0x02).isZero();
    assertThat(load(RBR)).isEqualTo('A');
  }

  @Test
  void changesOfModemLinesRaiseAnInterruptUntilModemStatusIsRead() {
    store(IER, 8);
    store(MCR, LOOP);
    assertThat(context.interruptRaised()).isTrue();
    assertThat(load(IIR)).isEqualTo(0x00);
    assertThat(load(MSR)).isEqualTo(0x0b);
    assertThat(context.interruptRaised()).isFalse();
    assertThat(load(MSR)).isZero();
  }

  @Test
  void onlyTheEndOfARingIsNoted() {
    store(MCR, LOOP);
    load(MSR);
    store(MCR, LOOP | 0x04);
    assertThat(load(MSR)).isEqualTo(0x40);
    store(MCR, LOOP);
    assertThat(load(MSR)).isEqualTo(0x04);
  }

  @Test
  void theDivisorLatchHidesDataAndInterruptEnable() {
    store(IER, 0x0f);
    store(LCR, 0x83);
    store(DLL, 2);
    store(DLM, 1);
    assertThat(load(DLL)).isEqualTo(2);
    assertThat(load(DLM)).isEqualTo(1);
    store(LCR, 0x03);
    assertThat(load(IER)).isEqualTo(0x0f);
    assertThat(context.console().output()).isEmpty();
  }

  @Test
  void onlyEnabledFifosShowInIir() {
    assertThat(load(IIR)).isEqualTo(0x01);
    store(FCR, 1);
    assertThat(load(IIR)).isEqualTo(0xc1);
    store(FCR, 0);
    assertThat(load(IIR)).isEqualTo(0x01);
  }

  @Test
  void theScratchRegisterKeepsItsByte() {
    store(SCR, 0x1a5);
    assertThat(load(SCR)).isEqualTo(0xa5);
  }

  @Test
  void resetBringsBackPowerOnStateAndLowersTheInterrupt() {
    store(IER, 2);
    store(LCR, 0x80);
    store(SCR, 1);
    uart.reset();
    assertThat(context.interruptRaised()).isFalse();
    assertThat(load(IER)).isZero();
    assertThat(load(LCR)).isZero();
    assertThat(load(SCR)).isZero();
    assertThat(load(MSR)).isEqualTo(0xb0);
  }
}
