package vivarium.memory.protection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Counters;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.PageTableFormat;
import vivarium.api.memory.TableGuard;
import vivarium.api.memory.TableMemory;
import vivarium.api.memory.WalkerProtection;

/**
 * The types of one machine's pages, and the guest's way to those that are page tables.
 *
 * <p>A page becomes a table when the guest's root register or an entry of a higher table points to
 * it: each of its entries is validated and, in its frame, given a machine address in place of the
 * guest-physical one, and the page is guarded. From then on each write comes here, is validated and
 * applied at once; each read comes here and is translated back. The page becomes an ordinary one,
 * its entries translated back, when nothing points to it any more; when the guest goes on writing
 * it while no walk passes (it is being torn down, filled, or is data by now), in which case the
 * entries that point to it are kept aside until a walk wants them; or, if it is a root, when it was
 * not used for longest and there are too many.
 *
 * <p>What keeps the guest within its own frames: a valid entry is written to a frame in one method,
 * {@link #encode}, from P2M; and no page with a type is reached past the guard, whatever maps it.
 *
 * <p>Kept aside, and not valid in the frame, are entries that lead to devices or to nothing; that
 * point to a page of another type (a page that is a table of two levels, so that its frame would
 * need two contents), or to one that physical memory protection hides from a hart; and large pages
 * until their first use, and for good if they do not lie together in machine memory.
 */
final class TablePages implements TableGuard, TableMemory {
  private static final int PAGE_SHIFT = GuestMemory.PAGE_SHIFT;
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;
  private static final long NOT_VALID = 0;

  /** What stands for an entry of all ones, reserved like it; see {@link GuestMemory#read}. */
  private static final long ALL_ONES_ENTRY = Long.MAX_VALUE;

  /** Writes in a row to a table that no walk passes, until it becomes an ordinary page. */
  private static final int MOST_UNUSED_WRITES = 64;

  /** Changes of root after which a root that is in the way of another type is given up. */
  private static final int IDLE_SWITCHES = 16;

  /** What becomes of a walk that ended at an entry which leads nowhere. */
  enum Resolution {
    /** It is the guest's own entry: the fault is the guest's. */
    AS_THE_GUEST_SAYS,
    /** The entry was kept aside and is in its frame now: walk again. */
    RESOLVED,
    /** The entry is kept aside and stays there: the guest's view decides. */
    KEPT_ASIDE
  }

  private final GuestMemory memory;
  private final Counters counters;
  private final WalkerProtection protection;
  private final int mostRoots;
  private final @Nullable TablePage[] ofPage;
  private final List<TablePage> all = new ArrayList<>();
  private final List<TablePage> roots = new ArrayList<>();
  private final LongAdder typed;
  private final LongAdder untyped;
  private final LongAdder unhooked;
  private final LongAdder rootsReclaimed;
  private final LongAdder conflicts;
  private @Nullable TablePage lastRoot;
  private long uses;
  private boolean marking;

  /** Whether {@link #markFrame} is at work: the value is the frame's own. */
  private boolean markingFrame;

  TablePages(GuestMemory memory, Counters counters, WalkerProtection protection, int mostRoots) {
    this.memory = memory;
    this.counters = counters;
    this.protection = protection;
    this.mostRoots = mostRoots;
    ofPage = new TablePage[(int) (memory.size() >> PAGE_SHIFT)];
    typed = counters.named("protected-tables-typed");
    untyped = counters.named("protected-tables-untyped");
    unhooked = counters.named("protected-tables-unhooked");
    rootsReclaimed = counters.named("protected-roots-reclaimed");
    conflicts = counters.named("protected-type-conflicts");
  }

  // Types.

