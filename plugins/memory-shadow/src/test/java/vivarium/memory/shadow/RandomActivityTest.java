package vivarium.memory.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static vivarium.memory.shadow.PagedGuest.PAGE;
import static vivarium.memory.shadow.PagedGuest.V;
import static vivarium.memory.shadow.PagedGuest.entry;
import static vivarium.memory.shadow.PagedGuest.page;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.Atomic;
import vivarium.api.memory.RamFrames;
import vivarium.api.memory.TranslationContext;
import vivarium.isa.riscv.paging.SvFormat;
import vivarium.memory.nested.NestedStrategy;

/**
 * Twin guests do the same random things to the same page tables, one under shadow, one under nested
 * tables: each access must find the same, and leave the same in RAM.
 */
class RandomActivityTest {
  private static final int TABLES = 8;
  private static final int[] INDEXES = {0, 1, 2, 255, 256, 511};
  private static final int[] MODES = {
    SvFormat.SUPERVISOR,
    SvFormat.SUPERVISOR | SvFormat.ADUE,
    SvFormat.SUPERVISOR | SvFormat.ADUE | SvFormat.SUM,
    SvFormat.SUPERVISOR | SvFormat.ADUE | SvFormat.SUM | SvFormat.MXR,
    SvFormat.USER | SvFormat.ADUE,
    SvFormat.USER
  };
  private static final int STEPS = 20_000;

  private Random random = new Random(0);
  private PagedGuest nested = PagedGuest.shadowed();
  private PagedGuest shadow = PagedGuest.shadowed();

  private void start(long seed, RamFrames ramFrames, int tableFrames, String... options) {
    random = new Random(seed);
    nested = new PagedGuest(new NestedStrategy(), ramFrames, 0);
    shadow = new PagedGuest(new ShadowStrategy(), ramFrames, tableFrames, options);
  }

  private int pick(int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private long table() {
    return page(random.nextInt(TABLES));
  }

  private long randomEntry() {
    long flags = random.nextInt(256);
    return switch (random.nextInt(12)) {
      case 0, 1, 2, 3, 4 -> entry(table(), V | flags & PagedGuest.G);
      case 5 -> entry(page(random.nextInt(2048)), flags | V);
      case 6 -> entry(page(pick(0, 512, 1024, 1536)), flags | V | PagedGuest.R);
      case 7 -> entry(0x8000_0000L, flags | V | PagedGuest.R | PagedGuest.A);
      case 8 -> entry(pick(0, 1, 2) * 0x800_0000L, flags | V | PagedGuest.R);
      case 9 -> entry(page(random.nextInt(2 * TABLES)), PagedGuest.RW | flags & PagedGuest.U);
      case 10 -> 0;
      default -> random.nextLong() >>> random.nextInt(64);
    };
  }

  private void write() {
    long gpa = table() + 8L * pick(INDEXES);
    long value = randomEntry();
    if (random.nextInt(20) == 0) {
      int longs = 1 + random.nextInt(4);
      long[] values = random.longs(longs).map(any -> randomEntry()).toArray();
      long first = Math.min(gpa, page(TABLES) - 8L * longs);
      nested.memory.write(first, MemorySegment.ofArray(values));
      shadow.memory.write(first, MemorySegment.ofArray(values));
      return;
    }
    int width = random.nextInt(4) > 0 ? 8 : pick(1, 2, 4);
    long at = width == 8 ? gpa : gpa + random.nextInt(9 - width);
    nested.memory.store(at, width, value);
    shadow.memory.store(at, width, value);
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
    SvFormat format = random.nextInt(4) == 0 ? SvFormat.SV48 : SvFormat.SV39;
    long root = random.nextInt(100) == 0 ? PagedGuest.DEVICE : page(random.nextInt(3));
    int mode = pick(MODES);
    long va = address(format);
    Access access = Access.values()[random.nextInt(3)];
    String expected = nested.access(nested.context(format, root, mode), va, access);
    String found = shadow.access(shadow.context(format, root, mode), va, access);
    assertThat(found).as("%s of %x in mode %d", access, va, mode).isEqualTo(expected);
    assertSameTables();
  }

  private void assertSameTables() {
    for (int i = 0; i < TABLES; i++) {
      MemorySegment one = nested.machine.asSlice(nested.memory.machineAddress(page(i)), PAGE);
      MemorySegment other = shadow.machine.asSlice(shadow.memory.machineAddress(page(i)), PAGE);
      assertThat(one.mismatch(other)).as("difference in table %d", i).isEqualTo(-1);
    }
  }

  private void assertShadowsWereUsed() {
    assertThat(shadow.counters.walks).as("walks of shadows").isPositive();
    assertThat(shadow.counters.shadowMisses).as("misses").isPositive();
    assertThat(shadow.counters.tableWrites).as("trapped writes").isPositive();
  }

  private void run() {
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(500) == 0) {
        long table = table();
        int permissions = random.nextInt(PagedGuest.PMP_ALL + 1);
        nested.protect(table, permissions);
        shadow.protect(table, permissions);
      } else if (random.nextInt(3) == 0) {
        write();
      } else {
        access();
      }
    }
    assertShadowsWereUsed();
    shadow.paging.close();
    assertThat(shadow.frames.given()).isZero();
    for (int i = 0; i < TABLES; i++) {
      assertThat(shadow.guarded(page(i))).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void eachAccessFindsWhatThePlainWalkFinds(long seed) {
    start(seed, PagedGuest.IN_ORDER, 1024);
    run();
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void eachAccessFindsWhatThePlainWalkFindsWhereFramesLieScattered(long seed) {
    start(seed, PagedGuest.SCATTERED, 1024);
    run();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 12})
  void eachAccessFindsWhatThePlainWalkFindsWhereFramesAreShort(int frames) {
    start(frames, PagedGuest.IN_ORDER, frames);
    run();
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23})
  void tablesOutOfSyncAreRightAfterAFence(long seed) {
    start(seed, PagedGuest.IN_ORDER, 1024, "out-of-sync", "true");
    for (int round = 0; round < STEPS / 16; round++) {
      for (int i = random.nextInt(16); i > 0; i--) {
        write();
      }
      shadow.paging.fence(0, true, 0, true);
      for (int i = random.nextInt(16); i > 0; i--) {
        access();
      }
    }
    assertThat(shadow.counters.named("shadow-tables-out-of-sync").sum()).isPositive();
    assertShadowsWereUsed();
  }

