package vivarium.testkit.paging;

import static vivarium.testkit.paging.PagedGuest.A;
import static vivarium.testkit.paging.PagedGuest.D;
import static vivarium.testkit.paging.PagedGuest.PAGE;
import static vivarium.testkit.paging.PagedGuest.R;
import static vivarium.testkit.paging.PagedGuest.RW;
import static vivarium.testkit.paging.PagedGuest.U;
import static vivarium.testkit.paging.PagedGuest.V;
import static vivarium.testkit.paging.PagedGuest.W;
import static vivarium.testkit.paging.PagedGuest.X;
import static vivarium.testkit.paging.PagedGuest.entry;
import static vivarium.testkit.paging.PagedGuest.page;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.Atomic;
import vivarium.api.memory.TranslationContext;

/** What sensible guests do to their page tables. One object plays one game. */
final class PageTableGames {
  static final long ROOT = page(0);
  static final long MIDDLE = page(1);
  static final long LEAVES = page(2);
  static final long DATA = page(700);
  static final long OTHER = page(801);
  static final long VA = 0x12_3456_7000L;
  static final long MEGA = 2 << 20;
  static final long RAM_MEGA = page(512);
  static final String LOAD_FAULT = "Trap[cause=13, value=0x" + Long.toHexString(VA) + "]";
  static final String STORE_FAULT = "Trap[cause=15, value=0x" + Long.toHexString(VA) + "]";

  final PagedGuest guest;
  final int kernel;

  PageTableGames(PagedGuest guest) {
    this.guest = guest;
    kernel = guest.mode("a");
  }

  static Map<String, Consumer<PageTableGames>> all() {
    Map<String, Consumer<PageTableGames>> all = new LinkedHashMap<>();
    all.put("tableChangedWhileInUseIsFollowedAtOnce", PageTableGames::changed);
    all.put("entryChangedByteByByteIsFollowed", PageTableGames::changedByBytes);
    all.put("tableWrittenByADeviceIsFollowed", PageTableGames::writtenByDevice);
    all.put("tableReadByADeviceIsTheGuestsOwn", PageTableGames::readByDevice);
    all.put("tableWrittenThroughItsOwnMappingIsFollowed", PageTableGames::writtenThroughMapping);
    all.put("tableInsideTheMappedKernelIsFollowed", PageTableGames::insideTheKernel);
    all.put("tableReadThroughItsMappingIsAsWritten", PageTableGames::readThroughMapping);
    all.put("atomicOnATableEntryIsFollowed", PageTableGames::atomic);
    all.put("reservedTableEntryIsTheGuestsOwn", PageTableGames::reserved);
    all.put("pageThatBecomesATableIsFollowed", PageTableGames::becomesTable);
    all.put("tableFreedIsDataAndATableAgain", PageTableGames::freedAndReused);
    all.put("tableFilledWithDataReadsBack", PageTableGames::filledWithData);
    all.put("tableOfTwoRootsIsOne", PageTableGames::sharedByRoots);
    all.put("hugePageSplitByTheGuestIsFollowed", PageTableGames::hugeSplit);
    all.put("hugePageSaysItsOwnSize", PageTableGames::hugeSize);
    all.put("gigapageIsReached", PageTableGames::gigapage);
    all.put("permissionNarrowedIsSeenByTheNextMiss", PageTableGames::narrowedMiss);
    all.put("permissionNarrowedIsSeenAfterAFence", PageTableGames::narrowedFence);
    all.put("permissionNarrowedWithoutAFenceIsOldOrNew", PageTableGames::narrowedUnfenced);
    all.put("permissionWidenedIsSeenAfterAFence", PageTableGames::widened);
    all.put("userAndExecutePermissionsAreTheGuests", PageTableGames::permissions);
    all.put("firstAccessAndFirstStoreAreMarked", PageTableGames::marked);
    all.put("accessedAndDirtyBitsTakenBackAreSetAnew", PageTableGames::takenBack);
    all.put("accessedAndDirtyBitsFaultWhereTheGuestSetsThem", PageTableGames::svade);
    return all;
  }

  static void expect(Object found, Object expected) {
    if (!Objects.equals(found, expected)) {
      throw new AssertionError("expected " + expected + " but found " + found);
    }
  }

  static void expectStart(String found, String start) {
    if (!found.startsWith(start)) {
      throw new AssertionError("expected " + start + "... but found " + found);
    }
  }

  static int vpn(int level) {
    return PagedGuest.vpn(VA, level);
  }

  TranslationContext context(long root) {
    return guest.context(guest.sv39(), root, kernel);
  }

  String access(long root, long va, Access access) {
    return guest.access(context(root), va, access);
  }

  /** Holds where a load leads, in S-mode under Sv39. */
  void expectLoad(long va, long gpa) {
    expectStart(access(ROOT, va, Access.LOAD), "gpa=" + Long.toHexString(gpa) + " ");
  }

