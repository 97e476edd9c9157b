package vivarium.memory.shadow;

import java.util.Arrays;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.TableMemory;

/**
 * The guest's own tables as one walk reads them, each reference noted, from the root down. Reused;
 * one thread.
 */
final class GuestPath implements TableMemory {
  private final GuestMemory memory;
  private final ShadowTables tables;
  private long[] addresses = new long[4];
  private long[] entries = new long[4];
  private int length;

  GuestPath(GuestMemory memory, ShadowTables tables) {
    this.memory = memory;
    this.tables = tables;
  }

  /** Begins a walk. */
  void begin() {
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
    if (length == addresses.length) {
      addresses = Arrays.copyOf(addresses, 2 * length);
      entries = Arrays.copyOf(entries, 2 * length);
    }
    long entry = memory.read(gpa);
    addresses[length] = gpa;
    entries[length] = entry;
    length++;
    return entry;
  }

  @Override
  public boolean compareAndSet(long gpa, long expected, long value) {
    return tables.mark(gpa, expected, value);
  }
}
