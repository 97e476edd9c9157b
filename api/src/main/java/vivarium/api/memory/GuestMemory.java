package vivarium.api.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import vivarium.api.VivariumException;

/**
 * A machine's guest-physical RAM: P2M, the map from its pages to machine frames, and the watch kept
 * on pages that hold code or page tables.
 *
 * <p>The accessors here are for loaders, devices (DMA) and page-table walks: bounded, honouring
 * guards and watchers. Loads and stores of guest code go through {@link Mmu}. Everything belongs to
 * the machine's own thread.
 */
public final class GuestMemory implements TableMemory {
  /** Bits of an offset within a page. */
  public static final int PAGE_SHIFT = 12;

  /** Bytes of a page. */
  public static final int PAGE_BYTES = 1 << PAGE_SHIFT;

  private static final byte CODE = 1;
  private static final byte GUARD_STORE = 2;
  private static final byte GUARD_LOAD = 4;
  private static final byte MAY_BE_CACHED = 8;
  private static final byte DEVICE = 16;
  private static final long NOT_GIVEN = -1L;
  private static final long ALL_ONES_ENTRY = Long.MAX_VALUE;

  private final MemorySegment machine;
  private final long base;
  private final long size;
  private final RamFrames frames;
  private final List<DeviceMemory> deviceMemories = new ArrayList<>(2);
  private long[] frameOfPage;
  private byte[] flags;
  private final List<CodeWatcher> codeWatchers = new ArrayList<>(1);
  private final List<TlbHolder> tlbs = new ArrayList<>(2);
  private @Nullable TableGuard tableGuard;

  /** What {@code ma} minus {@code gpa} is for most pages: the first frame given decides. */
  private long distance = NOT_GIVEN;

  /** The pages whose frames lie at another distance, by frame. */
  private final Map<Long, Integer> elsewhere = new HashMap<>();

  /**
   * Makes a machine's RAM.
   *
   * @param machine machine memory, addressed by {@code ma}
   * @param base guest-physical address of the first byte, page-aligned
   * @param size bytes, a multiple of the page size
   * @param frames gives the frames
   */
  public GuestMemory(MemorySegment machine, long base, long size, RamFrames frames) {
    if ((base | size) % PAGE_BYTES != 0 || size <= 0 || size >> PAGE_SHIFT > Integer.MAX_VALUE) {
      throw new VivariumException("RAM must be a positive multiple of 4 KiB");
    }
    this.machine = machine;
    this.base = base;
    this.size = size;
    this.frames = frames;
    int pages = (int) (size >> PAGE_SHIFT);
    frameOfPage = new long[pages];
    Arrays.fill(frameOfPage, NOT_GIVEN);
    flags = new byte[pages];
  }

  /** Guest-physical address of the first byte of RAM. */
  public long base() {
    return base;
  }

  /** Bytes of RAM. */
  public long size() {
    return size;
  }

  /** Whether a whole range is RAM. Any values are allowed. */
  public boolean isRam(long gpa, long length) {
    return covers(base, size, gpa, length);
  }

  /** Whether a whole range lies in another, which begins at {@code base}. Any values for it. */
  static boolean covers(long base, long size, long gpa, long length) {
    long offset = gpa - base;
    return offset >= 0 && length >= 0 && length <= size && offset <= size - length;
  }

  /**
   * Whether a whole range is RAM, or memory of a device that is {@linkplain DeviceMemory#isReadable
   * readable} now: what harts fetch from, and load from without the device.
   */
  public boolean isReadable(long gpa, long length) {
    if (isRam(gpa, length)) {
      return true;
    }
    DeviceMemory device = deviceMemory(gpa, length);
    return device != null && device.isReadable();
  }

  /**
   * Gives a device memory of its own, which reads as zero. Before the first engine is made.
   *
   * @param gpa where it is, page-aligned
   * @param bytes a multiple of the page size
   */
  public DeviceMemory addDeviceMemory(long gpa, long bytes) {
    if ((gpa | bytes) % PAGE_BYTES != 0 || bytes <= 0) {
      throw new IllegalArgumentException("device memory must be a multiple of 4 KiB");
    }
    int first = frameOfPage.length;
    int pages = Math.toIntExact(first + (bytes >> PAGE_SHIFT));
    frameOfPage = Arrays.copyOf(frameOfPage, pages);
    Arrays.fill(frameOfPage, first, pages, NOT_GIVEN);
    flags = Arrays.copyOf(flags, pages);
    Arrays.fill(flags, first, pages, DEVICE);
    DeviceMemory added = new DeviceMemory(this, gpa, bytes, first);
    deviceMemories.add(added);
    return added;
  }

