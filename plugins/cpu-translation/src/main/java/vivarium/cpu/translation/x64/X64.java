package vivarium.cpu.translation.x64;

/**
 * The numbers that x86-64 instructions name registers and conditions by (Intel SDM volume 2, tables
 * 3-1 and B-10). General registers and XMM registers share the range 0 to 15; the operation decides
 * which is meant.
 */
public final class X64 {
  public static final int RAX = 0;
  public static final int RCX = 1;
  public static final int RDX = 2;
  public static final int RBX = 3;
  public static final int RSP = 4;
  public static final int RBP = 5;
  public static final int RSI = 6;
  public static final int RDI = 7;
  public static final int R8 = 8;
  public static final int R9 = 9;
  public static final int R10 = 10;
  public static final int R11 = 11;
  public static final int R12 = 12;
  public static final int R13 = 13;
  public static final int R14 = 14;
  public static final int R15 = 15;

  public static final int XMM0 = 0;
  public static final int XMM1 = 1;
  public static final int XMM2 = 2;
  public static final int XMM3 = 3;
  public static final int XMM4 = 4;
  public static final int XMM5 = 5;
  public static final int XMM6 = 6;
  public static final int XMM7 = 7;
  public static final int XMM8 = 8;
  public static final int XMM9 = 9;
  public static final int XMM10 = 10;
  public static final int XMM11 = 11;
  public static final int XMM12 = 12;
  public static final int XMM13 = 13;
  public static final int XMM14 = 14;
  public static final int XMM15 = 15;

  /**
   * In place of a base register in the forms with an index: {@code [index*scale+disp]}. Not a
   * register: no other role takes it.
   */
  public static final int NO_BASE = -1;

  /** Overflow. */
  public static final int CC_O = 0;

  /** No overflow. */
  public static final int CC_NO = 1;

  /** Below, unsigned; also carry set. */
  public static final int CC_B = 2;

  /** Above or equal, unsigned; also carry clear. */
  public static final int CC_AE = 3;

  /** Equal, zero. */
  public static final int CC_E = 4;

  /** Not equal, not zero. */
  public static final int CC_NE = 5;

  /** Below or equal, unsigned. */
  public static final int CC_BE = 6;

  /** Above, unsigned. */
  public static final int CC_A = 7;

  /** Sign set. */
  public static final int CC_S = 8;

  /** Sign clear. */
  public static final int CC_NS = 9;

  /** Parity even; after {@code ucomis}: unordered. */
  public static final int CC_P = 10;

  /** Parity odd; after {@code ucomis}: ordered. */
  public static final int CC_NP = 11;

  /** Less, signed. */
  public static final int CC_L = 12;

  /** Greater or equal, signed. */
  public static final int CC_GE = 13;

  /** Less or equal, signed. */
  public static final int CC_LE = 14;

  /** Greater, signed. */
  public static final int CC_G = 15;

  /** Predicates of {@link X64Op#CMPSS} and {@link X64Op#CMPSD}: equal, ordered, quiet. */
  public static final int CMP_EQ = 0;

  /** Less than, ordered, signaling. */
  public static final int CMP_LT = 1;

  /** Less than or equal, ordered, signaling. */
  public static final int CMP_LE = 2;

  /** Unordered, quiet. */
  public static final int CMP_UNORD = 3;

  /** Not equal or unordered, quiet. */
  public static final int CMP_NEQ = 4;

  /** Not less than, or unordered, signaling. */
  public static final int CMP_NLT = 5;

  /** Not less than or equal, or unordered, signaling. */
  public static final int CMP_NLE = 6;

  /** Ordered, quiet. */
  public static final int CMP_ORD = 7;

  /** Rounding control of {@link X64Op#ROUNDSS} and {@link X64Op#ROUNDSD}: nearest, ties to even. */
  public static final int ROUND_NEAREST = 0;

  /** Towards minus infinity. */
  public static final int ROUND_DOWN = 1;

  /** Towards plus infinity. */
  public static final int ROUND_UP = 2;

  /** Towards zero. */
  public static final int ROUND_TO_ZERO = 3;

  /** As {@code MXCSR.RC} says. */
  public static final int ROUND_MXCSR = 4;

  /** Or-ed to a rounding control: do not raise the inexact flag. */
  public static final int ROUND_NO_INEXACT = 8;

  private X64() {}

  /** The condition that holds exactly where {@code cc} does not. */
  public static int negate(int cc) {
    return cc ^ 1;
  }

  /**
   * The condition that {@code cc} becomes when the operands of the compare before it are swapped:
   * {@code L} for {@code G}, {@code AE} for {@code BE}; {@code E} and {@code NE} stay.
   */
  public static int swapOperands(int cc) {
    return switch (cc) {
      case CC_B -> CC_A;
      case CC_A -> CC_B;
      case CC_AE -> CC_BE;
      case CC_BE -> CC_AE;
      case CC_L -> CC_G;
      case CC_G -> CC_L;
      case CC_GE -> CC_LE;
      case CC_LE -> CC_GE;
      case CC_E, CC_NE -> cc;
      default -> throw new IllegalArgumentException("condition " + cc + " is of one operand");
    };
  }
}
