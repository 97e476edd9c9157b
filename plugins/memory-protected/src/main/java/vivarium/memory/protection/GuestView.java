package vivarium.memory.protection;

import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Counters;
import vivarium.api.memory.Access;
import vivarium.api.memory.TableMemory;
import vivarium.api.memory.TranslationContext;

/**
 * The guest's tables as the guest wrote them, by guest-physical address. As under nested paging,
 * each reference is one to P2M and one to the entry, and physical memory protection holds for the
 * walker as it does for the access (RISC-V privileged specification, section 3.7.2). Reused; one
 * thread.
 */
final class GuestView implements TableMemory {
  private static final int ENTRY_BYTES = 8;

  private final TablePages tables;
  private final Counters counters;
  private @Nullable TranslationContext context;
  private long va;
  private Access access = Access.LOAD;

  GuestView(TablePages tables, Counters counters) {
    this.tables = tables;
    this.counters = counters;
  }

  /** Says on whose behalf the next walk is. */
  void walkFor(TranslationContext newContext, long newVa, Access newAccess) {
    context = newContext;
    va = newVa;
    access = newAccess;
  }

  @Override
  public long read(long gpa) {
    counters.walkReferences += 2;
    return permitted(gpa, Access.LOAD) ? tables.guestEntry(gpa) : MISSING;
  }

  /** Where the entry may be read but not written, an update of its bits is the access's fault. */
  @Override
  public boolean compareAndSet(long gpa, long expected, long value) {
    counters.walkReferences++;
    TranslationContext walker = context;
    if (walker != null && !permitted(gpa, Access.STORE)) {
      throw walker.hart().accessFault(access, va);
    }
    return tables.mark(gpa, expected, value);
  }

  private boolean permitted(long gpa, Access wanted) {
    TranslationContext walker = context;
    return walker == null
        || (walker.hart().physicalPermissions(walker, gpa, ENTRY_BYTES) & wanted.mask()) != 0;
  }
}