  private @Nullable DeviceMemory deviceMemory(long gpa, long length) {
    for (DeviceMemory device : deviceMemories) {
      if (device.covers(gpa, length)) {
        return device;
      }
    }
    return null;
  }

  /** A device's memory stops being readable: whatever leads there directly is dropped. */
  void dropDeviceMemory(DeviceMemory device, boolean fetched) {
    for (long offset = 0; offset < device.size(); offset += PAGE_BYTES) {
      int page = device.firstPage() + (int) (offset >> PAGE_SHIFT);
      long gpa = device.gpa() + offset;
      if ((flags[page] & MAY_BE_CACHED) != 0) {
        tlbs.forEach(tlb -> tlb.dropPage(gpa));
        flags[page] &= ~MAY_BE_CACHED;
      }
      codeWritten(gpa, PAGE_BYTES);
    }
    if (fetched) {
      for (int i = 0; i < TranslationContext.MAX_CONTEXTS; i++) {
        dropContext(i, true, 0);
      }
    }
  }

  /** A hart fetches from a page, and may keep what it has found. */
  void noteFetch(long gpa) {
    if ((flags[page(gpa)] & DEVICE) != 0) {
      Objects.requireNonNull(deviceMemory(gpa, 1)).noteFetch();
    }
  }

  /** How many pages have numbers: those of RAM, then those of devices. */
  public int pages() {
    return flags.length;
  }

  /** The number of the page at an address that is RAM or memory of a device, from 0. */
  public int pageNumber(long gpa) {
    return page(gpa);
  }

  /** P2M: the machine address that backs a guest-physical address in RAM or device memory. */
  public long machineAddress(long gpa) {
    int page = page(gpa);
    long ma = frameOfPage[page];
    if (ma == NOT_GIVEN) {
      ma = frames.give(page);
      frameOfPage[page] = ma;
      if ((flags[page] & DEVICE) == 0) {
        noteFrame(page, ma);
      }
    }
    return ma + (gpa & (PAGE_BYTES - 1));
  }

  private void noteFrame(int page, long ma) {
    long apart = ma - (base + ((long) page << PAGE_SHIFT));
    if (distance == NOT_GIVEN) {
      distance = apart;
    } else if (distance != apart) {
      elsewhere.put(ma, page);
    }
  }

  /**
   * P2M read backwards, for strategies whose tables hold machine addresses.
   *
   * @param ma an address in a frame that {@link #machineAddress} has named; a frame backs one page
   * @throws IndexOutOfBoundsException if the frame backs no page of this machine
   */
  public long guestAddress(long ma) {
    long gpa = ma - distance;
    long frame = ma & -PAGE_BYTES;
    if (isRam(gpa, 1) && frameOfPage[page(gpa)] == frame) {
      return gpa;
    }
    Integer page = elsewhere.get(frame);
    if (page == null) {
      throw new IndexOutOfBoundsException("not this machine's: ma 0x" + Long.toHexString(ma));
    }
    return base + ((long) page << PAGE_SHIFT) + (ma & (PAGE_BYTES - 1));
  }

  /**
   * Whether a range is RAM whose frames lie one after the other, so that one large page can map it.
   *
   * @param gpa page-aligned
   * @param span bytes, a multiple of the page size
   */
  public boolean contiguous(long gpa, long span) {
    if (!isRam(gpa, span)) {
      return false;
    }
    long first = machineAddress(gpa);
    for (long offset = PAGE_BYTES; offset < span; offset += PAGE_BYTES) {
      if (machineAddress(gpa + offset) != first + offset) {
        return false;
      }
    }
    return true;
  }

  /**
   * The host address of the page of RAM at {@code gpa}; for TLB fills only, which bound every
   * access to this page. Notes that a TLB may now hold it.
   */
  long hostPage(long gpa) {
    flags[page(gpa)] |= MAY_BE_CACHED;
    return machine.address() + (machineAddress(gpa) & -PAGE_BYTES);
  }

  /**
   * The host address of the page of RAM at {@code gpa}, for the TLB fill of an engine that emits
   * machine code. The engine must be a registered {@link TlbHolder}, must confine every access to
   * this page, and must have asked {@link #mayStoreDirectly} and {@link #mayLoadDirectly} first.
   */
  public long hostPageForTlb(long gpa) {
    return hostPage(gpa);
  }

  /** Whether stores to the page at {@code gpa} need nobody's attention. */
  public boolean mayStoreDirectly(long gpa) {
    return (flags[page(gpa)] & (CODE | GUARD_STORE | DEVICE)) == 0;
  }

  /**
   * Whether stores to the page at {@code gpa} need the attention of code watchers, and of nobody
   * else. Notes that a {@link TlbHolder} may now hold it.
   */
  public boolean isWatchedOnly(long gpa) {
    int page = page(gpa);
    flags[page] |= MAY_BE_CACHED;
    return (flags[page] & (CODE | GUARD_STORE)) == CODE;
  }

