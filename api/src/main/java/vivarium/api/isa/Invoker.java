package vivarium.api.isa;

import org.jspecify.annotations.Nullable;

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

  /**
   * Executes an instruction as a whole: sets the pc to the following address, calls the method, and
   * writes its result to the register or the pc it is for.
   *
   * @return {@code null}, or the trap it raised: no register has been written then
   */
  public @Nullable Trap execute(Decoded decoded, Hart hart, long pc) {
    Instruction instruction = decoded.instruction();
    HartBlock block = hart.block();
    long next = pc + decoded.length();
    block.setPc(next);
    try {
      long result = invoke(decoded, hart, pc);
      switch (instruction.result()) {
        case NONE -> {}
        case REGISTER -> write(block, decoded.writtenRegister(), result);
        case BRANCH -> block.setPc(result != 0 ? pc + decoded.branchOffset() : next);
        case JUMP -> {
          write(block, decoded.writtenRegister(), next);
          block.setPc(result);
        }
      }
    } catch (Trap trap) {
      return trap;
    }
    return null;
  }

  private static void write(HartBlock block, int register, long value) {
    if (register >= 0) {
      block.setRegister(register, value);
    }
  }
}
