package vivarium.memory.protection;

import vivarium.api.cpu.Counters;
import vivarium.api.memory.TableMemory;

/**
 * The guest's tables as the guest wrote them, by guest-physical address. As under nested paging,
 * each reference is one to P2M and one to the entry.
 */
record GuestView(TablePages tables, Counters counters) implements TableMemory {
  @Override
  public long read(long gpa) {
    counters.walkReferences += 2;
    return tables.guestEntry(gpa);
  }

  @Override
  public boolean compareAndSet(long gpa, long expected, long value) {
    counters.walkReferences++;
    return tables.mark(gpa, expected, value);
  }
}
