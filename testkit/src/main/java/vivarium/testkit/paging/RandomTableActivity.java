package vivarium.testkit.paging;

import static vivarium.testkit.paging.PagedGuest.PAGE;
import static vivarium.testkit.paging.PagedGuest.V;
import static vivarium.testkit.paging.PagedGuest.entry;
import static vivarium.testkit.paging.PagedGuest.page;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.Atomic;
import vivarium.api.memory.PageTableFormat;
import vivarium.api.memory.TranslationContext;

/**
 * Twin guests that do the same random things to the same page tables, one under a strategy that is
 * taken for right, one under the strategy that is tested: each access must find the same, and each
 * table read back the same. Each method does one thing, so that a test says what happens how often.
 */
public final class RandomTableActivity {
  /** Pages from the start of RAM on that serve as tables. */
  public static final int TABLES = 12;

  private static final int TABLES_OF_A_LEVEL = 4;
  private static final int[] INDEXES = {0, 1, 2, 255, 256, 511};
  private static final String[] MODES = {"", "a", "sa", "sma", "ua", "u"};

  private final Random random;
  private final PagedGuest expected;
  private final PagedGuest tested;
  private final boolean orderly;
  private final int[] modes = new int[MODES.length];
  private final MemorySegment expectedTable = MemorySegment.ofArray(new byte[(int) PAGE]);
  private final MemorySegment foundTable = MemorySegment.ofArray(new byte[(int) PAGE]);

  /**
   * Makes ready.
   *
   * @param seed says what happens
   * @param orderly whether pages keep to one level, as in a sensible guest, or serve as anything
   * @param expected a guest under the strategy that is taken for right
   * @param tested another one, whose frames back its pages likewise
   */
  public RandomTableActivity(long seed, boolean orderly, PagedGuest expected, PagedGuest tested) {
    random = new Random(seed);
    this.orderly = orderly;
    this.expected = expected;
    this.tested = tested;
    for (int i = 0; i < modes.length; i++) {
      modes[i] = expected.mode(MODES[i]);
    }
  }

