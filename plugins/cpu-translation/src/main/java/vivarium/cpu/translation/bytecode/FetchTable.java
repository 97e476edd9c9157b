package vivarium.cpu.translation.bytecode;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which pages code is fetched from, by virtual address, in one fetch context: direct-mapped. An
 * entry holds while the mapping does, whatever becomes of the code in the page.
 *
 * <p>Beside it the regions that begin at an address, for one set of ready units: so most jumps from
 * region to region touch little memory. A region that is given up can no longer be entered ({@link
 * Region#giveUp}), so that nobody need look for it here.
 */
final class FetchTable {
  private static final int ENTRIES = 1 << 10;
  private static final int REGIONS = 1 << 10;

  /** Is no address of a page, nor of code. */
  private static final long NONE = -1;

  private final long[] tags = new long[ENTRIES];
  private final @Nullable TracePage[] pages = new TracePage[ENTRIES];
  private boolean empty = true;

  private final long[] heads = new long[REGIONS];
  private final @Nullable Region[] regions = new Region[REGIONS];
  private int ready;

  FetchTable() {
    Arrays.fill(tags, NONE);
    Arrays.fill(heads, NONE);
  }

  /** Says which units are ready from now on. */
  void useFor(int nowReady) {
    if (nowReady != ready) {
      forgetRegions();
      ready = nowReady;
    }
  }

  /** The region that begins at an address, if it is known. */
  @Nullable Region region(long pc) {
    int slot = regionSlot(pc);
    return heads[slot] == pc ? regions[slot] : null;
  }

  /** Notes a region that begins at an address which {@link #get} knows. */
  void put(long pc, Region region) {
    int slot = regionSlot(pc);
    heads[slot] = pc;
    regions[slot] = region;
  }

  private void forgetRegions() {
    Arrays.fill(heads, NONE);
    Arrays.fill(regions, null);
  }

  private static int regionSlot(long pc) {
    return (int) (pc >>> 1 ^ pc >>> 11) & REGIONS - 1;
  }

  /** The page that an address leads to, if that is known. */
  @Nullable TracePage get(long va) {
    int slot = slot(va);
    return tags[slot] == (va & -TraceStore.PAGE_BYTES) ? pages[slot] : null;
  }

  void put(long va, TracePage page) {
    int slot = slot(va);
    if (tags[slot] != NONE) {
      forgetRegions();
    }
    tags[slot] = va & -TraceStore.PAGE_BYTES;
    pages[slot] = page;
    empty = false;
  }

  void clear() {
    if (!empty) {
      Arrays.fill(tags, NONE);
      Arrays.fill(pages, null);
      forgetRegions();
      empty = true;
    }
  }

  void drop(long va) {
    int slot = slot(va);
    if (tags[slot] == (va & -TraceStore.PAGE_BYTES)) {
      tags[slot] = NONE;
      pages[slot] = null;
      forgetRegions();
    }
  }

  private static int slot(long va) {
    return (int) (va >>> 12) & ENTRIES - 1;
  }
}
