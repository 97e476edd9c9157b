package vivarium.api.memory;

/**
 * An engine's interest in writes to the guest-physical pages it has decoded or translated code from
 * ({@link GuestMemory#watchCode}). Called on the machine's own thread.
 */
public interface CodeWatcher {
  /** Whether any byte of the range has been decoded or translated. */
  boolean holdsCode(long gpa, int length);

  /**
   * The range was written (by a hart, a device, or the loader): drop what was made from it. When no
   * code of the page is left, the watcher calls {@link GuestMemory#unwatchCode}.
   */
  void codeWritten(long gpa, int length);
}
