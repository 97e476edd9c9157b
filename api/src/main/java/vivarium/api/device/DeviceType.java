package vivarium.api.device;

/** A kind of device, chosen by name. Provided by plugins; one instance per JVM, stateless. */
public interface DeviceType {
  /** The name by which it is chosen, such as {@code ns16550a} or {@code virtio-blk}. */
  String name();

  /** One line for {@code vivarium plugins}. */
  String description();

  /**
   * Makes a device for one machine. Called when the machine is assembled.
   *
   * @throws vivarium.api.VivariumException if a property is missing or wrong, with the reason
   */
  Device create(DeviceContext context);
}
