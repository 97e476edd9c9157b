package vivarium.memory.protection;

import static org.assertj.core.api.Assertions.assertThat;
import static vivarium.memory.protection.PagedGuest.PAGE;
import static vivarium.memory.protection.PagedGuest.V;
import static vivarium.memory.protection.PagedGuest.entry;
import static vivarium.memory.protection.PagedGuest.page;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.Atomic;
import vivarium.api.memory.RamFrames;
import vivarium.api.memory.TranslationContext;
import vivarium.isa.riscv.paging.SvFormat;
import vivarium.memory.nested.NestedStrategy;

/**
 * Twin guests do the same random things to the same page tables, one under protected, one under
 * nested tables: each access must find the same, leave the same for the guest to read, and reach no
 * foreign frame.
 */
@SuppressWarnings("NullAway.Init")
class RandomActivityTest {
  private static final int TABLES = 12;
  private static final int TABLES_OF_A_LEVEL = 4;
  private static final int[] INDEXES = {0, 1, 2, 255, 256, 511};
  private static final int[] MODES = {
    SvFormat.SUPERVISOR,
    SvFormat.SUPERVISOR | SvFormat.ADUE,
    SvFormat.SUPERVISOR | SvFormat.ADUE | SvFormat.SUM,
    SvFormat.SUPERVISOR | SvFormat.ADUE | SvFormat.SUM | SvFormat.MXR,
    SvFormat.USER | SvFormat.ADUE,
    SvFormat.USER
  };
  private static final int STEPS = 4_000;

  private final MemorySegment expectedTable = MemorySegment.ofArray(new byte[(int) PAGE]);
  private final MemorySegment foundTable = MemorySegment.ofArray(new byte[(int) PAGE]);
  private Random random = new Random(0);
  private PagedGuest nested;
  private PagedGuest direct;

  /** Whether pages keep to one level, as in a sensible guest, or serve as anything. */
  private boolean orderly;

  private void start(long seed, RamFrames ramFrames, boolean orderlyGuest, int roots) {
    random = new Random(seed);
    orderly = orderlyGuest;
    nested = new PagedGuest(new NestedStrategy(), ramFrames);
    direct = new PagedGuest(new ProtectedStrategy(), ramFrames, "roots", "" + roots);
  }

