package vivarium.testkit.paging;

import static vivarium.testkit.paging.PageTableGames.DATA;
import static vivarium.testkit.paging.PageTableGames.LEAVES;
import static vivarium.testkit.paging.PageTableGames.LOAD_FAULT;
import static vivarium.testkit.paging.PageTableGames.MEGA;
import static vivarium.testkit.paging.PageTableGames.MIDDLE;
import static vivarium.testkit.paging.PageTableGames.OTHER;
import static vivarium.testkit.paging.PageTableGames.RAM_MEGA;
import static vivarium.testkit.paging.PageTableGames.ROOT;
import static vivarium.testkit.paging.PageTableGames.VA;
import static vivarium.testkit.paging.PageTableGames.expect;
import static vivarium.testkit.paging.PageTableGames.expectStart;
import static vivarium.testkit.paging.PageTableGames.vpn;
import static vivarium.testkit.paging.PagedGuest.A;
import static vivarium.testkit.paging.PagedGuest.D;
import static vivarium.testkit.paging.PagedGuest.DEVICE;
import static vivarium.testkit.paging.PagedGuest.G;
import static vivarium.testkit.paging.PagedGuest.PAGE;
import static vivarium.testkit.paging.PagedGuest.R;
import static vivarium.testkit.paging.PagedGuest.RW;
import static vivarium.testkit.paging.PagedGuest.U;
import static vivarium.testkit.paging.PagedGuest.V;
import static vivarium.testkit.paging.PagedGuest.W;
import static vivarium.testkit.paging.PagedGuest.entry;
import static vivarium.testkit.paging.PagedGuest.page;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.TranslationContext;

/** Page tables that are recursive, shared between levels, wrong or out of bounds. */
final class OddTables {
  private static final int FIRST_RESERVED_BIT = 54;

  /** The highest page number that an entry can hold. */
  private static final long FAR = (1L << 44) - 1 << 12;

  private OddTables() {}

  static Map<String, Consumer<PageTableGames>> all() {
    Map<String, Consumer<PageTableGames>> all = new LinkedHashMap<>();
    all.put("recursiveTableIsAllLevelsAtOnce", OddTables::recursive);
    all.put("oneTableAtTwoLevelsIsRightAtBoth", OddTables::twoLevels);
    all.put("tableThatPointsToItselfEndsInAFault", OddTables::loop);
    all.put("tablesThatPointToEachOtherEndInAFault", OddTables::ring);
    all.put("reservedBitsAreAPageFaultAtEveryLevel", OddTables::reservedBits);
    all.put("entryOfAllOnesIsAPageFault", OddTables::allOnes);
    all.put("entryThatIsOnlyWritableIsAPageFault", OddTables::writeOnly);
    all.put("pointerWithBitsOfALeafIsAPageFault", OddTables::pointerBits);
    all.put("misalignedSuperpageFaults", OddTables::misaligned);
    all.put("tableOutsideMemoryIsAnAccessFault", OddTables::outside);
    all.put("pageOutsideMemoryIsAnAccessFault", OddTables::pageOutside);
    all.put("foreignFrameIsNotReached", OddTables::foreign);
    all.put("addressThatIsNotCanonicalFaults", OddTables::notCanonical);
    all.put("deviceIsFoundEachTime", OddTables::device);
    all.put("globalPageIsGlobal", OddTables::global);
    all.put("fourLevelsAreWalked", OddTables::fourLevels);
    all.put("sameTablesServeTwoFormats", OddTables::twoFormats);
    all.put("bareAddressesArePhysical", OddTables::bare);
    all.put("tableThatProtectionHidesIsAnAccessFault", OddTables::hidden);
    all.put("bitThatProtectionForbidsToSetIsAnAccessFault", OddTables::unmarkable);
    return all;
  }

  private static void recursive(PageTableGames games) {
    PagedGuest guest = games.guest;
    guest.set(ROOT, 510, entry(ROOT, V));
    guest.set(ROOT, 1, entry(ROOT, RW));
    long window = -(2L << 30) | 510L << 21 | 1 << 12;
    games.expectLoad(window, ROOT);
    games.use(ROOT);
    expect(guest.mmu().load64(window + 8 * 510), entry(ROOT, V));
    guest.mmu().store64(window + 8, entry(OTHER, RW));
    games.expectLoad(window, OTHER);
    guest.set(ROOT, 510, 0);
    games.expectNoLoad(window);
  }

  private static void twoLevels(PageTableGames games) {
    PagedGuest guest = games.guest;
    guest.set(ROOT, 0, entry(MIDDLE, V));
    guest.set(MIDDLE, 0, entry(LEAVES, V));
    guest.set(MIDDLE, 1, entry(MIDDLE, V));
    guest.set(LEAVES, 0, entry(DATA, RW));
    guest.set(MIDDLE, 2, entry(RAM_MEGA, RW & ~A & ~D));
    games.expectLoad(MEGA + 2 * PAGE, RAM_MEGA);
    expect(guest.get(MIDDLE, 2), entry(RAM_MEGA, RW & ~D));
    games.expectLoad(2 * MEGA, RAM_MEGA);
    games.expectLoad(0, DATA);
    guest.set(MIDDLE, 2, entry(RAM_MEGA + MEGA, RW));
    games.expectLoad(2 * MEGA, RAM_MEGA + MEGA);
    games.expectLoad(MEGA + 2 * PAGE, RAM_MEGA + MEGA);
  }

