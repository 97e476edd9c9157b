package vivarium.api.memory;

/**
 * The TLB of one translation context for {@link Mmu}: direct-mapped, three parallel arrays. See
 * there for what a tag and an addend are.
 */
final class Tlb {
  private static final int ENTRIES = 1 << 12;
  private static final int PAGE_SHIFT = GuestMemory.PAGE_SHIFT;
  private static final long PAGE_MASK = -GuestMemory.PAGE_BYTES;

  final long[] loadTags = new long[ENTRIES];
  final long[] storeTags = new long[ENTRIES];
  final long[] addends = new long[ENTRIES];

  /** The slots filled since the last clear, while they are few: most address spaces are small. */
  private final int[] recent = new int[64];

  private int fills = ENTRIES;

  /** Addresses {@code va} with {@code (va ^ largeBase) & largeMask == 0} may be in large pages. */
  private long largeBase;

  private long largeMask;
  private boolean largePages;

  Tlb() {
    clear();
  }

  void clear() {
    if (fills <= recent.length) {
      for (int i = 0; i < fills; i++) {
        invalidate(recent[i]);
      }
    } else {
      for (int slot = 0; slot < ENTRIES; slot++) {
        invalidate(slot);
      }
    }
    fills = 0;
    largePages = false;
  }

  void fill(long va, long addend, boolean load, boolean store) {
    int slot = slot(va);
    if (fills < recent.length) {
      recent[fills] = slot;
    }
    fills = Math.min(fills + 1, ENTRIES);
    long tag = va & PAGE_MASK;
    boolean same = addends[slot] == addend;
    loadTags[slot] = load || (same && loadTags[slot] == tag) ? tag : invalidTag(slot);
    storeTags[slot] = store || (same && storeTags[slot] == tag) ? tag : invalidTag(slot);
    addends[slot] = addend;
  }

  /** Notes that the context maps {@code va} by a page of {@code span} bytes. */
  void noteLargePage(long va, long span) {
    long mask = -span;
    if (largePages) {
      mask &= largeMask;
      while (((va ^ largeBase) & mask) != 0) {
        mask <<= 1;
      }
    }
    largePages = true;
    largeBase = va;
    largeMask = mask;
  }

  boolean inLargePage(long va) {
    return largePages && ((va ^ largeBase) & largeMask) == 0;
  }

  void drop(long va) {
    int slot = slot(va);
    long tag = va & PAGE_MASK;
    if (loadTags[slot] == tag || storeTags[slot] == tag) {
      invalidate(slot);
    }
  }

  /** Drops the entries that lead to a host page: those for stores, or all. */
  void dropHostPage(long hostPage, boolean loads) {
    for (int slot = 0; slot < ENTRIES; slot++) {
      if (storeTags[slot] + addends[slot] == hostPage) {
        storeTags[slot] = invalidTag(slot);
      }
      if (loads && loadTags[slot] + addends[slot] == hostPage) {
        loadTags[slot] = invalidTag(slot);
      }
    }
  }

  private void invalidate(int slot) {
    loadTags[slot] = invalidTag(slot);
    storeTags[slot] = invalidTag(slot);
  }

  private static long invalidTag(int slot) {
    return ~((long) slot) << PAGE_SHIFT;
  }

  private static int slot(long va) {
    return (int) (va >>> PAGE_SHIFT) & ENTRIES - 1;
  }
}
