package vivarium.isa.riscv;

import static org.assertj.core.api.Assertions.assertThat;
import static vivarium.isa.riscv.TestHart.M;
import static vivarium.isa.riscv.TestHart.RAM;
import static vivarium.isa.riscv.TestHart.S;
import static vivarium.isa.riscv.TestHart.U;
import static vivarium.isa.riscv.TestHart.assertTrap;

import org.junit.jupiter.api.Test;
import vivarium.api.memory.TranslationContext;
import vivarium.isa.riscv.paging.SvFormat;

class ContextsTest {
  private static final long SV39 = 8L << 60;
  private static final long SUM = 1 << 18;
  private static final long MXR = 1 << 19;
  private static final long MPRV = 1 << 17;
  private static final long ROOT = RAM + 0x10_0000;
  private static final long LEAF_RWX = 0xcf;

  private final TestHart guest = new TestHart();

  private static long satp(int asid) {
    return SV39 | (long) asid << 44 | ROOT >>> 12;
  }

  private TranslationContext data() {
    return guest.hart.mmu().dataContext();
  }

  private TranslationContext fetch() {
    return guest.hart.mmu().fetchContext();
  }

  @Test
  void machineModeIsNotTranslatedWhateverSatpSays() {
    guest.write("satp", satp(1));
    assertThat(data().format()).isNull();
    assertThat(data()).isSameAs(fetch());
    assertThat(data().mode()).isEqualTo(SvFormat.MACHINE);
  }

  @Test
  void supervisorIsTranslatedByTheTableOfSatp() {
    guest.write("satp", satp(5));
    guest.enter(S);
    assertThat(data().format()).isSameAs(SvFormat.SV39);
    assertThat(data().root()).isEqualTo(ROOT);
    assertThat(data().asid()).isEqualTo(5);
    assertThat(data().mode()).isEqualTo(SvFormat.SUPERVISOR | SvFormat.ADUE);
    assertThat(fetch()).isSameAs(data());
  }

  @Test
  void fourLevelsAreChosenByTheirMode() {
    guest.write("satp", 9L << 60 | ROOT >>> 12);
    guest.enter(U);
    assertThat(data().format()).isSameAs(SvFormat.SV48);
    assertThat(data().mode()).isEqualTo(SvFormat.USER | SvFormat.ADUE);
  }

  @Test
  void accessModesChangeTheContextOfDataOnly() {
    guest.write("satp", satp(0));
    guest.enter(S);
    TranslationContext plain = data();
    guest.write("sstatus", SUM | MXR);
    assertThat(data()).isNotSameAs(plain);
    assertThat(data().mode() & (SvFormat.SUM | SvFormat.MXR))
        .isEqualTo(SvFormat.SUM | SvFormat.MXR);
    assertThat(fetch()).isSameAs(plain);
    guest.write("sstatus", 0);
    assertThat(data()).isSameAs(plain);
  }

  @Test
  void modifyPrivilegeTranslatesDataAsThePreviousPrivilege() {
    guest.write("satp", satp(0));
    guest.write("mstatus", MPRV | 1 << 11);
    assertThat(data().mode() & SvFormat.PRIVILEGE).isEqualTo(SvFormat.SUPERVISOR);
    assertThat(data().format()).isSameAs(SvFormat.SV39);
    assertThat(fetch().mode()).isEqualTo(SvFormat.MACHINE);
  }

  @Test
  void hardwareUpdateIsPartOfTheContext() {
    guest.write("menvcfg", 0);
    guest.write("satp", satp(0));
    guest.enter(S);
    assertThat(data().mode()).isEqualTo(SvFormat.SUPERVISOR);
  }

  @Test
  void sameStateGivesTheSameContextAgain() {
    guest.write("satp", satp(1));
    guest.enter(S);
    TranslationContext first = data();
    guest.write("satp", satp(2));
    assertThat(data()).isNotSameAs(first);
    guest.write("satp", satp(1));
    assertThat(data()).isSameAs(first);
  }

  @Test
  void leastRecentlyUsedContextLosesItsSlotAndItsEntries() {
    guest.machine.memory().store(ROOT + 2 * 8, 8, RAM >>> 12 << 10 | LEAF_RWX);
    guest.write("satp", satp(0));
    guest.enter(S);
    TranslationContext first = data();
    guest.hart.mmu().load64(RAM);
    guest.machine.memory().store(ROOT + 2 * 8, 8, 0);
    for (int asid = 1; asid < TranslationContext.MAX_CONTEXTS; asid++) {
      guest.write("satp", satp(asid));
      assertThat(data().index()).isLessThan(TranslationContext.MAX_CONTEXTS);
    }
    guest.write("satp", satp(100));
    guest.write("satp", satp(101));
    guest.write("satp", satp(0));
    assertThat(data()).isNotSameAs(first);
    assertTrap(13, () -> guest.hart.mmu().load64(RAM));
  }

  @Test
  void cachedTranslationHoldsUntilItsSpaceIsFenced() {
    guest.machine.memory().store(ROOT + 2 * 8, 8, RAM >>> 12 << 10 | LEAF_RWX);
    guest.write("satp", satp(7));
    guest.enter(S);
    guest.hart.mmu().load64(RAM);
    guest.machine.memory().store(ROOT + 2 * 8, 8, 0);
    guest.hart.fenceVirtualMemory(0, 8, true, false);
    guest.hart.mmu().load64(RAM);
    guest.hart.fenceVirtualMemory(RAM, 7, false, false);
    assertTrap(13, () -> guest.hart.mmu().load64(RAM));
  }

  @Test
  void fenceOfAllSpacesDropsEveryTranslation() {
    guest.machine.memory().store(ROOT + 2 * 8, 8, RAM >>> 12 << 10 | LEAF_RWX);
    guest.write("satp", satp(7));
    guest.enter(S);
    guest.hart.mmu().load64(RAM);
    guest.machine.memory().store(ROOT + 2 * 8, 8, 0);
    guest.hart.fenceVirtualMemory(0, 0, true, true);
    assertTrap(13, () -> guest.hart.mmu().load64(RAM));
  }

  @Test
  void returnToMachineModeFindsItsOldContext() {
    TranslationContext machine = data();
    guest.enter(U);
    guest.trap(13, 0);
    assertThat(guest.hart.mode()).isEqualTo("M");
    guest.enter(M);
    assertThat(data()).isSameAs(machine);
  }
}
