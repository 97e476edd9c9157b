package vivarium.api.memory;

import java.util.Arrays;

/**
 * A direct-mapped TLB read backwards: which slot leads to a host page, so that the entries of one
 * page can be dropped without looking at all of them. Kept by the TLB's owner at each fill; it may
 * say more than there is, and never less. One thread.
 */
public final class HostPages {
  private static final int PAGE_SHIFT = GuestMemory.PAGE_SHIFT;

  /** More than one slot, or slots, for pages that share a bucket. */
  private static final char SEVERAL = Character.MAX_VALUE;

  private final long[] pageOfSlot;
  private final char[] slotOfBucket;

  /**
   * Makes it for an empty TLB.
   *
   * @param slots a power of two below 65536
   */
  public HostPages(int slots) {
    pageOfSlot = new long[slots];
    slotOfBucket = new char[4 * slots];
  }

  private int bucket(long hostPage) {
    return (int) (hostPage >>> PAGE_SHIFT) & slotOfBucket.length - 1;
  }

  /** Notes that a slot now leads to a host page, and no more to what it did before. */
  public void filled(int slot, long hostPage) {
    int bucket = bucket(hostPage);
    int noted = slotOfBucket[bucket];
    if (noted != slot + 1) {
      boolean taken = noted == SEVERAL || noted > 0 && bucket(pageOfSlot[noted - 1]) == bucket;
      slotOfBucket[bucket] = taken ? SEVERAL : (char) (slot + 1);
    }
    pageOfSlot[slot] = hostPage;
  }

  /**
   * The first slot, from one on, that may lead to a host page; ask again with the next one.
   *
   * @return the slot, or -1 if there is none
   */
  public int find(long hostPage, int from) {
    int noted = slotOfBucket[bucket(hostPage)];
    if (noted == SEVERAL) {
      return slowFind(hostPage, from);
    }
    int slot = noted - 1;
    return slot >= from && pageOfSlot[slot] == hostPage ? slot : -1;
  }

  private int slowFind(long hostPage, int from) {
    for (int slot = from; slot < pageOfSlot.length; slot++) {
      if (pageOfSlot[slot] == hostPage) {
        return slot;
      }
    }
    return -1;
  }

  /** The slot has been emptied, and all others of its page with it. */
  public void emptied(int slot) {
    slotOfBucket[bucket(pageOfSlot[slot])] = 0;
    pageOfSlot[slot] = 0;
  }

  /** All slots have been emptied. */
  public void clear() {
    Arrays.fill(pageOfSlot, 0);
    Arrays.fill(slotOfBucket, '\0');
  }
}
