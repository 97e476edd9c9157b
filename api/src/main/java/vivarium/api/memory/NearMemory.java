package vivarium.api.memory;

import org.jspecify.annotations.Nullable;

/**
 * What a hart reaches without looking anything up: the {@link Window}s of its {@link Mmu}'s current
 * context. For code that Java compiles: an access is a comparison and no more, and calls nothing,
 * so that its surroundings stay in registers. What is not near leaves the block.
 *
 * <p>Loads return the value zero-extended; any alignment is allowed. All methods throw {@link
 * LeaveBlock}, before anything is done, for what is not near: the access is then to be made by the
 * {@link Mmu}. They are called by the hart's thread, once an access.
 */
public final class NearMemory {
  private static final int MOST_FARS_BETWEEN = 255;

  private long loadStart;
  private long loadSpan;
  private long loadAddend;
  private long storeStart;
  private long storeSpan;
  private long storeAddend;

  private @Nullable Tlb tlb;
  private long far;
  private int farsToIgnore;
  private int farsBetween;

  NearMemory() {}

  /** Takes the windows of a TLB from now on. */
  void use(Tlb current) {
    tlb = current;
    refresh();
  }

  /** The windows of the TLB may have changed. */
  void refresh() {
    Tlb current = tlb;
    if (current != null) {
      loadStart = current.loads.start();
      loadSpan = current.loads.span();
      loadAddend = current.loads.addend();
      storeStart = current.stores.start();
      storeSpan = current.stores.span();
      storeAddend = current.stores.addend();
    }
  }

  /**
   * Called after the last access that was not near has been made by the {@link Mmu}: thinks, more
   * and more seldom, of moving the windows there.
   */
  public void noteFar() {
    Tlb current = tlb;
    if (--farsToIgnore < 0 && current != null) {
      farsBetween = Math.min(2 * farsBetween + 1, MOST_FARS_BETWEEN);
      farsToIgnore = farsBetween;
      current.loads.consider(far & -GuestMemory.PAGE_BYTES);
      current.stores.consider(far & -GuestMemory.PAGE_BYTES);
      refresh();
    }
  }

  /** Loads 8 bits, zero-extended. */
  public long load8(long va) {
    if (Long.compareUnsigned(va - loadStart, loadSpan) >= 0) {
      far = va;
      throw LeaveBlock.INSTANCE;
    }
    return RawMemory.load8(va + loadAddend);
  }

  /** Loads 16 bits, zero-extended. */
  public long load16(long va) {
    if (Long.compareUnsigned(va - loadStart, loadSpan) >= 0) {
      far = va;
      throw LeaveBlock.INSTANCE;
    }
    return RawMemory.load16(va + loadAddend);
  }

  /** Loads 32 bits, zero-extended. */
  public long load32(long va) {
    if (Long.compareUnsigned(va - loadStart, loadSpan) >= 0) {
      far = va;
      throw LeaveBlock.INSTANCE;
    }
    return RawMemory.load32(va + loadAddend);
  }

  /** Loads 64 bits. */
  public long load64(long va) {
    if (Long.compareUnsigned(va - loadStart, loadSpan) >= 0) {
      far = va;
      throw LeaveBlock.INSTANCE;
    }
    return RawMemory.load64(va + loadAddend);
  }

  /** Stores the low 8 bits. */
  public void store8(long va, long value) {
    if (Long.compareUnsigned(va - storeStart, storeSpan) >= 0) {
      far = va;
      throw LeaveBlock.INSTANCE;
    }
    RawMemory.store8(va + storeAddend, value);
  }

  /** Stores the low 16 bits. */
  public void store16(long va, long value) {
    if (Long.compareUnsigned(va - storeStart, storeSpan) >= 0) {
      far = va;
      throw LeaveBlock.INSTANCE;
    }
    RawMemory.store16(va + storeAddend, value);
  }

  /** Stores the low 32 bits. */
  public void store32(long va, long value) {
    if (Long.compareUnsigned(va - storeStart, storeSpan) >= 0) {
      far = va;
      throw LeaveBlock.INSTANCE;
    }
    RawMemory.store32(va + storeAddend, value);
  }

  /** Stores 64 bits. */
  public void store64(long va, long value) {
    if (Long.compareUnsigned(va - storeStart, storeSpan) >= 0) {
      far = va;
      throw LeaveBlock.INSTANCE;
    }
    RawMemory.store64(va + storeAddend, value);
  }
}
