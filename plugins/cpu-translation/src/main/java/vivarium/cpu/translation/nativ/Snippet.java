package vivarium.cpu.translation.nativ;

import vivarium.cpu.translation.x64.X64;

/**
 * An instruction as a part of plain code: machine code that makes its result, for whatever operands
 * and wherever it may be. The values of its register operands are in host registers before, see
 * {@link #input}, and guest registers in their homes all the time. Immutable.
 *
 * @param kind what of it is in the code
 * @param code the machine code, in which only jumps to suspend lead out
 * @param immediates what is to be filled in
 * @param pauses what it may be suspended for
 * @param host BODY, INDIRECT: the host register of the result, -1 if there is none; BRANCH: the
 *     host's condition under which it is taken
 */
record Snippet(Kind kind, byte[] code, Immediate[] immediates, Place[] pauses, int host) {
  /** What an instruction is here. */
  enum Kind {
    /** The code makes the result, or has the effect. */
    BODY,
    /** The code tests the condition. */
    BRANCH,
    /** The code computes where it leads. */
    INDIRECT,
    /** The result is known from the instruction and its address: no code. */
    KNOWN,
    /** As KNOWN, of where it leads. */
    DIRECT,
    /** Only the code of a graph can have it. */
    OTHER
  }

  /**
   * An immediate in the code.
   *
   * @param parameter of the instruction's method
   * @param at offset in the code of its 32 bits
   */
  record Immediate(int parameter, int at) {}

  /**
   * Where it may be suspended.
   *
   * @param pause for what
   * @param tried offset in the code where that is tried
   * @param misses offsets in the code of the displacements of the jumps that suspend
   */
  record Place(Pause pause, int tried, int[] misses) {}

  /** Those first that no instruction of the host's wants in particular. */
  private static final int[] INPUTS = {X64.R12, X64.R11, X64.RDX, X64.RCX};

  /** What no plain code can have. */
  static final Snippet NONE =
      new Snippet(Kind.OTHER, new byte[0], new Immediate[0], new Place[0], -1);

  /** The temporary in which a parameter is, if it is a register's value. */
  static int input(int parameter) {
    return INPUTS[parameter];
  }

  /** Whether so many parameters have temporaries. */
  static boolean hasInputs(int parameters) {
    return parameters <= INPUTS.length;
  }
}
