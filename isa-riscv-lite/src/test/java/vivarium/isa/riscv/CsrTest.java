package vivarium.isa.riscv;

import static org.assertj.core.api.Assertions.assertThat;
import static vivarium.isa.riscv.TestHart.S;
import static vivarium.isa.riscv.TestHart.U;
import static vivarium.isa.riscv.TestHart.assertIllegal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsrTest {
  private static final long FS = 3 << 13;
  private static final long SD = 1L << 63;

  private final TestHart guest = new TestHart();

  @Test
  void misaSaysRv64WithExtensionsAndIgnoresWrites() {
    assertThat(guest.roundTrip("misa", 0)).isEqualTo(0x8000_0000_0014_112dL);
  }

  @Test
  void unsupportedPreviousPrivilegeLeavesMppAsItWas() {
    guest.write("mstatus", 1 << 11);
    guest.write("mstatus", 2 << 11);
    assertThat(guest.read("mstatus") >> 11 & 3).isEqualTo(1);
  }

  @Test
  void registerWidthsInMstatusAreFixedAtSixtyFourBits() {
    assertThat(guest.roundTrip("mstatus", 0) >>> 32).isEqualTo(0xa);
    assertThat(guest.roundTrip("mstatus", -1L) >>> 32 & 0xf).isEqualTo(0xa);
  }

  @Test
  void summaryBitFollowsFloatingPointState() {
    assertThat(guest.roundTrip("mstatus", FS) & SD).isEqualTo(SD);
    assertThat(guest.roundTrip("mstatus", 1 << 13) & SD).isZero();
    assertThat(guest.roundTrip("mstatus", SD) & SD).isZero();
  }

  @Test
  void sstatusShowsAndWritesOnlyItsFields() {
    guest.write("sstatus", -1L);
    assertThat(guest.read("mstatus")).isEqualTo(SD | 0xaL << 32 | FS | 0xc_0122);
    guest.write("mstatus", -1L);
    assertThat(guest.read("sstatus")).isEqualTo(SD | 2L << 32 | FS | 0xc_0122);
    guest.write("sstatus", 0);
    assertThat(guest.read("mstatus") & 0x7_1888).isEqualTo(0x2_1888 & 0x7_1888);
  }

  @ParameterizedTest
  @CsvSource({
    "medeleg, b3ff",
    "mideleg, 222",
    "mie, aaa",
    "mcounteren, ffffffff",
    "scounteren, ffffffff",
    "mcountinhibit, 5",
    "menvcfg, a000000000000001",
    "senvcfg, 1",
    "mepc, fffffffffffffffe",
    "sepc, fffffffffffffffe",
    "mscratch, ffffffffffffffff",
    "sscratch, ffffffffffffffff",
    "mcause, ffffffffffffffff",
    "stval, ffffffffffffffff",
    "pmpaddr3, 3fffffffffffff",
    "fflags, 1f",
    "frm, 7",
    "fcsr, ff",
    "mhpmcounter3, 0",
    "mhpmevent31, 0"
  })
  void writingOnesSetsTheImplementedBitsOnly(String csr, String expected) {
    guest.write("mstatus", FS);
    assertThat(guest.roundTrip(csr, -1L)).isEqualTo(Long.parseUnsignedLong(expected, 16));
  }

  @Test
  void writeOfReservedVectorModeIsIgnored() {
    guest.write("stvec", 0x8000_0101L);
    assertThat(guest.roundTrip("stvec", 0x9000_0002L)).isEqualTo(0x8000_0101L);
  }

  @Test
  void writeUnsupportedAddressTranslationModeIsIgnored() {
    guest.write("satp", 8L << 60 | 5L << 44 | 0x80001);
    assertThat(guest.roundTrip("satp", 10L << 60)).isEqualTo(8L << 60 | 5L << 44 | 0x80001);
    assertThat(guest.roundTrip("satp", 9L << 60 | 0xffffL << 44))
        .isEqualTo(9L << 60 | 0xffffL << 44);
    assertThat(guest.roundTrip("satp", 0)).isZero();
  }

  @Test
  void setAndClearReturnTheOldValue() {
    guest.write("mscratch", 0b1100);
    assertThat(guest.set("mscratch", 0b0110)).isEqualTo(0b1100);
    assertThat(guest.clear("mscratch", 0b1000)).isEqualTo(0b1110);
    assertThat(guest.hart.swapCsr(guest.number("mscratch"), 7)).isEqualTo(0b0110);
    assertThat(guest.read("mscratch")).isEqualTo(7);
  }

  @Test
  void supervisorInterruptRegistersShowDelegatedBitsOnly() {
    guest.write("mie", 0xaaa);
    guest.write("mideleg", 0x022);
    assertThat(guest.read("sie")).isEqualTo(0x022);
    guest.write("sie", 0);
    assertThat(guest.read("mie")).isEqualTo(0x888 | 0x200);
  }

  @Test
  void supervisorWritesOnlyItsSoftwareInterruptPending() {
    guest.write("mideleg", 0x222);
    guest.write("sip", -1L);
    assertThat(guest.read("mip")).isEqualTo(0x2);
    guest.write("mideleg", 0);
    guest.write("sip", 0);
    assertThat(guest.read("mip")).isEqualTo(0x2);
  }

  @Test
  void machineInterruptPendingBitsAreReadOnlyLines() {
    guest.hart.setInterrupt(7, true);
    assertThat(guest.roundTrip("mip", 0)).isEqualTo(0x80);
    assertThat(guest.roundTrip("mip", -1L)).isEqualTo(0x80 | 0x222);
    guest.hart.setInterrupt(7, false);
    assertThat(guest.read("mip")).isEqualTo(0x222);
  }

  @Test
  void settingBitsDoesNotMakeTheExternalLineStick() {
    guest.hart.setInterrupt(9, true);
    assertThat(guest.set("mip", 0x2)).isEqualTo(0x200);
    guest.hart.setInterrupt(9, false);
    assertThat(guest.read("mip")).isEqualTo(0x2);
  }

  @Test
  void clearingBitsDoesNotTouchTheExternalLine() {
    guest.write("mip", 0x200);
    guest.hart.setInterrupt(9, true);
    guest.clear("mip", 0x200);
    assertThat(guest.read("mip")).isEqualTo(0x200);
    guest.hart.setInterrupt(9, false);
    assertThat(guest.read("mip")).isZero();
  }

  @Test
  void readOnlyRegistersCannotBeWritten() {
    assertIllegal(() -> guest.write("mhartid", 1));
    assertIllegal(() -> guest.set("cycle", 1));
    assertThat(guest.read("mhartid")).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0x7b0, 0x3a1, 0x5a8, 0x747, 0x30c, 0x3c0, 0xfff})
  void registersThatDoNotExistAreIllegal(int number) {
    assertIllegal(() -> guest.hart.readCsr(number));
  }

  @Test
  void registersOfHigherPrivilegeAreIllegal() {
    guest.enter(S);
    assertThat(guest.read("sscratch")).isZero();
    assertIllegal(() -> guest.read("mscratch"));
  }

  @Test
  void supervisorRegistersAreIllegalInUserMode() {
    guest.enter(U);
    assertIllegal(() -> guest.read("sscratch"));
  }

  @Test
  void trapVirtualMemoryForbidsSatpToSupervisor() {
    guest.write("mstatus", 1 << 20);
    assertThat(guest.read("satp")).isZero();
    guest.enter(S);
    assertIllegal(() -> guest.read("satp"));
  }

  @Test
  void floatingPointRegistersAreIllegalWhileStateIsOff() {
    guest.write("mstatus", 0);
    assertIllegal(() -> guest.read("fcsr"));
    assertIllegal(() -> guest.write("frm", 0));
  }

  @Test
  void writingFloatingPointRegistersMakesTheStateDirty() {
    guest.write("mstatus", 1 << 13);
    guest.read("fflags");
    assertThat(guest.read("mstatus") & FS).isEqualTo(1 << 13);
    guest.write("fflags", 3);
    assertThat(guest.read("mstatus") & FS).isEqualTo(FS);
    guest.write("fcsr", 0xff & ~(7 << 5) | 2 << 5);
    assertThat(guest.read("frm")).isEqualTo(2);
    assertThat(guest.read("fflags")).isEqualTo(0x1f);
    assertThat(guest.read("fcsr")).isEqualTo(0x5f);
  }

  @Test
  void countersNeedTheirEnableBitsBelowMachineMode() {
    guest.write("mcounteren", 0b101);
    guest.write("scounteren", 0b100);
    guest.enter(S);
    guest.read("cycle");
    guest.read("instret");
    assertIllegal(() -> guest.read("time"));
    assertIllegal(() -> guest.read("hpmcounter3"));
    guest.set("sstatus", 0);
    guest.write("sepc", guest.pc());
    guest.hart.supervisorReturn();
    guest.read("instret");
    assertIllegal(() -> guest.read("cycle"));
  }

  @Test
  void dumpNamesEachRegisterOnceInTheOrderOfNumbers() {
    assertThat(guest.hart.controlRegisters())
        .containsKeys("fcsr", "sstatus", "satp", "mstatus", "mip", "pmpaddr15", "mcycle", "mhartid")
        .doesNotContainKeys("time", "cycle", "mhpmcounter3", "mhpmevent3", "hpmcounter31")
        .containsEntry("pmpcfg0", 0x1fL);
    assertThat(guest.hart.controlRegisters().keySet())
        .startsWith("fflags", "frm", "fcsr", "sstatus");
  }
}
