package vivarium.memory.shadow;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import vivarium.api.memory.TableMemory;

/**
 * The guest's own tables as one walk reads them: each reference counted, and noted, from the root
 * down. Reused; one thread.
 */
final class GuestPath implements TableMemory {
  private final ShadowTables tables;
  private final LongAdder references;
  private long[] addresses = new long[4];
  private long[] entries = new long[4];
  private int length;

  GuestPath(ShadowTables tables, LongAdder references) {
    this.tables = tables;
    this.references = references;
  }

  void clear() {
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
    long entry = tables.guestEntry(gpa);
    addresses[length] = gpa;
    entries[length] = entry;
    length++;
    return entry;
  }

  @Override
  public boolean compareAndSet(long gpa, long expected, long value) {
    references.increment();
    return tables.mark(gpa, expected, value);
  }
}
