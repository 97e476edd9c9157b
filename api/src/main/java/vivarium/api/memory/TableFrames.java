package vivarium.api.memory;

/**
 * Machine frames for the monitor's own page tables, bounded per machine. Addresses are machine
 * addresses ({@code ma}); the frames are zero when given.
 */
public interface TableFrames extends TableMemory {
  /**
   * What {@link #allocate} returns when the bound is reached: the strategy frees some and retries.
   */
  long NONE = -1L;

  /** Gives a zeroed frame, or {@link #NONE}. */
  long allocate();

  /** Takes a frame back. */
  void free(long ma);

  /** Writes an entry of a frame that was given. */
  void write(long ma, long entry);
}
