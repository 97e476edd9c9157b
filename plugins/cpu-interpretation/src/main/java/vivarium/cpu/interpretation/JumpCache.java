package vivarium.cpu.interpretation;

import org.jspecify.annotations.Nullable;
import vivarium.api.memory.GuestMemory;

/**
 * Blocks by virtual address for one fetch context and one set of ready units: what the generated
 * code looks a jump's target up in. Direct-mapped; an entry is valid while mapping and code are
 * unchanged, and is dropped when either may have changed.
 */
final class JumpCache {
  private static final int ENTRIES = 1 << 13;

  /** No instruction begins at an odd address. */
  private static final long INVALID = 1;

  private static final short[] NO_KINDS = {Operations.END};
  private static final long[] NO_CODE = {Operations.END, 0};

  final long[] tags = new long[ENTRIES];
  final short[][] kinds = new short[ENTRIES][];
  final long[][] code = new long[ENTRIES][];
  private final @Nullable Block[] blocks = new Block[ENTRIES];
  private final int[] recent = new int[256];
  private int fills;
  private int ready;

  /** Bits of hashed virtual pages that may have entries. */
  private final long[] pageFilter = new long[16];

  JumpCache() {
    fills = ENTRIES;
    clear();
  }

  /** Says for which ready units it is used from now on; entries for others are dropped. */
  void useFor(int nowReady) {
    if (nowReady != ready) {
      clear();
      ready = nowReady;
    }
  }

  void put(long pc, Block block) {
    int slot = slot(pc);
    if (fills < recent.length) {
      recent[fills] = slot;
    }
    fills = Math.min(fills + 1, ENTRIES);
    tags[slot] = pc;
    kinds[slot] = block.kinds();
    code[slot] = block.operations();
    blocks[slot] = block;
    notePage(pc);
    notePage(pc + block.bytes() - 1);
  }

  /** The block whose address is {@code pc}, which is in the cache. */
  Block get(long pc) {
    Block block = blocks[slot(pc)];
    if (block == null) {
      throw new IllegalStateException("no block at 0x" + Long.toHexString(pc));
    }
    return block;
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
    java.util.Arrays.fill(pageFilter, 0);
  }

  /** Drops the entries whose code begins in the page, or crosses into it from the page before. */
  void dropPage(long va) {
    int hash = pageHash(va);
    if ((pageFilter[hash >>> 6] >>> hash & 1) == 0) {
      return;
    }
    long page = va & -GuestMemory.PAGE_BYTES;
    for (long pc = page - 2; pc < page + GuestMemory.PAGE_BYTES; pc += 2) {
      int slot = slot(pc);
      if (tags[slot] == pc) {
        invalidate(slot);
      }
    }
  }

  private void notePage(long va) {
    int hash = pageHash(va);
    pageFilter[hash >>> 6] |= 1L << hash;
  }

  private static int pageHash(long va) {
    return (int) (va >>> GuestMemory.PAGE_SHIFT) & 1023;
  }

  private void invalidate(int slot) {
    tags[slot] = INVALID;
    kinds[slot] = NO_KINDS;
    code[slot] = NO_CODE;
    blocks[slot] = null;
  }

  private static int slot(long pc) {
    return (int) (pc >>> 1) & ENTRIES - 1;
  }
}
