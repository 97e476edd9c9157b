package vivarium.api.device;

/**
 * The machine's devices by guest-physical address; implemented by the core, called by {@link
 * vivarium.api.memory.Mmu} and built-in firmware on the machine's own thread.
 */
public interface Bus {
  /** Whether a whole access lies within one device's region. */
  boolean covers(long gpa, int width);

  /**
   * Loads from a device.
   *
   * @param width 1, 2, 4 or 8 bytes, any alignment
   * @return the value zero-extended; 0 where no device is
   */
  long load(long gpa, int width);

  /** Stores to a device; ignored where no device is. */
  void store(long gpa, int width, long value);
}
