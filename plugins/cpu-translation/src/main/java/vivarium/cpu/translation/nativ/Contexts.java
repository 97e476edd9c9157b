package vivarium.cpu.translation.nativ;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.HostPowers;
import vivarium.api.fp.Fpu;
import vivarium.api.isa.Hart;
import vivarium.api.memory.Access;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.Mmu;
import vivarium.api.memory.TlbHolder;
import vivarium.api.memory.Translation;
import vivarium.api.memory.TranslationContext;

/**
 * The tables that emitted code reads, for each translation context: TLBs and jump tables; and which
 * of them are current. A change of context is a change of pointers in the hart block.
 */
final class Contexts implements TlbHolder {
  private static final int CONTEXTS = TranslationContext.MAX_CONTEXTS;
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;

  /** Sets of units and modes told apart at a time; beyond that all are forgotten. */
  private static final int MAX_KEYS = 32;

  /** Pages of other addends after which a context is no longer taken for uniform. */
  private static final int MAX_REFUSALS = 1000;

  /** Pages of code remembered for each context. */
  private static final int FETCH_ENTRIES = 256;

  /** All exceptions masked, round to nearest. */
  private static final int MXCSR_DEFAULT = 0x1f80;

  private static final int MXCSR_RC_SHIFT = 13;
  private static final int MXCSR_FLAGS = 0x3f;

  /** MXCSR.RC for frm 0 to 3: nearest, zero, down, up. */
  private static final int[] ROUNDING = {0, 3, 1, 2};

  private static final int KEY_UNIFORM = 1;
  private static final int KEY_MODE_SHIFT = 1;
  private static final int KEY_READY_SHIFT = 4;

  private final Hart hart;
  private final Mmu mmu;
  private final Fpu fpu;
  private final GuestMemory memory;
  private final HostPowers host;
  private final MemorySegment block;
  private final @Nullable SoftTlb[] uniformTlbs = new SoftTlb[CONTEXTS];
  private final @Nullable SoftTlb[] mixedTlbs = new SoftTlb[CONTEXTS];
  private final @Nullable JumpTable[] jumpTables = new JumpTable[CONTEXTS * MAX_KEYS];
  private final int[] keys = new int[MAX_KEYS];

  /** Virtual pages of code, bit 0 set, for each context; 0 is none. */
  private final long[] fetchTags = new long[CONTEXTS * FETCH_ENTRIES];

  private final long[] fetchPages = new long[CONTEXTS * FETCH_ENTRIES];

  /** For each page of memory, the TLBs that may hold it: uniform ones, then mixed ones. */
  private final int[] heldBy;

  /** A virtual page of the data context, bit 0 set, that holds code beside data; or 0. */
  private long watchedTag;

  private long watchedPage;

  private int keyCount;
  private boolean nothingUniform;
  private @Nullable TranslationContext data;
  private @Nullable TranslationContext fetch;
  private int ready = -1;
  private int roundingMode = -1;
  private int key;
  private int mxcsr = MXCSR_DEFAULT;
  private SoftTlb tlb;
  private JumpTable jumps;

  Contexts(CpuEnvironment environment) {
    hart = environment.hart();
    mmu = hart.mmu();
    fpu = hart.fpu();
    memory = environment.memory();
    host = environment.host();
    block = hart.block().segment();
    heldBy = new int[memory.pages()];
    block.asSlice(Layout.SAVED, Layout.BOX + 16 - Layout.SAVED).fill((byte) 0);
    block.set(ValueLayout.JAVA_LONG, Layout.NAN_64, 0x7ff8_0000_0000_0000L);
    block.set(ValueLayout.JAVA_LONG, Layout.NAN_32, 0x7fc0_0000L);
    block.set(ValueLayout.JAVA_LONG, Layout.SIGN_64, Long.MIN_VALUE);
    block.set(ValueLayout.JAVA_LONG, Layout.SIGN_32, 0x8000_0000L);
    block.set(ValueLayout.JAVA_LONG, Layout.BOX, 0xffff_ffff_0000_0000L);
    tlb = tlb(mmu.dataContext(), true);
    jumps = new JumpTable(host.tables(JumpTable.BYTES));
    select();
  }

  /** Makes the tables of the hart's present contexts, units and rounding mode current. */
  void select() {
    TranslationContext newData = mmu.dataContext();
    TranslationContext newFetch = mmu.fetchContext();
    int newReady = hart.ready();
    int newMode = fpu.roundingMode();
    if (newData != data || newFetch != fetch || newReady != ready || newMode != roundingMode) {
      data = newData;
      fetch = newFetch;
      ready = newReady;
      roundingMode = newMode;
      reselect(newData, newFetch);
    }
  }

