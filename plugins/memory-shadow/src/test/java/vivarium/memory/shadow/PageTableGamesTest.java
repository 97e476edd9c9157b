package vivarium.memory.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vivarium.memory.shadow.PagedGuest.A;
import static vivarium.memory.shadow.PagedGuest.D;
import static vivarium.memory.shadow.PagedGuest.DEVICE;
import static vivarium.memory.shadow.PagedGuest.G;
import static vivarium.memory.shadow.PagedGuest.KERNEL;
import static vivarium.memory.shadow.PagedGuest.PAGE;
import static vivarium.memory.shadow.PagedGuest.R;
import static vivarium.memory.shadow.PagedGuest.RW;
import static vivarium.memory.shadow.PagedGuest.U;
import static vivarium.memory.shadow.PagedGuest.V;
import static vivarium.memory.shadow.PagedGuest.W;
import static vivarium.memory.shadow.PagedGuest.X;
import static vivarium.memory.shadow.PagedGuest.entry;
import static vivarium.memory.shadow.PagedGuest.page;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.Atomic;
import vivarium.api.memory.LeaveBlock;
import vivarium.api.memory.TranslationContext;
import vivarium.isa.riscv.paging.SvFormat;

/** What guests do to their page tables, and what the shadows make of it. */
class PageTableGamesTest {
  private static final long ROOT = page(0);
  private static final long MIDDLE = page(1);
  private static final long LEAVES = page(2);
  private static final long DATA = page(700);
  private static final long OTHER = page(801);
  private static final long VA = 0x12_3456_7000L;
  private static final long MEGA = 2 << 20;
  private static final String LOAD_FAULT = "Trap[cause=13, value=0x" + Long.toHexString(VA) + "]";
  private static final String STORE_FAULT = "Trap[cause=15, value=0x" + Long.toHexString(VA) + "]";

  private final PagedGuest guest = PagedGuest.shadowed();

  private static int vpn(int level) {
    return PagedGuest.vpn(VA, level);
  }

  private void mapData() {
    guest.map(ROOT, VA, entry(DATA, RW));
    assertThat(guest.load(ROOT, VA)).isEqualTo(DATA);
  }

  private long missesOf(Runnable action) {
    long before = guest.counters.shadowMisses;
    action.run();
    return guest.counters.shadowMisses - before;
  }

  private void useInMmu(long root) {
    TranslationContext context = guest.context(SvFormat.SV39, root, KERNEL);
    guest.mmu().switchTo(context, context);
  }

  @Test
  void secondMissOfAPageIsAnsweredByTheShadowInThreeReferences() {
    mapData();
    long references = guest.counters.walkReferences();
    assertThat(missesOf(() -> guest.load(ROOT, VA + 0x123))).isZero();
    assertThat(guest.counters.walkReferences() - references).isEqualTo(3);
    assertThat(guest.load(ROOT, VA + 0x123)).isEqualTo(DATA + 0x123);
  }

  @Test
  void tableChangedWhileInUseIsFollowedAtOnce() {
    mapData();
    guest.set(LEAVES, vpn(0), entry(OTHER, RW));
    assertThat(guest.load(ROOT, VA)).isEqualTo(OTHER);
    guest.set(LEAVES, vpn(0), 0);
    assertThat(guest.access(ROOT, VA, Access.LOAD)).isEqualTo(LOAD_FAULT);
  }

  @Test
  void entryChangedByteByByteIsFollowed() {
    mapData();
    int secondByte = 1;
    long address = LEAVES + 8L * vpn(0) + secondByte;
    guest.memory.store(address, 1, entry(OTHER, RW) >>> 8 & 0xff);
    guest.memory.store(address + 1, 1, entry(OTHER, RW) >>> 16 & 0xff);
    assertThat(guest.load(ROOT, VA)).isEqualTo(OTHER);
  }

  @Test
  void tableWrittenByADeviceIsFollowed() {
    mapData();
    long[] entries = {entry(OTHER, RW)};
    guest.memory.write(LEAVES + 8L * vpn(0), MemorySegment.ofArray(entries));
    assertThat(guest.load(ROOT, VA)).isEqualTo(OTHER);
  }

