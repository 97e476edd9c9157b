package vivarium.api.memory;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Activity;
import vivarium.api.device.Bus;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.Trap;

/**
 * The way of a hart's loads and stores: a software TLB for each translation context, in heap
 * arrays, the shape that suits Java code best; on a miss, the memory strategy, physical memory
 * protection, and the bus.
 *
 * <p>The methods below are called from instruction methods, by interpreters at each access; they
 * are also the closed list of memory operations that the binary translator knows. A hit is inline
 * and short; a miss is a method whose name begins with {@code slow}. Loads return the value
 * zero-extended; any alignment is allowed but for atomics. All belong to the hart's own thread.
 *
 * <p>An entry's tag is the virtual page; adding its addend to a virtual address gives the host
 * address. An access hits if {@code va ^ tag}, unsigned, is at most {@code 4096 - width}: that
 * takes in the page, and that the access does not leave it. An invalid tag differs from every
 * address of its slot in the very bits that index it.
 */
public final class Mmu implements TlbHolder {
  private static final int PAGE_SHIFT = GuestMemory.PAGE_SHIFT;
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;
  private static final long PAGE_MASK = -PAGE_BYTES;

  private final Hart hart;
  private final GuestMemory memory;
  private final Bus bus;
  private final Tlbs tlbs = new Tlbs();
  private final Resolver resolver;
  private @Nullable Paging paging;
  private @Nullable TranslationContext dataContext;
  private @Nullable TranslationContext fetchContext;
  private boolean alone;
  private boolean deprivileged;
  private long[] loadTags;
  private long[] storeTags;
  private long[] addends;

  /** Made by the hart's constructor. */
  public Mmu(Hart hart, GuestMemory memory, Bus bus) {
    this.hart = hart;
    this.memory = memory;
    this.bus = bus;
    resolver = new Resolver(hart, tlbs);
    Tlb none = new Tlb();
    loadTags = none.loadTags;
    storeTags = none.storeTags;
    addends = none.addends;
    memory.addTlb(this);
  }

  /** Sets the memory strategy; once, when the machine is assembled, or when it is swapped. */
  public void setPaging(Paging newPaging) {
    paging = newPaging;
    resolver.setPaging(newPaging);
    for (int i = 0; i < TranslationContext.MAX_CONTEXTS; i++) {
      dropContext(i, true, 0);
    }
    if (dataContext != null && fetchContext != null) {
      newPaging.switchTo(dataContext);
      newPaging.switchTo(fetchContext);
    }
  }

  /**
   * Makes these contexts current; called by the hart when privilege, the page-table root or a mode
   * bit changes, and once at reset.
   *
   * @param data for loads and stores
   * @param fetch for instruction fetches
   */
  public void switchTo(TranslationContext data, TranslationContext fetch) {
    if (paging != null) {
      if (data != dataContext) {
        paging.switchTo(data);
      }
      if (fetch != fetchContext && fetch != data) {
        paging.switchTo(fetch);
      }
    }
    fetchContext = fetch;
    if (data != dataContext) {
      dataContext = data;
      use(tlbs.switchTo(data));
    }
  }

  private void use(Tlb tlb) {
    loadTags = tlb.loadTags;
    storeTags = tlb.storeTags;
    addends = tlb.addends;
  }

  /** The context of loads and stores. */
  public TranslationContext dataContext() {
    return java.util.Objects.requireNonNull(dataContext, "hart not reset");
  }

  /** What of the context of loads and stores is reached without looking anything up. */
  public NearMemory near() {
    return tlbs.near();
  }

  /** The context of instruction fetches. */
  public TranslationContext fetchContext() {
    return java.util.Objects.requireNonNull(fetchContext, "hart not reset");
  }

  /**
   * The hart orders its page-table writes (RISC-V: {@code sfence.vma}). Drops TLB entries here, in
   * the engines' TLBs and in the strategy.
   *
   * @param contexts the hart's contexts that are concerned, a bit for each index
   */
  public void fence(long va, boolean allAddresses, int asid, boolean allSpaces, int contexts) {
    if (paging != null) {
      paging.fence(va, allAddresses, asid, allSpaces);
    }
    for (int i = 0; i < TranslationContext.MAX_CONTEXTS; i++) {
      if ((contexts >>> i & 1) != 0) {
        boolean whole = allAddresses || tlbs.inLargePage(i, va);
        memory.dropContext(i, whole, va);
      }
    }
  }

