package vivarium.cpu.translation.graph;

import java.util.List;

/** Comparisons of {@link Op#CMP}, as dense numbers; opposite ones differ in bit 0 alone. */
public final class Condition {
  /** Equal. */
  public static final int EQ = 0;

  /** Not equal. */
  public static final int NE = 1;

  /** Less, signed. */
  public static final int LT = 2;

  /** Greater or equal, signed. */
  public static final int GE = 3;

  /** Less or equal, signed. */
  public static final int LE = 4;

  /** Greater, signed. */
  public static final int GT = 5;

  /** Less, unsigned. */
  public static final int ULT = 6;

  /** Greater or equal, unsigned. */
  public static final int UGE = 7;

  /** Less or equal, unsigned. */
  public static final int ULE = 8;

  /** Greater, unsigned. */
  public static final int UGT = 9;

  private static final List<String> NAMES =
      List.of("eq", "ne", "lt", "ge", "le", "gt", "ult", "uge", "ule", "ugt");

  private static final int[] SWAPPED = {EQ, NE, GT, LE, GE, LT, UGT, ULE, UGE, ULT};

  private Condition() {}

  /** The opposite. */
  public static int negate(int condition) {
    return condition ^ 1;
  }

  /** What holds of (b, a) exactly when {@code condition} holds of (a, b). */
  public static int swap(int condition) {
    return SWAPPED[condition];
  }

  /** Whether it compares as unsigned numbers. */
  public static boolean unsigned(int condition) {
    return condition >= ULT;
  }

  /** For dumps. */
  public static String name(int condition) {
    return NAMES.get(condition);
  }

  /** Whether it holds of two numbers; 32-bit ones come sign-extended, which keeps both orders. */
  public static boolean holds(int condition, long a, long b) {
    return switch (condition) {
      case EQ -> a == b;
      case NE -> a != b;
      case LT -> a < b;
      case GE -> a >= b;
      case LE -> a <= b;
      case GT -> a > b;
      case ULT -> Long.compareUnsigned(a, b) < 0;
      case UGE -> Long.compareUnsigned(a, b) >= 0;
      case ULE -> Long.compareUnsigned(a, b) <= 0;
      case UGT -> Long.compareUnsigned(a, b) > 0;
      default -> throw new IllegalArgumentException("condition " + condition);
    };
  }
}
