package vivarium.memory.shadow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Counters;
import vivarium.api.memory.Access;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.PageTableFormat;
import vivarium.api.memory.TableFrames;
import vivarium.api.memory.TableGuard;
import vivarium.api.memory.Walk;
import vivarium.api.memory.WalkerProtection;

/**
 * All shadow tables of one machine. There is one for each guest page and level at which that page
 * serves as a table, whatever roots and entries reach it: tables that address spaces share (a
 * kernel's) are shadowed once, and a page that is a table of two levels has two shadows.
 *
 * <p>A page with a shadow is guarded: its writes come here, and go into all of its shadows before
 * the guest's next access. A table to which no entry points any more, or which the guest goes on
 * writing without using it (it is being torn down, or is data by now), loses its shadow and its
 * guard. When no frame is left, the root that has not been used for longest goes.
 *
 * <p>An entry is V2P's with the address of the frame in place of the guest's, so that the format's
 * own walk checks permissions. There are only entries for pages that the guest has accessed, and a
 * page that is not dirty yet is read-only: the first access or store thus comes by and is marked in
 * the guest's tables.
 */
final class ShadowTables implements TableGuard {
  private static final int PAGE_SHIFT = GuestMemory.PAGE_SHIFT;
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;
  private static final long PAGE_MASK = -PAGE_BYTES;
  private static final long NO_ENTRY = 0;

  /** Writes in a row to a table that is not used meanwhile, until it loses its shadow. */
  private static final int MOST_UNUSED_WRITES = 16;

  /** The same until the guest may write it untrapped, where that is wanted. */
  private static final int MOST_TRAPPED_WRITES = 4;

  private final GuestMemory memory;
  private final TableFrames frames;
  private final Counters counters;
  private final WalkerProtection protection;
  private final boolean mayLeaveOutOfSync;
  private final @Nullable ShadowTable[] ofPage;
  private final List<ShadowTable> roots = new ArrayList<>();
  private final List<ShadowTable> outOfSync = new ArrayList<>();
  private final Map<Long, ShadowTable> splits = new HashMap<>();
  private final LongAdder made;
  private final LongAdder dropped;
  private final LongAdder rootsReclaimed;
  private final LongAdder leftOutOfSync;
  private boolean marking;
  private long writes;
  private long uses;

  ShadowTables(
      GuestMemory memory,
      TableFrames frames,
      Counters counters,
      WalkerProtection protection,
      boolean mayLeaveOutOfSync) {
    this.memory = memory;
    this.frames = frames;
    this.counters = counters;
    this.protection = protection;
    this.mayLeaveOutOfSync = mayLeaveOutOfSync;
    ofPage = new ShadowTable[(int) (memory.size() >> PAGE_SHIFT)];
    made = counters.named("shadow-tables-made");
    dropped = counters.named("shadow-tables-dropped");
    rootsReclaimed = counters.named("shadow-roots-reclaimed");
    leftOutOfSync = counters.named("shadow-tables-out-of-sync");
  }

  /** The shadow of a root table, if there is one; notes that it is used. */
  @Nullable ShadowTable root(PageTableFormat format, long rootGpa) {
    if (!memory.isRam(rootGpa, PAGE_BYTES)) {
      return null;
    }
    ShadowTable root = find(format, format.levels() - 1, rootGpa);
    if (root != null) {
      root.lastUse = ++uses;
    }
    return root;
  }

  /** Bytes of the guest page behind an entry of V2M: more than the entry maps, if it was split. */
  long guestSpan(PageTableFormat format, int level, long entryMa) {
    if (!splits.isEmpty()) {
      ShadowTable split = splits.get(entryMa & PAGE_MASK);
      if (split != null) {
        return split.guestSpan();
      }
    }
    return span(format, level);
  }

  private static long span(PageTableFormat format, int level) {
    return (long) PAGE_BYTES << format.indexBits() * level;
  }

  /** Sets accessed and dirty bits in an entry of the guest's, and in its shadows. */
  boolean mark(long gpa, long expected, long value) {
    marking = true;
    try {
      return memory.compareAndSet(gpa, expected, value);
    } finally {
      marking = false;
    }
  }

  // Filling.

  /**
   * Takes over what a walk of the guest's tables has found. Where frames are short even after all
   * others have been given up, nothing is kept: the next miss walks V2P again.
   *
   * @param path the entries read, down to the leaf
   * @param walk the outcome: mapped, to RAM
   */
  void fill(PageTableFormat format, GuestPath path, Walk walk) {
    for (int step = 0; step < path.length(); step++) {
      if (!protection.allowsTable(path.address(step) & PAGE_MASK)) {
        return;
      }
    }
    boolean nothingElse = false;
    while (!tryFill(format, path, walk) && !nothingElse) {
      if (!reclaimRoot(path.address(0) & PAGE_MASK)) {
        nothingElse = true;
        clear();
      }
    }
  }

