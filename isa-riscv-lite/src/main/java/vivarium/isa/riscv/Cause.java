package vivarium.isa.riscv;

import vivarium.api.memory.Access;

/** Exception codes of mcause and scause (privileged specification, table "mcause values"). */
final class Cause {
  static final long ILLEGAL_INSTRUCTION = 2;
  static final long BREAKPOINT = 3;

  /** Plus the privilege from which it comes: 8, 9 or 11. */
  static final long ENVIRONMENT_CALL_FROM_U = 8;

  /** The bit that tells interrupts from exceptions. */
  static final long INTERRUPT = 1L << 63;

  /** What medeleg can hold: all that can occur below M. */
  static final long DELEGABLE = 0xb3ff;

  private static final String[] NAMES = {
    "instruction misaligned",
    "instruction access fault",
    "illegal instruction",
    "breakpoint",
    "load misaligned",
    "load access fault",
    "store misaligned",
    "store access fault",
    "call from U",
    "call from S",
    "call from H",
    "call from M",
    "instruction page fault",
    "load page fault",
    "exception 14",
    "store page fault"
  };

  private Cause() {}

  /** For people. */
  static String name(int cause) {
    return cause < NAMES.length ? NAMES[cause] : "exception " + cause;
  }

  static long misaligned(Access access) {
    return switch (access) {
      case FETCH -> 0;
      case LOAD -> 4;
      case STORE -> 6;
    };
  }

  static long accessFault(Access access) {
    return misaligned(access) + 1;
  }

  static long pageFault(Access access) {
    return switch (access) {
      case FETCH -> 12;
      case LOAD -> 13;
      case STORE -> 15;
    };
  }
}
