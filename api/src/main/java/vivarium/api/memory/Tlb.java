package vivarium.api.memory;

/**
 * The TLB of one translation context for {@link Mmu}: direct-mapped, three parallel arrays. See
 * there for what a tag and an addend are. It begins small, as most address spaces are, and as a
 * machine may have sixteen of them.
 */
final class Tlb {
  static final int LEAST_ENTRIES = 1 << 8;
  static final int MOST_ENTRIES = 1 << 12;

  private static final int PAGE_SHIFT = GuestMemory.PAGE_SHIFT;
  private static final long PAGE_MASK = -GuestMemory.PAGE_BYTES;

  /** A region of large pages grows up to this before another one is begun. */
  private static final long NEAR_BYTES = 1L << 32;

  final long[] loadTags;
  final long[] storeTags;
  final long[] addends;
  final Window loads;
  final Window stores;

  /** The slots filled since the last clear, while they are few: most address spaces are small. */
  private final int[] recent = new int[64];

  private final int entries;
  private int fills;
  private final HostPages hostPages;

  /**
   * Regions that have large pages: a kernel's linear map, its image. Addresses {@code va} with
   * {@code (va ^ base) & mask == 0} are in a region.
   */
  private final long[] largeBases = new long[4];

  private final long[] largeMasks = new long[largeBases.length];
  private int largeRegions;

  Tlb() {
    this(LEAST_ENTRIES);
  }

  private Tlb(int entries) {
    this.entries = entries;
    loadTags = new long[entries];
    storeTags = new long[entries];
    addends = new long[entries];
    loads = new Window(loadTags, addends);
    stores = new Window(storeTags, addends);
    hostPages = new HostPages(entries);
    fills = entries;
    clear();
  }

  /** Whether it has been filled so often since the last clear that a larger one is worth it. */
  boolean isCrowded() {
    return fills == entries && entries < MOST_ENTRIES;
  }

  /** One of full size that holds the same. */
  Tlb grown() {
    Tlb larger = new Tlb(MOST_ENTRIES);
    System.arraycopy(largeBases, 0, larger.largeBases, 0, largeRegions);
    System.arraycopy(largeMasks, 0, larger.largeMasks, 0, largeRegions);
    larger.largeRegions = largeRegions;
    for (int slot = 0; slot < entries; slot++) {
      boolean load = loadTags[slot] != invalidTag(slot);
      boolean store = storeTags[slot] != invalidTag(slot);
      if (load || store) {
        larger.fill(load ? loadTags[slot] : storeTags[slot], addends[slot], load, store);
      }
    }
    return larger;
  }

  void clear() {
    if (fills <= recent.length) {
      for (int i = 0; i < fills; i++) {
        invalidate(recent[i]);
        hostPages.emptied(recent[i]);
      }
    } else {
      for (int slot = 0; slot < entries; slot++) {
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
    fills = Math.min(fills + 1, entries);
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

  private int slot(long va) {
    return (int) (va >>> PAGE_SHIFT) & entries - 1;
  }
}