  /** Whether loads from the page at {@code gpa} need nobody's attention. */
  public boolean mayLoadDirectly(long gpa) {
    return (flags[page(gpa)] & GUARD_LOAD) == 0;
  }

  /** Whether accesses of a kind to the page at {@code gpa} are led to the table guard. */
  boolean isGuarded(long gpa, Access access) {
    return (flags[page(gpa)] & (access == Access.LOAD ? GUARD_LOAD : GUARD_STORE)) != 0;
  }

  /** Registers a holder of TLB entries for this RAM. */
  public void addTlb(TlbHolder tlb) {
    tlbs.add(tlb);
  }

  /** Takes a holder of TLB entries off the list; it holds none any more. */
  public void removeTlb(TlbHolder tlb) {
    tlbs.remove(tlb);
  }

  /** Drops entries of one context in every TLB that is registered; see {@link TlbHolder}. */
  void dropContext(int contextIndex, boolean allAddresses, long va) {
    for (TlbHolder tlb : tlbs) {
      tlb.dropContext(contextIndex, allAddresses, va);
    }
  }

  /** Registers an engine that keeps decoded or translated code. */
  public void addCodeWatcher(CodeWatcher watcher) {
    codeWatchers.add(watcher);
  }

  /** Takes an engine off the list; it keeps no code any more. */
  public void removeCodeWatcher(CodeWatcher watcher) {
    codeWatchers.remove(watcher);
    if (codeWatchers.isEmpty()) {
      for (int page = 0; page < flags.length; page++) {
        flags[page] &= ~CODE;
      }
    }
  }

  /** Stores to the page go by the code watchers from now on. */
  public void watchCode(long gpa) {
    int page = page(gpa);
    if ((flags[page] & CODE) == 0) {
      flags[page] |= CODE;
      if ((flags[page] & MAY_BE_CACHED) != 0) {
        tlbs.forEach(tlb -> tlb.dropStores(gpa & -PAGE_BYTES));
      }
    }
  }

  /**
   * A code watcher holds no code of the page any more. Stores go by the watchers all the same while
   * another, the engine of another hart, does.
   */
  public void unwatchCode(long gpa) {
    if (!holdsCode(gpa & -PAGE_BYTES, PAGE_BYTES)) {
      flags[page(gpa)] &= ~CODE;
    }
  }