  /**
   * The root table at a page, which becomes one if need be.
   *
   * @return {@code null} if the page is not RAM, or is a table of a lower level at present
   */
  @Nullable TablePage root(PageTableFormat format, long gpa) {
    TablePage last = lastRoot;
    if (last != null && last.gpa() == gpa && last.format().equals(format)) {
      return last;
    }
    if (!memory.isRam(gpa, PAGE_BYTES)) {
      return null;
    }
    int top = format.levels() - 1;
    TablePage other = ofPage[page(gpa)];
    if (other != null && !other.isOf(format, top) && other.isRoot()) {
      drop(other);
    }
    TablePage root = typed(format, top, gpa);
    if (root != null) {
      root.lastUse = ++uses;
      lastRoot = root;
    }
    return root;
  }

  /** The page as a table of this type, or {@code null} if it cannot be one. */
  private @Nullable TablePage typed(PageTableFormat format, int level, long gpa) {
    if (!memory.isRam(gpa, PAGE_BYTES)) {
      return null;
    }
    TablePage table = ofPage[page(gpa)];
    if (table == null) {
      return protection.allowsTable(gpa) ? make(format, level, gpa) : null;
    }
    if (table.isOf(format, level)) {
      return table;
    }
    conflicts.increment();
    return null;
  }

  private TablePage make(PageTableFormat format, int level, long gpa) {
    typed.increment();
    counters.tablePagesChange(1);
    TablePage table = new TablePage(format, level, gpa, memory.machineAddress(gpa));
    if (table.isRoot()) {
      if (roots.size() >= mostRoots) {
        reclaimRoot();
      }
      roots.add(table);
    }
    table.place = all.size();
    all.add(table);
    ofPage[page(gpa)] = table;
    memory.guardPage(gpa, true, true);
    for (int i = 0; i < table.entries(); i++) {
      long entry = inFrame(table, i);
      long encoded = encode(table, i, entry);
      if (encoded != entry) {
        setInFrame(table, i, encoded);
      }
    }
    return table;
  }

  /** Makes a table an ordinary page again, with the entries that the guest knows. */
  private void drop(TablePage table) {
    untyped.increment();
    counters.tablePagesChange(-1);
    while (table.references() > 0) {
      TablePage parent = table.lastParent();
      int index = table.lastParentIndex();
      parent.setAside(index, original(parent, index));
      setInFrame(parent, index, NOT_VALID);
      table.removeReference(parent, index);
    }
    if (table == lastRoot) {
      lastRoot = null;
    }
    if (table.isRoot()) {
      roots.remove(table);
    }
    for (int i = 0; i < table.entries(); i++) {
      TablePage child = child(table, i);
      long entry = original(table, i);
      if (entry != inFrame(table, i)) {
        setInFrame(table, i, entry);
      }
      release(child, table, i);
    }
    TablePage last = all.removeLast();
    if (last != table) {
      all.set(table.place, last);
      last.place = table.place;
    }
    ofPage[page(table.gpa())] = null;
    memory.guardPage(table.gpa(), false, false);
  }

  private void release(@Nullable TablePage child, TablePage parent, int index) {
    if (child != null) {
      child.removeReference(parent, index);
      if (child.references() == 0) {
        drop(child);
      }
    }
  }

  private void reclaimRoot() {
    TablePage oldest = roots.getFirst();
    for (TablePage root : roots) {
      if (root.lastUse < oldest.lastUse) {
        oldest = root;
      }
    }
    rootsReclaimed.increment();
    drop(oldest);
  }

  /** Makes tables ordinary pages that protection does not let every hart walk any more. */
  void dropForbidden() {
    for (TablePage table : List.copyOf(all)) {
      if (find(table.gpa()) == table && !protection.allowsTable(table.gpa())) {
        drop(table);
      }
    }
  }

  /** Makes all tables ordinary pages: everything hangs from a root. */
  void clear() {
    while (!roots.isEmpty()) {
      drop(roots.getLast());
    }
  }

  // Entries.

