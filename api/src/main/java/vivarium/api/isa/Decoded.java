package vivarium.api.isa;

/**
 * An instruction with its operands: what the decoder makes of bits. An alias has become the
 * instruction it stands for. Immutable.
 */
public final class Decoded {
  private final Instruction instruction;
  private final String mnemonic;
  private final int bits;
  private final int length;
  private final long[] operands;

  Decoded(Instruction instruction, String mnemonic, int bits, int length, long[] operands) {
    this.instruction = instruction;
    this.mnemonic = mnemonic;
    this.bits = bits;
    this.length = length;
    this.operands = operands;
  }

  /** What to execute. */
  public Instruction instruction() {
    return instruction;
  }

  /** The mnemonic of the encoding: the alias's own name for an alias. */
  public String mnemonic() {
    return mnemonic;
  }

  /** The encoded bits; those beyond the length are zero. */
  public int bits() {
    return bits;
  }

  /** Bytes of the encoding. */
  public int length() {
    return length;
  }

  /**
   * The value of a field: a register's number within its bank, or an immediate extended to 64 bits.
   *
   * @param field index into {@link Instruction#fields()}
   */
  public long operand(int field) {
    return operands[field];
  }

  /**
   * The index over all banks of the register that a field selects.
   *
   * @param field index of a register field
   */
  public int register(int field) {
    RegisterBank bank = instruction.fields().get(field).bank();
    if (bank == null) {
      throw new IllegalArgumentException(instruction + ": field " + field + " is no register");
    }
    return bank.firstIndex() + (int) operands[field];
  }

  /**
   * The index over all banks of the register that is written, or -1 if none is, or the register is
   * hardwired.
   */
  public int writtenRegister() {
    int field = instruction.destination();
    if (field < 0) {
      return -1;
    }
    RegisterBank bank = instruction.fields().get(field).bank();
    return bank == null || bank.hardwiredZero() && operands[field] == 0 ? -1 : register(field);
  }

  /** The immediate {@code imm} that a branch adds to its pc. */
  public long branchOffset() {
    return operands[instruction.encoding().fieldIndex("imm")];
  }

  @Override
  public String toString() {
    return Disassembler.text(this);
  }
}
