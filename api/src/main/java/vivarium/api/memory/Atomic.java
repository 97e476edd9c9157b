package vivarium.api.memory;

/** The read-modify-write operations of {@link Mmu#atomic32} and {@link Mmu#atomic64}. */
public enum Atomic {
  /** The operand. */
  SWAP,
  /** The sum. */
  ADD,
  /** Bitwise and. */
  AND,
  /** Bitwise or. */
  OR,
  /** Bitwise exclusive or. */
  XOR,
  /** The signed minimum. */
  MIN,
  /** The signed maximum. */
  MAX,
  /** The unsigned minimum. */
  MIN_UNSIGNED,
  /** The unsigned maximum. */
  MAX_UNSIGNED;

  /**
   * What is stored.
   *
   * @param old the word in memory, zero-extended
   * @param operand the register operand; its low {@code width} bytes count
   * @param width 4 or 8 bytes
   */
  public long apply(long old, long operand, int width) {
    return switch (this) {
      case SWAP -> operand;
      case ADD -> old + operand;
      case AND -> old & operand;
      case OR -> old | operand;
      case XOR -> old ^ operand;
      case MIN -> width == 4 ? Math.min((int) old, (int) operand) : Math.min(old, operand);
      case MAX -> width == 4 ? Math.max((int) old, (int) operand) : Math.max(old, operand);
      case MIN_UNSIGNED ->
          width == 4
              ? Math.min(old, operand & 0xffff_ffffL)
              : (Long.compareUnsigned(old, operand) <= 0 ? old : operand);
      case MAX_UNSIGNED ->
          width == 4
              ? Math.max(old, operand & 0xffff_ffffL)
              : (Long.compareUnsigned(old, operand) >= 0 ? old : operand);
    };
  }
}
