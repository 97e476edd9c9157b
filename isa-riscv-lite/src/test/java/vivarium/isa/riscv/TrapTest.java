package vivarium.isa.riscv;

import static org.assertj.core.api.Assertions.assertThat;
import static vivarium.isa.riscv.TestHart.M;
import static vivarium.isa.riscv.TestHart.RAM;
import static vivarium.isa.riscv.TestHart.S;
import static vivarium.isa.riscv.TestHart.U;
import static vivarium.isa.riscv.TestHart.assertIllegal;
import static vivarium.isa.riscv.TestHart.assertTrap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vivarium.api.isa.HartBlock;

class TrapTest {
  private static final long MIE = 1 << 3;
  private static final long MPIE = 1 << 7;
  private static final long SIE = 1 << 1;
  private static final long SPIE = 1 << 5;
  private static final long SPP = 1 << 8;
  private static final long MPP = 3 << 11;
  private static final long MPRV = 1 << 17;
  private static final long TW = 1 << 21;
  private static final long TSR = 1 << 22;

  private final TestHart guest = new TestHart();

  @Test
  void exceptionGoesToMachineModeUnlessDelegated() {
    guest.write("mtvec", 0x8000_1000L);
    guest.enter(U);
    guest.trap(13, 0x1234);
    assertThat(guest.hart.mode()).isEqualTo("M");
    assertThat(guest.pc()).isEqualTo(0x8000_1000L);
    assertThat(guest.read("mcause")).isEqualTo(13);
    assertThat(guest.read("mtval")).isEqualTo(0x1234);
    assertThat(guest.read("mepc")).isEqualTo(RAM);
    assertThat(guest.read("mstatus") & MPP).isZero();
  }

  @Test
  void delegatedExceptionGoesToSupervisor() {
    guest.write("medeleg", 1 << 13);
    guest.write("stvec", 0x8000_2000L);
    guest.enter(U);
    guest.trap(13, 0x1234);
    assertThat(guest.hart.mode()).isEqualTo("S");
    assertThat(guest.pc()).isEqualTo(0x8000_2000L);
    assertThat(guest.read("scause")).isEqualTo(13);
    assertThat(guest.read("stval")).isEqualTo(0x1234);
    assertThat(guest.read("sepc")).isEqualTo(RAM);
    assertThat(guest.read("sstatus") & SPP).isZero();
  }

  @Test
  void delegatedExceptionInMachineModeStaysThere() {
    guest.write("medeleg", 1 << 13);
    guest.trap(13, 0);
    assertThat(guest.hart.mode()).isEqualTo("M");
    assertThat(guest.read("mstatus") & MPP).isEqualTo(MPP);
  }

  @Test
  void machineTrapStacksItsInterruptEnable() {
    guest.write("mstatus", MIE);
    guest.trap(13, 0);
    assertThat(guest.read("mstatus") & (MIE | MPIE)).isEqualTo(MPIE);
    guest.trap(13, 0);
    assertThat(guest.read("mstatus") & (MIE | MPIE)).isZero();
  }

  @Test
  void supervisorTrapStacksItsInterruptEnableAndPrivilege() {
    guest.write("medeleg", 1 << 13);
    guest.write("mstatus", SIE);
    guest.enter(S);
    guest.trap(13, 0);
    assertThat(guest.read("sstatus") & (SIE | SPIE | SPP)).isEqualTo(SPIE | SPP);
  }

  @Test
  void exceptionsIgnoreVectoring() {
    guest.write("mtvec", 0x8000_1001L);
    guest.trap(13, 0);
    assertThat(guest.pc()).isEqualTo(0x8000_1000L);
  }

  @Test
  void machineReturnRestoresPrivilegeAndInterruptEnable() {
    guest.write("mstatus", MPIE | 1 << 11 | MPRV);
    guest.write("mepc", 0x8000_0100L);
    guest.hart.machineReturn();
    assertThat(guest.hart.mode()).isEqualTo("S");
    assertThat(guest.pc()).isEqualTo(0x8000_0100L);
    assertThat(guest.hart.mstatus & (MIE | MPIE | MPP | MPRV)).isEqualTo(MIE | MPIE);
  }

  @Test
  void machineReturnToMachineModeKeepsModifyPrivilege() {
    guest.write("mstatus", MPP | MPRV);
    guest.hart.machineReturn();
    assertThat(guest.hart.mstatus & (MPP | MPRV | MPIE)).isEqualTo(MPRV | MPIE);
    assertThat(guest.hart.mode()).isEqualTo("M");
  }

  @Test
  void supervisorReturnRestoresPrivilegeAndInterruptEnable() {
    guest.enter(S);
    guest.write("sstatus", SPIE);
    guest.write("sepc", 0x8000_0100L);
    guest.hart.supervisorReturn();
    assertThat(guest.hart.mode()).isEqualTo("U");
    assertThat(guest.pc()).isEqualTo(0x8000_0100L);
    assertThat(guest.hart.mstatus & (SIE | SPIE | SPP)).isEqualTo(SIE | SPIE);
  }

  @Test
  void supervisorReturnFromMachineModeClearsModifyPrivilege() {
    guest.write("mstatus", SPP | MPRV);
    guest.hart.supervisorReturn();
    assertThat(guest.hart.mode()).isEqualTo("S");
    assertThat(guest.hart.mstatus & (SPP | MPRV)).isZero();
  }

  @Test
  void returnsAreIllegalWithoutPrivilege() {
    guest.enter(S);
    assertIllegal(guest.hart::machineReturn);
    guest.write("sepc", RAM);
    guest.write("sstatus", 0);
    guest.hart.supervisorReturn();
    assertIllegal(guest.hart::supervisorReturn);
  }

