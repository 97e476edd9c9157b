package vivarium.memory.protection;

import vivarium.api.cpu.Counters;
import vivarium.api.memory.TableMemory;

/**
 * The guest's tables as the MMU walks them: by machine address, machine addresses in them, one
 * reference for each level.
 */
record MachineView(TablePages tables, Counters counters) implements TableMemory {
  @Override
  public long read(long ma) {
    counters.walkReferences++;
    return tables.frameEntry(ma);
  }

  @Override
  public boolean compareAndSet(long ma, long expected, long value) {
    counters.walkReferences++;
    return tables.markFrame(ma, expected, value);
  }
}
