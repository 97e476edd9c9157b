package vivarium.api.memory;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Counters;

/**
 * A guest's tables by guest-physical address as walks read them, one walk after the other. Physical
 * memory protection holds for the walker as it does for the access (privileged specification,
 * section 3.7.2).
 */
public final class GuestTables implements TableMemory {
  private static final int ENTRY_BYTES = 8;

  private final TableMemory entries;
  private final Consumer<Counters> count;
  private @Nullable TranslationContext context;
  private long va;
  private Access access = Access.LOAD;

  /**
   * Makes the view of one machine's tables.
   *
   * @param entries the entries as the guest wrote them; asked only for those that may be read
   * @param count counts one reference for the hart that walks: what a hardware walker does is kept
   *     apart from what the monitor does
   */
  public GuestTables(TableMemory entries, Consumer<Counters> count) {
    this.entries = entries;
    this.count = count;
  }

  /** Says on whose behalf the next walk is. */
  public void walkFor(TranslationContext newContext, long newVa, Access newAccess) {
    context = newContext;
    va = newVa;
    access = newAccess;
  }

  private TranslationContext walker() {
    TranslationContext walker = context;
    if (walker == null) {
      throw new IllegalStateException("a walk for nobody");
    }
    return walker;
  }

  @Override
  public long read(long gpa) {
    TranslationContext walker = walker();
    count.accept(walker.hart().counters());
    return permitted(walker, gpa, Access.LOAD) ? entries.read(gpa) : MISSING;
  }

  /** Where the entry may be read but not written, an update of its bits is the access's fault. */
  @Override
  public boolean compareAndSet(long gpa, long expected, long value) {
    TranslationContext walker = walker();
    count.accept(walker.hart().counters());
    if (!permitted(walker, gpa, Access.STORE)) {
      throw walker.hart().accessFault(access, va);
    }
    return entries.compareAndSet(gpa, expected, value);
  }

  private static boolean permitted(TranslationContext walker, long gpa, Access wanted) {
    return (walker.hart().physicalPermissions(walker, gpa, ENTRY_BYTES) & wanted.mask()) != 0;
  }
}