  private static void loop(PageTableGames games) {
    for (int i = 0; i < 512; i++) {
      games.guest.set(ROOT, i, entry(ROOT, V));
    }
    expect(games.access(ROOT, VA, Access.LOAD), LOAD_FAULT);
    games.guest.set(ROOT, vpn(0), entry(DATA, RW));
    boolean shared = vpn(0) == vpn(1) || vpn(0) == vpn(2);
    expect(shared, false);
    games.expectLoad(VA, DATA);
  }

  private static void ring(PageTableGames games) {
    for (int i = 0; i < 512; i++) {
      games.guest.set(ROOT, i, entry(MIDDLE, V));
      games.guest.set(MIDDLE, i, entry(LEAVES, V));
      games.guest.set(LEAVES, i, entry(ROOT, V));
    }
    expect(games.access(ROOT, VA, Access.LOAD), LOAD_FAULT);
    expect(games.access(MIDDLE, VA, Access.LOAD), LOAD_FAULT);
    games.guest.set(LEAVES, vpn(0), entry(DATA, RW));
    games.expectLoad(VA, DATA);
    expect(games.access(MIDDLE, VA, Access.LOAD), LOAD_FAULT);
  }

  private static void reservedBits(PageTableGames games) {
    games.mapData();
    for (int bit = FIRST_RESERVED_BIT; bit < 64; bit++) {
      long reserved = 1L << bit;
      for (long table : new long[] {ROOT, MIDDLE, LEAVES}) {
        int index = vpn((int) ((LEAVES - table) / PAGE));
        long before = games.guest.get(table, index);
        games.guest.set(table, index, before | reserved);
        expect(games.access(ROOT, VA, Access.LOAD), LOAD_FAULT);
        expect(games.guest.get(table, index), before | reserved);
        games.guest.set(table, index, before);
        games.expectLoad(VA, DATA);
      }
    }
  }

  private static void allOnes(PageTableGames games) {
    games.mapData();
    games.guest.set(LEAVES, vpn(0), -1);
    expect(games.access(ROOT, VA, Access.LOAD), LOAD_FAULT);
    games.guest.set(MIDDLE, vpn(1), -1);
    expect(games.access(ROOT, VA, Access.LOAD), LOAD_FAULT);
    expect(games.guest.get(MIDDLE, vpn(1)), -1L);
  }

  private static void writeOnly(PageTableGames games) {
    games.mapData();
    games.guest.set(LEAVES, vpn(0), entry(DATA, RW & ~R));
    expect(games.access(ROOT, VA, Access.LOAD), LOAD_FAULT);
    expect(games.access(ROOT, VA, Access.STORE), PageTableGames.STORE_FAULT);
  }

  private static void pointerBits(PageTableGames games) {
    for (long bit : new long[] {U, A, D}) {
      games.mapData();
      games.guest.set(MIDDLE, vpn(1), entry(LEAVES, V | bit));
      expect(games.access(ROOT, VA, Access.LOAD), LOAD_FAULT);
      games.guest.set(MIDDLE, vpn(1), entry(LEAVES, V | G));
      games.expectLoad(VA, DATA);
    }
  }

  private static void misaligned(PageTableGames games) {
    games.guest.set(ROOT, vpn(2), entry(MIDDLE, V));
    games.guest.set(MIDDLE, vpn(1), entry(RAM_MEGA + PAGE, RW));
    expect(games.access(ROOT, VA, Access.LOAD), LOAD_FAULT);
    games.guest.set(ROOT, vpn(2), entry(RAM_MEGA, RW));
    expect(games.access(ROOT, VA, Access.LOAD), LOAD_FAULT);
  }

  private static void outside(PageTableGames games) {
    games.mapData();
    for (long nowhere : new long[] {0, DEVICE, PagedGuest.RAM + PagedGuest.RAM_BYTES, FAR}) {
      games.guest.set(MIDDLE, vpn(1), entry(nowhere, V));
      expectStart(games.access(ROOT, VA, Access.LOAD), "Trap[cause=5");
      expectStart(games.access(ROOT, VA, Access.STORE), "Trap[cause=7");
      expectStart(games.access(ROOT, VA, Access.FETCH), "Trap[cause=1,");
      expect(games.guest.get(MIDDLE, vpn(1)), entry(nowhere, V));
    }
    expectStart(games.access(DEVICE, VA, Access.LOAD), "Trap[cause=5");
  }

  private static void pageOutside(PageTableGames games) {
    games.mapData();
    games.use(ROOT);
    for (long nowhere : new long[] {0, PagedGuest.RAM + PagedGuest.RAM_BYTES, FAR}) {
      games.guest.set(LEAVES, vpn(0), entry(nowhere, RW));
      games.fence();
      expectStart(load(games.guest), "Trap[cause=5");
      expect(games.guest.get(LEAVES, vpn(0)), entry(nowhere, RW));
    }
    games.guest.set(LEAVES, vpn(0), entry(DATA, RW));
    games.fence();
    expect(load(games.guest), "0");
  }

