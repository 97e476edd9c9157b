package vivarium.memory.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vivarium.memory.shadow.Guests.KERNEL;
import static vivarium.testkit.paging.PagedGuest.PAGE;
import static vivarium.testkit.paging.PagedGuest.RW;
import static vivarium.testkit.paging.PagedGuest.V;
import static vivarium.testkit.paging.PagedGuest.entry;
import static vivarium.testkit.paging.PagedGuest.page;

import org.junit.jupiter.api.Test;
import vivarium.api.VivariumException;
import vivarium.api.memory.TranslationContext;
import vivarium.isa.riscv.paging.SvFormat;
import vivarium.testkit.paging.PagedGuest;

/** Several address spaces, few frames, and tables left out of sync. */
class RootsTest {
  private static final long VA = 0x40_0000L;
  private static final long KERNEL_VA = -(1L << 30);
  private static final long SHARED = page(100);

  private PagedGuest guest = Guests.shadowed();

  /** An address space of its own tables, with the kernel's tables at the top. */
  private static long root(int space) {
    return page(4 * space);
  }

  private static long data(int space) {
    return page(1000 + space);
  }

  private void make(int spaces) {
    guest.set(SHARED, 0, entry(SHARED + PAGE, V));
    guest.set(SHARED + PAGE, 0, entry(page(900), RW));
    for (int i = 0; i < spaces; i++) {
      guest.map(root(i), VA, entry(data(i), RW));
      guest.set(root(i), 511, entry(SHARED, V));
    }
  }

  @Test
  void shadowsOutliveTheSwitchToAnotherRoot() {
    make(4);
    for (int i = 0; i < 4; i++) {
      assertThat(guest.load(root(i), VA)).isEqualTo(data(i));
    }
    long misses = guest.counters().shadowMisses;
    for (int i = 0; i < 4; i++) {
      assertThat(guest.load(root(i), VA)).isEqualTo(data(i));
    }
    assertThat(guest.counters().shadowMisses).isEqualTo(misses);
  }

  @Test
  void tablesThatRootsShareAreShadowedOnce() {
    make(4);
    for (int i = 0; i < 4; i++) {
      assertThat(guest.load(root(i), KERNEL_VA)).isEqualTo(page(900));
    }
    assertThat(guest.frames().given()).isEqualTo(4 + 2);
    guest.set(SHARED + PAGE, 0, entry(page(901), RW));
    for (int i = 0; i < 4; i++) {
      assertThat(guest.load(root(i), KERNEL_VA)).isEqualTo(page(901));
    }
  }

  @Test
  void sharedTableGoesOnlyWithTheLastRoot() {
    make(2);
    guest.load(root(0), KERNEL_VA);
    guest.load(root(1), KERNEL_VA);
    guest.set(root(0), 511, 0);
    assertThat(guest.guarded(SHARED)).isTrue();
    guest.set(root(1), 511, 0);
    assertThat(guest.guarded(SHARED)).isFalse();
  }

  @Test
  void rootUnusedForLongestGoesWhenFramesAreShort() {
    guest = Guests.of(new ShadowStrategy(), PagedGuest.IN_ORDER, 9);
    make(4);
    guest.load(root(0), VA);
    guest.load(root(1), VA);
    guest.load(root(2), VA);
    guest.load(root(0), VA);
    assertThat(guest.load(root(3), VA)).isEqualTo(data(3));
    assertThat(guest.guarded(root(1))).isFalse();
    assertThat(guest.guarded(root(0))).isTrue();
    assertThat(guest.guarded(root(2))).isTrue();
    assertThat(guest.counters().named("shadow-roots-reclaimed").sum()).isEqualTo(1);
    assertThat(guest.load(root(1), VA)).isEqualTo(data(1));
  }

  @Test
  void guestIsServedWithoutAnyFrame() {
    guest = Guests.of(new ShadowStrategy(), PagedGuest.IN_ORDER, 0);
    make(2);
    assertThat(guest.load(root(1), VA)).isEqualTo(data(1));
    assertThat(guest.load(root(0), KERNEL_VA)).isEqualTo(page(900));
  }

  @Test
  void closingGivesAllFramesAndGuardsBack() {
    make(3);
    for (int i = 0; i < 3; i++) {
      guest.load(root(i), VA);
    }
    guest.paging().close();
    assertThat(guest.frames().given()).isZero();
    assertThat(guest.guarded(root(2))).isFalse();
  }

  private void startOutOfSync() {
    guest = Guests.of(new ShadowStrategy(), PagedGuest.IN_ORDER, 64, "out-of-sync", "true");
    make(2);
    guest.load(root(0), VA);
    for (int i = 1; i < 10; i++) {
      guest.set(leaves(0), i, entry(page(i), RW));
    }
  }

  private static long leaves(int space) {
    return root(space) + 2 * PAGE;
  }

  @Test
  void busyTableIsWrittenUntrappedUntilTheNextFence() {
    startOutOfSync();
    assertThat(guest.guarded(leaves(0))).isFalse();
    long trapped = guest.counters().tableWrites;
    guest.set(leaves(0), 0, entry(page(77), RW));
    assertThat(guest.counters().tableWrites).isEqualTo(trapped);
    guest.paging().fence(VA, false, 0, false);
    assertThat(guest.load(root(0), VA)).isEqualTo(page(77));
    assertThat(guest.guarded(leaves(0))).isTrue();
  }

  @Test
  void untrappedWritesAreSeenInAnAddressSpaceThatWasSwitchedTo() {
    startOutOfSync();
    guest.set(leaves(0), 0, entry(page(77), RW));
    TranslationContext newSpace =
        new TranslationContext(guest.hart(), 1, SvFormat.SV39, root(0), 7, KERNEL);
    guest.paging().switchTo(newSpace);
    assertThat(guest.load(root(0), VA)).isEqualTo(page(77));
  }

  @Test
  void tableOutOfSyncMayBeFreedBeforeTheFence() {
    startOutOfSync();
    guest.set(root(0) + PAGE, PagedGuest.vpn(VA, 1), 0);
    guest.paging().fence(0, true, 0, true);
    assertThat(guest.load(root(0), VA)).isEqualTo(-1);
    assertThat(guest.guarded(leaves(0))).isFalse();
  }

  @Test
  void unknownOptionIsRefused() {
    assertThatThrownBy(() -> Guests.of(new ShadowStrategy(), PagedGuest.IN_ORDER, 1, "sync", "1"))
        .isInstanceOf(VivariumException.class)
        .hasMessage("memory strategy shadow has no option sync, only out-of-sync");
  }

  @Test
  void optionThatIsNeitherTrueNorFalseIsRefused() {
    assertThatThrownBy(
            () -> Guests.of(new ShadowStrategy(), PagedGuest.IN_ORDER, 1, "out-of-sync", "x"))
        .isInstanceOf(VivariumException.class)
        .hasMessage("memory strategy shadow: out-of-sync is true or false, not x");
  }
}
