package vivarium.cpu.translation.bytecode;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which pages code is fetched from, by virtual address, in one fetch context: direct-mapped. An
 * entry holds while the mapping does, whatever becomes of the code in the page.
 */
final class FetchTable {
  private static final int ENTRIES = 1 << 8;

  /** Is no address of a page. */
  private static final long NONE = -1;

  private final long[] tags = new long[ENTRIES];
  private final @Nullable TracePage[] pages = new TracePage[ENTRIES];
  private boolean empty = true;

  FetchTable() {
    Arrays.fill(tags, NONE);
  }

  /** The page that an address leads to, if that is known. */
  @Nullable TracePage get(long va) {
    int slot = slot(va);
    return tags[slot] == (va & -TraceStore.PAGE_BYTES) ? pages[slot] : null;
  }

  void put(long va, TracePage page) {
    int slot = slot(va);
    tags[slot] = va & -TraceStore.PAGE_BYTES;
    pages[slot] = page;
    empty = false;
  }

  void clear() {
    if (!empty) {
      Arrays.fill(tags, NONE);
      Arrays.fill(pages, null);
      empty = true;
    }
  }

  void drop(long va) {
    int slot = slot(va);
    if (tags[slot] == (va & -TraceStore.PAGE_BYTES)) {
      tags[slot] = NONE;
      pages[slot] = null;
    }
  }

  private static int slot(long va) {
    return (int) (va >>> 12) & ENTRIES - 1;
  }
}
