package vivarium.cpu.translation.nativ;

import org.jspecify.annotations.Nullable;

/**
 * A place at which emitted code can be left, and what Java then has to know. Its number is in the
 * code; {@link TraceCache} keeps them. There are more of them than of anything else, so each kind
 * has only what it needs.
 */
class Site {
  /** Why code is left here. */
  enum Kind {
    /** Goes on at {@link Site#pc}: code for it is to be found, and linked if it may be. */
    CHAIN,
    /** Goes on at the pc in the hart block. */
    INDIRECT,
    /** The instruction at {@link Site#pc} is {@link OpaqueSite#decoded}, to be called. */
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

  final Kind kind;
  final Trace trace;
  final int number;

  /** Address of the instruction concerned, or of the next one. */
  final long pc;

  /** Steps of the trace that were taken off the budget but not made when the site is reached. */
  int unmade;

  /** The next site of the same trace. */
  @Nullable Site nextOfTrace;

  Site(Kind kind, Trace trace, int number, long pc) {
    this.kind = kind;
    this.trace = trace;
    this.number = number;
    this.pc = pc;
  }
}