  void expectNoLoad(long va) {
    expectStart(access(ROOT, va, Access.LOAD), "Trap[cause=13, ");
  }

  void mapData() {
    guest.map(ROOT, VA, entry(DATA, RW));
    expectLoad(VA, DATA);
  }

  void use(long root) {
    guest.mmu().setAlone(true);
    guest.use(context(root));
  }

  void fence() {
    guest.mmu().fence(VA, false, 0, true, 1);
  }

  private void changed() {
    mapData();
    guest.set(LEAVES, vpn(0), entry(OTHER, RW));
    expectLoad(VA, OTHER);
    guest.set(MIDDLE, vpn(1), 0);
    expect(access(ROOT, VA, Access.LOAD), LOAD_FAULT);
    guest.set(MIDDLE, vpn(1), entry(LEAVES, V));
    expectLoad(VA, OTHER);
    guest.set(LEAVES, vpn(0), 0);
    expect(access(ROOT, VA, Access.LOAD), LOAD_FAULT);
  }

  private void changedByBytes() {
    mapData();
    long secondByte = LEAVES + 8L * vpn(0) + 1;
    guest.memory().store(secondByte, 1, entry(OTHER, RW) >>> 8 & 0xff);
    guest.memory().store(secondByte + 1, 1, entry(OTHER, RW) >>> 16 & 0xff);
    expectLoad(VA, OTHER);
  }

  private void writtenByDevice() {
    mapData();
    long[] entries = {entry(OTHER, RW)};
    guest.memory().write(LEAVES + 8L * vpn(0), MemorySegment.ofArray(entries));
    expectLoad(VA, OTHER);
  }

  private void readByDevice() {
    mapData();
    long[] read = new long[512];
    guest.memory().read(LEAVES, MemorySegment.ofArray(read));
    expect(read[vpn(0)], entry(DATA, RW));
  }

  private void writtenThroughMapping() {
    long window = VA + PAGE;
    mapData();
    guest.set(LEAVES, vpn(0) + 1, entry(LEAVES, RW));
    use(ROOT);
    for (long gpa : new long[] {OTHER, DATA, OTHER}) {
      guest.mmu().store64(window + 8L * vpn(0), entry(gpa, RW));
      expectLoad(VA, gpa);
      expect(guest.mmu().load64(window + 8L * vpn(0)), entry(gpa, RW));
    }
  }

  /** All of RAM by megapages at its own address, the tables in it. */
  private void insideTheKernel() {
    mapData();
    guest.set(ROOT, PagedGuest.vpn(PagedGuest.RAM, 2), entry(page(9), V));
    for (int i = 0; i < 4; i++) {
      guest.set(page(9), i, entry(PagedGuest.RAM + i * MEGA, RW | X));
    }
    use(ROOT);
    guest.mmu().store64(VA, 1);
    long at = LEAVES + 8L * vpn(0);
    expect(guest.mmu().load64(at), entry(DATA, RW));
    guest.mmu().store64(at, entry(OTHER, RW));
    guest.mmu().store64(OTHER, 2);
    fence();
    expect(guest.mmu().load64(VA), 2L);
    expect(guest.mmu().load64(DATA), 1L);
    guest.mmu().store32(at, (int) entry(DATA, RW));
    fence();
    expect(guest.mmu().load64(VA), 1L);
  }

  private void readThroughMapping() {
    mapData();
    long[] entries = {
      0,
      entry(OTHER, RW),
      entry(PagedGuest.DEVICE, RW),
      0x1234_5678_9abc_def0L,
      entry(OTHER, V),
      -1L,
      entry(DATA, V | R)
    };
    guest.set(LEAVES, vpn(0) + 1, entry(LEAVES, RW));
    guest.set(LEAVES, vpn(0) + 2, entry(MIDDLE, RW));
    use(ROOT);
    for (int i = 0; i < entries.length; i++) {
      guest.mmu().store64(VA + PAGE + 8L * i, entries[i]);
      guest.mmu().store64(VA + 2 * PAGE + 8L * i, entries[i]);
      for (long window : new long[] {VA + PAGE, VA + 2 * PAGE}) {
        long at = window + 8L * i;
        expect(guest.mmu().load64(at), entries[i]);
        expect(guest.mmu().load32(at + 4), entries[i] >>> 32);
        expect(guest.mmu().load16(at + 3), entries[i] >>> 24 & 0xffff);
        expect(guest.mmu().load8(at + 7), entries[i] >>> 56);
      }
    }
  }

