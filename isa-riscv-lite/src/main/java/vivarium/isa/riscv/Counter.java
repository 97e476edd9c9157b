package vivarium.isa.riscv;

/**
 * mcycle or minstret: a running number that the hart has anyway, shifted by what was written, and
 * standing still while mcountinhibit says so.
 */
final class Counter {
  private long offset;
  private long stopped;
  private boolean inhibited;

  /** The value while the underlying number is {@code now}. */
  long read(long now) {
    return inhibited ? stopped : now + offset;
  }

  /**
   * Sets the value that is read while the underlying number is {@code now}.
   *
   * @param now the number after the instruction that writes
   */
  void write(long now, long value) {
    stopped = value;
    offset = value - now;
  }

  void inhibit(long now, boolean inhibit) {
    if (inhibit != inhibited) {
      long value = read(now);
      inhibited = inhibit;
      write(now, value);
    }
  }
}
