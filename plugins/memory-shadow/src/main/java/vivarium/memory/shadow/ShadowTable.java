package vivarium.memory.shadow;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.PageTableFormat;

/**
 * One table of V2M: a machine frame, and what the monitor knows of it. It mirrors either a page
 * that the guest uses as a table of this level, entry by entry, or a part of one large guest page
 * whose frames do not lie together (a split).
 */
final class ShadowTable {
  private static final long NO_PAGE = -1L;

  private final PageTableFormat format;
  private final int level;
  private final long ma;
  private final long gpa;
  private final long guestSpan;
  private final @Nullable ShadowTable @Nullable [] children;
  private ShadowTable[] parents = new ShadowTable[1];
  private int[] parentIndexes = new int[1];
  private int parentCount;

  /** The next table that mirrors the same guest page, at another level or in another format. */
  @Nullable ShadowTable nextOfPage;

  /** The guest's writes since this table was last needed to fill V2M. */
  int writesUnused;

  /** The last table write that was carried over to it. */
  long lastWrite;

  /** When it was last walked from, if it is a root. */
  long lastUse;

  /** Whether the guest may have changed its page unseen. */
  boolean outOfSync;

  private ShadowTable(PageTableFormat format, int level, long ma, long gpa, long guestSpan) {
    this.format = format;
    this.level = level;
    this.ma = ma;
    this.gpa = gpa;
    this.guestSpan = guestSpan;
    children = level > 0 ? new ShadowTable[1 << format.indexBits()] : null;
  }

  /** The shadow of a guest's table page. */
  static ShadowTable ofPage(PageTableFormat format, int level, long ma, long gpa) {
    return new ShadowTable(format, level, ma, gpa, 0);
  }

  /** A part of a guest page of {@code guestSpan} bytes. */
  static ShadowTable ofLargePage(PageTableFormat format, int level, long ma, long guestSpan) {
    return new ShadowTable(format, level, ma, NO_PAGE, guestSpan);
  }

  PageTableFormat format() {
    return format;
  }

  int level() {
    return level;
  }

  /** The frame. */
  long ma() {
    return ma;
  }

  /** The guest's table page. */
  long gpa() {
    return gpa;
  }

  boolean isSplit() {
    return gpa == NO_PAGE;
  }

  /** Bytes of the guest page that a split is part of. */
  long guestSpan() {
    return guestSpan;
  }

  boolean isRoot() {
    return !isSplit() && level == format.levels() - 1;
  }

  /** Which entry lies at an address within the table, or within the page it mirrors. */
  int index(long address) {
    return (int) (address & GuestMemory.PAGE_BYTES - 1) / format.entryBytes();
  }

  /** Which entry translates an address. */
  int indexOf(long va) {
    int bits = format.indexBits();
    return (int) (va >>> GuestMemory.PAGE_SHIFT + bits * level) & (1 << bits) - 1;
  }

  /** Machine address of an entry. */
  long entryAddress(int index) {
    return ma + (long) index * format.entryBytes();
  }

  int entries() {
    return GuestMemory.PAGE_BYTES / format.entryBytes();
  }

  @Nullable ShadowTable child(int index) {
    return children == null ? null : children[index];
  }

  /** Notes to which table an entry points, if to any, here and there. */
  void setChild(int index, @Nullable ShadowTable child) {
    if (children == null) {
      return;
    }
    ShadowTable old = children[index];
    if (old != null) {
      old.removeParent(this, index);
    }
    children[index] = child;
    if (child != null) {
      child.addParent(this, index);
    }
  }

  int parentCount() {
    return parentCount;
  }

  ShadowTable lastParent() {
    return parents[parentCount - 1];
  }

  int lastParentIndex() {
    return parentIndexes[parentCount - 1];
  }

  private void addParent(ShadowTable parent, int index) {
    if (parentCount == parents.length) {
      parents = Arrays.copyOf(parents, 2 * parentCount);
      parentIndexes = Arrays.copyOf(parentIndexes, 2 * parentCount);
    }
    parents[parentCount] = parent;
    parentIndexes[parentCount] = index;
    parentCount++;
  }

  private void removeParent(ShadowTable parent, int index) {
    for (int i = parentCount - 1; i >= 0; i--) {
      if (parents[i] == parent && parentIndexes[i] == index) {
        parentCount--;
        parents[i] = parents[parentCount];
        parentIndexes[i] = parentIndexes[parentCount];
        return;
      }
    }
  }
}
