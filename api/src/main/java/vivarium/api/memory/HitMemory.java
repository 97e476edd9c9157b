package vivarium.api.memory;

/**
 * What the TLB of an {@link Mmu}'s current context holds, and nothing else. For code that Java
 * compiles into one large method: a hit calls nothing, and what is no hit leaves the block, so that
 * no call makes the compiler keep the method's state in memory.
 *
 * <p>Loads return the value zero-extended; any alignment is allowed. All methods throw {@link
 * LeaveBlock}, before anything is done, for what is no hit: the access is then to be made by the
 * {@link Mmu}. They are called by the hart's thread, once an access.
 */
public final class HitMemory {
  private static final int PAGE_SHIFT = GuestMemory.PAGE_SHIFT;
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;

  private long[] loadTags;
  private long[] storeTags;
  private long[] addends;

  HitMemory(Tlb tlb) {
    loadTags = tlb.loadTags;
    storeTags = tlb.storeTags;
    addends = tlb.addends;
  }

  /** Takes the entries of a TLB from now on. */
  void use(Tlb tlb) {
    loadTags = tlb.loadTags;
    storeTags = tlb.storeTags;
    addends = tlb.addends;
  }

  /** Loads 8 bits, zero-extended. */
  public long load8(long va) {
    long[] tags = loadTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 1) > 0) {
      throw LeaveBlock.INSTANCE;
    }
    return RawMemory.load8(va + addends[slot]);
  }

  /** Loads 16 bits, zero-extended. */
  public long load16(long va) {
    long[] tags = loadTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 2) > 0) {
      throw LeaveBlock.INSTANCE;
    }
    return RawMemory.load16(va + addends[slot]);
  }

  /** Loads 32 bits, zero-extended. */
  public long load32(long va) {
    long[] tags = loadTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 4) > 0) {
      throw LeaveBlock.INSTANCE;
    }
    return RawMemory.load32(va + addends[slot]);
  }

  /** Loads 64 bits. */
  public long load64(long va) {
    long[] tags = loadTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 8) > 0) {
      throw LeaveBlock.INSTANCE;
    }
    return RawMemory.load64(va + addends[slot]);
  }

  /** Stores the low 8 bits. */
  public void store8(long va, long value) {
    long[] tags = storeTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 1) > 0) {
      throw LeaveBlock.INSTANCE;
    }
    RawMemory.store8(va + addends[slot], value);
  }

  /** Stores the low 16 bits. */
  public void store16(long va, long value) {
    long[] tags = storeTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 2) > 0) {
      throw LeaveBlock.INSTANCE;
    }
    RawMemory.store16(va + addends[slot], value);
  }

  /** Stores the low 32 bits. */
  public void store32(long va, long value) {
    long[] tags = storeTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 4) > 0) {
      throw LeaveBlock.INSTANCE;
    }
    RawMemory.store32(va + addends[slot], value);
  }

  /** Stores 64 bits. */
  public void store64(long va, long value) {
    long[] tags = storeTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 8) > 0) {
      throw LeaveBlock.INSTANCE;
    }
    RawMemory.store64(va + addends[slot], value);
  }
}
