package vivarium.api.memory;

/**
 * Where page tables lie: guest-physical memory for a guest's own tables, machine frames for the
 * monitor's. Each call is one memory reference of the walk and is counted by its maker.
 */
public interface TableMemory {
  /** What {@link #read} returns when there is no memory at the address, or it is not allowed. */
  long MISSING = -1L;

  /**
   * Reads an entry.
   *
   * @param address of the entry, naturally aligned
   * @return its bits, or {@link #MISSING}, which is a valid entry in no format
   */
  long read(long address);

  /**
   * Replaces an entry if it still is what was read; for accessed and dirty bits.
   *
   * @return whether it was
   */
  boolean compareAndSet(long address, long expected, long value);
}
