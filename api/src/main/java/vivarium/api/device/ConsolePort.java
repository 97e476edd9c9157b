package vivarium.api.device;

/** The host's side of a serial console. The machine's own thread, but for the listener's call. */
public interface ConsolePort {
  /** Writes one byte to the user; does not block for long. */
  void write(int value);

  /** The next byte the user typed, or -1. */
  int read();

  /** Whether {@link #read} has something. */
  boolean available();

  /**
   * Sets who is told, on the machine's own thread, that input has come. One listener; the last one
   * set counts.
   */
  void onInput(Runnable listener);

  /** Lets what was written be seen. */
  void flush();
}
