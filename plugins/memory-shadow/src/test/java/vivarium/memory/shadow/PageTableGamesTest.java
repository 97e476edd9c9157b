package vivarium.memory.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vivarium.memory.shadow.Guests.KERNEL;
import static vivarium.testkit.paging.PagedGuest.A;
import static vivarium.testkit.paging.PagedGuest.D;
import static vivarium.testkit.paging.PagedGuest.DEVICE;
import static vivarium.testkit.paging.PagedGuest.PAGE;
import static vivarium.testkit.paging.PagedGuest.R;
import static vivarium.testkit.paging.PagedGuest.RW;
import static vivarium.testkit.paging.PagedGuest.V;
import static vivarium.testkit.paging.PagedGuest.W;
import static vivarium.testkit.paging.PagedGuest.entry;
import static vivarium.testkit.paging.PagedGuest.page;

import org.junit.jupiter.api.Test;
import vivarium.api.memory.Access;
import vivarium.api.memory.Atomic;
import vivarium.api.memory.LeaveBlock;
import vivarium.api.memory.TranslationContext;
import vivarium.isa.riscv.paging.SvFormat;
import vivarium.testkit.paging.PagedGuest;

/** What guests do to their page tables, and what the shadows make of it. */
class PageTableGamesTest {
  private static final long ROOT = page(0);
  private static final long MIDDLE = page(1);
  private static final long LEAVES = page(2);
  private static final long DATA = page(700);
  private static final long OTHER = page(801);
  private static final long VA = 0x12_3456_7000L;
  private static final long MEGA = 2 << 20;
  private static final long RAM_MEGA = page(512);
  private static final String STORE_FAULT = "Trap[cause=15, value=0x" + Long.toHexString(VA) + "]";

  private final PagedGuest guest = Guests.shadowed();

  private static int vpn(int level) {
    return PagedGuest.vpn(VA, level);
  }

  private void mapData() {
    guest.map(ROOT, VA, entry(DATA, RW));
    assertThat(guest.load(ROOT, VA)).isEqualTo(DATA);
  }

  private long missesOf(Runnable action) {
    long before = guest.counters().shadowMisses;
    action.run();
    return guest.counters().shadowMisses - before;
  }

  private void useInMmu(long root) {
    TranslationContext context = guest.context(SvFormat.SV39, root, KERNEL);
    guest.mmu().switchTo(context, context);
  }

  @Test
  void secondMissOfAPageIsAnsweredByTheShadowInThreeReferences() {
    mapData();
    long references = guest.counters().walkReferences();
    assertThat(missesOf(() -> guest.load(ROOT, VA + 0x123))).isZero();
    assertThat(guest.counters().walkReferences() - references).isEqualTo(3);
    assertThat(guest.load(ROOT, VA + 0x123)).isEqualTo(DATA + 0x123);
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
    assertThat(guest.frames().given()).isEqualTo(3);
    guest.set(ROOT, 1, entry(OTHER, RW));
    assertThat(guest.load(ROOT, window)).isEqualTo(OTHER);
    guest.set(ROOT, 510, 0);
    assertThat(guest.load(ROOT, window)).isEqualTo(-1);
    assertThat(guest.frames().given()).isEqualTo(1);
  }

  @Test
  void tableThatIsFreedIsGuardedNoMoreAndGivesItsFrameBack() {
    mapData();
    assertThat(guest.guarded(LEAVES)).isTrue();
    assertThat(guest.frames().given()).isEqualTo(3);
    guest.set(MIDDLE, vpn(1), 0);
    assertThat(guest.guarded(LEAVES)).isFalse();
    assertThat(guest.guarded(MIDDLE)).isTrue();
    assertThat(guest.frames().given()).isEqualTo(2);
  }

  @Test
  void rootThatIsFilledWithDataIsGuardedNoMore() {
    mapData();
    for (int i = 0; i < 64; i++) {
      guest.set(ROOT, i, 0x1234_5678L + i);
    }
    assertThat(guest.guarded(ROOT)).isFalse();
    assertThat(guest.frames().given()).isZero();
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
    long writes = guest.counters().tableWrites;
    guest.mmu().store64(VA, 43);
    assertThat(guest.counters().tableWrites).isEqualTo(writes);
    assertThat(guest.mmu().load64(VA)).isEqualTo(43);
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
    PagedGuest scattered = Guests.of(new ShadowStrategy(), PagedGuest.SCATTERED, 64);
    scattered.set(ROOT, vpn(2), entry(MIDDLE, V));
    scattered.set(MIDDLE, vpn(1), entry(RAM_MEGA, RW));
    scattered.load(ROOT, VA);
    assertThat(scattered.frames().given()).isEqualTo(3);
    assertThat(scattered.load(ROOT, VA)).isEqualTo(RAM_MEGA + (VA & MEGA - 1));
    assertThat(scattered.access(ROOT, VA, Access.LOAD)).endsWith("span=200000");
    scattered.set(MIDDLE, vpn(1), 0);
    assertThat(scattered.frames().given()).isEqualTo(2);
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
  void tableThatProtectionHidesIsAnAccessFaultAlthoughItHasAShadow() {
    mapData();
    guest.protect(MIDDLE, 0);
    assertThat(guest.access(ROOT, VA, Access.LOAD)).startsWith("Trap[cause=5");
    assertThat(guest.guarded(MIDDLE)).isFalse();
    guest.protect(MIDDLE, PagedGuest.PMP_ALL);
    assertThat(guest.load(ROOT, VA)).isEqualTo(DATA);
  }

  @Test
  void deviceIsFoundEachTimeInTheGuestsTable() {
    guest.map(ROOT, VA, entry(DEVICE, RW));
    assertThat(guest.load(ROOT, VA + 4)).isEqualTo(DEVICE + 4);
    assertThat(missesOf(() -> guest.load(ROOT, VA + 4))).isEqualTo(1);
    assertThat(guest.frames().given()).isZero();
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
}