  @Test
  void trapSupervisorReturnMakesItIllegalInSupervisorModeOnly() {
    guest.write("mstatus", TSR | SPP);
    guest.hart.supervisorReturn();
    assertIllegal(guest.hart::supervisorReturn);
  }

  @ParameterizedTest
  @CsvSource({"0, 8", "1, 9", "3, 11"})
  void environmentCallNamesTheModeItComesFrom(int mode, long cause) {
    guest.enter(mode);
    assertTrap(cause, guest.hart::environmentCall);
  }

  @Test
  void breakpointGivesItsAddress() {
    guest.machine.program("ebreak");
    guest.machine.step();
    assertThat(guest.read("mcause")).isEqualTo(3);
    assertThat(guest.read("mtval")).isEqualTo(RAM);
  }

  @Test
  void illegalInstructionGivesItsBits() {
    guest.machine.program(".word 0xffffffff");
    guest.machine.step();
    assertThat(guest.read("mcause")).isEqualTo(2);
    assertThat(guest.read("mtval")).isEqualTo(0xffff_ffffL);
  }

  @Test
  void illegalAccessToARegisterGivesTheInstructionsBits() {
    guest.machine.program("csrr a0, 0x7b0");
    guest.machine.step();
    assertThat(guest.read("mcause")).isEqualTo(2);
    assertThat(guest.read("mtval")).isEqualTo(0x7b0 << 20 | 2 << 12 | 10 << 7 | 0x73);
  }

  @Test
  void waitForInterruptAsksForAttentionUnlessOneIsPending() {
    guest.hart.waitForInterrupt();
    assertThat(guest.attention(HartBlock.ATTENTION_WAIT)).isTrue();
    assertThat(guest.hart.wakes()).isFalse();
    guest.write("mie", 1 << 7);
    guest.hart.setInterrupt(7, true);
    assertThat(guest.hart.wakes()).isTrue();
    guest.hart.waitForInterrupt();
    assertThat(guest.attention(HartBlock.ATTENTION_WAIT)).isFalse();
  }

  @Test
  void waitForInterruptIsIllegalInUserMode() {
    guest.enter(U);
    assertIllegal(guest.hart::waitForInterrupt);
  }

  @Test
  void timeoutWaitMakesWaitingIllegalBelowMachineMode() {
    guest.write("mstatus", TW);
    guest.hart.waitForInterrupt();
    guest.enter(S);
    assertIllegal(guest.hart::waitForInterrupt);
  }

  @Test
  void fencesAreIllegalInUserModeAndUnderTrapVirtualMemory() {
    guest.write("mstatus", 1 << 20);
    guest.hart.fenceVirtualMemory(0, 0, true, true);
    guest.enter(S);
    assertIllegal(() -> guest.hart.fenceVirtualMemory(0, 0, true, true));
    guest.write("sepc", RAM);
    guest.hart.supervisorReturn();
    assertIllegal(() -> guest.hart.fenceVirtualMemory(0, 0, true, true));
  }

  @Test
  void resetGoesBackToMachineModeWithRegistersCleared() {
    guest.write("satp", 8L << 60);
    guest.write("mstatus", MIE);
    guest.setX(5, 7);
    guest.enter(M);
    guest.hart.reset();
    assertThat(guest.hart.mode()).isEqualTo("M");
    assertThat(guest.read("satp")).isZero();
    assertThat(guest.read("pmpcfg0")).isZero();
    assertThat(guest.read("mstatus")).isEqualTo(0xaL << 32);
    assertThat(guest.read("menvcfg")).isEqualTo(1L << 61);
    assertThat(guest.x(5)).isZero();
    assertThat(guest.read("mcycle")).isZero();
  }

  @Test
  void floatingPointInstructionIsIllegalWhileStateIsOff() {
    guest.machine.program("fadd.d fa0, fa1, fa2");
    guest.machine.step();
    assertThat(guest.read("mcause")).isEqualTo(2);
    assertThat(guest.hart.mstatus & 3 << 13).isZero();
  }

  @Test
  void floatingPointInstructionMakesCleanStateDirty() {
    guest.write("mstatus", 2 << 13);
    guest.machine.program("fadd.d fa0, fa1, fa2");
    guest.machine.step();
    assertThat(guest.pc()).isEqualTo(RAM + 4);
    assertThat(guest.hart.mstatus & 3 << 13).isEqualTo(3 << 13);
  }

  @Test
  void dynamicRoundingWithReservedModeIsIllegal() {
    guest.write("mstatus", 1 << 13);
    guest.write("frm", 5);
    guest.machine.program("fadd.d fa0, fa1, fa2, rne\nfadd.d fa0, fa1, fa2");
    guest.machine.step();
    assertThat(guest.pc()).isEqualTo(RAM + 4);
    guest.machine.step();
    assertThat(guest.read("mcause")).isEqualTo(2);
    assertThat(guest.read("mepc")).isEqualTo(RAM + 4);
  }

  @Test
  void changeOfUnitsOrTranslationAsksForAttention() {
    guest.attention(-1);
    guest.write("mscratch", 1);
    assertThat(guest.attention(HartBlock.ATTENTION_CONTEXT)).isFalse();
    guest.write("mstatus", 3 << 13);
    assertThat(guest.attention(HartBlock.ATTENTION_CONTEXT)).isTrue();
    guest.write("frm", 6);
    assertThat(guest.attention(HartBlock.ATTENTION_CONTEXT)).isTrue();
    guest.enter(S);
    assertThat(guest.attention(HartBlock.ATTENTION_CONTEXT)).isTrue();
    guest.write("satp", 8L << 60);
    assertThat(guest.attention(HartBlock.ATTENTION_CONTEXT)).isTrue();
  }
}
