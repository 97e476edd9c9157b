package vivarium.memory.nested;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vivarium.api.cpu.Counters;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Paging;
import vivarium.api.memory.PagingEnvironment;
import vivarium.isa.riscv.RiscvHart;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.BoundedFrames;
import vivarium.testkit.TestMachine;
import vivarium.testkit.WalkingPaging;

/** Nested paging under Sv39; the walk itself is tested with the instruction set. */
class NestedPagingTest {
  private static final int SATP = 0x180;
  private static final int MSTATUS = 0x300;
  private static final int PMPCFG0 = 0x3a0;
  private static final int PMPADDR0 = 0x3b0;
  private static final int NAPOT = 3 << 3;
  private static final int RWX = 7;
  private static final long SV39 = 8L << 60;
  private static final long MPRV_AS_SUPERVISOR = 1L << 17 | 1L << 11;
  private static final int LOAD_ACCESS_FAULT = 5;
  private static final int STORE_ACCESS_FAULT = 7;
  private static final int LOAD_PAGE_FAULT = 13;
  private static final long ROOT = TestMachine.RAM_BASE + 0x10000;
  private static final long LINEAR_ENTRY = ROOT + 8 * 2;
  private static final long VRWX = 0xf;
  private static final long ACCESSED_AND_DIRTY = 0xc0;
  private static final long LINEAR_MAP = TestMachine.RAM_BASE >>> 2 | VRWX;

  private static final long SMALL = 5L << 30 | 6 << 21 | 7 << 12;

  private final Counters shared = new Counters();
  private final TestMachine machine = new TestMachine(new RiscvInstructionSet(), 1, 4 << 20);
  private final RiscvHart hart = (RiscvHart) machine.hart();

  private BoundedFrames frames = new BoundedFrames(16);
  private Paging paging = new WalkingPaging(machine.memory());

  @BeforeEach
  void makeAnAddressSpaceWithAGigapage() {
    nest(new BoundedFrames(16), Map.of());
    machine.memory().store(LINEAR_ENTRY, 8, LINEAR_MAP | ACCESSED_AND_DIRTY);
    hart.writeCsr(PMPADDR0 + 1, -1L >>> 10);
    hart.writeCsr(PMPCFG0, (NAPOT | RWX) << 8);
    hart.writeCsr(SATP, SV39 | ROOT >>> 12);
    hart.writeCsr(MSTATUS, MPRV_AS_SUPERVISOR);
  }

  private void nest(BoundedFrames tableFrames, Map<String, String> options) {
    frames = tableFrames;
    paging =
        new NestedStrategy()
            .create(new PagingEnvironment(machine.memory(), frames, shared, options));
    hart.mmu().setPaging(paging);
  }

  /** Maps a page of 4 KiB, by two more tables, at an address that the gigapage does not reach. */
  private void mapSmallPage() {
    long flags = VRWX | ACCESSED_AND_DIRTY;
    machine.memory().store(ROOT + 8 * 5, 8, ROOT + 0x1000 >>> 2 | 1);
    machine.memory().store(ROOT + 0x1000 + 8 * 6, 8, ROOT + 0x2000 >>> 2 | 1);
    machine.memory().store(ROOT + 0x2000 + 8 * 7, 8, TestMachine.RAM_BASE >>> 2 | flags);
  }

  private long referencesOf(Runnable access) {
    long before = hart.counters().walkReferences();
    access.run();
    return hart.counters().walkReferences() - before;
  }

  private long missAgain(long va) {
    hart.mmu().forget(hart.mmu().dataContext().index());
    return referencesOf(() -> hart.mmu().load64(va));
  }

  @Test
  void missUnderSv39TakesFifteenReferences() {
    mapSmallPage();
    hart.mmu().load64(SMALL);
    assertThat(missAgain(SMALL)).isEqualTo(15);
    assertThat(hart.counters().guestTableReferences).isEqualTo(2 * 3);
    assertThat(missAgain(TestMachine.RAM_BASE)).isEqualTo(3 + 1 + 3);
  }

  @Test
  void hitTakesNone() {
    mapSmallPage();
    hart.mmu().load64(SMALL);
    assertThat(referencesOf(() -> hart.mmu().load64(SMALL + 8))).isZero();
  }

