package vivarium.api.memory;

/**
 * The TLB of one translation context for {@link Mmu}: direct-mapped, three parallel arrays. See
 * there for what a tag and an addend are.
 */
final class Tlb {
  private static final int ENTRIES = 1 << 12;
  private static final int PAGE_SHIFT = GuestMemory.PAGE_SHIFT;
  private static final long PAGE_MASK = -GuestMemory.PAGE_BYTES;

  /** A region of large pages grows up to this before another one is begun. */
  private static final long NEAR_BYTES = 1L << 32;

  final long[] loadTags = new long[ENTRIES];
  final long[] storeTags = new long[ENTRIES];
  final long[] addends = new long[ENTRIES];
  final Window loads = new Window(loadTags, addends);
  final Window stores = new Window(storeTags, addends);

  /** The slots filled since the last clear, while they are few: most address spaces are small. */
  private final int[] recent = new int[64];

  private int fills = ENTRIES;
  private final HostPages hostPages = new HostPages(ENTRIES);

  /**
   * Regions that have large pages: a kernel's linear map, its image. Addresses {@code va} with
   * {@code (va ^ base) & mask == 0} are in a region.
   */
  private final long[] largeBases = new long[4];

  private final long[] largeMasks = new long[largeBases.length];
  private int largeRegions;

  Tlb() {
    clear();
  }

  void clear() {
    if (fills <= recent.length) {
      for (int i = 0; i < fills; i++) {
        invalidate(recent[i]);
        hostPages.emptied(recent[i]);
      }
    } else {
      for (int slot = 0; slot < ENTRIES; slot++) {
        invalidate(slot);
      }
      hostPages.clear();
    }
    fills = 0;
    largeRegions = 0;
    loads.clear();
    stores.clear();
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
    hostPages.filled(slot, tag + addend);
    if (load) {
      loads.filled(tag);
    }
    if (store) {
      stores.filled(tag);
    }
  }

  /** Notes that the context maps {@code va} by a page of {@code span} bytes. */
  void noteLargePage(long va, long span) {
    if (inLargePage(va)) {
      return;
    }
    int nearest = 0;
    long nearestMask = 0;
    for (int i = 0; i < largeRegions; i++) {
      long mask = largeMasks[i] & -span;
      while (((va ^ largeBases[i]) & mask) != 0) {
        mask <<= 1;
      }
      if (Long.compareUnsigned(mask, nearestMask) > 0) {
        nearest = i;
        nearestMask = mask;
      }
    }
    boolean near = nearestMask != 0 && -nearestMask <= NEAR_BYTES;
    if (near || largeRegions == largeBases.length) {
      largeMasks[nearest] = nearestMask;
    } else {
      largeBases[largeRegions] = va;
      largeMasks[largeRegions] = -span;
      largeRegions++;
    }
  }

  boolean inLargePage(long va) {
    for (int i = 0; i < largeRegions; i++) {
      if (((va ^ largeBases[i]) & largeMasks[i]) == 0) {
        return true;
      }
    }
    return false;
  }

  void drop(long va) {
    loads.drop(va);
    stores.drop(va);
    int slot = slot(va);
    long tag = va & PAGE_MASK;
    if (loadTags[slot] == tag || storeTags[slot] == tag) {
      invalidate(slot);
    }
  }

  /** Drops the entries that lead to a host page: those for stores, or all. */
  void dropHostPage(long hostPage, boolean loadsToo) {
    stores.dropHostPage(hostPage);
    if (loadsToo) {
      loads.dropHostPage(hostPage);
    }
    for (int slot = hostPages.find(hostPage, 0);
        slot >= 0;
        slot = hostPages.find(hostPage, slot + 1)) {
      if (storeTags[slot] + addends[slot] == hostPage) {
        storeTags[slot] = invalidTag(slot);
      }
      if (loadsToo && loadTags[slot] + addends[slot] == hostPage) {
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
