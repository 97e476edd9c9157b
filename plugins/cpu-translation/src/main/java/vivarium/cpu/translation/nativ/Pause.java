package vivarium.cpu.translation.nativ;

import org.jspecify.annotations.Nullable;
import vivarium.cpu.translation.graph.FpuOp;

/**
 * What is done in Java where code is suspended between two of its instructions, and with which of
 * the host's registers. What is the same at several sites they may share.
 */
final class Pause {
  /** What an access does. */
  enum Access {
    /** A load. */
    LOAD,
    /** A store. */
    STORE,
    /** LR: needs a page that may be loaded. */
    RESERVE,
    /** An atomic access or SC: needs a page that may be stored to. */
    MODIFY
  }

  /** ACCESS: what is done. */
  Access access = Access.LOAD;

  /** ACCESS: bytes. */
  int width;

  /** ACCESS: host register of the virtual address. */
  int address;

  /** ACCESS: host register of the value to store, or where the zero-extended load goes. */
  int data;

  /** ACCESS: the value to store, if {@link #data} is -1. */
  long constant;

  /** ACCESS: whether a load sign-extends. */
  boolean signed;

  /** Whether {@link #data} is an XMM register. */
  boolean dataInXmm;

  /** Bytes of code from where the access is tried to where it, or the operation, is done. */
  int doneAfter;

  /** Whether XMM registers are saved. */
  boolean floats;

  /** CALL: the operation. */
  @Nullable FpuOp fpuOp;

  /** CALL: the rounding mode, or -1. */
  int roundingMode;

  /** CALL: whether the operands are in XMM registers. */
  boolean operandsInXmm;

  /** CALL: host registers of the operands, a byte each. */
  private int operands;

  /** CALL: notes the host register of an operand. */
  void setOperand(int index, int register) {
    operands |= (register & 0xff) << 8 * index;
  }

  /** CALL: the host register of an operand. */
  int operand(int index) {
    return operands >> 8 * index & 0xff;
  }
}