  @Test
  void tableWrittenThroughItsOwnMappingIsFollowed() {
    long window = VA + PAGE;
    mapData();
    guest.set(LEAVES, vpn(0) + 1, entry(LEAVES, RW));
    useInMmu(ROOT);
    guest.mmu().store64(window + 8L * vpn(0), entry(OTHER, RW));
    guest.mmu().store64(window + 8L * vpn(0), entry(DATA, RW));
    guest.mmu().store64(window + 8L * vpn(0), entry(OTHER, RW));
    assertThat(guest.load(ROOT, VA)).isEqualTo(OTHER);
    assertThat(guest.mmu().load64(window + 8L * vpn(0))).isEqualTo(entry(OTHER, RW));
  }

  @Test
  void atomicOnATableEntryIsExecutedAloneAndFollowed() {
    long window = VA + PAGE;
    mapData();
    guest.set(LEAVES, vpn(0) + 1, entry(LEAVES, RW));
    useInMmu(ROOT);
    long at = window + 8L * vpn(0);
    assertThatThrownBy(() -> guest.mmu().atomic64(at, ~W, Atomic.AND))
        .isSameAs(LeaveBlock.INSTANCE);
    guest.mmu().setAlone(true);
    assertThat(guest.mmu().atomic64(at, ~W, Atomic.AND)).isEqualTo(entry(DATA, RW));
    assertThat(guest.access(ROOT, VA, Access.STORE)).isEqualTo(STORE_FAULT);
  }

  @Test
  void pageThatBecomesATableIsNoLongerStoredToDirectly() {
    mapData();
    long window = VA + PAGE;
    long table = page(9);
    guest.set(LEAVES, vpn(0) + 1, entry(table, RW));
    useInMmu(ROOT);
    guest.mmu().store64(window, entry(DATA, RW));
    guest.set(MIDDLE, vpn(1) + 1, entry(table, V));
    long mapped = (VA & -MEGA) + MEGA;
    assertThat(guest.load(ROOT, mapped)).isEqualTo(DATA);
    guest.mmu().store64(window, entry(OTHER, RW));
    assertThat(guest.load(ROOT, mapped)).isEqualTo(OTHER);
  }

  @Test
  void recursiveTableIsAllLevelsAtOnce() {
    guest.set(ROOT, 510, entry(ROOT, V));
    guest.set(ROOT, 1, entry(ROOT, RW));
    long window = -(2L << 30) | 510L << 21 | 1 << 12;
    assertThat(guest.load(ROOT, window)).isEqualTo(ROOT);
    assertThat(guest.frames.given()).isEqualTo(3);
    guest.set(ROOT, 1, entry(OTHER, RW));
    assertThat(guest.load(ROOT, window)).isEqualTo(OTHER);
    guest.set(ROOT, 510, 0);
    assertThat(guest.load(ROOT, window)).isEqualTo(-1);
    assertThat(guest.frames.given()).isEqualTo(1);
  }

  @Test
  void oneTableAtTwoLevelsHasTwoShadowsThatBothFollow() {
    guest.set(ROOT, 0, entry(MIDDLE, V));
    guest.set(MIDDLE, 0, entry(LEAVES, V));
    guest.set(MIDDLE, 1, entry(MIDDLE, V));
    guest.set(LEAVES, 0, entry(DATA, RW));
    guest.set(MIDDLE, 2, entry(RAM_MEGA, RW));
    assertThat(guest.load(ROOT, 2 * MEGA)).isEqualTo(RAM_MEGA);
    assertThat(guest.load(ROOT, MEGA + 2 * PAGE)).isEqualTo(RAM_MEGA);
    guest.set(MIDDLE, 2, entry(RAM_MEGA + MEGA, RW));
    assertThat(guest.load(ROOT, 2 * MEGA)).isEqualTo(RAM_MEGA + MEGA);
    assertThat(guest.load(ROOT, MEGA + 2 * PAGE)).isEqualTo(RAM_MEGA + MEGA);
  }

