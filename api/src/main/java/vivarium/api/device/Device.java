package vivarium.api.device;

/**
 * A device at work in one machine. It sees offsets into its own region, never absolute addresses.
 * All calls come from the machine's own thread, so that a device needs no locks; what comes from
 * other threads (a console's input) is posted there by {@link DeviceContext#post}.
 */
public interface Device extends AutoCloseable {
  /** Size in bytes of its region on the bus. */
  long size();

  /**
   * Loads a register.
   *
   * @param offset into the region; the access lies within it
   * @param width 1, 2, 4 or 8 bytes, any alignment: what is not a register reads as 0
   * @return the value; bits beyond the width are ignored
   */
  long load(long offset, int width);

  /** Stores a register; what is not one, or the value not allowed, is ignored. */
  void store(long offset, int width, long value);

  /** Back to the state after power-on. */
  void reset();

  /**
   * Describes itself in the device tree.
   *
   * @param soc the node below which to add its own
   * @param placement where it is and which interrupt it has
   */
  void describe(DeviceTreeNode soc, DevicePlacement placement);

  @Override
  default void close() {}
}
