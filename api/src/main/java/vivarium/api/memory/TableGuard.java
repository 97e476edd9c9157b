package vivarium.api.memory;

/**
 * The memory strategy's hand on guest-physical pages that serve as page tables. It takes the place
 * of the access: whoever reads or writes such a page (hart, device, loader) is led here, on the
 * machine's own thread.
 */
public interface TableGuard {
  /**
   * A read of a page guarded for loads.
   *
   * @param width 1, 2, 4 or 8 bytes, within the page, any alignment
   * @return the value zero-extended
   */
  long load(long gpa, int width);

  /** A write to a page guarded for stores; the guard stores the value. */
  void store(long gpa, int width, long value);
}