  @Test
  void accessToRamThatIsRepeatedNeedsNoWalkOfTheGuestsTables() {
    start(31, PagedGuest.IN_ORDER, 1024);
    int answered = 0;
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(8) == 0) {
        write();
      }
      long root = page(random.nextInt(3));
      long va = address(SvFormat.SV39);
      Access access = Access.values()[random.nextInt(3)];
      String first = shadow.access(root, va, access);
      long misses = shadow.counters.shadowMisses;
      boolean inRam = first.matches("gpa=80[0-7]\\w{5} .*");
      if (inRam) {
        assertThat(shadow.access(root, va, access)).isEqualTo(first);
        assertThat(shadow.counters.shadowMisses).as(first).isEqualTo(misses);
        answered++;
      }
    }
    assertThat(answered).isGreaterThan(STEPS / 40);
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
  @ValueSource(longs = {41, 42, 43, 44})
  void guestCodeThatFencesItsTableWritesCannotTellTheDifference(long seed) {
    start(seed, seed % 2 == 0 ? PagedGuest.IN_ORDER : PagedGuest.SCATTERED, 24);
    nested.mmu().setAlone(true);
    shadow.mmu().setAlone(true);
    for (int step = 0; step < STEPS; step++) {
      if (step % 10 == 0) {
        long root = page(random.nextInt(3));
        int mode = pick(MODES);
        use(nested, root, mode);
        use(shadow, root, mode);
        write();
      }
      int operation = random.nextInt(4);
      long va = address(SvFormat.SV39);
      long value = randomEntry();
      String expected = execute(nested, operation, va, value);
      assertThat(execute(shadow, operation, va, value)).isEqualTo(expected);
      if (operation != 0) {
        nested.mmu().fence(0, true, 0, true, 1);
        shadow.mmu().fence(0, true, 0, true, 1);
      }
      assertSameTables();
    }
    assertThat(nested.machine.mismatch(shadow.machine)).isEqualTo(-1);
    assertShadowsWereUsed();
  }
}
