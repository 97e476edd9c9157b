package vivarium.isa.riscv.sbi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.isa.BootRequest.Image;
import vivarium.api.isa.HartBlock;
import vivarium.isa.riscv.RiscvHart;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.Assembler;
import vivarium.testkit.TestMachine;

class SbiFirmwareTest {
  private static final long KERNEL = TestMachine.RAM_BASE + (2 << 20);
  private static final int SIE = 0x104;
  private static final int SIP = 0x144;
  private static final int TIME = 0x54494d45;
  private static final int IPI = 0x735049;
  private static final int RFENCE = 0x52464e43;
  private static final int HSM = 0x48534d;
  private static final int SRST = 0x53525354;
  private static final int DBCN = 0x4442434e;

  private final RiscvInstructionSet set = new RiscvInstructionSet();
  private final TestMachine machine = new TestMachine(set, 2, 8 << 20);
  private final RiscvHart hart = (RiscvHart) machine.hart();
  private final RiscvHart other = (RiscvHart) machine.harts().get(1);

  @BeforeEach
  void boot() {
    byte[] kernel = Assembler.of(set).text("again: ecall\nj again").bytes();
    Image image = new Image("kernel", MemorySegment.ofArray(kernel));
    machine.boot(Optional.empty(), Optional.of(image), Optional.empty());
  }

  private long call(long extension, long function, long... arguments) {
    for (int i = 0; i < 6; i++) {
      hart.block().setRegister(RiscvHart.A0 + i, i < arguments.length ? arguments[i] : 0);
    }
    hart.block().setRegister(RiscvHart.A0 + 6, function);
    hart.block().setRegister(RiscvHart.A0 + 7, extension);
    hart.block().setPc(KERNEL);
    machine.step();
    return hart.block().register(RiscvHart.A0);
  }

  private long value() {
    return hart.block().register(RiscvHart.A0 + 1);
  }

  @Test
  void firstHartStartsInSupervisorModeAndTheOthersAreStopped() {
    assertThat(hart.mode()).isEqualTo("S");
    assertThat(hart.block().pc()).isEqualTo(KERNEL);
    assertThat(hart.block().register(RiscvHart.A0)).isZero();
    assertThat(hart.stopped()).isFalse();
    assertThat(other.stopped()).isTrue();
    assertThat(other.wakes()).isFalse();
    assertThat(machine.run(1, 10)).isZero();
  }