  private static final long RAM_MEGA = page(512);

  @Test
  void tableThatIsFreedIsGuardedNoMoreAndGivesItsFrameBack() {
    mapData();
    assertThat(guest.guarded(LEAVES)).isTrue();
    assertThat(guest.frames.given()).isEqualTo(3);
    guest.set(MIDDLE, vpn(1), 0);
    assertThat(guest.guarded(LEAVES)).isFalse();
    assertThat(guest.guarded(MIDDLE)).isTrue();
    assertThat(guest.frames.given()).isEqualTo(2);
  }

  @Test
  void rootThatIsFilledWithDataIsGuardedNoMore() {
    mapData();
    for (int i = 0; i < 64; i++) {
      guest.set(ROOT, i, 0x1234_5678L + i);
    }
    assertThat(guest.guarded(ROOT)).isFalse();
    assertThat(guest.frames.given()).isZero();
    assertThat(guest.get(ROOT, 63)).isEqualTo(0x1234_5678L + 63);
  }

  @Test
  void tableFreedAndReusedAsDataIsReachedLikeData() {
    mapData();
    guest.set(LEAVES, vpn(0) + 1, entry(LEAVES, RW));
    guest.set(MIDDLE, vpn(1), entry(page(5), V));
    guest.set(page(5), vpn(0), entry(LEAVES, RW));
    useInMmu(ROOT);
    guest.mmu().store64(VA, 42);
    long writes = guest.counters.tableWrites;
    guest.mmu().store64(VA, 43);
    assertThat(guest.counters.tableWrites).isEqualTo(writes);
    assertThat(guest.mmu().load64(VA)).isEqualTo(43);
  }

  @Test
  void hugePageSplitByTheGuestIsFollowed() {
    guest.set(ROOT, vpn(2), entry(MIDDLE, V));
    guest.set(MIDDLE, vpn(1), entry(RAM_MEGA, RW));
    long within = VA & MEGA - 1;
    assertThat(guest.load(ROOT, VA)).isEqualTo(RAM_MEGA + within);
    assertThat(guest.frames.given()).isEqualTo(2);
    guest.set(LEAVES, vpn(0), entry(DATA, RW));
    guest.set(MIDDLE, vpn(1), entry(LEAVES, V));
    assertThat(guest.load(ROOT, VA)).isEqualTo(DATA);
    assertThat(guest.load(ROOT, VA + PAGE)).isEqualTo(-1);
  }

  @Test
  void hugePageIsOneEntryWhereFramesLieTogether() {
    guest.set(ROOT, vpn(2), entry(MIDDLE, V));
    guest.set(MIDDLE, vpn(1), entry(RAM_MEGA, RW));
    guest.load(ROOT, VA);
    assertThat(missesOf(() -> guest.load(ROOT, VA + PAGE))).isZero();
    assertThat(guest.access(ROOT, VA + PAGE, Access.LOAD)).endsWith("span=200000");
  }

  @Test
  void hugePageIsInPiecesWhereFramesLieScatteredAndSaysItsOwnSize() {
    PagedGuest scattered = new PagedGuest(new ShadowStrategy(), PagedGuest.SCATTERED, 64);
    scattered.set(ROOT, vpn(2), entry(MIDDLE, V));
    scattered.set(MIDDLE, vpn(1), entry(RAM_MEGA, RW));
    scattered.load(ROOT, VA);
    assertThat(scattered.frames.given()).isEqualTo(3);
    assertThat(scattered.load(ROOT, VA)).isEqualTo(RAM_MEGA + (VA & MEGA - 1));
    assertThat(scattered.access(ROOT, VA, Access.LOAD)).endsWith("span=200000");
    scattered.set(MIDDLE, vpn(1), 0);
    assertThat(scattered.frames.given()).isEqualTo(2);
  }

