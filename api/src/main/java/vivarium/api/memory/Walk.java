package vivarium.api.memory;

import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Trap;

/** The outcome of a page-table walk; mutable, reused by its owner, one thread. */
public final class Walk {
  /** How a walk ended. */
  public enum Outcome {
    /** The address is mapped and the access allowed. */
    MAPPED,
    /** Not mapped, or the access is not allowed: a page fault. */
    PAGE_FAULT,
    /** A table lies where there is no memory: an access fault. */
    ACCESS_FAULT
  }

  private Outcome outcome = Outcome.PAGE_FAULT;
  private long address;
  private int level;
  private int permissions;
  private long entry;
  private long entryAddress;
  private boolean global;

  /** Notes a fault found at a level; the entry is what was read there. */
  public void fault(Outcome fault, int atLevel, long atEntryAddress, long faultingEntry) {
    outcome = fault;
    level = atLevel;
    entryAddress = atEntryAddress;
    entry = faultingEntry;
  }

  /**
   * Notes a success.
   *
   * @param mappedAddress the translated address, offset included
   * @param atLevel level of the leaf
   * @param allowed mask of accesses ({@link Access#mask()}) that the leaf allows this context
   *     without a further change to its accessed and dirty bits
   */
  public void mapped(
      long mappedAddress,
      int atLevel,
      int allowed,
      long atEntryAddress,
      long leaf,
      boolean isGlobal) {
    outcome = Outcome.MAPPED;
    address = mappedAddress;
    level = atLevel;
    permissions = allowed;
    entryAddress = atEntryAddress;
    entry = leaf;
    global = isGlobal;
  }

  /**
   * The trap that a walk which ended in a fault is for the access.
   *
   * @return {@code null} if the address is mapped
   */
  public @Nullable Trap trap(TranslationContext context, Access access, long va) {
    return switch (outcome) {
      case MAPPED -> null;
      case PAGE_FAULT -> context.hart().pageFault(access, va);
      case ACCESS_FAULT -> context.hart().accessFault(access, va);
    };
  }

  /** How it ended. */
  public Outcome outcome() {
    return outcome;
  }

  /** The translated address, if mapped. */
  public long address() {
    return address;
  }

  /** The level at which it ended. */
  public int level() {
    return level;
  }

  /** Accesses that may be cached, as {@link Access#mask()} bits. */
  public int permissions() {
    return permissions;
  }

  /** The entry that was last read. */
  public long entry() {
    return entry;
  }

  /** Where that entry lies. */
  public long entryAddress() {
    return entryAddress;
  }

  /** Whether the mapping belongs to all address spaces. */
  public boolean global() {
    return global;
  }
}
