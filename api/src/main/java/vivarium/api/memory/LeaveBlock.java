package vivarium.api.memory;

/**
 * Thrown by {@link Mmu} before an access that must not happen in the middle of a block of code: one
 * to a device, or a store to code. Nothing has been done yet. The engine brings the hart to the
 * state before the instruction, executes that one alone ({@link vivarium.api.cpu.Stepper}), looks
 * at the hart's attention word, and dispatches anew: so interrupts raised by a device access and
 * changes to code take effect at the very next instruction, in every engine alike.
 *
 * <p>Stackless, one for all.
 */
public final class LeaveBlock extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The one instance. */
  public static final LeaveBlock INSTANCE = new LeaveBlock();

  private LeaveBlock() {
    super(null, null, false, false);
  }
}
