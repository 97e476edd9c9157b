package vivarium.api.isa;

/**
 * Calls the methods of a table with operands from the hart block: the way to opaque instructions,
 * and to any instruction executed alone. Generated from the table ({@link InvokerGenerator}),
 * because a reflective call costs several times as much.
 */
public abstract class Invoker {
  /** For generated classes. */
  protected Invoker() {}

  /**
   * Calls an instruction's method; the result is not yet written anywhere.
   *
   * @param decoded which, and its operands
   * @param hart whose registers are read, from the hart block
   * @param pc address of the instruction
   * @return the method's result: a condition as 0 or 1, 0 for {@code void}
   * @throws Trap the guest's own
   * @throws vivarium.api.memory.LeaveBlock if the instruction is to be executed alone
   */
  public abstract long invoke(Decoded decoded, Hart hart, long pc);
}
