package vivarium.api.isa;

/**
 * The guest's own architectural exception, on its way from where it was found (the middle of an
 * access, an illegal operation) to the engine, which hands it to {@link Hart#enterTrap}.
 *
 * <p>Stackless; each hart has exactly one, reused, so raising a trap allocates nothing. Only the
 * hart's own thread touches it.
 */
public final class Trap extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private long cause;
  private long value;

  Trap() {
    super(null, null, false, false);
  }

  Trap with(long newCause, long newValue) {
    cause = newCause;
    value = newValue;
    return this;
  }

  /**
   * The instruction set's number of the cause (RISC-V: {@code mcause} without the interrupt bit).
   */
  public long cause() {
    return cause;
  }

  /** What goes with it: the faulting address or the instruction's bits (RISC-V: {@code mtval}). */
  public long value() {
    return value;
  }

  @Override
  public String toString() {
    return "Trap[cause=" + cause + ", value=0x" + Long.toHexString(value) + "]";
  }
}
