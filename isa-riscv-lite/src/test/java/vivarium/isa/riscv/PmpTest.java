package vivarium.isa.riscv;

import static org.assertj.core.api.Assertions.assertThat;
import static vivarium.isa.riscv.TestHart.RAM;
import static vivarium.isa.riscv.TestHart.S;
import static vivarium.isa.riscv.TestHart.assertTrap;

import org.junit.jupiter.api.Test;

class PmpTest {
  private static final long PAGE = 4096;
  private static final int R = 1;
  private static final int RW = 3;
  private static final int RWX = 7;
  private static final int TOR = 1 << 3;
  private static final int NA4 = 2 << 3;
  private static final int NAPOT = 3 << 3;
  private static final int L = 0x80;

  private final Pmp pmp = new Pmp();

  private void entry(int number, int cfg, long addr) {
    pmp.writeAddr(number, addr);
    int first = number & 8;
    int shift = 8 * (number - first);
    pmp.writeCfg(first, pmp.readCfg(first) & ~(0xffL << shift) | (long) cfg << shift);
  }

  private int user(long gpa, long length) {
    return pmp.permissions(false, gpa, length);
  }

  private int machine(long gpa, long length) {
    return pmp.permissions(true, gpa, length);
  }

  @Test
  void withoutEntriesOnlyMachineModeMayAccess() {
    assertThat(user(RAM, PAGE)).isZero();
    assertThat(machine(RAM, PAGE)).isEqualTo(RWX);
  }

  @Test
  void topOfRangeBeginsAtTheEntryBefore() {
    entry(0, 0, 0x1000 >> 2);
    entry(1, TOR | RW, 0x3000 >> 2);
    assertThat(user(0x0000, PAGE)).isZero();
    assertThat(user(0x1000, PAGE)).isEqualTo(RW);
    assertThat(user(0x2000, PAGE)).isEqualTo(RW);
    assertThat(user(0x3000, PAGE)).isZero();
  }

  @Test
  void firstTopOfRangeBeginsAtZero() {
    entry(0, TOR | RWX, 0x1000 >> 2);
    assertThat(user(0, PAGE)).isEqualTo(RWX);
  }

  @Test
  void emptyTopOfRangeMatchesNothing() {
    entry(0, 0, 0x3000 >> 2);
    entry(1, TOR | RWX, 0x1000 >> 2);
    assertThat(user(0x2000, PAGE)).isZero();
    assertThat(user(0x1000, PAGE)).isZero();
  }

  @Test
  void fourByteEntryMatchesItsWordAndMakesThePageMixed() {
    entry(0, NA4 | R, 0x1010 >> 2);
    assertThat(user(0x1000, PAGE)).isEqualTo(-1);
    assertThat(user(0x1010, 4)).isEqualTo(R);
    assertThat(user(0x1014, 4)).isZero();
    assertThat(machine(0x1014, 4)).isEqualTo(RWX);
  }

  @Test
  void accessPartlyInTheMatchingEntryFailsInEveryMode() {
    entry(0, NA4 | R, 0x1010 >> 2);
    assertThat(user(0x1010, 8)).isZero();
    assertThat(machine(0x1010, 8)).isZero();
  }

  @Test
  void naturallyAlignedPowerOfTwoCoversItsRange() {
    entry(0, NAPOT | RW, (0x8000_0000L >> 2) | (0x4000 / 8 - 1));
    assertThat(user(0x8000_0000L, PAGE)).isEqualTo(RW);
    assertThat(user(0x8000_3000L, PAGE)).isEqualTo(RW);
    assertThat(user(0x8000_4000L, PAGE)).isZero();
  }

  @Test
  void allOnesCoverEverything() {
    entry(0, NAPOT | RWX, -1);
    assertThat(user(0, PAGE)).isEqualTo(RWX);
    assertThat(user(0x00ff_ffff_ffff_f000L, PAGE)).isEqualTo(RWX);
  }

  @Test
  void lowestNumberedMatchDecides() {
    entry(0, NAPOT | R, (0x8000_0000L >> 2) | 511);
    entry(1, NAPOT | RWX, -1);
    assertThat(user(0x8000_0000L, PAGE)).isEqualTo(R);
    assertThat(user(0x8000_1000L, PAGE)).isEqualTo(RWX);
  }

  @Test
  void lockedEntryBindsMachineModeAndCannotBeChanged() {
    entry(0, L | NAPOT | R, -1);
    assertThat(machine(RAM, PAGE)).isEqualTo(R);
    pmp.writeCfg(0, 0);
    pmp.writeAddr(0, 0);
    assertThat(pmp.readCfg(0)).isEqualTo(L | NAPOT | R);
    assertThat(pmp.readAddr(0)).isEqualTo((1L << 54) - 1);
  }

  @Test
  void lockedTopOfRangeLocksItsLowerBound() {
    entry(0, 0, 0x1000 >> 2);
    entry(1, L | TOR | R, 0x3000 >> 2);
    pmp.writeAddr(0, 0);
    assertThat(pmp.readAddr(0)).isEqualTo(0x1000 >> 2);
  }

  @Test
  void writeWithoutReadIsReserved() {
    pmp.writeCfg(8, 0x1eL << 56 | 0x7f);
    assertThat(pmp.readCfg(8)).isEqualTo(0x1cL << 56 | 0x1f);
    assertThat(pmp.readCfg(0)).isZero();
  }

  @Test
  void supervisorLoadsAndStoresAreCheckedByTheMmu() {
    TestHart guest = new TestHart();
    guest.write("pmpaddr0", (RAM + 0x1000) >> 2 | 511);
    guest.write("pmpcfg0", NAPOT | R);
    guest.hart.mmu().store64(RAM + 0x1000, 42);
    guest.enter(S);
    assertThat(guest.hart.mmu().load64(RAM + 0x1000)).isEqualTo(42);
    assertTrap(7, () -> guest.hart.mmu().store64(RAM + 0x1000, 1));
    assertTrap(5, () -> guest.hart.mmu().load64(RAM));
  }

  @Test
  void modifyPrivilegeAppliesProtectionToMachineMode() {
    TestHart guest = new TestHart();
    guest.write("pmpcfg0", 0);
    guest.hart.mmu().load64(RAM);
    guest.write("mstatus", 1 << 17 | 1 << 11);
    assertTrap(5, () -> guest.hart.mmu().load64(RAM));
    guest.machine.program("nop");
    guest.machine.step();
    assertThat(guest.pc()).isEqualTo(RAM + 4);
  }

  @Test
  void writesOfEntriesTakeEffectOnCachedPages() {
    TestHart guest = new TestHart();
    guest.write("mstatus", 1 << 17 | 1 << 11);
    guest.hart.mmu().load64(RAM);
    guest.write("pmpcfg0", 0);
    assertTrap(5, () -> guest.hart.mmu().load64(RAM));
  }
}
