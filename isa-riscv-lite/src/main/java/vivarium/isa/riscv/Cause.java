package vivarium.isa.riscv;

/** Exception codes of mcause and scause (privileged specification, table "mcause values"). */
final class Cause {
  static final long INSTRUCTION_ACCESS_FAULT = 1;
  static final long ILLEGAL_INSTRUCTION = 2;
  static final long BREAKPOINT = 3;
  static final long LOAD_ADDRESS_MISALIGNED = 4;
  static final long LOAD_ACCESS_FAULT = 5;
  static final long STORE_AMO_ADDRESS_MISALIGNED = 6;
  static final long STORE_AMO_ACCESS_FAULT = 7;

  /** Plus the privilege from which it comes: 8, 9 or 11. */
  static final long ENVIRONMENT_CALL_FROM_U = 8;

  static final long INSTRUCTION_PAGE_FAULT = 12;
  static final long LOAD_PAGE_FAULT = 13;
  static final long STORE_AMO_PAGE_FAULT = 15;

  /** The bit that tells interrupts from exceptions. */
  static final long INTERRUPT = 1L << 63;

  /** What medeleg can hold: all that can occur below M. */
  static final long DELEGABLE = 0xb3ff;

  private Cause() {}
}
