package vivarium.memory.nested;

import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Counters;
import vivarium.api.memory.Access;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.TableMemory;
import vivarium.api.memory.TranslationContext;

/**
 * The guest's tables where they lie, for one walk after the other. Each reference is one to P2M and
 * one to the entry. Physical memory protection holds for the walker as it does for the access
 * (privileged specification, section 3.7.2).
 */
final class GuestTables implements TableMemory {
  private static final int ENTRY_BYTES = 8;

  private final GuestMemory memory;
  private final Counters counters;
  private @Nullable TranslationContext context;
  private long va;
  private Access access = Access.LOAD;

  GuestTables(GuestMemory memory, Counters counters) {
    this.memory = memory;
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
    return permitted(gpa, Access.LOAD) ? memory.read(gpa) : MISSING;
  }

  /** Where the entry may be read but not written, an update of its bits is the access's fault. */
  @Override
  public boolean compareAndSet(long gpa, long expected, long value) {
    counters.walkReferences++;
    TranslationContext walker = context;
    if (walker != null && !permitted(gpa, Access.STORE)) {
      throw walker.hart().accessFault(access, va);
    }
    return memory.compareAndSet(gpa, expected, value);
  }

  private boolean permitted(long gpa, Access wanted) {
    TranslationContext walker = context;
    return walker == null
        || (walker.hart().physicalPermissions(walker, gpa, ENTRY_BYTES) & wanted.mask()) != 0;
  }
}