  /**
   * Validates an entry of the guest's.
   *
   * @return what the frame is to hold: the entry itself if it leads nowhere, the entry with the
   *     address of a frame of this machine, or nothing valid, and then the entry is kept aside
   */
  private long encode(TablePage table, int index, long entry) {
    PageTableFormat format = table.format();
    if (!table.leadsSomewhere(entry)) {
      return entry;
    }
    long gpa = format.address(entry);
    if (table.isPointer(entry)) {
      TablePage child = typed(format, table.level() - 1, gpa);
      if (child != null) {
        child.addReference(table, index);
        return format.withAddress(entry, child.ma());
      }
    } else if (table.level() == 0 && memory.isRam(gpa, PAGE_BYTES)) {
      return format.withAddress(entry, memory.machineAddress(gpa));
    }
    table.setAside(index, entry);
    return NOT_VALID;
  }

  /** The entry as the guest wrote it, with the accessed and dirty bits it has got since. */
  private long original(TablePage table, int index) {
    long aside = table.aside(index);
    if (aside != 0) {
      return aside;
    }
    long entry = inFrame(table, index);
    if (!table.leadsSomewhere(entry)) {
      return entry;
    }
    PageTableFormat format = table.format();
    return format.withAddress(entry, memory.guestAddress(format.address(entry)));
  }

  private void setEntry(TablePage table, int index, long entry) {
    TablePage oldChild = child(table, index);
    table.setAside(index, 0);
    if (!marking) {
      table.setUnfit(index, false);
    }
    setInFrame(table, index, encode(table, index, entry));
    release(oldChild, table, index);
  }

  /** The table that an entry points to in its frame. */
  private @Nullable TablePage child(TablePage table, int index) {
    long entry = inFrame(table, index);
    if (!table.isPointer(entry)) {
      return null;
    }
    return ofPage[page(memory.guestAddress(table.format().address(entry)))];
  }

  private long inFrame(TablePage table, int index) {
    return memory.loadUnguarded(table.entryAddress(index), table.format().entryBytes());
  }

  private void setInFrame(TablePage table, int index, long entry) {
    memory.storeUnguarded(table.entryAddress(index), table.format().entryBytes(), entry);
  }

  // Walks.

  /** An entry as its frame holds it. The walk has come here from a root, by pointers to tables. */
  long frameEntry(long ma) {
    long gpa = memory.guestAddress(ma);
    TablePage table = tableAt(gpa);
    table.writesUnused = 0;
    return present(inFrame(table, table.index(gpa)));
  }

  private static long present(long entry) {
    return entry == TableMemory.MISSING ? ALL_ONES_ENTRY : entry;
  }

  /** Sets accessed and dirty bits in the frame. */
  boolean markFrame(long ma, long expected, long value) {
    markingFrame = true;
    try {
      return memory.compareAndSet(memory.guestAddress(ma), expected, value);
    } finally {
      markingFrame = false;
    }
  }

  /** An entry as the guest knows it, in any page. */
  @Override
  public long read(long gpa) {
    TablePage table = memory.isRam(gpa, PAGE_BYTES - (gpa & PAGE_BYTES - 1)) ? find(gpa) : null;
    return table == null ? memory.read(gpa) : present(original(table, table.index(gpa)));
  }

  /** Sets accessed and dirty bits in an entry as the guest knows it. */
  @Override
  public boolean compareAndSet(long gpa, long expected, long value) {
    TablePage table = find(gpa);
    if (table == null) {
      return memory.compareAndSet(gpa, expected, value);
    }
    if (original(table, table.index(gpa)) != expected) {
      return false;
    }
    marking = true;
    try {
      memory.store(gpa, table.format().entryBytes(), value);
    } finally {
      marking = false;
    }
    return true;
  }

  /** Looks into an entry that ended a walk, and puts it in its frame if it can be there. */
  Resolution resolve(long entryMa) {
    long gpa = memory.guestAddress(entryMa);
    TablePage table = tableAt(gpa);
    int index = table.index(gpa);
    long entry = table.aside(index);
    if (entry == 0) {
      return Resolution.AS_THE_GUEST_SAYS;
    }
    boolean resolved =
        table.isPointer(entry)
            ? resolvePointer(table, index, entry)
            : resolveLargePage(table, index, entry);
    return resolved ? Resolution.RESOLVED : Resolution.KEPT_ASIDE;
  }

