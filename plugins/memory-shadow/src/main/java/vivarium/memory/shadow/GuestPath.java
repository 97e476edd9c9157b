package vivarium.memory.shadow;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import vivarium.api.memory.Access;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.TableMemory;
import vivarium.api.memory.TranslationContext;

/**
 * The guest's own tables as one walk reads them: each reference counted, and noted, from the root
 * down. Physical memory protection holds for the walker as it does for the access (RISC-V
 * privileged specification, section 3.7.2). Reused; one thread.
 */
final class GuestPath implements TableMemory {
  private static final int ENTRY_BYTES = 8;

  private final GuestMemory memory;
  private final ShadowTables tables;
  private final LongAdder references;
  private @Nullable TranslationContext context;
  private long va;
  private Access access = Access.LOAD;
  private long[] addresses = new long[4];
  private long[] entries = new long[4];
  private int length;

  GuestPath(GuestMemory memory, ShadowTables tables, LongAdder references) {
    this.memory = memory;
    this.tables = tables;
    this.references = references;
  }

  /** Says on whose behalf the next walk is. */
  void walkFor(TranslationContext newContext, long newVa, Access newAccess) {
    context = newContext;
    va = newVa;
    access = newAccess;
    length = 0;
  }

  /** Entries read, one of each level from the root's on. */
  int length() {
    return length;
  }

  /** Guest-physical address of an entry; 0 is the root table's. */
  long address(int step) {
    return addresses[step];
  }

  long entry(int step) {
    return entries[step];
  }

  @Override
  public long read(long gpa) {
    references.increment();
    if (length == addresses.length) {
      addresses = Arrays.copyOf(addresses, 2 * length);
      entries = Arrays.copyOf(entries, 2 * length);
    }
    long entry = permitted(gpa, Access.LOAD) ? memory.read(gpa) : MISSING;
    addresses[length] = gpa;
    entries[length] = entry;
    length++;
    return entry;
  }

  /** Where the entry may be read but not written, an update of its bits is the access's fault. */
  @Override
  public boolean compareAndSet(long gpa, long expected, long value) {
    references.increment();
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
