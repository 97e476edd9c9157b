package vivarium.memory.nested;

import java.util.Arrays;
import vivarium.api.cpu.Counters;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.TableFrames;

/**
 * P2M as a hardware walker finds it: a radix tree of three levels in machine frames, laid out as
 * the hypervisor extension's second stage Sv39x4 (privileged specification, section 21.5.1): the
 * root has four pages, so that it translates two bits more than Sv39. Filled as pages are reached;
 * {@link GuestMemory} says what with, and remains the judge: it is asked again wherever an address
 * of the host is made.
 */
final class P2mTables {
  private static final int PAGE_SHIFT = GuestMemory.PAGE_SHIFT;
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;
  private static final int INDEX_BITS = 9;
  private static final int ENTRY_BYTES = 8;
  private static final int TOP = 2;
  private static final int ROOT_PAGES = 4;
  private static final int ADDRESS_BITS = PAGE_SHIFT + INDEX_BITS * (TOP + 1) + 2;

  /** V. */
  private static final long VALID = 1;

  /** R, W, X, U, A and D: a page of a guest may be used for everything. */
  private static final long LEAF = 0xde;

  private static final int PPN_SHIFT = 10;

  private static final int KNOWN = 256;
  private static final int REFERENCES_SHIFT = 56;
  private static final long PAGE_NUMBER = (1L << REFERENCES_SHIFT) - 1;

  private final GuestMemory memory;
  private final TableFrames frames;
  private final Counters counters;
  private final int highestLeaf;
  private final long[] root = new long[ROOT_PAGES];

  /**
   * Pages whose walks are known, as a hardware walker keeps them: the page's number and above it
   * the references that its walk takes, which are counted all the same. Entries never change.
   */
  private final long[] known = new long[KNOWN];

  /**
   * Makes an empty tree.
   *
   * @param counters where its pages are counted
   * @param largePages whether pages of 2 MiB and 1 GiB are mapped as such where their frames lie
   *     together
   */
  P2mTables(GuestMemory memory, TableFrames frames, Counters counters, boolean largePages) {
    this.memory = memory;
    this.frames = frames;
    this.counters = counters;
    highestLeaf = largePages ? TOP : 0;
    Arrays.fill(root, TableFrames.NONE);
  }

  /**
   * Walks the tree, and grows it where it has no answer yet.
   *
   * @param walker counts the references
   * @return whether there is RAM
   */
  boolean reaches(long gpa, Counters walker) {
    long page = gpa >>> PAGE_SHIFT;
    long noted = known[(int) page & KNOWN - 1];
    long references = noted >>> REFERENCES_SHIFT;
    if (references != 0 && (noted & PAGE_NUMBER) == page) {
      walker.p2mReferences += references;
      return true;
    }
    return gpa >>> ADDRESS_BITS == 0 && (slowWalk(gpa, walker) || slowFill(gpa, walker));
  }

  private boolean slowWalk(long gpa, Counters walker) {
    long table = root[(int) (gpa >>> ADDRESS_BITS - 2)];
    if (table != TableFrames.NONE) {
      for (int level = TOP; level >= 0; level--) {
        walker.p2mReferences++;
        long entry = frames.read(table + ENTRY_BYTES * index(gpa, level));
        if ((entry & VALID) == 0) {
          return false;
        }
        if ((entry & LEAF) != 0) {
          long page = gpa >>> PAGE_SHIFT;
          long references = TOP - level + 1;
          known[(int) page & KNOWN - 1] = references << REFERENCES_SHIFT | page;
          return true;
        }
        table = address(entry);
      }
    }
    return false;
  }

  private static long index(long gpa, int level) {
    return gpa >>> PAGE_SHIFT + INDEX_BITS * level & (1 << INDEX_BITS) - 1;
  }

  private static long span(int level) {
    return 1L << PAGE_SHIFT + INDEX_BITS * level;
  }

  private static long address(long entry) {
    return entry >>> PPN_SHIFT << PAGE_SHIFT;
  }

  private static long entry(long ma, long flags) {
    return ma >>> PAGE_SHIFT << PPN_SHIFT | flags;
  }

  /**
   * Enters the page at an address, or the large page it is part of. Where no frame is left for a
   * table, the page stays out, and comes by again.
   */
  private boolean slowFill(long gpa, Counters walker) {
    if (!memory.isRam(gpa & -PAGE_BYTES, PAGE_BYTES)) {
      return false;
    }
    walker.p2mMisses++;
    int rootPage = (int) (gpa >>> ADDRESS_BITS - 2);
    if (root[rootPage] == TableFrames.NONE) {
      root[rootPage] = allocate();
    }
    long table = root[rootPage];
    for (int level = TOP; level >= 0 && table != TableFrames.NONE; level--) {
      long at = table + ENTRY_BYTES * index(gpa, level);
      long start = gpa & -span(level);
      if (level == 0 || level <= highestLeaf && liesTogether(start, span(level))) {
        frames.write(at, entry(memory.machineAddress(start), LEAF | VALID));
        break;
      }
      long entry = frames.read(at);
      if ((entry & VALID) == 0) {
        table = allocate();
        if (table != TableFrames.NONE) {
          frames.write(at, entry(table, VALID));
        }
      } else {
        table = address(entry);
      }
    }
    return true;
  }

  private boolean liesTogether(long gpa, long span) {
    return memory.isRam(gpa, span)
        && (memory.machineAddress(gpa) & span - 1) == 0
        && memory.contiguous(gpa, span);
  }

  private long allocate() {
    long table = frames.allocate();
    if (table != TableFrames.NONE) {
      counters.tablePagesChange(1);
    }
    return table;
  }

  /** Gives the frames back. */
  void clear() {
    Arrays.fill(known, 0);
    for (int page = 0; page < ROOT_PAGES; page++) {
      if (root[page] != TableFrames.NONE) {
        free(root[page], TOP);
        root[page] = TableFrames.NONE;
      }
    }
  }

  private void free(long table, int level) {
    for (int i = 0; level > 0 && i < 1 << INDEX_BITS; i++) {
      long entry = frames.read(table + (long) ENTRY_BYTES * i);
      if ((entry & VALID) != 0 && (entry & LEAF) == 0) {
        free(address(entry), level - 1);
      }
    }
    counters.tablePagesChange(-1);
    frames.free(table);
  }
}