  private boolean resolvePointer(TablePage table, int index, long entry) {
    PageTableFormat format = table.format();
    long gpa = format.address(entry);
    if (!memory.isRam(gpa, PAGE_BYTES)) {
      return false;
    }
    TablePage other = find(gpa);
    if (other != null && other.isRoot() && uses - other.lastUse > IDLE_SWITCHES) {
      drop(other);
    }
    TablePage child = typed(format, table.level() - 1, gpa);
    if (child == null) {
      return false;
    }
    child.addReference(table, index);
    putInFrame(table, index, format.withAddress(entry, child.ma()));
    return true;
  }

  private boolean resolveLargePage(TablePage table, int index, long entry) {
    PageTableFormat format = table.format();
    long gpa = format.address(entry);
    long span = (long) PAGE_BYTES << format.indexBits() * table.level();
    if (table.level() == 0 || table.isUnfit(index)) {
      return false;
    }
    boolean fits =
        memory.isRam(gpa, span)
            && (memory.machineAddress(gpa) & span - 1) == 0
            && memory.contiguous(gpa, span);
    if (fits) {
      putInFrame(table, index, format.withAddress(entry, memory.machineAddress(gpa)));
    } else {
      table.setUnfit(index, true);
    }
    return fits;
  }

  private void putInFrame(TablePage table, int index, long encoded) {
    table.setAside(index, 0);
    setInFrame(table, index, encoded);
  }

  // The guest's accesses.

  @Override
  public long load(long gpa, int width) {
    counters.tableReads++;
    TablePage table = tableAt(gpa);
    long value = 0;
    for (int done = 0; done < width; ) {
      int inEntry = inEntry(table, gpa + done, width - done);
      long entry = original(table, table.index(gpa + done));
      value |= (entry >>> shift(table, gpa + done) & mask(inEntry)) << 8 * done;
      done += inEntry;
    }
    return value;
  }

  @Override
  public void store(long gpa, int width, long value) {
    if (markingFrame) {
      memory.storeUnguarded(gpa, width, value);
      return;
    }
    TablePage table = tableAt(gpa);
    if (!marking) {
      counters.tableWrites++;
      if (++table.writesUnused > MOST_UNUSED_WRITES) {
        unhooked.increment();
        drop(table);
        memory.storeUnguarded(gpa, width, value);
        return;
      }
    }
    for (int done = 0; done < width; ) {
      int inEntry = inEntry(table, gpa + done, width - done);
      int index = table.index(gpa + done);
      int shift = shift(table, gpa + done);
      long old = original(table, index);
      long mask = mask(inEntry) << shift;
      long entry = old & ~mask | value >>> 8 * done << shift & mask;
      if (entry != old) {
        setEntry(table, index, entry);
      }
      done += inEntry;
    }
  }

  /** How many of {@code width} bytes from an address on are in the same entry. */
  private static int inEntry(TablePage table, long gpa, int width) {
    int entryBytes = table.format().entryBytes();
    return Math.min(width, entryBytes - (int) (gpa & entryBytes - 1));
  }

  private static int shift(TablePage table, long gpa) {
    return 8 * (int) (gpa & table.format().entryBytes() - 1);
  }

  private static long mask(int bytes) {
    return -1L >>> 64 - 8 * bytes;
  }

  private @Nullable TablePage find(long gpa) {
    return ofPage[page(gpa)];
  }

  private TablePage tableAt(long gpa) {
    TablePage table = find(gpa);
    if (table == null) {
      throw new IllegalStateException("no page table at gpa 0x" + Long.toHexString(gpa));
    }
    return table;
  }

  private int page(long gpa) {
    return (int) (gpa - memory.base() >> PAGE_SHIFT);
  }
}
