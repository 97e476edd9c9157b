package vivarium.api.device;

/** A device that takes other devices' interrupts. A machine has at most one. */
public interface InterruptController extends Device {
  /**
   * The input for a source.
   *
   * @param source number, from 1
   */
  InterruptLine line(int source);

  /** Its node in the device tree, for others to refer to; valid after {@code describe}. */
  DeviceTreeNode node();
}
