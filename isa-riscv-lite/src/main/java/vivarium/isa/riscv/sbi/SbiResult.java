package vivarium.isa.riscv.sbi;

/**
 * What a call returns (SBI 2.0, chapter 3).
 *
 * @param error goes to a0
 * @param value goes to a1
 */
record SbiResult(long error, long value) {
  static final SbiResult SUCCESS = new SbiResult(0, 0);
  static final SbiResult NOT_SUPPORTED = new SbiResult(-2, 0);
  static final SbiResult INVALID_PARAM = new SbiResult(-3, 0);
  static final SbiResult INVALID_ADDRESS = new SbiResult(-5, 0);
  static final SbiResult ALREADY_AVAILABLE = new SbiResult(-6, 0);

  /** The call changed the pc and registers instead; no other result is equal. */
  static final SbiResult NO_RETURN = new SbiResult(0, -1);

  static SbiResult of(long value) {
    return new SbiResult(0, value);
  }
}
