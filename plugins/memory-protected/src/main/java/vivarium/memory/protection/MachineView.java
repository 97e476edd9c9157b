package vivarium.memory.protection;

import vivarium.api.cpu.Counters;
import vivarium.api.memory.TableMemory;

/**
 * The guest's tables as the MMU walks them: by machine address, machine addresses in them, one
 * reference for each level.
 */
final class MachineView implements TableMemory {
  private final TablePages tables;
  private Counters counters;

  /**
   * Makes the view of one machine's tables.
   *
   * @param counters where references are counted until a hart walks
   */
  MachineView(TablePages tables, Counters counters) {
    this.tables = tables;
    this.counters = counters;
  }

  /** Says on whose behalf the next walk is. */
  void walkFor(Counters walker) {
    counters = walker;
  }

  @Override
  public long read(long ma) {
    counters.guestTableReferences++;
    return tables.frameEntry(ma);
  }

  @Override
  public boolean compareAndSet(long ma, long expected, long value) {
    counters.guestTableReferences++;
    return tables.markFrame(ma, expected, value);
  }
}