  /** A random number below a bound, for the test's own choices. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  private int pick(int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** A table that an entry of this one may point to. */
  private int lowerTable(int table) {
    return orderly
        ? Math.min(TABLES - 1, (table / TABLES_OF_A_LEVEL + 1) * TABLES_OF_A_LEVEL)
            + random.nextInt(TABLES_OF_A_LEVEL)
        : random.nextInt(TABLES);
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
      case 7 -> entry(PagedGuest.RAM, flags | V | PagedGuest.R | PagedGuest.A);
      case 8 -> entry(pick(0, 1, 2) * 0x800_0000L, flags | V | PagedGuest.R);
      case 9 -> entry(page(random.nextInt(2 * TABLES)), PagedGuest.RW | flags & PagedGuest.U);
      case 10 -> 0;
      case 11 -> entry(random.nextInt(2048) * 2 * PAGE, flags | V);
      case 12 -> -1;
      default -> random.nextLong() >>> random.nextInt(64);
    };
  }

  /** Writes an entry or some, or a part of one, as a hart or a device would. */
  public void write() {
    int table = random.nextInt(TABLES);
    long gpa = page(table) + 8L * pick(INDEXES);
    long value = randomEntry(table);
    if (random.nextInt(20) == 0) {
      int longs = 1 + random.nextInt(4);
      long[] values = random.longs(longs).map(any -> randomEntry(table)).toArray();
      long first = Math.min(gpa, page(TABLES) - 8L * longs);
      expected.memory().write(first, MemorySegment.ofArray(values));
      tested.memory().write(first, MemorySegment.ofArray(values));
      return;
    }
    int width = random.nextInt(4) > 0 ? 8 : pick(1, 2, 4, 8);
    long last = page(table + 1) - width;
    long at = random.nextInt(4) > 0 ? gpa : Math.min(last, gpa + random.nextInt(8));
    expected.memory().store(at, width, value);
    tested.memory().store(at, width, value);
  }

  /** Reads a part of an entry, or parts of two. */
  public void read() {
    int width = pick(1, 2, 4, 8);
    long at = page(random.nextInt(TABLES)) + 8L * pick(INDEXES) + random.nextInt(8);
    at = Math.min(at, page(TABLES) - 8);
    if ((at & PAGE - 1) <= PAGE - width) {
      same(
          "read of %x".formatted(at),
          tested.memory().load(at, width),
          expected.memory().load(at, width));
    }
  }

  /** An address that tables are likely to say something of. */
  public long address(PageTableFormat format) {
    long va = random.nextInt(8) == 0 ? random.nextInt(4096) : 8;
    for (int level = 0; level < format.levels(); level++) {
      va |= (long) pick(INDEXES) << 12 + 9 * level;
    }
    int unused = 52 - 9 * format.levels();
    return random.nextInt(50) == 0 ? random.nextLong() : va << unused >> unused;
  }

  /** What {@link #access} is about to do, or has done. */
  public record Found(TranslationContext context, long va, Access access, String text) {}

  /** Translates an address in both guests. */
  public Found access() {
    boolean fourLevels = !orderly && random.nextInt(4) == 0;
    PageTableFormat format = fourLevels ? tested.sv48() : tested.sv39();
    long root = random.nextInt(100) == 0 ? PagedGuest.DEVICE : page(random.nextInt(3));
    int mode = pick(modes);
    long va = address(format);
    Access access = Access.values()[random.nextInt(3)];
    String text = expected.access(expected.context(format, root, mode), va, access);
    TranslationContext context = tested.context(format, root, mode);
    same(
        "%s of %x in mode %d".formatted(access, va, mode),
        tested.access(context, va, access),
        text);
    sameTable();
    return new Found(context, va, access, text);
  }

  /** Takes permissions from a table by physical memory protection, or gives them back. */
  public void protect() {
    long table = page(random.nextInt(TABLES));
    int permissions = random.nextInt(PagedGuest.PMP_ALL + 1);
    expected.protect(table, permissions);
    tested.protect(table, permissions);
  }

  private static void same(String what, Object found, Object wanted) {
    if (!found.equals(wanted)) {
      throw new AssertionError(what + ": expected " + wanted + " but found " + found);
    }
  }

  private void sameTable() {
    long table = page(random.nextInt(TABLES));
    expected.memory().read(table, expectedTable);
    tested.memory().read(table, foundTable);
    same("first difference in table %x".formatted(table), foundTable.mismatch(expectedTable), -1L);
  }

  /** Does any of these things, writes a quarter of the time. */
  public void step() {
    if (random.nextInt(200) == 0) {
      protect();
    }
    switch (random.nextInt(4)) {
      case 0 -> write();
      case 1 -> read();
      default -> access();
    }
  }

  /** Goes to another address space in both guests, with empty TLBs. */
  public void switchSpace() {
    long root = page(random.nextInt(3));
    int mode = pick(modes);
    expected.use(expected.context(expected.sv39(), root, mode));
    tested.use(tested.context(tested.sv39(), root, mode));
  }

  /** A load, store or atomic of guest code, executed alone, and a fence if it may have written. */
  public void execute() {
    int operation = random.nextInt(5);
    long va = address(tested.sv39());
    long value = randomEntry(random.nextInt(TABLES));
    same(
        "operation %d at %x".formatted(operation, va),
        execute(tested, operation, va, value),
        execute(expected, operation, va, value));
    if (operation != 0) {
      expected.mmu().fence(0, true, 0, true, 1);
      tested.mmu().fence(0, true, 0, true, 1);
    }
    sameTable();
  }

  private static String execute(PagedGuest guest, int operation, long va, long value) {
    guest.mmu().setAlone(true);
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
    } finally {
      guest.mmu().setAlone(false);
    }
  }

  /**
   * Ends it: the strategy gives everything back, RAM is the same, and no foreign frame was written.
   */
  public void end() {
    tested.paging().close();
    for (int i = 0; i < TABLES; i++) {
      same("guard of table " + i, tested.guarded(page(i)), false);
    }
    same("difference in RAM", tested.ownFrames().mismatch(expected.ownFrames()), -1L);
    same("frames kept", tested.frames().given(), 0);
    tested.assertForeignFramesUntouched();
  }
}