  private boolean tryFill(PageTableFormat format, GuestPath path, Walk walk) {
    ShadowTable table = findOrMake(format, format.levels() - 1, path.address(0) & PAGE_MASK);
    for (int step = 1; step < path.length() && table != null; step++) {
      int level = table.level() - 1;
      ShadowTable next = findOrMake(format, level, path.address(step) & PAGE_MASK);
      if (next != null) {
        int index = table.index(path.address(step - 1));
        link(table, index, next, format.withAddress(path.entry(step - 1), next.ma()));
      }
      table = next;
    }
    return table != null && fillLeaf(format, table, walk);
  }

  private boolean fillLeaf(PageTableFormat format, ShadowTable leafTable, Walk walk) {
    long gpa = walk.address() & PAGE_MASK;
    long leaf = untilDirty(format, walk.entry());
    long guestSpan = span(format, leafTable.level());
    ShadowTable table = leafTable;
    int index = table.index(walk.entryAddress());
    while (true) {
      long span = span(format, table.level());
      long start = gpa & -span;
      if (table.level() == 0 || liesTogether(start, span)) {
        clearEntry(table, index);
        frames.write(
            table.entryAddress(index), format.withAddress(leaf, memory.machineAddress(start)));
        return true;
      }
      ShadowTable part = table.child(index);
      if (part == null) {
        part = makeSplit(format, table.level() - 1, guestSpan);
        if (part == null) {
          return false;
        }
        link(table, index, part, format.tableEntry(part.ma()));
      }
      table = part;
      // Within a large page, which is aligned, the addresses' low bits are the same.
      index = table.indexOf(gpa);
    }
  }

  private static long untilDirty(PageTableFormat format, long leaf) {
    return format.isMarked(leaf, Access.STORE) ? leaf : format.readOnly(leaf);
  }

  /** Whether one large entry can map the range: frames in order, and aligned as it must be. */
  private boolean liesTogether(long gpa, long span) {
    return memory.isRam(gpa, span)
        && (memory.machineAddress(gpa) & span - 1) == 0
        && memory.contiguous(gpa, span);
  }

  private void link(ShadowTable table, int index, ShadowTable next, long entry) {
    if (table.child(index) != next) {
      clearEntry(table, index);
      table.setChild(index, next);
    }
    frames.write(table.entryAddress(index), entry);
  }

  // Tables.

  private @Nullable ShadowTable find(PageTableFormat format, int level, long gpa) {
    ShadowTable table = ofPage[page(gpa)];
    while (table != null && (table.level() != level || !table.format().equals(format))) {
      table = table.nextOfPage;
    }
    return table;
  }

  private @Nullable ShadowTable findOrMake(PageTableFormat format, int level, long gpa) {
    ShadowTable table = find(format, level, gpa);
    if (table == null) {
      long ma = frames.allocate();
      if (ma == TableFrames.NONE) {
        return null;
      }
      made.increment();
      counters.tablePagesChange(1);
      table = ShadowTable.ofPage(format, level, ma, gpa);
      table.nextOfPage = ofPage[page(gpa)];
      ofPage[page(gpa)] = table;
      if (table.isRoot()) {
        table.lastUse = ++uses;
        roots.add(table);
      }
      memory.guardPage(gpa, true, false);
    }
    table.writesUnused = 0;
    return table;
  }

  private @Nullable ShadowTable makeSplit(PageTableFormat format, int level, long guestSpan) {
    long ma = frames.allocate();
    if (ma == TableFrames.NONE) {
      return null;
    }
    made.increment();
    counters.tablePagesChange(1);
    ShadowTable split = ShadowTable.ofLargePage(format, level, ma, guestSpan);
    splits.put(ma, split);
    return split;
  }

  /** Empties an entry; the table it pointed to goes if nothing else needs it. */
  private void clearEntry(ShadowTable table, int index) {
    frames.write(table.entryAddress(index), NO_ENTRY);
    ShadowTable child = table.child(index);
    if (child != null) {
      table.setChild(index, null);
      if (child.parentCount() == 0) {
        drop(child);
      }
    }
  }

  /** Takes a table out of all that points to it, and gives its frame back. */
  private void drop(ShadowTable table) {
    dropped.increment();
    counters.tablePagesChange(-1);
    while (table.parentCount() > 0) {
      ShadowTable parent = table.lastParent();
      int index = table.lastParentIndex();
      frames.write(parent.entryAddress(index), NO_ENTRY);
      parent.setChild(index, null);
    }
    if (table.isSplit()) {
      splits.remove(table.ma());
    } else {
      forgetPage(table);
    }
    if (table.level() > 0) {
      for (int i = 0; i < table.entries(); i++) {
        if (table.child(i) != null) {
          clearEntry(table, i);
        }
      }
    }
    frames.free(table.ma());
  }