  private static String load(PagedGuest guest) {
    try {
      return Long.toHexString(guest.mmu().load64(VA));
    } catch (Trap trap) {
      return trap.toString();
    }
  }

  /** The number of a frame of the machine's is to the guest a page where it has no RAM. */
  private static void foreign(PageTableGames games) {
    games.mapData();
    games.use(ROOT);
    for (long ma : new long[] {0, PagedGuest.FIRST_FRAME - PAGE, PagedGuest.FIRST_FRAME}) {
      games.guest.set(LEAVES, vpn(0), entry(ma, RW));
      games.fence();
      expectStart(load(games.guest), "Trap[cause=5");
      games.guest.set(MIDDLE, vpn(1), entry(ma, V));
      games.fence();
      expectStart(load(games.guest), "Trap[cause=5");
      games.guest.set(MIDDLE, vpn(1), entry(LEAVES, V));
    }
  }

  private static void notCanonical(PageTableGames games) {
    games.mapData();
    for (int bit = 39; bit < 64; bit++) {
      games.expectNoLoad(VA ^ 1L << bit);
    }
    games.expectNoLoad(VA | -1L << 38 & ~(1L << 50));
  }

  private static void device(PageTableGames games) {
    games.guest.map(ROOT, VA, entry(DEVICE, RW & ~A & ~D));
    for (int round = 0; round < 3; round++) {
      games.expectLoad(VA + 4, DEVICE + 4);
      expect(games.guest.get(LEAVES, vpn(0)), entry(DEVICE, RW & ~D));
    }
  }

  private static void global(PageTableGames games) {
    games.guest.map(ROOT, VA, entry(DATA, RW));
    games.guest.set(ROOT, vpn(2), entry(MIDDLE, V | G));
    String found = "gpa=" + Long.toHexString(DATA) + " permissions=3 global=";
    for (int round = 0; round < 2; round++) {
      expectStart(games.access(ROOT, VA, Access.LOAD), found + true);
    }
    games.guest.set(ROOT, vpn(2), entry(MIDDLE, V));
    expectStart(games.access(ROOT, VA, Access.LOAD), found + false);
    games.guest.set(LEAVES, vpn(0), entry(DATA, RW | G));
    expectStart(games.access(ROOT, VA, Access.LOAD), found + true);
  }

  private static void fourLevels(PageTableGames games) {
    PagedGuest guest = games.guest;
    guest.map(ROOT, VA, entry(DATA, RW));
    guest.set(page(3), 0, entry(ROOT, V));
    guest.set(page(3), 511, entry(ROOT, V));
    TranslationContext context = guest.context(guest.sv48(), page(3), games.kernel);
    String found = "gpa=" + Long.toHexString(DATA) + " ";
    for (int round = 0; round < 2; round++) {
      expectStart(guest.access(context, VA, Access.LOAD), found);
      expectStart(guest.access(context, VA | -1L << 39, Access.LOAD), found);
      expectStart(guest.access(context, VA | 1L << 48, Access.LOAD), "Trap[cause=13");
    }
  }

  /** A page that is Sv39's root is a table of the third level under Sv48. */
  private static void twoFormats(PageTableGames games) {
    PagedGuest guest = games.guest;
    games.mapData();
    guest.set(page(3), 0, entry(ROOT, V));
    TranslationContext context = guest.context(guest.sv48(), page(3), games.kernel);
    for (long gpa : new long[] {OTHER, DATA}) {
      guest.set(LEAVES, vpn(0), entry(gpa, RW));
      expectStart(guest.access(context, VA, Access.LOAD), "gpa=" + Long.toHexString(gpa) + " ");
      games.expectLoad(VA, gpa);
    }
  }

  private static void bare(PageTableGames games) {
    TranslationContext bare = games.guest.context(null, 0, games.kernel);
    expect(
        games.guest.access(bare, DATA + 8, Access.STORE),
        "gpa=%x permissions=7 global=true span=1000".formatted(DATA + 8));
  }

  private static void hidden(PageTableGames games) {
    games.mapData();
    for (long table : new long[] {ROOT, MIDDLE, LEAVES}) {
      games.guest.protect(table, 0);
      expectStart(games.access(ROOT, VA, Access.LOAD), "Trap[cause=5");
      games.guest.protect(table, PagedGuest.PMP_ALL);
      games.expectLoad(VA, DATA);
    }
  }

  private static void unmarkable(PageTableGames games) {
    PagedGuest guest = games.guest;
    guest.map(ROOT, VA, entry(DATA, V | R | W | A));
    games.expectLoad(VA, DATA);
    guest.protect(LEAVES, 1);
    expectStart(games.access(ROOT, VA, Access.STORE), "Trap[cause=7");
    expect(guest.get(LEAVES, vpn(0)), entry(DATA, V | R | W | A));
    games.expectLoad(VA, DATA);
  }
}