  @Test
  void pageComesIntoP2mWhenItIsFirstReached() {
    hart.mmu().load64(TestMachine.RAM_BASE + 0x30_0000);
    long misses = hart.counters().p2mMisses;
    hart.mmu().load64(TestMachine.RAM_BASE + 0x30_1000);
    assertThat(hart.counters().p2mMisses).isEqualTo(misses + 1);
    missAgain(TestMachine.RAM_BASE + 0x30_1000);
    assertThat(hart.counters().p2mMisses).isEqualTo(misses + 1);
  }

  @Test
  void largePagesOfP2mShortenTheWalk() {
    paging.close();
    nest(new BoundedFrames(16), Map.of("large-pages", "true"));
    mapSmallPage();
    hart.mmu().load64(SMALL);
    boolean aligned = machine.memory().machineAddress(TestMachine.RAM_BASE) % (2 << 20) == 0;
    assertThat(missAgain(SMALL)).isEqualTo(aligned ? 4 * 2 + 3 : 15);
  }

  @Test
  void whereNoFrameIsLeftForP2mTheGuestCannotTell() {
    for (int left = 0; left < 4; left++) {
      paging.close();
      nest(new BoundedFrames(left), Map.of());
      mapSmallPage();
      machine.memory().store(TestMachine.RAM_BASE, 8, 42 + left);
      assertThat(hart.mmu().load64(SMALL)).isEqualTo(42 + left);
    }
  }

  @Test
  void framesOfP2mAreGivenBack() {
    mapSmallPage();
    hart.mmu().load64(SMALL);
    assertThat(frames.given()).isEqualTo(3);
    assertThat(shared.tablePages).isEqualTo(3);
    paging.close();
    assertThat(frames.given()).isZero();
    assertThat(shared.tablePages).isZero();
    assertThat(shared.mostTablePages).isEqualTo(3);
  }

  @Test
  void tableBeyondWhatP2mTranslatesIsAnAccessFault() {
    machine.memory().store(ROOT + 8 * 5, 8, (1L << 53) - 1024 | 1);
    Trap trap = catchThrowableOfType(Trap.class, () -> hart.mmu().load64(SMALL));
    assertThat(trap.cause()).isEqualTo(LOAD_ACCESS_FAULT);
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> nest(frames, Map.of("roots", "3")))
        .hasMessage("memory strategy nested has no option roots, only large-pages");
    assertThatThrownBy(() -> nest(frames, Map.of("large-pages", "often")))
        .hasMessage("memory strategy nested: large-pages is true or false, not often");
  }

  private void protectTheTable(int permissions) {
    hart.writeCsr(PMPADDR0, ROOT >>> 2 | 0x1ff);
    hart.writeCsr(PMPCFG0, (NAPOT | RWX) << 8 | NAPOT | permissions);
  }

  @Test
  void aMappedPageIsReached() {
    machine.memory().store(TestMachine.RAM_BASE, 8, 42);
    assertThat(hart.mmu().load64(TestMachine.RAM_BASE)).isEqualTo(42);
  }

  @Test
  void anEntryThatProtectionHidesIsAnAccessFault() {
    protectTheTable(0);
    Trap trap = catchThrowableOfType(Trap.class, () -> hart.mmu().load64(TestMachine.RAM_BASE));
    assertThat(trap.cause()).isEqualTo(LOAD_ACCESS_FAULT);
  }

  @Test
  void anAccessedBitThatProtectionForbidsToSetIsAnAccessFault() {
    machine.memory().store(LINEAR_ENTRY, 8, LINEAR_MAP);
    protectTheTable(1);
    Trap trap = catchThrowableOfType(Trap.class, () -> hart.mmu().store64(TestMachine.RAM_BASE, 1));
    assertThat(trap.cause()).isEqualTo(STORE_ACCESS_FAULT);
    assertThat(machine.memory().load(LINEAR_ENTRY, 8)).isEqualTo(LINEAR_MAP);
  }

  @Test
  void anEntryOfAllOnesIsReservedAndAPageFault() {
    machine.memory().store(LINEAR_ENTRY, 8, -1);
    Trap trap = catchThrowableOfType(Trap.class, () -> hart.mmu().load64(TestMachine.RAM_BASE));
    assertThat(trap.cause()).isEqualTo(LOAD_PAGE_FAULT);
  }
}
