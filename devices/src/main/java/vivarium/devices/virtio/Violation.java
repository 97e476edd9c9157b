package vivarium.devices.virtio;

/**
 * A driver broke the specification in a way that leaves the device no sensible way on. Stackless
 * and made once: a guest can provoke as many as it likes. Messages carry no numbers of the guest's,
 * so that there are few distinct ones.
 */
final class Violation extends Exception {
  private static final long serialVersionUID = 1L;

  static final Violation QUEUE_SIZE = new Violation("queue size is not a power of 2 within limits");
  static final Violation QUEUE_ALIGNMENT = new Violation("a queue's ring is not aligned");
  static final Violation QUEUE_OUTSIDE_RAM = new Violation("a queue's ring is outside RAM");
  static final Violation AVAIL_INDEX =
      new Violation("available index is ahead by more than a ring");
  static final Violation DESCRIPTOR_INDEX = new Violation("descriptor index is beyond its table");
  static final Violation LOOP = new Violation("descriptor chain is longer than its table");
  static final Violation INDIRECT = new Violation("indirect descriptor is not allowed here");
  static final Violation INDIRECT_TABLE =
      new Violation("indirect descriptor table is outside RAM or of a wrong size");
  static final Violation ORDER = new Violation("readable descriptor after a writable one");
  static final Violation BUFFER_OUTSIDE_RAM = new Violation("a buffer is outside RAM");
  static final Violation TOO_LONG = new Violation("a request's buffers are too many or too long");
  static final Violation NO_HEADER = new Violation("a request has no room for header or status");

  private Violation(String message) {
    super(message, null, false, false);
  }
}