  @Test
  void permissionNarrowedIsSeenByTheNextMissWithoutAFence() {
    mapData();
    guest.set(LEAVES, vpn(0), entry(DATA, RW & ~W));
    assertThat(guest.access(ROOT, VA, Access.STORE)).isEqualTo(STORE_FAULT);
    assertThat(guest.load(ROOT, VA)).isEqualTo(DATA);
  }

  @Test
  void permissionNarrowedIsSeenByEveryAccessAfterAFence() {
    mapData();
    useInMmu(ROOT);
    guest.mmu().store64(VA, 1);
    guest.set(LEAVES, vpn(0), entry(DATA, RW & ~W));
    guest.mmu().fence(VA, false, 0, true, 1);
    assertThatThrownBy(() -> guest.mmu().store64(VA, 2)).isInstanceOf(Trap.class);
    assertThat(guest.mmu().load64(VA)).isEqualTo(1);
  }

  @Test
  void userAndExecutePermissionsAreTheGuests() {
    guest.map(ROOT, VA, entry(DATA, V | X | U | A));
    int user = SvFormat.USER | SvFormat.ADUE;
    for (int round = 0; round < 2; round++) {
      assertThat(guest.access(ROOT, VA, Access.FETCH)).startsWith("Trap[cause=12");
      assertThat(guest.access(guest.context(SvFormat.SV39, ROOT, user), VA, Access.FETCH))
          .startsWith("gpa=" + Long.toHexString(DATA));
      assertThat(guest.access(guest.context(SvFormat.SV39, ROOT, user), VA, Access.LOAD))
          .isEqualTo(LOAD_FAULT);
      int readExecutable = KERNEL | SvFormat.SUM | SvFormat.MXR;
      assertThat(guest.access(guest.context(SvFormat.SV39, ROOT, readExecutable), VA, Access.LOAD))
          .startsWith("gpa=" + Long.toHexString(DATA));
    }
  }

  @Test
  void firstAccessAndFirstStoreAreMarkedInTheGuestsTable() {
    guest.map(ROOT, VA, entry(DATA, V | R | W));
    guest.load(ROOT, VA);
    assertThat(guest.get(LEAVES, vpn(0))).isEqualTo(entry(DATA, V | R | W | A));
    guest.load(ROOT, VA);
    assertThat(guest.access(ROOT, VA, Access.STORE)).contains("permissions=3");
    assertThat(guest.get(LEAVES, vpn(0))).isEqualTo(entry(DATA, V | R | W | A | D));
    assertThat(missesOf(() -> guest.access(ROOT, VA, Access.STORE))).isZero();
  }

  @Test
  void accessedAndDirtyBitsTakenBackAreSetAnew() {
    mapData();
    guest.set(LEAVES, vpn(0), entry(DATA, RW & ~D));
    guest.access(ROOT, VA, Access.STORE);
    assertThat(guest.get(LEAVES, vpn(0))).isEqualTo(entry(DATA, RW));
    guest.set(LEAVES, vpn(0), entry(DATA, RW & ~A & ~D));
    guest.load(ROOT, VA);
    assertThat(guest.get(LEAVES, vpn(0))).isEqualTo(entry(DATA, RW & ~D));
  }

  @Test
  void accessedAndDirtyBitsFaultWhereTheGuestSetsThemItself() {
    guest.map(ROOT, VA, entry(DATA, V | R | W));
    TranslationContext svade = guest.context(SvFormat.SV39, ROOT, SvFormat.SUPERVISOR);
    assertThat(guest.access(svade, VA, Access.LOAD)).isEqualTo(LOAD_FAULT);
    guest.set(LEAVES, vpn(0), entry(DATA, V | R | W | A));
    assertThat(guest.access(svade, VA, Access.LOAD)).contains("permissions=1");
    assertThat(guest.access(svade, VA, Access.STORE)).isEqualTo(STORE_FAULT);
    guest.set(LEAVES, vpn(0), entry(DATA, V | R | W | A | D));
    assertThat(guest.access(svade, VA, Access.STORE)).contains("permissions=3");
  }

