package vivarium.memory.protection;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.PageTableFormat;

/**
 * A guest page of the type "page table of this format and level", its references, and those of its
 * entries that its frame cannot hold. A page has one type at a time, so that its frame has one
 * content.
 */
final class TablePage {
  private final PageTableFormat format;
  private final int level;
  private final long gpa;
  private final long ma;
  private TablePage[] parents = new TablePage[1];
  private int[] parentIndexes = new int[1];
  private int references;
  private long @Nullable [] aside;
  private @Nullable BitSet unfit;

  /** Its place in the list of all tables. */
  int place;

  /** When it was last switched to, if it is a root. */
  long lastUse;

  /** The guest's writes since a walk last came by. */
  int writesUnused;

  TablePage(PageTableFormat format, int level, long gpa, long ma) {
    this.format = format;
    this.level = level;
    this.gpa = gpa;
    this.ma = ma;
  }

  PageTableFormat format() {
    return format;
  }

  int level() {
    return level;
  }

  /** The guest's page. */
  long gpa() {
    return gpa;
  }

  /** Its frame. */
  long ma() {
    return ma;
  }

  boolean isOf(PageTableFormat otherFormat, int otherLevel) {
    return level == otherLevel && format.equals(otherFormat);
  }

  /** Whether it is of the highest level, to which only the guest's root register points. */
  boolean isRoot() {
    return level == format.levels() - 1;
  }

  int entries() {
    return GuestMemory.PAGE_BYTES / format.entryBytes();
  }

  /** Which entry lies at an address within the page. */
  int index(long address) {
    return (int) (address & GuestMemory.PAGE_BYTES - 1) / format.entryBytes();
  }

  /** Guest-physical address of an entry. */
  long entryAddress(int index) {
    return gpa + (long) index * format.entryBytes();
  }

  /** Whether an entry, here, leads to the next level's table. */
  boolean isPointer(long entry) {
    return level > 0 && format.isTable(entry);
  }

  /**
   * Whether an entry leads somewhere: then the frame holds it with a machine address, or not at
   * all. All others the frame holds as they are.
   */
  boolean leadsSomewhere(long entry) {
    return isPointer(entry) || format.isLeaf(entry, level);
  }

  /** The guest's entry that the frame does not hold, or 0 if the frame holds it. */
  long aside(int index) {
    return aside == null ? 0 : aside[index];
  }

  /** Keeps an entry for the frame, or no more if it is 0. */
  void setAside(int index, long entry) {
    if (aside == null) {
      if (entry == 0) {
        return;
      }
      aside = new long[entries()];
    }
    aside[index] = entry;
  }

  /** Whether the entry's large page has been found not to lie together in machine memory. */
  boolean isUnfit(int index) {
    return unfit != null && unfit.get(index);
  }

  void setUnfit(int index, boolean isUnfit) {
    if (unfit == null) {
      if (!isUnfit) {
        return;
      }
      unfit = new BitSet();
    }
    unfit.set(index, isUnfit);
  }

  /** Entries of higher tables that point here. */
  int references() {
    return references;
  }

  TablePage lastParent() {
    return parents[references - 1];
  }

  int lastParentIndex() {
    return parentIndexes[references - 1];
  }

  void addReference(TablePage parent, int index) {
    if (references == parents.length) {
      parents = Arrays.copyOf(parents, 2 * references);
      parentIndexes = Arrays.copyOf(parentIndexes, 2 * references);
    }
    parents[references] = parent;
    parentIndexes[references] = index;
    references++;
  }

  void removeReference(TablePage parent, int index) {
    for (int i = references - 1; i >= 0; i--) {
      if (parents[i] == parent && parentIndexes[i] == index) {
        references--;
        parents[i] = parents[references];
        parentIndexes[i] = parentIndexes[references];
        return;
      }
    }
  }
}
