package vivarium.memory.protection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vivarium.memory.protection.Guests.KERNEL;
import static vivarium.testkit.paging.PagedGuest.RW;
import static vivarium.testkit.paging.PagedGuest.V;
import static vivarium.testkit.paging.PagedGuest.entry;
import static vivarium.testkit.paging.PagedGuest.page;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.VivariumException;
import vivarium.api.memory.Access;
import vivarium.api.memory.TranslationContext;
import vivarium.isa.riscv.paging.SvFormat;
import vivarium.testkit.paging.PagedGuest;

/** Several address spaces, and roots that come and go. */
class RootsTest {
  private static final long VA = 0x40_0000L;
  private static final long KERNEL_VA = -(1L << 30);
  private static final long SHARED = page(100);
  private static final long SHARED_LEAVES = page(101);

  private PagedGuest guest = Guests.direct();

  /** An address space of its own tables, with the kernel's tables at the top. */
  private static long root(int space) {
    return page(4 * space);
  }

  private static long data(int space) {
    return page(1000 + space);
  }

  private void make(int spaces) {
    guest.set(SHARED, 0, entry(SHARED_LEAVES, V));
    guest.set(SHARED_LEAVES, 0, entry(page(900), RW));
    for (int i = 0; i < spaces; i++) {
      guest.map(root(i), VA, entry(data(i), RW));
      guest.set(root(i), 511, entry(SHARED, V));
    }
  }

  private void startWithRoots(String bound) {
    guest = Guests.of(new ProtectedStrategy(), PagedGuest.IN_ORDER, "roots", bound);
  }

  private long counted(String name) {
    return guest.counters().named(name).sum();
  }

  @Test
  void tablesThatRootsShareBecomeTablesOnce() {
    make(4);
    for (int i = 0; i < 4; i++) {
      assertThat(guest.load(root(i), VA)).isEqualTo(data(i));
      assertThat(guest.load(root(i), KERNEL_VA)).isEqualTo(page(900));
    }
    assertThat(counted("protected-tables-typed")).isEqualTo(4 * 3 + 2);
    guest.set(SHARED_LEAVES, 0, entry(page(901), RW));
    for (int i = 0; i < 4; i++) {
      assertThat(guest.load(root(i), KERNEL_VA)).isEqualTo(page(901));
    }
    assertThat(counted("protected-walks-interpreted")).isZero();
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
    assertThat(guest.guarded(SHARED_LEAVES)).isFalse();
  }

  @Test
  void rootUnusedForLongestGoesWhenThereAreTooMany() {
    startWithRoots("3");
    make(4);
    guest.load(root(0), VA);
    guest.load(root(1), VA);
    guest.load(root(2), VA);
    guest.load(root(0), VA);
    assertThat(guest.load(root(3), VA)).isEqualTo(data(3));
    assertThat(guest.guarded(root(1))).isFalse();
    assertThat(guest.inFrame(root(1), 511)).isEqualTo(entry(SHARED, V));
    assertThat(guest.guarded(root(0))).isTrue();
    assertThat(guest.guarded(root(2))).isTrue();
    assertThat(guest.guarded(SHARED)).isTrue();
    assertThat(counted("protected-roots-reclaimed")).isEqualTo(1);
    assertThat(guest.load(root(1), VA)).isEqualTo(data(1));
  }

  @Test
  void guestIsServedWithOneRoot() {
    startWithRoots("1");
    make(3);
    for (int i = 0; i < 6; i++) {
      assertThat(guest.load(root(i % 3), VA)).isEqualTo(data(i % 3));
      assertThat(guest.load(root(i % 3), KERNEL_VA)).isEqualTo(page(900));
    }
    assertThat(counted("protected-roots-reclaimed")).isEqualTo(5);
  }

