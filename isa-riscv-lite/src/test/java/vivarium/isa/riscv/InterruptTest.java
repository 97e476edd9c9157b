package vivarium.isa.riscv;

import static org.assertj.core.api.Assertions.assertThat;
import static vivarium.isa.riscv.TestHart.RAM;
import static vivarium.isa.riscv.TestHart.S;
import static vivarium.isa.riscv.TestHart.U;
import static vivarium.isa.riscv.TestHart.assertIllegal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterruptTest {
  private static final long MIE = 1 << 3;
  private static final long SIE = 1 << 1;
  private static final long INTERRUPT = 1L << 63;

  private final TestHart guest = new TestHart();

  private void raise(long bits) {
    for (int i = 0; i < 12; i++) {
      if ((bits >> i & 1) != 0) {
        guest.hart.setInterrupt(i, true);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0xaaa, 11", "0x2aa, 3", "0x2a2, 7", "0x222, 9", "0x022, 1", "0x020, 5"})
  void highestPriorityIsTakenFirst(String pending, int expected) {
    raise(Long.decode(pending));
    guest.write("mip", Long.decode(pending) & 0x222);
    guest.write("mie", 0xaaa);
    guest.write("mstatus", MIE);
    assertThat(guest.hart.takeInterrupt()).isTrue();
    assertThat(guest.read("mcause")).isEqualTo(INTERRUPT | expected);
    assertThat(guest.read("mtval")).isZero();
    assertThat(guest.read("mepc")).isEqualTo(RAM);
  }

  @Test
  void machineInterruptsComeBeforeDelegatedOnesOfHigherPriority() {
    guest.write("mideleg", 0x222);
    guest.write("mie", 0xaaa);
    guest.write("mstatus", SIE);
    guest.enter(S);
    raise(1 << 9 | 1 << 7);
    assertThat(guest.hart.takeInterrupt()).isTrue();
    assertThat(guest.read("mcause")).isEqualTo(INTERRUPT | 7);
  }

  @Test
  void nothingIsTakenInMachineModeWhileDisabled() {
    guest.write("mie", 0xaaa);
    raise(1 << 7);
    assertThat(guest.hart.takeInterrupt()).isFalse();
    guest.write("mstatus", MIE);
    assertThat(guest.interruptAttention()).isTrue();
    assertThat(guest.hart.takeInterrupt()).isTrue();
  }

  @Test
  void machineInterruptsAreAlwaysEnabledBelowMachineMode() {
    guest.write("mie", 1 << 7);
    guest.enter(S);
    raise(1 << 7);
    assertThat(guest.hart.takeInterrupt()).isTrue();
    assertThat(guest.hart.mode()).isEqualTo("M");
    assertThat(guest.hart.mstatus >> 11 & 3).isEqualTo(1);
  }

  @Test
  void delegatedInterruptIsNeverTakenInMachineMode() {
    guest.write("mideleg", 0x222);
    guest.write("mie", 0x222);
    guest.write("mstatus", MIE | SIE);
    raise(1 << 9);
    assertThat(guest.hart.takeInterrupt()).isFalse();
  }

  @Test
  void delegatedInterruptNeedsSupervisorEnableInSupervisorMode() {
    guest.write("mideleg", 0x222);
    guest.write("mie", 0x222);
    guest.enter(S);
    raise(1 << 9);
    assertThat(guest.hart.takeInterrupt()).isFalse();
    guest.write("stvec", 0x8000_3001L);
    guest.write("sstatus", SIE);
    assertThat(guest.interruptAttention()).isTrue();
    assertThat(guest.hart.takeInterrupt()).isTrue();
    assertThat(guest.hart.mode()).isEqualTo("S");
    assertThat(guest.read("scause")).isEqualTo(INTERRUPT | 9);
    assertThat(guest.pc()).isEqualTo(0x8000_3000L + 4 * 9);
  }

  @Test
  void delegatedInterruptIsAlwaysEnabledInUserMode() {
    guest.write("mideleg", 0x222);
    guest.write("mie", 0x222);
    guest.enter(U);
    raise(1 << 9);
    assertThat(guest.hart.takeInterrupt()).isTrue();
    assertThat(guest.hart.mode()).isEqualTo("S");
  }

  @Test
  void vectoredMachineInterruptGoesToItsEntry() {
    guest.write("mtvec", 0x8000_3001L);
    guest.write("mie", 1 << 11);
    guest.write("mstatus", MIE);
    raise(1 << 11);
    guest.hart.takeInterrupt();
    assertThat(guest.pc()).isEqualTo(0x8000_3000L + 4 * 11);
  }

  @Test
  void loweringTheLineTakesTheInterruptBack() {
    guest.write("mie", 1 << 7);
    guest.write("mstatus", MIE);
    raise(1 << 7);
    assertThat(guest.interruptAttention()).isTrue();
    guest.hart.setInterrupt(7, false);
    assertThat(guest.hart.takeInterrupt()).isFalse();
  }

  @Test
  void returnThatEnablesAPendingInterruptAsksForAttention() {
    guest.write("mie", 1 << 7);
    raise(1 << 7);
    guest.interruptAttention();
    guest.enter(U);
    assertThat(guest.interruptAttention()).isTrue();
  }

  @Test
  void programTakesTheInterruptRightAfterItEnablesIt() {
    var labels =
        guest.machine.program(
            """
                la t0, handler
                csrw mtvec, t0
                csrwi mie, 8
                csrsi mstatus, 8
            after:
                li a0, 1
            handler:
                csrr a1, mepc
            """);
    raise(1 << 3);
    guest.machine.run(0, 6);
    assertThat(guest.x(10)).isZero();
    assertThat(guest.x(11)).isEqualTo(labels.get("after"));
  }

  @Test
  void counterWritesAreSeenByTheNextInstruction() {
    guest.machine.program("csrw minstret, a0\ncsrr a1, minstret\ncsrr a2, minstret");
    guest.setX(10, 1000);
    guest.machine.run(0, 3);
    assertThat(guest.x(11)).isEqualTo(1000);
    assertThat(guest.x(12)).isEqualTo(1001);
  }

  @Test
  void instructionsThatTrapDoNotRetireButTakeCycles() {
    guest.machine.program("la t0, handler\ncsrw mtvec, t0\necall\nhandler: nop\nnop");
    guest.write("mcycle", 0);
    guest.write("minstret", 0);
    long cycles = guest.read("mcycle");
    long retired = guest.read("minstret");
    guest.machine.run(0, 6);
    assertThat(guest.read("mcycle") - cycles).isEqualTo(6);
    assertThat(guest.read("minstret") - retired).isEqualTo(5);
  }

  @Test
  void inhibitedCountersStandStill() {
    guest.machine.program("nop\nnop\nnop\nnop");
    guest.write("mcountinhibit", 4);
    long retired = guest.read("minstret");
    long cycles = guest.read("mcycle");
    guest.machine.run(0, 2);
    assertThat(guest.read("minstret")).isEqualTo(retired);
    assertThat(guest.read("mcycle")).isEqualTo(cycles + 2);
    guest.write("mcountinhibit", 0);
    guest.machine.run(0, 2);
    assertThat(guest.read("minstret")).isEqualTo(retired + 2);
  }

  @Test
  void timeIsTheMachinesClock() {
    guest.machine.clock().set(77);
    assertThat(guest.read("time")).isEqualTo(77);
  }

  @Test
  void timerInterruptIsPendingFromTheComparedTimeOn() {
    guest.write("menvcfg", 1L << 63);
    guest.write("stimecmp", 100);
    guest.write("mie", 1 << 5);
    guest.interruptAttention();
    guest.machine.clock().set(99);
    assertThat(guest.read("mip") & 1 << 5).isZero();
    assertThat(guest.hart.wakes()).isFalse();
    guest.machine.clock().set(100);
    assertThat(guest.read("mip") & 1 << 5).isNotZero();
    assertThat(guest.interruptAttention()).isTrue();
    assertThat(guest.hart.wakes()).isTrue();
    guest.write("stimecmp", 200);
    assertThat(guest.read("mip") & 1 << 5).isZero();
    assertThat(guest.machine.clock().deadlines()).containsExactly(200L);
    guest.write("stimecmp", -1);
    assertThat(guest.machine.clock().deadlines()).isEmpty();
  }

  @Test
  void timerPendingBitIsWritableOnlyWithoutTheTimerExtension() {
    assertThat(guest.roundTrip("mip", 1 << 5)).isEqualTo(1 << 5);
    guest.write("menvcfg", 1L << 63);
    assertThat(guest.read("mip")).isZero();
    assertThat(guest.roundTrip("mip", 1 << 5)).isZero();
    guest.write("menvcfg", 0);
    assertThat(guest.read("mip")).isEqualTo(1 << 5);
  }

  @Test
  void timeCompareNeedsItsTwoEnableBitsInSupervisorMode() {
    guest.write("menvcfg", 1L << 63);
    guest.enter(S);
    assertIllegal(() -> guest.read("stimecmp"));
    guest.hart.mcounteren = 2;
    assertThat(guest.read("stimecmp")).isEqualTo(-1);
    guest.hart.menvcfg = 0;
    assertIllegal(() -> guest.read("stimecmp"));
  }
}