  @Test
  void callIsServedAtOnceAndGoesOnBehindIt() {
    assertThat(call(0x10, 0)).isZero();
    assertThat(value()).isEqualTo(0x0200_0000);
    assertThat(hart.mode()).isEqualTo("S");
    assertThat(hart.block().pc()).isEqualTo(KERNEL + 4);
    assertThat(hart.counters().traps).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 8, 0x10, TIME, IPI, RFENCE, HSM, SRST, DBCN})
  void extensionsThatAreThereAreProbed(long extension) {
    assertThat(call(0x10, 3, extension)).isZero();
    assertThat(value()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"0x10, 99", "0x504d55, 0", "0x54494d45, 1", "0x735049, 1", "0x52464e43, 3"})
  void whatIsNotThereIsNotSupported(String extension, long function) {
    assertThat(call(Long.decode(extension), function)).isEqualTo(-2);
    call(0x10, 3, 0x504d55);
    assertThat(value()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, TIME})
  void timerInterruptComesAtItsTime(long extension) {
    call(extension, 0, 100);
    assertThat(hart.readCsr(SIP) & 1 << 5).isZero();
    machine.clock().set(100);
    assertThat(hart.readCsr(SIP) & 1 << 5).isNotZero();
  }

  @Test
  void interprocessorInterruptReachesTheHartsOfTheMask() {
    assertThat(call(HSM, 0, 1, KERNEL, 0)).isZero();
    assertThat(call(IPI, 0, 0b10, 0)).isZero();
    assertThat(hart.readCsr(SIP)).isZero();
    assertThat(other.readCsr(SIP)).isEqualTo(2);
    assertThat(call(IPI, 0, 0, -1)).isZero();
    assertThat(hart.readCsr(SIP)).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"4, 0", "1, 2", "2, 1", "0, 2"})
  void maskThatNamesAMissingHartIsInvalid(long mask, long base) {
    assertThat(call(IPI, 0, mask, base)).isEqualTo(-3);
    assertThat(call(RFENCE, 1, mask, base)).isEqualTo(-3);
  }

  @Test
  void hartIsStartedOnceAtItsAddressWithItsArgument() {
    assertThat(call(HSM, 2, 1)).isZero();
    assertThat(value()).isEqualTo(1);
    assertThat(call(HSM, 0, 1, KERNEL + 4, 77)).isZero();
    assertThat(other.mode()).isEqualTo("S");
    assertThat(other.block().pc()).isEqualTo(KERNEL + 4);
    assertThat(other.block().register(RiscvHart.A0)).isEqualTo(1);
    assertThat(other.block().register(RiscvHart.A0 + 1)).isEqualTo(77);
    assertThat(other.wakes()).isTrue();
    assertThat(machine.run(1, 1)).isEqualTo(1);
    assertThat(other.wakes()).isFalse();
    assertThat(call(HSM, 2, 1)).isZero();
    assertThat(value()).isZero();
    assertThat(call(HSM, 0, 1, KERNEL, 0)).isEqualTo(-6);
  }

  @Test
  void hartStartChecksNumberAndAddress() {
    assertThat(call(HSM, 0, 2, KERNEL, 0)).isEqualTo(-3);
    assertThat(call(HSM, 0, 1, 0x1000, 0)).isEqualTo(-5);
    assertThat(call(HSM, 2, 2)).isEqualTo(-3);
  }

  @Test
  void stoppedHartRunsNoFurther() {
    call(HSM, 1);
    assertThat(hart.stopped()).isTrue();
    assertThat(machine.run(0, 10)).isZero();
  }

  @Test
  void suspendedHartWaitsAndReturns() {
    assertThat(call(HSM, 3, 0)).isZero();
    assertThat(hart.block().attention() & HartBlock.ATTENTION_WAIT).isNotZero();
    assertThat(hart.block().pc()).isEqualTo(KERNEL + 4);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 0x8000_0000L})
  void othersSeeThatAHartIsSuspendedUntilItGoesOn(long type) {
    call(HSM, 0, 1, KERNEL, 0);
    other.block().setRegister(RiscvHart.A0, type);
    other.block().setRegister(RiscvHart.A0 + 1, KERNEL + 4);
    other.block().setRegister(RiscvHart.A0 + 6, 3);
    other.block().setRegister(RiscvHart.A0 + 7, HSM);
    other.writeCsr(SIE, 2);
    assertThat(machine.run(1, 10)).isEqualTo(1);
    call(HSM, 2, 1);
    assertThat(value()).isEqualTo(4);
    call(IPI, 0, 0b10, 0);
    call(HSM, 2, 1);
    assertThat(value()).isEqualTo(6);
    other.block().clearAttention(HartBlock.ATTENTION_WAIT);
    assertThat(machine.run(1, 1)).isEqualTo(1);
    call(HSM, 2, 1);
    assertThat(value()).isZero();
  }

  @Test
  void nonRetentiveSuspendResumesAtItsAddress() {
    call(HSM, 3, 0x8000_0000L, KERNEL + 4, 55);
    assertThat(hart.block().attention() & HartBlock.ATTENTION_WAIT).isNotZero();
    assertThat(hart.block().pc()).isEqualTo(KERNEL + 4);
    assertThat(value()).isEqualTo(55);
  }

  @Test
  void suspendChecksTypeAndAddress() {
    assertThat(call(HSM, 3, 5)).isEqualTo(-3);
    assertThat(call(HSM, 3, 0x8000_0000L, 0x1000)).isEqualTo(-5);
  }

  @ParameterizedTest
  @CsvSource({"0, 0, power-off", "0, 1, fail 1", "1, 0, reset", "2, 0, reset"})
  void systemResetAsksTheMachine(long type, long reason, String event) {
    assertThat(call(SRST, 0, type, reason)).isZero();
    assertThat(machine.control().events()).containsExactly(event);
  }

  @Test
  void unknownResetTypeIsInvalid() {
    assertThat(call(SRST, 0, 3, 0)).isEqualTo(-3);
    assertThat(machine.control().events()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, 2", "1, 2", "0, 0xE0000000", "0, 0xFFFFFFFF"})
  void unknownResetReasonIsInvalid(long type, String reason) {
    assertThat(call(SRST, 0, type, Long.decode(reason))).isEqualTo(-3);
    assertThat(machine.control().events()).isEmpty();
  }

  @Test
  void legacyShutdownPowersOff() {
    call(8, 0);
    assertThat(machine.control().events()).containsExactly("power-off");
  }

  @Test
  void debugConsoleWritesFromMemory() {
    byte[] text = "hello".getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < text.length; i++) {
      machine.memory().store(TestMachine.RAM_BASE + i, 1, text[i]);
    }
    assertThat(call(DBCN, 0, text.length, TestMachine.RAM_BASE, 0)).isZero();
    assertThat(value()).isEqualTo(text.length);
    assertThat(call(DBCN, 2, '!')).isZero();
    assertThat(machine.control().output()).isEqualTo("hello!");
  }

  @Test
  void debugConsoleReadsWhatIsThere() {
    machine.control().type("ab");
    assertThat(call(DBCN, 1, 16, TestMachine.RAM_BASE, 0)).isZero();
    assertThat(value()).isEqualTo(2);
    assertThat(machine.memory().load(TestMachine.RAM_BASE, 2)).isEqualTo('a' | 'b' << 8);
  }

  @ParameterizedTest
  @CsvSource({"16, 0x1000, 0", "-1, 0x80000000, 0", "16, 0x80000000, 1"})
  void debugConsoleRefusesWhatIsNotMemory(long bytes, String address, long high) {
    assertThat(call(DBCN, 0, bytes, Long.decode(address), high)).isEqualTo(-3);
    assertThat(machine.control().output()).isEmpty();
  }

  @Test
  void legacyConsoleWritesAndReadsCharacters() {
    machine.control().type("x");
    assertThat(call(1, 0, 'A')).isZero();
    assertThat(machine.control().output()).isEqualTo("A");
    assertThat(call(2, 0)).isEqualTo('x');
    assertThat(call(2, 0)).isEqualTo(-1);
  }

  @Test
  void legacyMaskIsReadFromMemory() {
    call(HSM, 0, 1, KERNEL, 0);
    machine.memory().store(TestMachine.RAM_BASE, 8, 0b10);
    assertThat(call(4, 0, TestMachine.RAM_BASE)).isZero();
    assertThat(other.readCsr(SIP)).isEqualTo(2);
    assertThat(hart.readCsr(SIP)).isZero();
    call(4, 0, 0);
    assertThat(hart.readCsr(SIP)).isEqualTo(2);
    call(3, 0);
    assertThat(hart.readCsr(SIP)).isZero();
  }

  @Test
  void remoteFenceDropsTranslationsOfTheOtherHart() {
    call(HSM, 0, 1, KERNEL, 0);
    long root = TestMachine.RAM_BASE + 0x10_0000;
    machine.memory().store(root + 2 * 8, 8, TestMachine.RAM_BASE >>> 12 << 10 | 0xcf);
    other.writeCsr(0x180, 8L << 60 | root >>> 12);
    other.mmu().load64(TestMachine.RAM_BASE);
    machine.memory().store(root + 2 * 8, 8, 0);
    other.mmu().load64(TestMachine.RAM_BASE);
    assertThat(call(RFENCE, 2, 0b10, 0, TestMachine.RAM_BASE, 4096, 0)).isZero();
    vivarium.isa.riscv.TestHart.assertTrap(13, () -> other.mmu().load64(TestMachine.RAM_BASE));
  }

  @Test
  void environmentCallFromUserModeGoesToTheSupervisor() {
    hart.writeCsr(0x141, KERNEL);
    hart.writeCsr(0x105, KERNEL + 4);
    hart.writeCsr(0x100, 0);
    hart.supervisorReturn();
    machine.step();
    assertThat(hart.mode()).isEqualTo("S");
    assertThat(hart.readCsr(0x142)).isEqualTo(8);
    assertThat(hart.block().pc()).isEqualTo(KERNEL + 4);
  }
}