  /** A context slot is about to be given another meaning. */
  public void forget(int contextIndex) {
    memory.dropContext(contextIndex, true, 0);
  }

  /**
   * Whether the current instruction is executed alone, so that it may reach devices and code; set
   * and cleared by {@link vivarium.api.cpu.Stepper}.
   */
  public void setAlone(boolean nowAlone) {
    alone = nowAlone;
  }

  /**
   * Whether the hart runs without privilege, so that what is the monitor's (devices, page tables)
   * is not reached even by an instruction executed alone: that is for the monitor to do. Set and
   * cleared around each run by {@link vivarium.api.cpu.SoftwareHart}.
   */
  public void setDeprivileged(boolean nowDeprivileged) {
    deprivileged = nowDeprivileged;
  }

  /** Loads 8 bits, zero-extended. */
  public long load8(long va) {
    long[] tags = loadTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 1) <= 0) {
      return RawMemory.load8(va + addends[slot]);
    }
    return slowLoad(va, 1);
  }

  /** Loads 16 bits, zero-extended. */
  public long load16(long va) {
    long[] tags = loadTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 2) <= 0) {
      return RawMemory.load16(va + addends[slot]);
    }
    return slowLoad(va, 2);
  }

  /** Loads 32 bits, zero-extended. */
  public long load32(long va) {
    long[] tags = loadTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 4) <= 0) {
      return RawMemory.load32(va + addends[slot]);
    }
    return slowLoad(va, 4);
  }

  /** Loads 64 bits. */
  public long load64(long va) {
    long[] tags = loadTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 8) <= 0) {
      return RawMemory.load64(va + addends[slot]);
    }
    return slowLoad(va, 8);
  }

  /** Stores the low 8 bits. */
  public void store8(long va, long value) {
    long[] tags = storeTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 1) <= 0) {
      RawMemory.store8(va + addends[slot], value);
    } else {
      slowStore(va, 1, value);
    }
  }

  /** Stores the low 16 bits. */
  public void store16(long va, long value) {
    long[] tags = storeTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 2) <= 0) {
      RawMemory.store16(va + addends[slot], value);
    } else {
      slowStore(va, 2, value);
    }
  }

  /** Stores the low 32 bits. */
  public void store32(long va, long value) {
    long[] tags = storeTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 4) <= 0) {
      RawMemory.store32(va + addends[slot], value);
    } else {
      slowStore(va, 4, value);
    }
  }

  /** Stores 64 bits. */
  public void store64(long va, long value) {
    long[] tags = storeTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - 8) <= 0) {
      RawMemory.store64(va + addends[slot], value);
    } else {
      slowStore(va, 8, value);
    }
  }

  /**
   * Resolves a virtual address to guest-physical memory with all checks, for an engine's own TLB,
   * for instruction fetch, and for looking at a guest. Every resolution passes here, so that a
   * fence of one address within a large page can drop the context's entries of the whole of it.
   *
   * @param length bytes accessed, not across a page
   * @return the translation; its permissions are those that may be cached for the whole page
   * @throws Trap the guest's page or access fault
   */
  public Translation resolve(TranslationContext context, long va, int length, Access access)
      throws Trap {
    Trap fault = tryResolve(context, va, length, access);
    if (fault != null) {
      throw fault;
    }
    return resolver.found();
  }

  /**
   * As {@link #resolve}, for engines whose guests live on page faults: the fault is returned, and
   * the translation is {@link #resolved()}.
   */
  public @Nullable Trap tryResolve(TranslationContext context, long va, int length, Access access)
      throws Trap {
    return resolver.resolve(context, va, length, access);
  }

  /** What {@link #tryResolve} has found last. */
  public Translation resolved() {
    return resolver.found();
  }

  /** Guest-physical address of an instruction parcel. */
  public long resolveFetch(long va, int length) throws Trap {
    hart.counters().tlbMisses++;
    long gpa = resolve(fetchContext(), va, length, Access.FETCH).gpa();
    if (!memory.isReadable(gpa, length)) {
      throw hart.accessFault(Access.FETCH, va);
    }
    memory.noteFetch(gpa);
    return gpa;
  }

  /**
   * Whether what {@link #resolveFetch} has just returned holds for the whole page and until it is
   * dropped ({@link TlbHolder}), so that an engine may keep it.
   */
  public boolean fetchMayBeKept() {
    return (resolver.found().permissions() & Access.FETCH.mask()) != 0;
  }

  private boolean crossesPage(long va, int width) {
    return (va & PAGE_BYTES - 1) > PAGE_BYTES - width;
  }

  private long slowLoad(long va, int width) {
    if (crossesPage(va, width)) {
      return slowLoadAcross(va, width);
    }
    return loadResolved(va, slowResolve(va, width, Access.LOAD), width);
  }

  private void slowStore(long va, int width, long value) {
    if (crossesPage(va, width)) {
      slowStoreAcross(va, width, value);
    } else {
      storeResolved(va, slowResolve(va, width, Access.STORE), width, value);
    }
  }

  /** Leaves a page that is the monitor's, if the hart has no privilege to reach it. */
  private void leaveIfGuarded(long gpa, Access access) {
    if (deprivileged && memory.isGuarded(gpa, access)) {
      throw LeaveBlock.INSTANCE;
    }
  }

  /** Before a store to a page that is watched. */
  private void leaveIfWatched(long gpa, int width) {
    leaveIfGuarded(gpa, Access.STORE);
    if (!alone && memory.holdsCode(gpa, width)) {
      throw LeaveBlock.INSTANCE;
    }
  }

  private void leaveForDevice(long va, long gpa, int width, Access access) {
    if (!bus.covers(gpa, width)) {
      throw hart.accessFault(access, va);
    }
    if (!alone || deprivileged) {
      throw LeaveBlock.INSTANCE;
    }
  }

  /** Resolves an access within a page and fills the TLB with what may be cached. */
  private long slowResolve(long va, int width, Access access) {
    hart.counters().tlbMisses++;
    Translation found = resolve(dataContext(), va, width, access);
    long gpa = found.gpa();
    int cacheable = found.permissions();
    if (cacheable != 0 && memory.isReadable(gpa & PAGE_MASK, PAGE_BYTES)) {
      boolean load = (cacheable & Access.LOAD.mask()) != 0 && memory.mayLoadDirectly(gpa);
      boolean store = (cacheable & Access.STORE.mask()) != 0 && memory.mayStoreDirectly(gpa);
      if (load || store) {
        long addend = memory.hostPage(gpa) - (va & PAGE_MASK);
        use(tlbs.fill(dataContext(), va, addend, load, store));
        tlbs.bridge(hart, memory, found, va);
      }
    }
    return gpa;
  }

  /** Both pages are resolved before either is read, so that a fault is the only effect. */
  private long slowLoadAcross(long va, int width) {
    long second = (va | PAGE_BYTES - 1) + 1;
    int low = (int) (second - va);
    long lowGpa = slowResolve(va, low, Access.LOAD);
    long highGpa = slowResolve(second, width - low, Access.LOAD);
    long value = 0;
    for (int i = width - 1; i >= 0; i--) {
      long gpa = i < low ? lowGpa + i : highGpa + (i - low);
      value = value << 8 | loadResolved(va + i, gpa, 1);
    }
    return value;
  }

  private void slowStoreAcross(long va, int width, long value) {
    long second = (va | PAGE_BYTES - 1) + 1;
    int low = (int) (second - va);
    long lowGpa = slowResolve(va, low, Access.STORE);
    long highGpa = slowResolve(second, width - low, Access.STORE);
    for (int i = 0; i < width; i++) {
      long gpa = i < low ? lowGpa + i : highGpa + (i - low);
      if (memory.isRam(gpa, 1)) {
        leaveIfWatched(gpa, 1);
      } else {
        leaveForDevice(va + i, gpa, 1, Access.STORE);
      }
    }
    for (int i = 0; i < width; i++) {
      long gpa = i < low ? lowGpa + i : highGpa + (i - low);
      storeResolved(va + i, gpa, 1, value >>> 8 * i & 0xff);
    }
  }

  private long slowDeviceLoad(long va, long gpa, int width) {
    leaveForDevice(va, gpa, width, Access.LOAD);
    int before = hart.counters().begin(Activity.DEVICE);
    long value = bus.load(gpa, width);
    hart.counters().end(before);
    return value;
  }

  private void slowDeviceStore(long va, long gpa, int width, long value) {
    leaveForDevice(va, gpa, width, Access.STORE);
    int before = hart.counters().begin(Activity.DEVICE);
    bus.store(gpa, width, value);
    hart.counters().end(before);
  }

  /**
   * A load whose address has just been {@linkplain #resolve resolved} and which no TLB can serve,
   * for engines with TLBs of their own: of a device, a watched page.
   *
   * @param gpa of the first byte; the access stays in its page
   * @return the value zero-extended
   * @throws LeaveBlock if the instruction is to be executed alone
   */
  public long loadResolved(long va, long gpa, int width) throws Trap {
    if (!memory.isRam(gpa, width)) {
      return slowDeviceLoad(va, gpa, width);
    }
    leaveIfGuarded(gpa, Access.LOAD);
    return memory.load(gpa, width);
  }

  /** As {@link #loadResolved}, for a store. */
  public void storeResolved(long va, long gpa, int width, long value) throws Trap {
    if (!memory.isRam(gpa, width)) {
      slowDeviceStore(va, gpa, width, value);
    } else if (memory.mayStoreDirectly(gpa)) {
      memory.store(gpa, width, value);
    } else {
      leaveIfWatched(gpa, width);
      int before = hart.counters().begin(Activity.MEMORY);
      memory.store(gpa, width, value);
      hart.counters().end(before);
    }
  }

  /**
   * The host address of an atomic access: aligned, in RAM, writable. Pages that are watched are
   * reached all the same, after leaving the block if need be.
   */
  private long atomicAddress(long va, int width, Access access) {
    if ((va & width - 1) != 0) {
      throw hart.misaligned(access, va);
    }
    long[] tags = access == Access.LOAD ? loadTags : storeTags;
    int slot = (int) (va >>> PAGE_SHIFT) & tags.length - 1;
    if (Long.compareUnsigned(va ^ tags[slot], PAGE_BYTES - width) <= 0) {
      return va + addends[slot];
    }
    long gpa = slowResolve(va, width, access);
    if (!(access == Access.LOAD ? memory.isReadable(gpa, width) : memory.isRam(gpa, width))) {
      throw hart.accessFault(access, va);
    }
    leaveIfGuarded(gpa, access);
    if (access == Access.LOAD && !memory.mayLoadDirectly(gpa)) {
      return 0;
    }
    if (access == Access.STORE && !memory.mayStoreDirectly(gpa)) {
      if (!alone) {
        throw LeaveBlock.INSTANCE;
      }
      return 0;
    }
    return memory.hostPage(gpa) + (gpa & PAGE_BYTES - 1);
  }

  /** A read-modify-write of a watched page, by an instruction executed alone on the one thread. */
  private long slowAtomic(long va, int width, Atomic operation, long operand) {
    long gpa = resolve(dataContext(), va, width, Access.STORE).gpa();
    long old = memory.load(gpa, width);
    memory.store(gpa, width, operation.apply(old, operand, width));
    return old;
  }

  /**
   * Atomically replaces an aligned 32-bit word by a function of it.
   *
   * @return the old word, zero-extended
   */
  public long atomic32(long va, long operand, Atomic operation) {
    long address = atomicAddress(va, 4, Access.STORE);
    if (address == 0) {
      return slowAtomic(va, 4, operation, operand);
    }
    MemorySegment all = RawMemory.all();
    VarHandle word = RawMemory.ATOMIC_INT;
    int old;
    do {
      old = (int) word.getVolatile(all, address);
    } while (!word.compareAndSet(
        all, address, old, (int) operation.apply(old & 0xffff_ffffL, operand, 4)));
    return old & 0xffff_ffffL;
  }

  /**
   * Atomically replaces an aligned 64-bit word by a function of it.
   *
   * @return the old word
   */
  public long atomic64(long va, long operand, Atomic operation) {
    long address = atomicAddress(va, 8, Access.STORE);
    if (address == 0) {
      return slowAtomic(va, 8, operation, operand);
    }
    MemorySegment all = RawMemory.all();
    VarHandle word = RawMemory.ATOMIC_LONG;
    long old;
    do {
      old = (long) word.getVolatile(all, address);
    } while (!word.compareAndSet(all, address, old, operation.apply(old, operand, 8)));
    return old;
  }

  /** Loads an aligned 32-bit word, zero-extended, and reserves it. */
  public long loadReserved32(long va) {
    long address = atomicAddress(va, 4, Access.LOAD);
    if (address == 0) {
      return slowLoadReserved(va, 4);
    }
    long value = (int) RawMemory.ATOMIC_INT.getVolatile(RawMemory.all(), address) & 0xffff_ffffL;
    hart.block().reserve(address, value);
    return value;
  }

  /** Loads an aligned 64-bit word and reserves it. */
  public long loadReserved64(long va) {
    long address = atomicAddress(va, 8, Access.LOAD);
    if (address == 0) {
      return slowLoadReserved(va, 8);
    }
    long value = (long) RawMemory.ATOMIC_LONG.getVolatile(RawMemory.all(), address);
    hart.block().reserve(address, value);
    return value;
  }

  /** A load of a page guarded for loads; the reservation is of its place and what is seen there. */
  private long slowLoadReserved(long va, int width) {
    long gpa = resolve(dataContext(), va, width, Access.LOAD).gpa();
    long value = memory.load(gpa, width);
    hart.block().reserve(memory.hostPage(gpa) + (gpa & PAGE_BYTES - 1), value);
    return value;
  }

  /**
   * Stores a 32-bit word if its reservation holds and it still is what was read; gives the
   * reservation up.
   *
   * @return 0 if stored, 1 if not
   */
  public long storeConditional32(long va, long value) {
    return storeConditional(va, 4, value);
  }

  /** As {@link #storeConditional32}, with 64 bits. */
  public long storeConditional64(long va, long value) {
    return storeConditional(va, 8, value);
  }

  private long storeConditional(long va, int width, long value) {
    long address = atomicAddress(va, width, Access.STORE);
    HartBlock block = hart.block();
    long reserved = block.reservation();
    long expected = block.reservedValue();
    block.reserve(0, 0);
    if (address == 0) {
      return slowStoreConditional(va, width, value, reserved, expected);
    }
    if (address != reserved) {
      return 1;
    }
    MemorySegment all = RawMemory.all();
    boolean stored =
        width == 4
            ? RawMemory.ATOMIC_INT.compareAndSet(all, address, (int) expected, (int) value)
            : RawMemory.ATOMIC_LONG.compareAndSet(all, address, expected, value);
    return stored ? 0 : 1;
  }

  private long slowStoreConditional(long va, int width, long value, long reserved, long expected) {
    long gpa = resolve(dataContext(), va, width, Access.STORE).gpa();
    long address = memory.hostPage(gpa) + (gpa & PAGE_BYTES - 1);
    if (address != reserved || memory.load(gpa, width) != expected) {
      return 1;
    }
    memory.store(gpa, width, value);
    return 0;
  }

  @Override
  public void dropStores(long gpaPage) {
    tlbs.dropHostPage(memory.hostPage(gpaPage), false);
  }

  @Override
  public void dropPage(long gpaPage) {
    tlbs.dropHostPage(memory.hostPage(gpaPage), true);
  }

  @Override
  public void dropContext(int contextIndex, boolean allAddresses, long va) {
    tlbs.drop(contextIndex, allAddresses, va);
  }
}
