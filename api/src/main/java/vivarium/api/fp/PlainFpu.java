package vivarium.api.fp;

import vivarium.api.memory.LeaveBlock;

/**
 * The operations of {@link Fpu} where they are plain: rounding to nearest, even, NX set already,
 * and nothing else can happen. For code that Java compiles: they call nothing, so that their
 * surroundings stay in registers. Whatever is not plain throws {@link LeaveBlock} before anything
 * is done, and is then to be done by the {@link Fpu}.
 */
public final class PlainFpu {
  private PlainFpu() {}

  /** As {@link Fpu#add64}. */
  public static long add64(Fpu fpu, long a, long b, int rm) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    double result = x + y;
    if (fpu.onlyNxCanHappen(rm) && Math.abs(result) <= Double.MAX_VALUE) {
      return Double.doubleToRawLongBits(result);
    }
    throw LeaveBlock.INSTANCE;
  }

  /** As {@link Fpu#sub64}. */
  public static long sub64(Fpu fpu, long a, long b, int rm) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    double result = x - y;
    if (fpu.onlyNxCanHappen(rm) && Math.abs(result) <= Double.MAX_VALUE) {
      return Double.doubleToRawLongBits(result);
    }
    throw LeaveBlock.INSTANCE;
  }

  /** As {@link Fpu#mul64}. */
  public static long mul64(Fpu fpu, long a, long b, int rm) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    double result = x * y;
    if (fpu.onlyNxCanHappen(rm) && (Host.isPlain(result) || result == 0 && (x == 0 || y == 0))) {
      return Double.doubleToRawLongBits(result);
    }
    throw LeaveBlock.INSTANCE;
  }

  /** As {@link Fpu#div64}. */
  public static long div64(Fpu fpu, long a, long b, int rm) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    double result = x / y;
    if (fpu.onlyNxCanHappen(rm) && Host.isPlain(result)) {
      return Double.doubleToRawLongBits(result);
    }
    throw LeaveBlock.INSTANCE;
  }

  /** As {@link Fpu#sqrt64}. */
  public static long sqrt64(Fpu fpu, long a, int rm) {
    double x = Double.longBitsToDouble(a);
    double result = Math.sqrt(x);
    if (fpu.onlyNxCanHappen(rm) && Math.abs(result) <= Double.MAX_VALUE) {
      return Double.doubleToRawLongBits(result);
    }
    throw LeaveBlock.INSTANCE;
  }

  /** As {@link Fpu#fma64}. */
  public static long fma64(Fpu fpu, long a, long b, long c, int rm) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    double z = Double.longBitsToDouble(c);
    double result = Math.fma(x, y, z);
    if (fpu.onlyNxCanHappen(rm)
        && (Host.isPlain(result) || (x == 0 || y == 0) && Math.abs(result) <= Double.MAX_VALUE)) {
      return Double.doubleToRawLongBits(result);
    }
    throw LeaveBlock.INSTANCE;
  }

  /** As {@link Fpu#add32}. */
  public static int add32(Fpu fpu, int a, int b, int rm) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    float result = x + y;
    if (fpu.onlyNxCanHappen(rm) && Math.abs(result) <= Float.MAX_VALUE) {
      return Float.floatToRawIntBits(result);
    }
    throw LeaveBlock.INSTANCE;
  }

  /** As {@link Fpu#sub32}. */
  public static int sub32(Fpu fpu, int a, int b, int rm) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    float result = x - y;
    if (fpu.onlyNxCanHappen(rm) && Math.abs(result) <= Float.MAX_VALUE) {
      return Float.floatToRawIntBits(result);
    }
    throw LeaveBlock.INSTANCE;
  }

  /** As {@link Fpu#mul32}. */
  public static int mul32(Fpu fpu, int a, int b, int rm) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    float result = x * y;
    if (fpu.onlyNxCanHappen(rm) && (Host.isPlain(result) || result == 0 && (x == 0 || y == 0))) {
      return Float.floatToRawIntBits(result);
    }
    throw LeaveBlock.INSTANCE;
  }

  /** As {@link Fpu#div32}. */
  public static int div32(Fpu fpu, int a, int b, int rm) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    float result = x / y;
    if (fpu.onlyNxCanHappen(rm) && Host.isPlain(result)) {
      return Float.floatToRawIntBits(result);
    }
    throw LeaveBlock.INSTANCE;
  }

  /** As {@link Fpu#sqrt32}. */
  public static int sqrt32(Fpu fpu, int a, int rm) {
    float x = Float.intBitsToFloat(a);
    float result = (float) Math.sqrt(x);
    if (fpu.onlyNxCanHappen(rm) && Math.abs(result) <= Float.MAX_VALUE) {
      return Float.floatToRawIntBits(result);
    }
    throw LeaveBlock.INSTANCE;
  }

  /** As {@link Fpu#fma32}. */
  public static int fma32(Fpu fpu, int a, int b, int c, int rm) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    float z = Float.intBitsToFloat(c);
    float result = Math.fma(x, y, z);
    if (fpu.onlyNxCanHappen(rm)
        && (Host.isPlain(result) || (x == 0 || y == 0) && Math.abs(result) <= Float.MAX_VALUE)) {
      return Float.floatToRawIntBits(result);
    }
    throw LeaveBlock.INSTANCE;
  }
}
