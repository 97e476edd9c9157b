package vivarium.api.memory;

/** Where a virtual address leads; mutable, reused by its owner, one thread. */
public final class Translation {
  private long gpa;
  private int permissions;
  private boolean global;
  private long span;

  /**
   * Notes the outcome.
   *
   * @param newGpa guest-physical address, offset included
   * @param allowed accesses that the mapping allows ({@link Access#mask()}) and that may be cached
   *     for the whole 4 KiB page
   * @param isGlobal whether the mapping belongs to all address spaces
   * @param mappedBytes size of the page that maps the address: 4 KiB, or of a large page
   */
  public void set(long newGpa, int allowed, boolean isGlobal, long mappedBytes) {
    gpa = newGpa;
    permissions = allowed;
    global = isGlobal;
    span = mappedBytes;
  }

  /** Leaves only the permissions that are also in the mask. */
  void restrict(int mask) {
    permissions &= mask;
  }

  /** Size in bytes of the page that maps the address. */
  public long span() {
    return span;
  }

  /** Guest-physical address. */
  public long gpa() {
    return gpa;
  }

  /** Accesses that may be cached, as {@link Access#mask()} bits. */
  public int permissions() {
    return permissions;
  }

  /** Whether the mapping belongs to all address spaces. */
  public boolean global() {
    return global;
  }
}