  private void reselect(TranslationContext newData, TranslationContext newFetch) {
    watchedTag = 0;
    boolean uniform = newData.format() == null && !nothingUniform;
    key = ready << KEY_READY_SHIFT | roundingMode << KEY_MODE_SHIFT | (uniform ? KEY_UNIFORM : 0);
    tlb = tlb(newData, uniform);
    jumps = jumpTable(newFetch);
    mxcsr = MXCSR_DEFAULT;
    if (roundingMode < ROUNDING.length) {
      mxcsr |= ROUNDING[roundingMode] << MXCSR_RC_SHIFT;
    }
    block.set(ValueLayout.JAVA_LONG, Layout.CURRENT_TLB, tlb.address());
    block.set(ValueLayout.JAVA_LONG, Layout.CURRENT_ADDEND, tlb.addend());
    block.set(ValueLayout.JAVA_LONG, Layout.CURRENT_JUMPS, jumps.address());
    block.set(ValueLayout.JAVA_INT, Layout.GUEST_MXCSR, mxcsr);
  }

  private SoftTlb tlb(TranslationContext context, boolean uniform) {
    @Nullable SoftTlb[] kind = uniform ? uniformTlbs : mixedTlbs;
    SoftTlb found = kind[context.index()];
    if (found == null) {
      found = new SoftTlb(uniform, host.tables(SoftTlb.bytes(uniform)));
      kind[context.index()] = found;
    }
    return found;
  }

  private JumpTable jumpTable(TranslationContext context) {
    int dense = 0;
    while (dense < keyCount && keys[dense] != key) {
      dense++;
    }
    if (dense == MAX_KEYS) {
      forgetJumps();
      keyCount = 0;
      dense = 0;
    }
    if (dense == keyCount) {
      keys[keyCount++] = key;
    }
    int index = context.index() * MAX_KEYS + dense;
    JumpTable found = jumpTables[index];
    if (found == null) {
      found = new JumpTable(host.tables(JumpTable.BYTES));
      jumpTables[index] = found;
    }
    return found;
  }

  /**
   * The guest-physical page that a fetch from a virtual page leads to, as far as it is known; -1 if
   * not.
   */
  long fetchPage(long va) {
    int index = fetchSlot(va);
    return fetchTags[index] == (va & -PAGE_BYTES | 1) ? fetchPages[index] : -1;
  }

  /** Notes where a fetch leads. */
  void noteFetchPage(long va, long gpa) {
    int index = fetchSlot(va);
    fetchTags[index] = va & -PAGE_BYTES | 1;
    fetchPages[index] = gpa & -PAGE_BYTES;
  }

  private int fetchSlot(long va) {
    int context = fetch == null ? 0 : fetch.index();
    return context * FETCH_ENTRIES + ((int) (va >>> GuestMemory.PAGE_SHIFT) & FETCH_ENTRIES - 1);
  }

  private void dropFetchPages(int contextIndex, boolean allAddresses, long va) {
    int from = contextIndex * FETCH_ENTRIES;
    if (allAddresses) {
      Arrays.fill(fetchTags, from, from + FETCH_ENTRIES, 0);
    } else {
      fetchTags[from + ((int) (va >>> GuestMemory.PAGE_SHIFT) & FETCH_ENTRIES - 1)] = 0;
    }
  }

  /** What of the state code depends on: part of a trace's identity. */
  int key() {
    return key;
  }

  /** Whether the current data TLB has one addend. */
  boolean uniform() {
    return (key & KEY_UNIFORM) != 0;
  }

  /** The dynamic rounding mode; what of it the host has is in MXCSR. */
  int roundingMode() {
    return roundingMode;
  }

  /** The units that are ready. */
  int ready() {
    return ready;
  }

  /** The current jump table. */
  JumpTable jumps() {
    return jumps;
  }

  /** Hands the exceptions that emitted code has raised in MXCSR to the hart's own flags. */
  void mergeFlags() {
    int left = block.get(ValueLayout.JAVA_INT, Layout.GUEST_MXCSR);
    if ((left & MXCSR_FLAGS) != 0) {
      fpu.raise(
          (left & 1) * Fpu.NV
              | (left >> 2 & 1) * Fpu.DZ
              | (left >> 3 & 1) * Fpu.OF
              | (left >> 4 & 1) * Fpu.UF
              | (left >> 5 & 1) * Fpu.NX);
      block.set(ValueLayout.JAVA_INT, Layout.GUEST_MXCSR, mxcsr);
    }
  }

