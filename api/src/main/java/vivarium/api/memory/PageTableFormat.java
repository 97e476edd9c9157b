package vivarium.api.memory;

/**
 * A radix page table as the instruction set defines it (RISC-V: Sv39, Sv48): the walk, and the
 * parts of an entry for strategies that read, build or rewrite tables. Stateless; safe from any
 * thread.
 */
public interface PageTableFormat {
  /** The manual's name, such as {@code Sv39}. */
  String name();

  /** Number of levels, 3 for Sv39. Level 0 holds entries of 4 KiB pages. */
  int levels();

  /** Bits of a virtual address that index one level. */
  int indexBits();

  /** Bytes of an entry. */
  int entryBytes();

  /** Whether an address is one the format can translate (sign-extended from its top bit). */
  boolean canonical(long va);

  /**
   * Translates an address by the steps of the manual, sets accessed and dirty bits where the
   * architecture lets hardware do so, and leaves the outcome in {@code result}.
   *
   * @param context mode bits for the permission check
   * @param tables where the tables lie
   * @param root address of the root table in {@code tables}
   * @param result overwritten
   */
  void walk(
      TranslationContext context,
      TableMemory tables,
      long root,
      long va,
      Access access,
      Walk result);

  /** Whether the entry points to the next level's table. */
  boolean isTable(long entry);

  /** Whether the entry maps a page at this level, and its reserved bits are as they must be. */
  boolean isLeaf(long entry, int level);

  /** The address that an entry holds: of the next table, or of the page. */
  long address(long entry);

  /** The entry with another address and all else the same. */
  long withAddress(long entry, long address);

  /** An entry that points to a table. */
  long tableEntry(long address);

  /** The entry as a leaf without the permission to store. */
  long readOnly(long entry);

  /** Whether a leaf belongs to all address spaces. */
  boolean isGlobal(long entry);

  /** Whether a leaf has its accessed bit and, for stores, its dirty bit. */
  boolean isMarked(long entry, Access access);
}
