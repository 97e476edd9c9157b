package vivarium.cpu.interpretation;

import vivarium.api.memory.GuestMemory;

/**
 * Virtual to guest-physical pages of code for one fetch context: what finding a block asks before
 * it walks page tables.
 */
final class FetchTlb {
  private static final int ENTRIES = 512;

  /** No page has an odd address. */
  private static final long INVALID = 1;

  private final long[] vaPages = new long[ENTRIES];
  private final long[] gpaPages = new long[ENTRIES];
  private boolean empty;

  FetchTlb() {
    clear();
  }

  /** The guest-physical address, or -1 if it must be resolved. */
  long lookUp(long va) {
    int slot = slot(va);
    return vaPages[slot] == (va & -GuestMemory.PAGE_BYTES)
        ? gpaPages[slot] + (va & GuestMemory.PAGE_BYTES - 1)
        : -1;
  }

  void fill(long va, long gpa) {
    int slot = slot(va);
    vaPages[slot] = va & -GuestMemory.PAGE_BYTES;
    gpaPages[slot] = gpa & -GuestMemory.PAGE_BYTES;
    empty = false;
  }

  void drop(long va) {
    int slot = slot(va);
    if (vaPages[slot] == (va & -GuestMemory.PAGE_BYTES)) {
      vaPages[slot] = INVALID;
    }
  }

  void clear() {
    if (!empty) {
      java.util.Arrays.fill(vaPages, INVALID);
      empty = true;
    }
  }

  private static int slot(long va) {
    return (int) (va >>> GuestMemory.PAGE_SHIFT) & ENTRIES - 1;
  }
}
