package vivarium.cpu.translation.nativ;

import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Invoker;
import vivarium.cpu.translation.graph.FpuOp;

/**
 * A place at which emitted code can be left, and what Java then has to know. Its number is in the
 * code; {@link TraceCache} keeps them.
 */
final class Site {
  /** Why code is left here. */
  enum Kind {
    /** Goes on at {@link Site#pc}: code for it is to be found, and linked if it may be. */
    CHAIN,
    /** Goes on at the pc in the hart block. */
    INDIRECT,
    /** The instruction at {@link Site#pc} is {@link Site#decoded}, to be called. */
    OPAQUE,
    /** The instruction at {@link Site#pc} is to be executed alone. */
    STEP,
    /** At the head of the trace: too few steps are left for it. */
    BUDGET,
    /** A memory access missed the TLB. */
    ACCESS,
    /** A floating-point operation is to be done in Java. */
    CALL
  }

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

  final Kind kind;
  final Trace trace;
  final int number;

  /** Address of the instruction concerned, or of the next one. */
  final long pc;

  /** Steps of the trace that were taken off the budget but not made when the site is reached. */
  int unmade;

  /**
   * CHAIN, INDIRECT: offset in code memory of the displacement to patch, or -1 if it may not be.
   */
  int patchAt = -1;

  /** INDIRECT: offset of the address for which the linked jump is right (64 bits). */
  int expectedAt;

  /** INDIRECT: offset of the displacement of the jump for other addresses. */
  int otherwiseAt;

  /** CHAIN, INDIRECT: offset in code memory where the jump leads that is not linked. */
  int unlinkedAt;

  /** CHAIN, INDIRECT: the trace it is linked to. */
  @Nullable Trace target;

  /** CHAIN: the next site that is linked to the same trace. */
  @Nullable Site nextIncoming;

  /** The next site of the same trace. */
  @Nullable Site nextOfTrace;

  /** OPAQUE: what to call. */
  @Nullable Decoded decoded;

  /** OPAQUE: what calls it; found when it is first called. */
  @Nullable Invoker invoker;

  /** OPAQUE: where the instruction led last. */
  long nextPc;

  /** OPAQUE: the code for {@link #nextPc}. */
  long next;

  /** OPAQUE: the table that {@link #next} is from. */
  @Nullable JumpTable nextJumps;

  /** OPAQUE: what {@link JumpTable#version} was then. */
  int nextVersion;

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

  /** ACCESS, CALL: whether {@link #data} is an XMM register. */
  boolean dataInXmm;

  /** ACCESS: offset in code memory to try again at. */
  int retryAt;

  /** ACCESS, CALL: offset in code memory where the access has been done. */
  int doneAt;

  /** ACCESS, CALL: whether XMM registers are saved. */
  boolean floats;

  /** CALL: the operation. */
  @Nullable FpuOp fpuOp;

  /** CALL: the rounding mode, or -1. */
  int roundingMode;

  /** CALL: whether the operands are in XMM registers. */
  boolean operandsInXmm;

  /** CALL: host registers of the operands, a byte each. */
  private int operands;

  Site(Kind kind, Trace trace, int number, long pc) {
    this.kind = kind;
    this.trace = trace;
    this.number = number;
    this.pc = pc;
  }

  /** CALL: notes the host register of an operand. */
  void setOperand(int index, int register) {
    operands |= (register & 0xff) << 8 * index;
  }

  /** CALL: the host register of an operand. */
  int operand(int index) {
    return operands >> 8 * index & 0xff;
  }
}
