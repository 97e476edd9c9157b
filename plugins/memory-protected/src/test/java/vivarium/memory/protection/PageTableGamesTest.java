package vivarium.memory.protection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vivarium.memory.protection.Guests.KERNEL;
import static vivarium.testkit.paging.PagedGuest.A;
import static vivarium.testkit.paging.PagedGuest.D;
import static vivarium.testkit.paging.PagedGuest.DEVICE;
import static vivarium.testkit.paging.PagedGuest.PAGE;
import static vivarium.testkit.paging.PagedGuest.RW;
import static vivarium.testkit.paging.PagedGuest.V;
import static vivarium.testkit.paging.PagedGuest.W;
import static vivarium.testkit.paging.PagedGuest.entry;
import static vivarium.testkit.paging.PagedGuest.page;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.Atomic;
import vivarium.api.memory.LeaveBlock;
import vivarium.api.memory.TranslationContext;
import vivarium.isa.riscv.paging.SvFormat;
import vivarium.testkit.paging.PagedGuest;

/** What guests do to their page tables, and what becomes of them in their frames. */
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

  private final PagedGuest guest = Guests.direct();

  private static int vpn(int level) {
    return PagedGuest.vpn(VA, level);
  }

  private void mapData() {
    guest.map(ROOT, VA, entry(DATA, RW));
    assertThat(guest.load(ROOT, VA)).isEqualTo(DATA);
  }

  private long interpretedWalks() {
    return guest.counters().named("protected-walks-interpreted").sum();
  }

  private void useInMmu(long root) {
    TranslationContext context = guest.context(SvFormat.SV39, root, KERNEL);
    guest.mmu().switchTo(context, context);
  }

  @Test
  void missTakesThreeReferencesAndFindsTheFrameItself() {
    mapData();
    long references = guest.counters().walkReferences();
    assertThat(guest.load(ROOT, VA + 0x123)).isEqualTo(DATA + 0x123);
    assertThat(guest.counters().walkReferences() - references).isEqualTo(3);
    assertThat(guest.inFrame(ROOT, vpn(2))).isEqualTo(guest.entryInFrame(MIDDLE, V));
    assertThat(guest.inFrame(MIDDLE, vpn(1))).isEqualTo(guest.entryInFrame(LEAVES, V));
    assertThat(guest.inFrame(LEAVES, vpn(0))).isEqualTo(guest.entryInFrame(DATA, RW));
    assertThat(interpretedWalks()).isZero();
  }

  @Test
  void pagesBecomeTablesWhenTheRootRegisterPointsToThem() {
    guest.map(ROOT, VA, entry(DATA, RW));
    assertThat(guest.guarded(ROOT)).isFalse();
    guest.paging().switchTo(guest.context(SvFormat.SV39, ROOT, KERNEL));
    assertThat(guest.guarded(ROOT)).isTrue();
    assertThat(guest.guarded(MIDDLE)).isTrue();
    assertThat(guest.guarded(LEAVES)).isTrue();
    assertThat(guest.guarded(DATA)).isFalse();
  }

  @Test
  void pageBecomesATableWhenAHigherTablePointsToIt() {
    mapData();
    guest.set(page(9), 7, entry(OTHER, RW));
    guest.set(MIDDLE, vpn(1) + 1, entry(page(9), V));
    assertThat(guest.guarded(page(9))).isTrue();
    assertThat(guest.inFrame(page(9), 7)).isEqualTo(guest.entryInFrame(OTHER, RW));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void tablesAreWrittenAndReadInEveryWidthAtEveryOffset(int width) {
    mapData();
    byte[] expected = new byte[24];
    for (int i = 0; i < 3; i++) {
      guest.set(LEAVES, i, entry(page(600 + i), RW));
      ByteBuffer.wrap(expected)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(8 * i, entry(page(600 + i), RW));
    }
    long mask = -1L >>> 64 - 8 * width;
    for (int offset = 0; offset + width <= 24; offset++) {
      long value = 0x8142_2418_c3e7_2001L * (offset + 1);
      guest.memory().store(LEAVES + offset, width, value);
      for (int i = 0; i < width; i++) {
        expected[offset + i] = (byte) (value >>> 8 * i);
      }
      assertThat(guest.memory().load(LEAVES + offset, width)).isEqualTo(value & mask);
      byte[] found = new byte[24];
      guest.memory().read(LEAVES, MemorySegment.ofArray(found));
      assertThat(found).isEqualTo(expected);
    }
    assertThat(guest.guarded(LEAVES)).isTrue();
  }

  @Test
  void foreignFrameIsNeverInAnEntryThatIsValid() {
    long foreign = PagedGuest.FIRST_FRAME - PAGE;
    mapData();
    guest.set(LEAVES, vpn(0), entry(foreign, RW));
    assertThat(guest.inFrame(LEAVES, vpn(0))).isZero();
    assertThat(guest.get(LEAVES, vpn(0))).isEqualTo(entry(foreign, RW));
    useInMmu(ROOT);
    assertThatThrownBy(() -> guest.mmu().load64(VA)).isInstanceOf(Trap.class);
    guest.set(MIDDLE, vpn(1), entry(foreign, V));
    assertThat(guest.inFrame(MIDDLE, vpn(1))).isZero();
    assertThat(guest.access(ROOT, VA, Access.LOAD)).startsWith("Trap[cause=5");
    guest.assertForeignFramesUntouched();
  }

  @Test
  void tablesThatTheGuestMapsAreReachedOnlyByTraps() {
    long window = VA + PAGE;
    mapData();
    guest.set(LEAVES, vpn(0) + 1, entry(LEAVES, RW));
    useInMmu(ROOT);
    for (int i = 1; i <= 3; i++) {
      guest.mmu().store64(window, entry(page(600 + i), RW));
      assertThat(guest.mmu().load64(window)).isEqualTo(entry(page(600 + i), RW));
      assertThat(guest.inFrame(LEAVES, 0)).isEqualTo(guest.entryInFrame(page(600 + i), RW));
    }
  }

  @Test
  void pageThatWasLoadedFromIsReadByTrapsOnceItIsATable() {
    long window = VA + PAGE;
    mapData();
    guest.set(page(9), 3, entry(OTHER, RW));
    guest.set(LEAVES, vpn(0) + 1, entry(page(9), RW));
    useInMmu(ROOT);
    assertThat(guest.mmu().load64(window + 24)).isEqualTo(entry(OTHER, RW));
    guest.set(MIDDLE, vpn(1) + 1, entry(page(9), V));
    assertThat(guest.inFrame(page(9), 3)).isNotEqualTo(entry(OTHER, RW));
    assertThat(guest.mmu().load64(window + 24)).isEqualTo(entry(OTHER, RW));
  }

  @Test
  void recursiveTableIsAllLevelsAtOnceByInterpretation() {
    guest.set(ROOT, 510, entry(ROOT, V));
    guest.set(ROOT, 1, entry(ROOT, RW));
    long window = -(2L << 30) | 510L << 21 | 1 << 12;
    assertThat(guest.load(ROOT, window)).isEqualTo(ROOT);
    assertThat(interpretedWalks()).isEqualTo(1);
    assertThat(guest.counters().named("protected-type-conflicts").sum()).isPositive();
    assertThat(guest.get(ROOT, 510)).isEqualTo(entry(ROOT, V));
    guest.set(ROOT, 1, entry(OTHER, RW));
    assertThat(guest.load(ROOT, window)).isEqualTo(OTHER);
    guest.set(ROOT, 510, 0);
    assertThat(guest.load(ROOT, window)).isEqualTo(-1);
  }

  @Test
  void tableThatIsFreedIsAnOrdinaryPageAgain() {
    mapData();
    guest.set(MIDDLE, vpn(1), 0);
    assertThat(guest.guarded(LEAVES)).isFalse();
    assertThat(guest.guarded(MIDDLE)).isTrue();
    assertThat(guest.inFrame(LEAVES, vpn(0))).isEqualTo(entry(DATA, RW));
  }

  @Test
  void tableStaysOneWhileAnotherEntryPointsToIt() {
    mapData();
    guest.set(MIDDLE, 0, entry(LEAVES, V));
    guest.set(MIDDLE, vpn(1), 0);
    assertThat(guest.guarded(LEAVES)).isTrue();
    guest.set(MIDDLE, 0, entry(OTHER, V));
    assertThat(guest.guarded(LEAVES)).isFalse();
    assertThat(guest.guarded(OTHER)).isTrue();
  }

  @Test
  void wholeTreeIsOrdinaryAgainWhenItsTopEntryGoes() {
    mapData();
    guest.set(ROOT, vpn(2), 0);
    assertThat(guest.guarded(MIDDLE)).isFalse();
    assertThat(guest.guarded(LEAVES)).isFalse();
    assertThat(guest.inFrame(MIDDLE, vpn(1))).isEqualTo(entry(LEAVES, V));
  }

  @Test
  void tableThatIsFilledWithDataIsUnhookedUntilItIsWalked() {
    mapData();
    for (int i = 0; i < 100; i++) {
      guest.set(LEAVES, i, 0x1234_5678L + i);
    }
    assertThat(guest.guarded(LEAVES)).isFalse();
    assertThat(guest.inFrame(MIDDLE, vpn(1))).isZero();
    assertThat(guest.get(MIDDLE, vpn(1))).isEqualTo(entry(LEAVES, V));
    assertThat(guest.inFrame(LEAVES, 99)).isEqualTo(0x1234_5678L + 99);
    assertThat(guest.load(ROOT, VA)).isEqualTo(DATA);
    assertThat(guest.guarded(LEAVES)).isTrue();
    assertThat(interpretedWalks()).isZero();
  }

  @Test
  void tableFreedAndReusedAsDataIsReachedLikeData() {
    mapData();
    guest.set(LEAVES, vpn(0) + 1, entry(LEAVES, RW));
    guest.set(MIDDLE, vpn(1), entry(page(5), V));
    guest.set(page(5), vpn(0), entry(LEAVES, RW));
    useInMmu(ROOT);
    assertThat(guest.mmu().load64(VA + 8L * vpn(0))).isEqualTo(entry(DATA, RW));
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
    assertThat(guest.access(ROOT, VA + PAGE, Access.LOAD)).endsWith("span=200000");
    assertThat(guest.inFrame(MIDDLE, vpn(1))).isEqualTo(guest.entryInFrame(RAM_MEGA, RW));
    assertThat(guest.get(MIDDLE, vpn(1))).isEqualTo(entry(RAM_MEGA, RW));
    assertThat(interpretedWalks()).isZero();
  }

  @Test
  void hugePageIsKeptAsideWhereFramesLieScattered() {
    PagedGuest scattered = Guests.of(new ProtectedStrategy(), PagedGuest.SCATTERED);
    scattered.set(ROOT, vpn(2), entry(MIDDLE, V));
    scattered.set(MIDDLE, vpn(1), entry(RAM_MEGA, RW));
    for (int i = 0; i < 2; i++) {
      assertThat(scattered.load(ROOT, VA)).isEqualTo(RAM_MEGA + (VA & MEGA - 1));
      assertThat(scattered.access(ROOT, VA, Access.LOAD)).endsWith("span=200000");
    }
    assertThat(scattered.inFrame(MIDDLE, vpn(1))).isZero();
    assertThat(scattered.get(MIDDLE, vpn(1))).isEqualTo(entry(RAM_MEGA, RW));
  }

  @Test
  void deviceIsFoundInTheEntryThatIsKeptAside() {
    guest.map(ROOT, VA, entry(DEVICE, RW & ~A & ~D));
    assertThat(guest.load(ROOT, VA + 4)).isEqualTo(DEVICE + 4);
    assertThat(guest.inFrame(LEAVES, vpn(0))).isZero();
    assertThat(guest.get(LEAVES, vpn(0))).isEqualTo(entry(DEVICE, RW & ~D));
    assertThat(interpretedWalks()).isEqualTo(1);
  }

  @Test
  void fourLevelsAreWalkedInFourReferences() {
    guest.map(ROOT, VA, entry(DATA, RW));
    guest.set(page(3), 0, entry(ROOT, V));
    TranslationContext context = guest.context(SvFormat.SV48, page(3), KERNEL);
    assertThat(guest.access(context, VA, Access.LOAD)).startsWith("gpa=" + Long.toHexString(DATA));
    assertThat(guest.counters().walkReferences()).isEqualTo(4);
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
  void tableThatProtectionHidesIsAnAccessFaultAndAnOrdinaryPage() {
    mapData();
    guest.protect(MIDDLE, 0);
    assertThat(guest.access(ROOT, VA, Access.LOAD)).startsWith("Trap[cause=5");
    assertThat(guest.guarded(MIDDLE)).isFalse();
    assertThat(guest.guarded(LEAVES)).isFalse();
    guest.protect(MIDDLE, PagedGuest.PMP_ALL);
    assertThat(guest.load(ROOT, VA)).isEqualTo(DATA);
    assertThat(guest.guarded(LEAVES)).isTrue();
  }
}