  @Test
  void misalignedSuperpageFaults() {
    guest.set(ROOT, vpn(2), entry(MIDDLE, V));
    guest.set(MIDDLE, vpn(1), entry(RAM_MEGA + PAGE, RW));
    assertThat(guest.access(ROOT, VA, Access.LOAD)).isEqualTo(LOAD_FAULT);
  }

  @Test
  void tableOutsideMemoryIsAnAccessFault() {
    mapData();
    guest.set(MIDDLE, vpn(1), entry(DEVICE, V));
    assertThat(guest.access(ROOT, VA, Access.LOAD)).startsWith("Trap[cause=5");
    assertThat(guest.access(DEVICE, VA, Access.LOAD)).startsWith("Trap[cause=5");
  }

  @Test
  void tableThatProtectionHidesIsAnAccessFaultAlthoughItHasAShadow() {
    mapData();
    guest.protect(MIDDLE, 0);
    assertThat(guest.access(ROOT, VA, Access.LOAD)).startsWith("Trap[cause=5");
    assertThat(guest.guarded(MIDDLE)).isFalse();
    guest.protect(MIDDLE, PagedGuest.PMP_ALL);
    assertThat(guest.load(ROOT, VA)).isEqualTo(DATA);
  }

  @Test
  void bitThatProtectionForbidsToSetIsAnAccessFault() {
    guest.map(ROOT, VA, entry(DATA, V | R | W | A));
    guest.load(ROOT, VA);
    guest.protect(LEAVES, 1);
    assertThat(guest.access(ROOT, VA, Access.STORE)).startsWith("Trap[cause=7");
    assertThat(guest.get(LEAVES, vpn(0))).isEqualTo(entry(DATA, V | R | W | A));
    assertThat(guest.load(ROOT, VA)).isEqualTo(DATA);
  }

  @Test
  void tableThatPointsToItselfEndsInAFault() {
    for (int i = 0; i < 512; i++) {
      guest.set(ROOT, i, entry(ROOT, V));
    }
    assertThat(guest.access(ROOT, VA, Access.LOAD)).isEqualTo(LOAD_FAULT);
  }

  @Test
  void addressThatIsNotCanonicalFaultsAlthoughItsLowBitsAreMapped() {
    mapData();
    assertThat(guest.load(ROOT, VA | 1L << 45)).isEqualTo(-1);
  }

  @Test
  void deviceIsFoundEachTimeInTheGuestsTable() {
    guest.map(ROOT, VA, entry(DEVICE, RW));
    assertThat(guest.load(ROOT, VA + 4)).isEqualTo(DEVICE + 4);
    assertThat(missesOf(() -> guest.load(ROOT, VA + 4))).isEqualTo(1);
    assertThat(guest.frames.given()).isZero();
  }

  @Test
  void globalPageIsGlobalFromTheShadowToo() {
    guest.map(ROOT, VA, entry(DATA, RW));
    guest.set(ROOT, vpn(2), entry(MIDDLE, V | G));
    assertThat(guest.access(ROOT, VA, Access.LOAD)).contains("global=true");
    assertThat(guest.access(ROOT, VA, Access.LOAD)).contains("global=true");
  }

  @Test
  void fourLevelsAreShadowedToo() {
    guest.map(ROOT, VA, entry(DATA, RW));
    guest.set(page(3), 0, entry(ROOT, V));
    TranslationContext context = guest.context(SvFormat.SV48, page(3), KERNEL);
    String first = guest.access(context, VA, Access.LOAD);
    assertThat(first).startsWith("gpa=" + Long.toHexString(DATA));
    assertThat(missesOf(() -> guest.access(context, VA, Access.LOAD))).isZero();
  }

  @Test
  void bareAddressesArePhysical() {
    TranslationContext bare = new TranslationContext(guest.hart, 0, null, 0, 0, SvFormat.MACHINE);
    assertThat(guest.access(bare, DATA + 8, Access.STORE))
        .isEqualTo("gpa=%x permissions=7 global=true span=1000", DATA + 8);
  }
}
