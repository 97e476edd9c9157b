package vivarium.api.fp;

/**
 * What a finite result of the host's arithmetic, rounded to nearest, shows about itself: whether it
 * is exact, and whether it can have raised anything but NX. Answers "no" when in doubt. Called for
 * each operation of {@link Fpu}'s fast path and inlined there.
 */
final class Host {
  /**
   * The smallest magnitude of a binary64 number for which a product, quotient or square root leaves
   * a residual of 106 bits that binary64 holds exactly, so that {@link Math#fma} finds it.
   */
  private static final double EXACT_RESIDUAL = 0x1p-900;

  /** Results of at least this magnitude, of either sign, were not tiny before rounding either. */
  private static final double NOT_TINY_64 = 0x1p-1021;

  /** As {@link #NOT_TINY_64}, for binary32. */
  private static final float NOT_TINY_32 = 0x1p-125f;

  private Host() {}

  /** Whether a result rounded to nearest shows that no flag but NX can be due. */
  static boolean isPlain(double result) {
    double magnitude = Math.abs(result);
    return magnitude >= NOT_TINY_64 && magnitude <= Double.MAX_VALUE;
  }

  static boolean isPlain(float result) {
    float magnitude = Math.abs(result);
    return magnitude >= NOT_TINY_32 && magnitude <= Float.MAX_VALUE;
  }

  /** Knuth's two-sum of a finite sum; an overflow inside it gives a NaN, hence false. */
  static boolean isExactSum(double x, double y, double sum) {
    double y1 = sum - x;
    double x1 = sum - y1;
    return (x - x1) + (y - y1) == 0;
  }

  static boolean isExactProduct(double x, double y, double product) {
    return Math.abs(product) >= EXACT_RESIDUAL && Math.fma(x, y, -product) == 0;
  }

  static boolean isExactQuotient(double x, double y, double quotient) {
    return Math.abs(x) >= EXACT_RESIDUAL && Math.fma(quotient, y, -x) == 0;
  }

  static boolean isExactRoot(double x, double root) {
    return x == 0 || x >= EXACT_RESIDUAL && Math.fma(root, root, -x) == 0;
  }

  /** Exact if both the product and the sum are; false where only the two together are. */
  static boolean isExactFma(double x, double y, double z, double result) {
    double product = x * y;
    return isExactProduct(x, y, product) && isExactSum(product, z, result);
  }

  static boolean isExactSum(float x, float y, float sum) {
    return isExactWideSum(x, y, sum);
  }

  /** Exact if the sum is exact in binary64 and its conversion to binary32 is, too. */
  private static boolean isExactWideSum(double x, double y, float sum) {
    double wide = x + y;
    return wide == sum && isExactSum(x, y, wide);
  }

  /** Binary64 holds the product of two binary32 numbers. */
  static boolean isExactProduct(float x, float y, float product) {
    return (double) x * y == product;
  }

  static boolean isExactQuotient(float x, float y, float quotient) {
    return (double) quotient * y == x;
  }

  static boolean isExactRoot(float x, float root) {
    return (double) root * root == x;
  }

  static boolean isExactFma(float x, float y, float z, float result) {
    return isExactWideSum((double) x * y, z, result);
  }
}