  /**
   * Enters a page in the current data TLB, as far as that is allowed.
   *
   * @return whether an access of this kind will hit now
   */
  boolean fill(Translation found, long va, Access access) {
    long gpa = found.gpa();
    int cacheable = found.permissions();
    if (cacheable == 0 || !memory.isReadable(gpa & -PAGE_BYTES, PAGE_BYTES)) {
      return false;
    }
    boolean load = (cacheable & Access.LOAD.mask()) != 0 && memory.mayLoadDirectly(gpa);
    boolean store = (cacheable & Access.STORE.mask()) != 0 && memory.mayStoreDirectly(gpa);
    if (!(access == Access.STORE ? store : load) || data == null) {
      return false;
    }
    if (!tlb.fill(va, memory.hostPageForTlb(gpa), load, store)) {
      if (tlb.refusals() > MAX_REFUSALS) {
        nothingUniform = true;
        data = null;
      }
      return false;
    }
    int page = memory.pageNumber(gpa);
    heldBy[page] |= 1 << data.index() + (tlb.uniform() ? 0 : CONTEXTS);
    block.set(ValueLayout.JAVA_LONG, Layout.CURRENT_ADDEND, tlb.addend());
    return true;
  }

  /**
   * The guest-physical page of the page with code beside its data that was stored to last, if
   * {@code va} is in it; -1 if not. What stores there touch is still to be asked.
   */
  long watchedPage(long va) {
    return watchedTag == (va & -PAGE_BYTES | 1) ? watchedPage : -1;
  }

  /** Notes where a store has led that no TLB can serve, if only code is why. */
  void noteWatched(long va, Translation found) {
    if ((found.permissions() & Access.STORE.mask()) != 0 && memory.isWatchedOnly(found.gpa())) {
      watchedTag = va & -PAGE_BYTES | 1;
      watchedPage = found.gpa() & -PAGE_BYTES;
    }
  }

  /** Code has gone: no jump may lead there. */
  void dropJumps(long pc, long code) {
    forEachJumpTable(table -> table.drop(pc, code));
  }

  /** Code of a virtual page is this machine's no longer: no jump may lead there. */
  void dropJumpsTo(long va) {
    forEachJumpTable(table -> table.dropPage(va));
  }

  private void forEachJumpTable(Consumer<JumpTable> action) {
    for (int context = 0; context < CONTEXTS; context++) {
      for (int dense = 0; dense < keyCount; dense++) {
        JumpTable table = jumpTables[context * MAX_KEYS + dense];
        if (table != null) {
          action.accept(table);
        }
      }
    }
  }

  /** Empties all jump tables. */
  void forgetJumps() {
    for (JumpTable table : jumpTables) {
      if (table != null) {
        table.clear();
      }
    }
  }

  @Override
  public void dropStores(long gpaPage) {
    watchedTag = 0;
    dropHostPage(gpaPage, false);
  }

  @Override
  public void dropPage(long gpaPage) {
    watchedTag = 0;
    Arrays.fill(fetchTags, 0);
    dropHostPage(gpaPage, true);
    forgetJumps();
  }

  private void dropHostPage(long gpaPage, boolean loads) {
    int page = memory.pageNumber(gpaPage);
    int holders = heldBy[page];
    if (holders == 0) {
      return;
    }
    long hostPage = memory.hostPageForTlb(gpaPage);
    for (int i = 0; i < CONTEXTS; i++) {
      SoftTlb uniform = uniformTlbs[i];
      if ((holders >>> i & 1) != 0 && uniform != null) {
        uniform.dropHostPage(hostPage, loads);
      }
      SoftTlb mixed = mixedTlbs[i];
      if ((holders >>> i + CONTEXTS & 1) != 0 && mixed != null) {
        mixed.dropHostPage(hostPage, loads);
      }
    }
    if (loads) {
      heldBy[page] = 0;
    }
  }

  @Override
  public void dropContext(int contextIndex, boolean allAddresses, long va) {
    watchedTag = 0;
    dropEntries(uniformTlbs[contextIndex], allAddresses, va);
    dropFetchPages(contextIndex, allAddresses, va);
    dropEntries(mixedTlbs[contextIndex], allAddresses, va);
    for (int dense = 0; dense < keyCount; dense++) {
      JumpTable table = jumpTables[contextIndex * MAX_KEYS + dense];
      if (table != null && allAddresses) {
        table.clear();
      } else if (table != null) {
        table.dropPage(va);
      }
    }
  }

  private static void dropEntries(@Nullable SoftTlb tlb, boolean allAddresses, long va) {
    if (tlb != null && allAddresses) {
      tlb.clear();
    } else if (tlb != null) {
      tlb.drop(va);
    }
  }
}
