package vivarium.memory.protection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vivarium.memory.protection.PagedGuest.A;
import static vivarium.memory.protection.PagedGuest.D;
import static vivarium.memory.protection.PagedGuest.DEVICE;
import static vivarium.memory.protection.PagedGuest.G;
import static vivarium.memory.protection.PagedGuest.KERNEL;
import static vivarium.memory.protection.PagedGuest.PAGE;
import static vivarium.memory.protection.PagedGuest.R;
import static vivarium.memory.protection.PagedGuest.RW;
import static vivarium.memory.protection.PagedGuest.U;
import static vivarium.memory.protection.PagedGuest.V;
import static vivarium.memory.protection.PagedGuest.W;
import static vivarium.memory.protection.PagedGuest.X;
import static vivarium.memory.protection.PagedGuest.entry;
import static vivarium.memory.protection.PagedGuest.page;

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
  private static final String LOAD_FAULT = "Trap[cause=13, value=0x" + Long.toHexString(VA) + "]";
  private static final String STORE_FAULT = "Trap[cause=15, value=0x" + Long.toHexString(VA) + "]";

  private final PagedGuest guest = PagedGuest.direct();

  private static int vpn(int level) {
    return PagedGuest.vpn(VA, level);
  }

  private void mapData() {
    guest.map(ROOT, VA, entry(DATA, RW));
    assertThat(guest.load(ROOT, VA)).isEqualTo(DATA);
  }

  private long interpretedWalks() {
    return guest.counters.named("protected-walks-interpreted").sum();
  }

  private void useInMmu(long root) {
    TranslationContext context = guest.context(SvFormat.SV39, root, KERNEL);
    guest.mmu().switchTo(context, context);
  }

  @Test
  void missTakesThreeReferencesAndFindsTheFrameItself() {
    mapData();
    long references = guest.counters.walkReferences();
    assertThat(guest.load(ROOT, VA + 0x123)).isEqualTo(DATA + 0x123);
    assertThat(guest.counters.walkReferences() - references).isEqualTo(3);
    assertThat(guest.inFrame(ROOT, vpn(2))).isEqualTo(guest.entryInFrame(MIDDLE, V));
    assertThat(guest.inFrame(MIDDLE, vpn(1))).isEqualTo(guest.entryInFrame(LEAVES, V));
    assertThat(guest.inFrame(LEAVES, vpn(0))).isEqualTo(guest.entryInFrame(DATA, RW));
    assertThat(interpretedWalks()).isZero();
  }

  @Test
  void pagesBecomeTablesWhenTheRootRegisterPointsToThem() {
    guest.map(ROOT, VA, entry(DATA, RW));
    assertThat(guest.guarded(ROOT)).isFalse();
    guest.paging.switchTo(guest.context(SvFormat.SV39, ROOT, KERNEL));
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

  @Test
  void tablePageReadByTheGuestGivesWhatItWrote() {
    long[] entries = {
      0,
      entry(OTHER, RW),
      entry(DEVICE, RW),
      0x1234_5678_9abc_def0L,
      entry(OTHER, V),
      -1L,
      0xfeL << 3
    };
    mapData();
    for (int i = 0; i < entries.length; i++) {
      guest.set(LEAVES, i, entries[i]);
      guest.set(MIDDLE, i, entries[i]);
    }
    useInMmu(ROOT);
    guest.set(LEAVES, vpn(0) + 1, entry(LEAVES, RW));
    for (int i = 0; i < entries.length; i++) {
      assertThat(guest.get(LEAVES, i)).isEqualTo(entries[i]);
      assertThat(guest.get(MIDDLE, i)).isEqualTo(entries[i]);
      assertThat(guest.mmu().load64(VA + PAGE + 8L * i)).isEqualTo(entries[i]);
    }
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
      guest.memory.store(LEAVES + offset, width, value);
      for (int i = 0; i < width; i++) {
        expected[offset + i] = (byte) (value >>> 8 * i);
      }
      assertThat(guest.memory.load(LEAVES + offset, width)).isEqualTo(value & mask);
      byte[] found = new byte[24];
      guest.memory.read(LEAVES, MemorySegment.ofArray(found));
      assertThat(found).isEqualTo(expected);
    }
    assertThat(guest.guarded(LEAVES)).isTrue();
  }

  @Test
  void tableReadByADeviceIsTheGuestsOwn() {
    mapData();
    byte[] read = new byte[(int) PAGE];
    guest.memory.read(LEAVES, MemorySegment.ofArray(read));
    long found = ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN).getLong(8 * vpn(0));
    assertThat(found).isEqualTo(entry(DATA, RW));
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
  void reservedTableEntryIsTheGuestsOwn() {
    long at = VA + PAGE + 8L * vpn(0);
    mapData();
    guest.set(LEAVES, vpn(0) + 1, entry(LEAVES, RW));
    useInMmu(ROOT);
    guest.mmu().setAlone(true);
    assertThat(guest.mmu().loadReserved64(at)).isEqualTo(entry(DATA, RW));
    assertThat(guest.mmu().storeConditional64(at, entry(OTHER, RW))).isZero();
    assertThat(guest.load(ROOT, VA)).isEqualTo(OTHER);
    assertThat(guest.mmu().loadReserved32(at)).isEqualTo(entry(OTHER, RW) & 0xffff_ffffL);
    guest.set(LEAVES, vpn(0), entry(DATA, RW));
    assertThat(guest.mmu().storeConditional32(at, 0)).isEqualTo(1);
  }

  @Test
  void recursiveTableIsAllLevelsAtOnceByInterpretation() {
    guest.set(ROOT, 510, entry(ROOT, V));
    guest.set(ROOT, 1, entry(ROOT, RW));
    long window = -(2L << 30) | 510L << 21 | 1 << 12;
    assertThat(guest.load(ROOT, window)).isEqualTo(ROOT);
    assertThat(interpretedWalks()).isEqualTo(1);
    assertThat(guest.counters.named("protected-type-conflicts").sum()).isPositive();
    assertThat(guest.get(ROOT, 510)).isEqualTo(entry(ROOT, V));
    guest.set(ROOT, 1, entry(OTHER, RW));
    assertThat(guest.load(ROOT, window)).isEqualTo(OTHER);
    guest.set(ROOT, 510, 0);
    assertThat(guest.load(ROOT, window)).isEqualTo(-1);
  }

  @Test
  void oneTableAtTwoLevelsIsRightAtBoth() {
    guest.set(ROOT, 0, entry(MIDDLE, V));
    guest.set(MIDDLE, 0, entry(LEAVES, V));
    guest.set(MIDDLE, 1, entry(MIDDLE, V));
    guest.set(LEAVES, 0, entry(DATA, RW));
    guest.set(MIDDLE, 2, entry(RAM_MEGA, RW & ~A & ~D));
    assertThat(guest.load(ROOT, MEGA + 2 * PAGE)).isEqualTo(RAM_MEGA);
    assertThat(guest.get(MIDDLE, 2)).isEqualTo(entry(RAM_MEGA, RW & ~D));
    assertThat(guest.load(ROOT, 2 * MEGA)).isEqualTo(RAM_MEGA);
    guest.set(MIDDLE, 2, entry(RAM_MEGA + MEGA, RW));
    assertThat(guest.load(ROOT, 2 * MEGA)).isEqualTo(RAM_MEGA + MEGA);
    assertThat(guest.load(ROOT, MEGA + 2 * PAGE)).isEqualTo(RAM_MEGA + MEGA);
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
    long writes = guest.counters.tableWrites;
    guest.mmu().store64(VA, 43);
    assertThat(guest.counters.tableWrites).isEqualTo(writes);
    assertThat(guest.mmu().load64(VA)).isEqualTo(43);
  }

  @Test
  void hugePageSplitByTheGuestIsFollowed() {
    guest.set(ROOT, vpn(2), entry(MIDDLE, V));
    guest.set(MIDDLE, vpn(1), entry(RAM_MEGA, RW));
    assertThat(guest.load(ROOT, VA)).isEqualTo(RAM_MEGA + (VA & MEGA - 1));
    guest.set(LEAVES, vpn(0), entry(DATA, RW));
    guest.set(MIDDLE, vpn(1), entry(LEAVES, V));
    assertThat(guest.load(ROOT, VA)).isEqualTo(DATA);
    assertThat(guest.load(ROOT, VA + PAGE)).isEqualTo(-1);
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
    PagedGuest scattered = new PagedGuest(new ProtectedStrategy(), PagedGuest.SCATTERED);
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
    assertThat(guest.counters.walkReferences()).isEqualTo(4);
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
    assertThat(interpretedWalks()).isZero();
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
  void entryOfAllOnesIsAPageFault() {
    mapData();
    guest.set(LEAVES, vpn(0), -1);
    assertThat(guest.access(ROOT, VA, Access.LOAD)).isEqualTo(LOAD_FAULT);
    guest.set(MIDDLE, vpn(1), -1);
    assertThat(guest.access(ROOT, VA, Access.LOAD)).isEqualTo(LOAD_FAULT);
    assertThat(guest.get(MIDDLE, vpn(1))).isEqualTo(-1);
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
  void globalPageIsGlobal() {
    guest.map(ROOT, VA, entry(DATA, RW));
    guest.set(ROOT, vpn(2), entry(MIDDLE, V | G));
    assertThat(guest.access(ROOT, VA, Access.LOAD)).contains("global=true");
  }

  @Test
  void bareAddressesArePhysical() {
    TranslationContext bare = new TranslationContext(guest.hart, 0, null, 0, 0, SvFormat.MACHINE);
    assertThat(guest.access(bare, DATA + 8, Access.STORE))
        .isEqualTo("gpa=%x permissions=7 global=true span=1000", DATA + 8);
  }
}