  private void atomic() {
    mapData();
    guest.set(LEAVES, vpn(0) + 1, entry(LEAVES, RW));
    use(ROOT);
    long at = VA + PAGE + 8L * vpn(0);
    expect(guest.mmu().atomic64(at, ~W, Atomic.AND), entry(DATA, RW));
    expect(access(ROOT, VA, Access.STORE), STORE_FAULT);
    expect(guest.mmu().atomic64(at, W, Atomic.OR), entry(DATA, RW & ~W));
    expectStart(access(ROOT, VA, Access.STORE), "gpa=");
  }

  private void reserved() {
    mapData();
    long at = VA + PAGE + 8L * vpn(0);
    guest.set(LEAVES, vpn(0) + 1, entry(LEAVES, RW));
    use(ROOT);
    expect(guest.mmu().loadReserved64(at), entry(DATA, RW));
    expect(guest.mmu().storeConditional64(at, entry(OTHER, RW)), 0L);
    expectLoad(VA, OTHER);
    expect(guest.mmu().loadReserved32(at), entry(OTHER, RW) & 0xffff_ffffL);
    guest.set(LEAVES, vpn(0), entry(DATA, RW));
    expect(guest.mmu().storeConditional32(at, 0), 1L);
    expectLoad(VA, DATA);
  }

  private void becomesTable() {
    mapData();
    long window = VA + PAGE;
    long table = page(9);
    guest.set(LEAVES, vpn(0) + 1, entry(table, RW));
    use(ROOT);
    guest.mmu().store64(window, entry(DATA, RW));
    expect(guest.mmu().load64(window), entry(DATA, RW));
    guest.set(MIDDLE, vpn(1) + 1, entry(table, V));
    long mapped = (VA & -MEGA) + MEGA;
    expectLoad(mapped, DATA);
    guest.mmu().store64(window, entry(OTHER, RW));
    expectLoad(mapped, OTHER);
    expect(guest.mmu().load64(window), entry(OTHER, RW));
  }

  private void freedAndReused() {
    mapData();
    guest.set(MIDDLE, vpn(1), entry(page(5), V));
    guest.set(page(5), vpn(0), entry(LEAVES, RW));
    use(ROOT);
    expect(guest.mmu().load64(VA + 8L * vpn(0)), entry(DATA, RW));
    guest.mmu().store64(VA, 42);
    guest.mmu().store64(VA + 8L * vpn(0), entry(OTHER, RW));
    expect(guest.mmu().load64(VA), 42L);
    guest.set(MIDDLE, vpn(1), entry(LEAVES, V));
    expectLoad(VA, OTHER);
  }