  /** Whether a store would touch bytes that an engine has made code from. */
  public boolean holdsCode(long gpa, int length) {
    if ((flags[page(gpa)] & CODE) != 0) {
      for (CodeWatcher watcher : codeWatchers) {
        if (watcher.holdsCode(gpa, length)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Sets the memory strategy's guard. */
  public void setTableGuard(TableGuard guard) {
    tableGuard = guard;
  }

  /**
   * Leads accesses to a page to the table guard from now on, or no more.
   *
   * @param loads whether reads go there as well as writes
   */
  public void guardPage(long gpa, boolean stores, boolean loads) {
    int page = page(gpa);
    byte wanted = (byte) ((stores ? GUARD_STORE : 0) | (loads ? GUARD_LOAD : 0));
    byte old = (byte) (flags[page] & (GUARD_STORE | GUARD_LOAD));
    flags[page] = (byte) (flags[page] & ~(GUARD_STORE | GUARD_LOAD) | wanted);
    if ((wanted & ~old) != 0 && (flags[page] & MAY_BE_CACHED) != 0) {
      for (TlbHolder tlb : tlbs) {
        if (loads) {
          tlb.dropPage(gpa & -PAGE_BYTES);
        } else {
          tlb.dropStores(gpa & -PAGE_BYTES);
        }
      }
    }
  }

  /**
   * Reads within one page of RAM, guards honoured.
   *
   * @param width 1, 2, 4 or 8 bytes, not across a page
   * @return the value zero-extended
   */
  public long load(long gpa, int width) {
    TableGuard guard = tableGuard;
    if (guard != null && (flags[page(gpa)] & GUARD_LOAD) != 0) {
      return guard.load(gpa, width);
    }
    return loadUnguarded(gpa, width);
  }

  /** As {@link #load}, past the guard: for the guard itself. */
  public long loadUnguarded(long gpa, int width) {
    long ma = machineAddress(gpa);
    return switch (width) {
      case 1 -> machine.get(ValueLayout.JAVA_BYTE, ma) & 0xffL;
      case 2 -> machine.get(ValueLayout.JAVA_SHORT_UNALIGNED, ma) & 0xffffL;
      case 4 -> machine.get(ValueLayout.JAVA_INT_UNALIGNED, ma) & 0xffff_ffffL;
      case 8 -> machine.get(ValueLayout.JAVA_LONG_UNALIGNED, ma);
      default -> throw new IllegalArgumentException("width " + width);
    };
  }

  /** Writes within one page of RAM; guards and code watchers see it. */
  public void store(long gpa, int width, long value) {
    TableGuard guard = tableGuard;
    if (guard != null && (flags[page(gpa)] & GUARD_STORE) != 0) {
      guard.store(gpa, width, value);
    } else {
      storeUnguarded(gpa, width, value);
    }
    codeWritten(gpa, width);
  }

  /** As {@link #store}, past the guard and the code watchers: for the guard itself. */
  public void storeUnguarded(long gpa, int width, long value) {
    long ma = machineAddress(gpa);
    switch (width) {
      case 1 -> machine.set(ValueLayout.JAVA_BYTE, ma, (byte) value);
      case 2 -> machine.set(ValueLayout.JAVA_SHORT_UNALIGNED, ma, (short) value);
      case 4 -> machine.set(ValueLayout.JAVA_INT_UNALIGNED, ma, (int) value);
      case 8 -> machine.set(ValueLayout.JAVA_LONG_UNALIGNED, ma, value);
      default -> throw new IllegalArgumentException("width " + width);
    }
  }

  /**
   * Copies from RAM.
   *
   * @throws IndexOutOfBoundsException if the range is not RAM
   */
  public void read(long gpa, MemorySegment target) {
    transfer(gpa, target, false);
  }

  /**
   * Copies to RAM; guards and code watchers see it.
   *
   * @throws IndexOutOfBoundsException if the range is not RAM
   */
  public void write(long gpa, MemorySegment source) {
    transfer(gpa, source, true);
  }

  private void transfer(long gpa, MemorySegment other, boolean toRam) {
    long length = other.byteSize();
    if (!isRam(gpa, length)) {
      throw new IndexOutOfBoundsException("not RAM: 0x" + Long.toHexString(gpa) + "+" + length);
    }
    for (long done = 0; done < length; ) {
      long at = gpa + done;
      int inPage = (int) Math.min(length - done, PAGE_BYTES - (at & (PAGE_BYTES - 1)));
      transferInPage(at, other, done, inPage, toRam);
      done += inPage;
    }
  }

  private void transferInPage(
      long gpa, MemorySegment other, long offset, int length, boolean toRam) {
    boolean guarded = (flags[page(gpa)] & (toRam ? GUARD_STORE : GUARD_LOAD)) != 0;
    if (guarded) {
      for (int i = 0; i < length; i++) {
        if (toRam) {
          store(gpa + i, 1, other.get(ValueLayout.JAVA_BYTE, offset + i));
        } else {
          other.set(ValueLayout.JAVA_BYTE, offset + i, (byte) load(gpa + i, 1));
        }
      }
    } else if (toRam) {
      MemorySegment.copy(other, offset, machine, machineAddress(gpa), length);
      codeWritten(gpa, length);
    } else {
      MemorySegment.copy(machine, machineAddress(gpa), other, offset, length);
    }
  }

  private void codeWritten(long gpa, int length) {
    if ((flags[page(gpa)] & CODE) != 0) {
      for (CodeWatcher watcher : codeWatchers) {
        watcher.codeWritten(gpa, length);
      }
    }
  }

  /**
   * A guest page table's entry, past the guard. An entry of all ones, which is reserved in every
   * format and would be taken for {@link TableMemory#MISSING}, is read as another one that is
   * reserved.
   */
  @Override
  public long read(long gpa) {
    if (!isRam(gpa, 8)) {
      return MISSING;
    }
    long entry = loadUnguarded(gpa, 8);
    return entry == MISSING ? ALL_ONES_ENTRY : entry;
  }

  @Override
  public boolean compareAndSet(long gpa, long expected, long value) {
    if (loadUnguarded(gpa, 8) != expected) {
      return false;
    }
    store(gpa, 8, value);
    return true;
  }

  private int page(long gpa) {
    long offset = gpa - base;
    return offset >= 0 && offset < size ? (int) (offset >> PAGE_SHIFT) : slowPage(gpa);
  }

  private int slowPage(long gpa) {
    DeviceMemory device = deviceMemory(gpa, 1);
    if (device == null) {
      throw new IndexOutOfBoundsException("no memory: 0x" + Long.toHexString(gpa));
    }
    return device.firstPage() + (int) (gpa - device.gpa() >> PAGE_SHIFT);
  }

  /** Bytes of a device's memory within one page. */
  MemorySegment slice(long gpa, int length) {
    return machine.asSlice(machineAddress(gpa), length);
  }
}
