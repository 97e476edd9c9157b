package vivarium.api.memory;

import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Counters;

/**
 * A guest's tables by guest-physical address as walks read them, one walk after the other. Each
 * reference is one to P2M and one to the entry. Physical memory protection holds for the walker as
 * it does for the access (privileged specification, section 3.7.2).
 */
public final class GuestTables implements TableMemory {
  private static final int ENTRY_BYTES = 8;

  private final TableMemory entries;
  private final Counters counters;
  private @Nullable TranslationContext context;
  private long va;
  private Access access = Access.LOAD;

  /**
   * Makes the view of one machine's tables.
   *
   * @param entries the entries as the guest wrote them
   * @param counters where references are counted
   */
  public GuestTables(TableMemory entries, Counters counters) {
    this.entries = entries;
    this.counters = counters;
  }

  /** Says on whose behalf the next walk is. */
  public void walkFor(TranslationContext newContext, long newVa, Access newAccess) {
    context = newContext;
    va = newVa;
    access = newAccess;
  }

  @Override
  public long read(long gpa) {
    counters.walkReferences += 2;
    return permitted(gpa, Access.LOAD) ? entries.read(gpa) : MISSING;
  }

  /** Where the entry may be read but not written, an update of its bits is the access's fault. */
  @Override
  public boolean compareAndSet(long gpa, long expected, long value) {
    counters.walkReferences++;
    TranslationContext walker = context;
    if (walker != null && !permitted(gpa, Access.STORE)) {
      throw walker.hart().accessFault(access, va);
    }
    return entries.compareAndSet(gpa, expected, value);
  }

  private boolean permitted(long gpa, Access wanted) {
    TranslationContext walker = context;
    return walker == null
        || (walker.hart().physicalPermissions(walker, gpa, ENTRY_BYTES) & wanted.mask()) != 0;
  }
}