  @Test
  void rootInAnotherFormatIsTranslatedAnew() {
    make(1);
    guest.set(page(200), 0, entry(root(0), V));
    TranslationContext fourLevels = guest.context(SvFormat.SV48, page(200), KERNEL);
    assertThat(guest.load(root(0), VA)).isEqualTo(data(0));
    assertThat(guest.load(page(200), 0)).isEqualTo(-1);
    assertThat(guest.access(fourLevels, VA, Access.LOAD))
        .startsWith("gpa=" + Long.toHexString(data(0)));
    assertThat(guest.load(root(0), VA)).isEqualTo(data(0));
  }

  @Test
  void rootThatHasBeenIdleGivesWayToATableOfAnotherLevel() {
    make(3);
    guest.load(root(0), VA);
    guest.set(root(0), 5, entry(page(77), RW));
    long va = (VA & -(2L << 20)) + (2L << 20);
    guest.load(root(1), VA);
    guest.set(root(1) + PagedGuest.PAGE, PagedGuest.vpn(va, 1), entry(root(0), V));
    assertThat(guest.load(root(1), va + 5 * PagedGuest.PAGE)).isEqualTo(page(77));
    assertThat(counted("protected-walks-interpreted")).isEqualTo(1);
    for (int i = 0; i < 20; i++) {
      guest.load(root(1 + i % 2), VA);
    }
    assertThat(guest.load(root(1), va + 5 * PagedGuest.PAGE)).isEqualTo(page(77));
    assertThat(counted("protected-walks-interpreted")).isEqualTo(1);
    assertThat(guest.load(root(0), VA)).isEqualTo(data(0));
  }

  @Test
  void tableOfALowerLevelServesAsARootByInterpretation() {
    make(1);
    guest.load(root(0), VA);
    guest.set(SHARED, 1, entry(SHARED, V));
    guest.set(SHARED_LEAVES, 1, entry(page(55), RW));
    guest.set(SHARED_LEAVES, 0, entry(page(100), V));
    String found = guest.access(SHARED, 0, Access.LOAD);
    assertThat(found).isEqualTo("Trap[cause=13, value=0x0]");
    guest.set(SHARED, 2, entry(page(512), RW));
    assertThat(guest.access(SHARED, 1L << 30 | 1L << 22, Access.LOAD)).startsWith("gpa=80200000 ");
    assertThat(counted("protected-walks-interpreted")).isEqualTo(2);
  }

  @Test
  void rootThatIsFilledWithDataIsAnOrdinaryPageAgain() {
    make(1);
    guest.load(root(0), VA);
    for (int i = 0; i < 100; i++) {
      guest.set(root(0), i, 0x1234_5678L + i);
    }
    assertThat(guest.guarded(root(0))).isFalse();
    assertThat(guest.guarded(SHARED)).isFalse();
    assertThat(guest.inFrame(root(0), 99)).isEqualTo(0x1234_5678L + 99);
    assertThat(guest.inFrame(root(0), 511)).isEqualTo(entry(SHARED, V));
  }

  @Test
  void closingTranslatesEverythingBack() {
    make(3);
    for (int i = 0; i < 3; i++) {
      guest.load(root(i), VA);
    }
    guest.paging().close();
    for (int i = 0; i < 3; i++) {
      assertThat(guest.guarded(root(i))).isFalse();
      assertThat(guest.inFrame(root(i), 511)).isEqualTo(entry(SHARED, V));
    }
    assertThat(guest.inFrame(SHARED_LEAVES, 0)).isEqualTo(entry(page(900), RW));
  }

  @Test
  void unknownOptionIsRefused() {
    assertThatThrownBy(() -> Guests.of(new ProtectedStrategy(), PagedGuest.IN_ORDER, "sync", "1"))
        .isInstanceOf(VivariumException.class)
        .hasMessage("memory strategy protected has no option sync, only roots");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "many", "65537", "9999999"})
  void numberOfRootsThatIsNoneIsRefused(String value) {
    assertThatThrownBy(() -> startWithRoots(value))
        .isInstanceOf(VivariumException.class)
        .hasMessage("memory strategy protected: roots is a number from 1 to 65536, not " + value);
  }
}