  private void forgetPage(ShadowTable table) {
    int page = page(table.gpa());
    ShadowTable other = ofPage[page];
    if (other == table) {
      ofPage[page] = table.nextOfPage;
    } else {
      while (other != null && other.nextOfPage != table) {
        other = other.nextOfPage;
      }
      if (other != null) {
        other.nextOfPage = table.nextOfPage;
      }
    }
    if (ofPage[page] == null) {
      memory.guardPage(table.gpa(), false, false);
    }
    if (table.isRoot()) {
      roots.remove(table);
    }
    if (table.outOfSync) {
      outOfSync.remove(table);
    }
  }

  /** Drops the root that was not used for longest, but not this one; whether there was one. */
  private boolean reclaimRoot(long keptGpa) {
    ShadowTable oldest = null;
    for (ShadowTable root : roots) {
      if (root.gpa() != keptGpa && (oldest == null || root.lastUse < oldest.lastUse)) {
        oldest = root;
      }
    }
    if (oldest == null) {
      return false;
    }
    rootsReclaimed.increment();
    drop(oldest);
    return true;
  }

  /** Drops all tables: everything hangs from a root. */
  void clear() {
    while (!roots.isEmpty()) {
      drop(roots.getLast());
    }
  }

  /** Drops the shadows of tables that protection does not let every hart walk any more. */
  void dropForbidden() {
    if (protection.isOpen()) {
      return;
    }
    for (int page = 0; page < ofPage.length; page++) {
      ShadowTable table = ofPage[page];
      while (table != null && !protection.allowsTable(table.gpa())) {
        drop(table);
        table = ofPage[page];
      }
    }
  }

  // The guest's writes.

  /** Table pages are not guarded for loads. */
  @Override
  public long load(long gpa, int width) {
    return memory.loadUnguarded(gpa, width);
  }

  @Override
  public void store(long gpa, int width, long value) {
    long old = memory.loadUnguarded(gpa, width);
    memory.storeUnguarded(gpa, width, value);
    boolean changed = memory.loadUnguarded(gpa, width) != old;
    counters.tableWrites += marking ? 0 : 1;
    long write = ++writes;
    ShadowTable table = nextToTell(gpa, write);
    while (table != null) {
      table.lastWrite = write;
      table.writesUnused += marking ? 0 : 1;
      if (table.writesUnused > MOST_UNUSED_WRITES) {
        drop(table);
      } else if (changed) {
        carryOver(table, table.index(gpa), table.index(gpa + width - 1));
        leaveOutOfSync(table);
      }
      table = nextToTell(gpa, write);
    }
  }

  /** A shadow of the page that this write has not reached yet; dropping one may drop others. */
  private @Nullable ShadowTable nextToTell(long gpa, long write) {
    ShadowTable table = ofPage[page(gpa)];
    while (table != null && table.lastWrite == write) {
      table = table.nextOfPage;
    }
    return table;
  }

  private void carryOver(ShadowTable table, int first, int last) {
    for (int index = first; index <= last; index++) {
      if (table.child(index) != null || frames.read(table.entryAddress(index)) != NO_ENTRY) {
        refresh(table, index);
      }
    }
  }

  /** Makes an entry that is there follow the guest's; if that leads elsewhere, a miss will fill. */
  private void refresh(ShadowTable table, int index) {
    clearEntry(table, index);
    PageTableFormat format = table.format();
    long entry = memory.read(table.gpa() + (long) index * format.entryBytes());
    boolean usable =
        table.level() == 0 && format.isLeaf(entry, 0) && format.isMarked(entry, Access.LOAD);
    if (usable && memory.isRam(format.address(entry), PAGE_BYTES)) {
      long ma = memory.machineAddress(format.address(entry));
      frames.write(table.entryAddress(index), format.withAddress(untilDirty(format, entry), ma));
    }
  }

  /** Lets the guest write a table of the lowest level untrapped, if it does so much. */
  private void leaveOutOfSync(ShadowTable table) {
    boolean only = ofPage[page(table.gpa())] == table && table.nextOfPage == null;
    if (mayLeaveOutOfSync
        && !table.outOfSync
        && table.level() == 0
        && table.writesUnused >= MOST_TRAPPED_WRITES
        && only) {
      leftOutOfSync.increment();
      memory.guardPage(table.gpa(), false, false);
      table.outOfSync = true;
      outOfSync.add(table);
    }
  }

  /** Brings tables that the guest wrote untrapped up to date, and guards them again. */
  void synchronize() {
    for (ShadowTable table : outOfSync) {
      table.outOfSync = false;
      table.writesUnused = 0;
      memory.guardPage(table.gpa(), true, false);
      carryOver(table, 0, table.entries() - 1);
    }
    outOfSync.clear();
  }

  private int page(long gpa) {
    return (int) (gpa - memory.base() >> PAGE_SHIFT);
  }
}
