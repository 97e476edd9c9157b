package vivarium.devices.virtio;

/** What a virtio transport carries. Called by {@link VirtioMmio} on the machine's own thread. */
interface VirtioDevice {
  /** The name in messages. */
  String name();

  /** Device ID (section 5). */
  int id();

  /** The device type's own feature bits, 0 to 23; the transport adds its own. */
  long features();

  /** How many virtqueues it has. */
  int queues();

  /** The device configuration space as it is now, little-endian; not changed by the caller. */
  byte[] config();

  /** Driver and device have agreed on features; before the first {@link #handle}. */
  void negotiated(long features);

  /**
   * Serves all requests of a queue, in order; after each notification.
   *
   * @throws Violation if the driver broke the rules; the transport then needs a reset
   */
  void handle(int index, VirtQueue queue) throws Violation;
}