  private void filledWithData() {
    mapData();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 512; i++) {
        guest.set(LEAVES, i, i == vpn(0) ? entry(OTHER, RW) : 0x1234_5678L * i + round);
      }
      for (int i = 0; i < 512; i++) {
        long expected = i == vpn(0) ? entry(OTHER, RW) : 0x1234_5678L * i + round;
        expect(guest.get(LEAVES, i), expected);
      }
      expectLoad(VA, OTHER);
    }
    for (int i = 0; i < 512; i++) {
      guest.set(ROOT, i, i);
      expect(guest.get(ROOT, i), (long) i);
    }
  }

  private void sharedByRoots() {
    mapData();
    long second = page(20);
    guest.set(second, vpn(2), entry(MIDDLE, V));
    expectStart(access(second, VA, Access.LOAD), "gpa=" + Long.toHexString(DATA) + " ");
    guest.set(LEAVES, vpn(0), entry(OTHER, RW));
    expectStart(access(second, VA, Access.LOAD), "gpa=" + Long.toHexString(OTHER) + " ");
    expectLoad(VA, OTHER);
    guest.set(second, vpn(2), 0);
    expectStart(access(second, VA, Access.LOAD), "Trap[cause=13");
    expectLoad(VA, OTHER);
  }

  private void hugeSplit() {
    guest.set(ROOT, vpn(2), entry(MIDDLE, V));
    guest.set(MIDDLE, vpn(1), entry(RAM_MEGA, RW));
    expectLoad(VA, RAM_MEGA + (VA & MEGA - 1));
    for (int i = 0; i < 512; i++) {
      guest.set(LEAVES, i, entry(RAM_MEGA + i * PAGE, RW));
    }
    guest.set(LEAVES, vpn(0), entry(DATA, RW));
    guest.set(MIDDLE, vpn(1), entry(LEAVES, V));
    expectLoad(VA, DATA);
    expectLoad(VA + PAGE, RAM_MEGA + (VA + PAGE & MEGA - 1));
    guest.set(MIDDLE, vpn(1), entry(RAM_MEGA, RW));
    expectLoad(VA, RAM_MEGA + (VA & MEGA - 1));
  }

  private void hugeSize() {
    guest.set(ROOT, vpn(2), entry(MIDDLE, V));
    guest.set(MIDDLE, vpn(1), entry(RAM_MEGA, RW));
    for (int round = 0; round < 2; round++) {
      String found = access(ROOT, VA + PAGE, Access.LOAD);
      expect(found.substring(found.indexOf("span")), "span=200000");
    }
  }

  private void gigapage() {
    guest.set(ROOT, vpn(2), entry(PagedGuest.RAM, RW));
    long va = (VA & -(1L << 30)) + 0x12_3456;
    for (int round = 0; round < 2; round++) {
      expectLoad(va, PagedGuest.RAM + 0x12_3456);
    }
    expectLoad((VA & -(1L << 30)) + (512 << 20), PagedGuest.RAM + (512 << 20));
  }

  private void narrowedMiss() {
    mapData();
    guest.set(LEAVES, vpn(0), entry(DATA, RW & ~W));
    expect(access(ROOT, VA, Access.STORE), STORE_FAULT);
    expectLoad(VA, DATA);
  }

  private void narrowedFence() {
    mapData();
    use(ROOT);
    guest.mmu().store64(VA, 1);
    guest.set(LEAVES, vpn(0), entry(DATA, RW & ~W));
    fence();
    expect(store(2), STORE_FAULT);
    expect(guest.mmu().load64(VA), 1L);
  }

  /** The specification allows either until the fence. */
  private void narrowedUnfenced() {
    mapData();
    use(ROOT);
    guest.mmu().store64(VA, 1);
    guest.set(LEAVES, vpn(0), entry(DATA, RW & ~W));
    boolean stored = store(2).equals("stored");
    expect(guest.mmu().load64(VA), stored ? 2L : 1L);
    expect(guest.memory().load(DATA, 8), stored ? 2L : 1L);
    fence();
    expect(store(3), STORE_FAULT);
  }

  private void widened() {
    guest.map(ROOT, VA, entry(DATA, RW & ~W));
    use(ROOT);
    expect(store(1), STORE_FAULT);
    guest.set(LEAVES, vpn(0), entry(DATA, RW));
    fence();
    expect(store(1), "stored");
  }

  /** What a store at {@link #VA} gets. */
  private String store(long value) {
    try {
      guest.mmu().store64(VA, value);
      return "stored";
    } catch (Trap trap) {
      return trap.toString();
    }
  }

  private void permissions() {
    guest.map(ROOT, VA, entry(DATA, V | X | U | A));
    String found = "gpa=" + Long.toHexString(DATA);
    TranslationContext user = guest.context(guest.sv39(), ROOT, guest.mode("ua"));
    TranslationContext readsCode = guest.context(guest.sv39(), ROOT, guest.mode("sma"));
    for (int round = 0; round < 2; round++) {
      expectStart(access(ROOT, VA, Access.FETCH), "Trap[cause=12");
      expectStart(guest.access(user, VA, Access.FETCH), found);
      expect(guest.access(user, VA, Access.LOAD), LOAD_FAULT);
      expectStart(guest.access(readsCode, VA, Access.LOAD), found);
      expectStart(guest.access(readsCode, VA, Access.FETCH), "Trap[cause=12");
    }
  }

  private void marked() {
    guest.map(ROOT, VA, entry(DATA, V | R | W));
    expectLoad(VA, DATA);
    expect(guest.get(LEAVES, vpn(0)), entry(DATA, V | R | W | A));
    expectLoad(VA, DATA);
    for (int round = 0; round < 2; round++) {
      expectStart(
          access(ROOT, VA, Access.STORE), "gpa=" + Long.toHexString(DATA) + " permissions=3");
      expect(guest.get(LEAVES, vpn(0)), entry(DATA, V | R | W | A | D));
    }
  }

  private void takenBack() {
    mapData();
    guest.set(LEAVES, vpn(0), entry(DATA, RW & ~D));
    expectStart(access(ROOT, VA, Access.STORE), "gpa=");
    expect(guest.get(LEAVES, vpn(0)), entry(DATA, RW));
    guest.set(LEAVES, vpn(0), entry(DATA, RW & ~A & ~D));
    expectLoad(VA, DATA);
    expect(guest.get(LEAVES, vpn(0)), entry(DATA, RW & ~D));
  }

  private void svade() {
    guest.map(ROOT, VA, entry(DATA, V | R | W));
    TranslationContext svade = guest.context(guest.sv39(), ROOT, guest.mode(""));
    String found = "gpa=" + Long.toHexString(DATA) + " permissions=";
    expect(guest.access(svade, VA, Access.LOAD), LOAD_FAULT);
    guest.set(LEAVES, vpn(0), entry(DATA, V | R | W | A));
    expectStart(guest.access(svade, VA, Access.LOAD), found + 1);
    expect(guest.access(svade, VA, Access.STORE), STORE_FAULT);
    expect(guest.get(LEAVES, vpn(0)), entry(DATA, V | R | W | A));
    guest.set(LEAVES, vpn(0), entry(DATA, RW));
    expectStart(guest.access(svade, VA, Access.STORE), found + 3);
  }
}