  private int pick(int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private int anyTable() {
    return random.nextInt(TABLES);
  }

  /** A table that an entry of this one may point to. */
  private int lowerTable(int table) {
    return orderly
        ? Math.min(TABLES - 1, (table / TABLES_OF_A_LEVEL + 1) * TABLES_OF_A_LEVEL)
            + random.nextInt(TABLES_OF_A_LEVEL)
        : anyTable();
  }

  private long randomEntry(int table) {
    long flags = random.nextInt(256);
    if (orderly && random.nextInt(5) > 0) {
      boolean leaf = table >= TABLES - TABLES_OF_A_LEVEL;
      long readable = flags & ~PagedGuest.G | V | PagedGuest.R;
      return leaf ? entry(page(random.nextInt(2048)), readable) : entry(page(lowerTable(table)), V);
    }
    return switch (random.nextInt(14)) {
      case 0, 1, 2, 3, 4 -> entry(page(lowerTable(table)), V | flags & PagedGuest.G);
      case 5 -> entry(page(random.nextInt(2048)), flags | V);
      case 6 -> entry(page(pick(0, 512, 1024, 1536)), flags | V | PagedGuest.R);
      case 7 -> entry(0x8000_0000L, flags | V | PagedGuest.R | PagedGuest.A);
      case 8 -> entry(pick(0, 1, 2) * 0x800_0000L, flags | V | PagedGuest.R);
      case 9 -> entry(page(random.nextInt(2 * TABLES)), PagedGuest.RW | flags & PagedGuest.U);
      case 10 -> 0;
      case 11 -> entry(random.nextInt(2048) * 2 * PAGE, flags | V);
      case 12 -> -1;
      default -> random.nextLong() >>> random.nextInt(64);
    };
  }

  private void write() {
    int table = anyTable();
    long gpa = page(table) + 8L * pick(INDEXES);
    long value = randomEntry(table);
    if (random.nextInt(20) == 0) {
      int longs = 1 + random.nextInt(4);
      long[] values = random.longs(longs).map(any -> randomEntry(table)).toArray();
      long first = Math.min(gpa, page(TABLES) - 8L * longs);
      nested.memory.write(first, MemorySegment.ofArray(values));
      direct.memory.write(first, MemorySegment.ofArray(values));
      return;
    }
    int width = random.nextInt(4) > 0 ? 8 : pick(1, 2, 4, 8);
    long last = page(table + 1) - width;
    long at = random.nextInt(4) > 0 ? gpa : Math.min(last, gpa + random.nextInt(8));
    nested.memory.store(at, width, value);
    direct.memory.store(at, width, value);
  }

  private void read() {
    int width = pick(1, 2, 4, 8);
    long at = Math.min(page(anyTable()) + 8L * pick(INDEXES) + random.nextInt(8), page(TABLES) - 8);
    if ((at & PAGE - 1) <= PAGE - width) {
      assertThat(direct.memory.load(at, width)).isEqualTo(nested.memory.load(at, width));
    }
  }

  private long address(SvFormat format) {
    long va = random.nextInt(8) == 0 ? random.nextInt(4096) : 8;
    for (int level = 0; level < format.levels(); level++) {
      va |= (long) pick(INDEXES) << 12 + 9 * level;
    }
    int unused = 52 - 9 * format.levels();
    return random.nextInt(50) == 0 ? random.nextLong() : va << unused >> unused;
  }

  private void access() {
    boolean fourLevels = !orderly && random.nextInt(4) == 0;
    SvFormat format = fourLevels ? SvFormat.SV48 : SvFormat.SV39;
    long root = random.nextInt(100) == 0 ? PagedGuest.DEVICE : page(random.nextInt(3));
    int mode = pick(MODES);
    long va = address(format);
    Access access = Access.values()[random.nextInt(3)];
    TranslationContext context = direct.context(format, root, mode);
    long interpreted = interpreted();
    String expected = nested.access(nested.context(format, root, mode), va, access);
    String found = direct.access(context, va, access);
    assertThat(found).as("%s of %x in mode %d", access, va, mode).isEqualTo(expected);
    if (interpreted == interpreted()) {
      assertThat(direct.hardwareWalk(context, va, access)).isEqualTo(expected);
    }
    assertSameTable();
  }

  private long interpreted() {
    return direct.counters.named("protected-walks-interpreted").sum();
  }

  private void assertSameTable() {
    long table = page(anyTable());
    nested.memory.read(table, expectedTable);
    direct.memory.read(table, foundTable);
    assertThat(foundTable.mismatch(expectedTable)).as("difference in %x", table).isEqualTo(-1);
  }

  private void assertTablesWereUsed() {
    assertThat(direct.counters.walks).as("walks").isGreaterThan(interpreted());
    assertThat(direct.counters.tableWrites).as("trapped writes").isPositive();
    assertThat(direct.counters.named("protected-tables-typed").sum()).as("tables").isPositive();
  }

  private void assertEverythingIsGivenBack() {
    direct.paging.close();
    for (int i = 0; i < TABLES; i++) {
      assertThat(direct.guarded(page(i))).isFalse();
    }
    assertThat(direct.ownFrames().mismatch(nested.ownFrames())).isEqualTo(-1);
    direct.assertForeignFramesUntouched();
    assertThat(direct.counters.named("protected-tables-untyped").sum())
        .isEqualTo(direct.counters.named("protected-tables-typed").sum());
  }

  private void run() {
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(200) == 0) {
        long table = page(anyTable());
        int permissions = random.nextInt(PagedGuest.PMP_ALL + 1);
        nested.protect(table, permissions);
        direct.protect(table, permissions);
      }
      switch (random.nextInt(4)) {
        case 0 -> write();
        case 1 -> read();
        default -> access();
      }
    }
    assertTablesWereUsed();
    assertEverythingIsGivenBack();
  }

  @ParameterizedTest
  @CsvSource({"1,128,true", "2,128,false", "3,2,true", "4,1,true", "5,1,false"})
  void eachAccessFindsWhatThePlainWalkFinds(long seed, int roots, boolean orderlyGuest) {
    start(seed, PagedGuest.IN_ORDER, orderlyGuest, roots);
    run();
  }

  @ParameterizedTest
  @CsvSource({"11,true", "12,false", "13,true"})
  void eachAccessFindsWhatThePlainWalkFindsWhereFramesLieScattered(long seed, boolean isOrderly) {
    start(seed, PagedGuest.SCATTERED, isOrderly, 128);
    run();
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32})
  void sensibleGuestsAccessesToRamAreMostlyAnsweredWithoutInterpretation(long seed) {
    start(seed, PagedGuest.IN_ORDER, true, 128);
    long inRam = 0;
    long interpretedInRam = 0;
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(4) == 0) {
        write();
      }
      long before = interpreted();
      String found =
          direct.access(page(random.nextInt(3)), address(SvFormat.SV39), Access.values()[step % 3]);
      if (found.matches("gpa=80[0-7]\\w{5} .*span=(1|200)000")) {
        inRam++;
        interpretedInRam += interpreted() - before;
      }
    }
    assertThat(inRam).isGreaterThan(STEPS / 20);
    assertThat(interpretedInRam).isLessThan(inRam / 10);
  }

  /** What a load, store or atomic of guest code gets, as text. */
  private static String execute(PagedGuest guest, int operation, long va, long value) {
    try {
      return switch (operation) {
        case 0 -> Long.toHexString(guest.mmu().load64(va));
        case 1 -> {
          guest.mmu().store64(va, value);
          yield "stored";
        }
        case 2 -> {
          guest.mmu().store8(va + 3, value);
          yield "stored";
        }
        case 3 -> {
          long old = guest.mmu().loadReserved64(va & -8);
          yield Long.toHexString(old) + " " + guest.mmu().storeConditional64(va & -8, value);
        }
        default -> Long.toHexString(guest.mmu().atomic64(va & -8, value, Atomic.SWAP));
      };
    } catch (Trap trap) {
      return trap.toString();
    }
  }

  private static void use(PagedGuest guest, long root, int mode) {
    TranslationContext context = guest.context(SvFormat.SV39, root, mode);
    guest.mmu().forget(0);
    guest.mmu().switchTo(context, context);
  }

  @ParameterizedTest
  @CsvSource({"41,true", "42,false", "43,true", "44,false"})
  void guestCodeThatFencesItsTableWritesCannotTellTheDifference(long seed, boolean isOrderly) {
    start(seed, seed > 42 ? PagedGuest.IN_ORDER : PagedGuest.SCATTERED, isOrderly, 128);
    nested.mmu().setAlone(true);
    direct.mmu().setAlone(true);
    for (int step = 0; step < STEPS; step++) {
      if (step % 10 == 0) {
        long root = page(random.nextInt(3));
        int mode = pick(MODES);
        use(nested, root, mode);
        use(direct, root, mode);
        write();
      }
      int operation = random.nextInt(5);
      long va = address(SvFormat.SV39);
      long value = randomEntry(anyTable());
      String expected = execute(nested, operation, va, value);
      assertThat(execute(direct, operation, va, value)).isEqualTo(expected);
      if (operation != 0) {
        nested.mmu().fence(0, true, 0, true, 1);
        direct.mmu().fence(0, true, 0, true, 1);
      }
      assertSameTable();
    }
    assertTablesWereUsed();
    assertEverythingIsGivenBack();
  }
}
