package vivarium.api.fp;

/**
 * The floating-point unit of one hart: IEEE 754-2008 binary32 and binary64 arithmetic as the RISC-V
 * unprivileged specification, chapters F and D (version 2.2), wants it, with its two pieces of
 * state: the accrued exception flags (fflags) and the dynamic rounding mode (frm).
 *
 * <p>The methods of an instruction table call it, once per floating-point instruction, on the
 * thread that runs the hart; it is not thread-safe and allocates nothing. Its public methods are
 * the closed list of floating-point nodes that a binary translator knows.
 *
 * <p>Conventions. Values are encodings: binary64 in a {@code long}, binary32 in an {@code int}. The
 * last parameter {@code rm} of every operation that rounds is a rounding mode {@link #RNE} to
 * {@link #RMM}, or {@link #DYN} for the dynamic one; with a reserved mode the result is
 * unspecified, because the instruction set raises an illegal-instruction exception before it comes
 * here. NaN results are canonical. Comparisons return 0 or 1. No method throws.
 *
 * <p>How: each operation is first done by the host (round to nearest, even; Java arithmetic is
 * strict). If that result is shown to be right together with its flags it is returned. That is so
 * if it is exact, or if NX is already set and the exponent shows that nothing else can have
 * happened. Everything else is done again, in integers, by {@link SoftFloat} and {@link
 * SoftConversion}. As NX is sticky, a guest comes there once, and then only for the rare cases.
 */
public final class Fpu {
  /** Rounding mode: to nearest, ties to even. */
  public static final int RNE = 0;

  /** Rounding mode: towards zero. */
  public static final int RTZ = 1;

  /** Rounding mode: down, towards negative infinity. */
  public static final int RDN = 2;

  /** Rounding mode: up, towards positive infinity. */
  public static final int RUP = 3;

  /** Rounding mode: to nearest, ties to the larger magnitude. */
  public static final int RMM = 4;

  /** Rounding mode of an instruction that uses the dynamic rounding mode, frm. */
  public static final int DYN = 7;

  /** Flag: inexact. */
  public static final int NX = 1;

  /** Flag: underflow; tininess is detected after rounding. */
  public static final int UF = 2;

  /** Flag: overflow. */
  public static final int OF = 4;

  /** Flag: division by zero. */
  public static final int DZ = 8;

  /** Flag: invalid operation. */
  public static final int NV = 16;

  private static final int ALL_FLAGS = NX | UF | OF | DZ | NV;
  private static final int CANONICAL_NAN_32 = 0x7fc0_0000;
  private static final long MASK_32 = 0xffff_ffffL;
  private static final long NAN_BOX = 0xffff_ffff_0000_0000L;

  private int flags;
  private int roundingMode;

  /** A unit as after reset: no flag set, rounding to nearest, ties to even. */
  public Fpu() {}

  /** The accrued exceptions: the five bits of fflags. */
  public int flags() {
    return flags;
  }

  /** Replaces the accrued exceptions; bits beyond the five are ignored. */
  public void setFlags(int flags) {
    this.flags = flags & ALL_FLAGS;
  }

  /** Adds to the accrued exceptions, given as an or of {@link #NX} to {@link #NV}, or 0. */
  public void raise(int flags) {
    this.flags |= flags;
  }

  /** The dynamic rounding mode: the three bits of frm, 5 to 7 (invalid) included. */
  public int roundingMode() {
    return roundingMode;
  }

  /** Replaces the dynamic rounding mode; bits beyond the three are ignored. */
  public void setRoundingMode(int roundingMode) {
    this.roundingMode = roundingMode & 7;
  }

  /** NaN boxing: a binary32 value in a 64-bit floating-point register. */
  public static long box(int value) {
    return NAN_BOX | value;
  }

  /** The binary32 value of a 64-bit register; the canonical NaN if it is not properly boxed. */
  public static int unbox(long register) {
    return (int) (register >> 32) == -1 ? (int) register : CANONICAL_NAN_32;
  }

  /** a + b. */
  public long add64(long a, long b, int rm) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    double result = x + y;
    if (isNearest(rm)
        && Math.abs(result) <= Double.MAX_VALUE
        && (isNxSet() || Host.isExactSum(x, y, result))) {
      return Double.doubleToRawLongBits(result);
    }
    return SoftFloat.add(Format.BINARY64, a, b, mode(rm), this);
  }

  /** a - b. */
  public long sub64(long a, long b, int rm) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    double result = x - y;
    if (isNearest(rm)
        && Math.abs(result) <= Double.MAX_VALUE
        && (isNxSet() || Host.isExactSum(x, -y, result))) {
      return Double.doubleToRawLongBits(result);
    }
    return SoftFloat.subtract(Format.BINARY64, a, b, mode(rm), this);
  }

  /** a * b. */
  public long mul64(long a, long b, int rm) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    double result = x * y;
    if (isNearest(rm) && Host.isPlain(result) && (isNxSet() || Host.isExactProduct(x, y, result))) {
      return Double.doubleToRawLongBits(result);
    }
    return SoftFloat.multiply(Format.BINARY64, a, b, mode(rm), this);
  }

  /** a / b. */
  public long div64(long a, long b, int rm) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    double result = x / y;
    if (isNearest(rm)
        && Host.isPlain(result)
        && (isNxSet() || Host.isExactQuotient(x, y, result))) {
      return Double.doubleToRawLongBits(result);
    }
    return SoftFloat.divide(Format.BINARY64, a, b, mode(rm), this);
  }

  /** The square root of a. */
  public long sqrt64(long a, int rm) {
    double x = Double.longBitsToDouble(a);
    double result = Math.sqrt(x);
    if (isNearest(rm)
        && Math.abs(result) <= Double.MAX_VALUE
        && (isNxSet() || Host.isExactRoot(x, result))) {
      return Double.doubleToRawLongBits(result);
    }
    return SoftFloat.squareRoot(Format.BINARY64, a, mode(rm), this);
  }

  /** a * b + c, rounded once. */
  public long fma64(long a, long b, long c, int rm) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    double z = Double.longBitsToDouble(c);
    double result = Math.fma(x, y, z);
    if (isNearest(rm) && Host.isPlain(result) && (isNxSet() || Host.isExactFma(x, y, z, result))) {
      return Double.doubleToRawLongBits(result);
    }
    return SoftFloat.multiplyAdd(Format.BINARY64, a, b, c, mode(rm), this);
  }

  /** minimumNumber: a NaN loses against a number, -0 is less than +0. */
  public long min64(long a, long b) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    if (x < y) {
      return a;
    }
    return x > y ? b : SoftConversion.minimum(Format.BINARY64, a, b, this);
  }

  /** maximumNumber: a NaN loses against a number, +0 is greater than -0. */
  public long max64(long a, long b) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    if (x > y) {
      return a;
    }
    return x < y ? b : SoftConversion.maximum(Format.BINARY64, a, b, this);
  }

  /** Quiet comparison: only a signaling NaN raises NV. */
  public long eq64(long a, long b) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    if (Double.isNaN(x) || Double.isNaN(y)) {
      return unordered(Format.BINARY64, a, b);
    }
    return x == y ? 1 : 0;
  }

  /** Signaling comparison: any NaN raises NV. */
  public long lt64(long a, long b) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    if (Double.isNaN(x) || Double.isNaN(y)) {
      raise(NV);
    }
    return x < y ? 1 : 0;
  }

  /** Signaling comparison: any NaN raises NV. */
  public long le64(long a, long b) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    if (Double.isNaN(x) || Double.isNaN(y)) {
      raise(NV);
    }
    return x <= y ? 1 : 0;
  }

  /** The mask of fclass: one of ten bits, from negative infinity (bit 0) to quiet NaN (bit 9). */
  public long class64(long a) {
    return SoftConversion.classify(Format.BINARY64, a);
  }

  /** a + b. */
  public int add32(int a, int b, int rm) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    float result = x + y;
    if (isNearest(rm)
        && Math.abs(result) <= Float.MAX_VALUE
        && (isNxSet() || Host.isExactSum(x, y, result))) {
      return Float.floatToRawIntBits(result);
    }
    return (int) SoftFloat.add(Format.BINARY32, a & MASK_32, b & MASK_32, mode(rm), this);
  }

  /** a - b. */
  public int sub32(int a, int b, int rm) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    float result = x - y;
    if (isNearest(rm)
        && Math.abs(result) <= Float.MAX_VALUE
        && (isNxSet() || Host.isExactSum(x, -y, result))) {
      return Float.floatToRawIntBits(result);
    }
    return (int) SoftFloat.subtract(Format.BINARY32, a & MASK_32, b & MASK_32, mode(rm), this);
  }

  /** a * b. */
  public int mul32(int a, int b, int rm) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    float result = x * y;
    if (isNearest(rm) && Host.isPlain(result) && (isNxSet() || Host.isExactProduct(x, y, result))) {
      return Float.floatToRawIntBits(result);
    }
    return (int) SoftFloat.multiply(Format.BINARY32, a & MASK_32, b & MASK_32, mode(rm), this);
  }

  /** a / b. */
  public int div32(int a, int b, int rm) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    float result = x / y;
    if (isNearest(rm)
        && Host.isPlain(result)
        && (isNxSet() || Host.isExactQuotient(x, y, result))) {
      return Float.floatToRawIntBits(result);
    }
    return (int) SoftFloat.divide(Format.BINARY32, a & MASK_32, b & MASK_32, mode(rm), this);
  }

  /** The square root of a. */
  public int sqrt32(int a, int rm) {
    float x = Float.intBitsToFloat(a);
    float result = (float) Math.sqrt(x);
    if (isNearest(rm)
        && Math.abs(result) <= Float.MAX_VALUE
        && (isNxSet() || Host.isExactRoot(x, result))) {
      return Float.floatToRawIntBits(result);
    }
    return (int) SoftFloat.squareRoot(Format.BINARY32, a & MASK_32, mode(rm), this);
  }

  /** a * b + c, rounded once. */
  public int fma32(int a, int b, int c, int rm) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    float z = Float.intBitsToFloat(c);
    float result = Math.fma(x, y, z);
    if (isNearest(rm) && Host.isPlain(result) && (isNxSet() || Host.isExactFma(x, y, z, result))) {
      return Float.floatToRawIntBits(result);
    }
    return (int)
        SoftFloat.multiplyAdd(
            Format.BINARY32, a & MASK_32, b & MASK_32, c & MASK_32, mode(rm), this);
  }

  /** minimumNumber: a NaN loses against a number, -0 is less than +0. */
  public int min32(int a, int b) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    if (x < y) {
      return a;
    }
    return x > y
        ? b
        : (int) SoftConversion.minimum(Format.BINARY32, a & MASK_32, b & MASK_32, this);
  }

  /** maximumNumber: a NaN loses against a number, +0 is greater than -0. */
  public int max32(int a, int b) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    if (x > y) {
      return a;
    }
    return x < y
        ? b
        : (int) SoftConversion.maximum(Format.BINARY32, a & MASK_32, b & MASK_32, this);
  }

  /** Quiet comparison: only a signaling NaN raises NV. */
  public long eq32(int a, int b) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    if (Float.isNaN(x) || Float.isNaN(y)) {
      return unordered(Format.BINARY32, a & MASK_32, b & MASK_32);
    }
    return x == y ? 1 : 0;
  }

  /** Signaling comparison: any NaN raises NV. */
  public long lt32(int a, int b) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    if (Float.isNaN(x) || Float.isNaN(y)) {
      raise(NV);
    }
    return x < y ? 1 : 0;
  }

  /** Signaling comparison: any NaN raises NV. */
  public long le32(int a, int b) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    if (Float.isNaN(x) || Float.isNaN(y)) {
      raise(NV);
    }
    return x <= y ? 1 : 0;
  }

  /** The mask of fclass: one of ten bits, from negative infinity (bit 0) to quiet NaN (bit 9). */
  public long class32(int a) {
    return SoftConversion.classify(Format.BINARY32, a & MASK_32);
  }

  /** To a signed 32-bit integer, sign-extended; out of range saturates and raises NV. */
  public long toInt32From64(long a, int rm) {
    double x = Double.longBitsToDouble(a);
    long truncated = (long) x;
    if ((int) truncated == truncated && isSettled(x, truncated, rm)) {
      return truncated;
    }
    return SoftConversion.toInteger(Format.BINARY64, a, true, 32, mode(rm), this);
  }

  /** To an unsigned 32-bit integer, sign-extended; out of range saturates and raises NV. */
  public long toUint32From64(long a, int rm) {
    double x = Double.longBitsToDouble(a);
    long truncated = (long) x;
    if (truncated >>> 32 == 0 && isSettled(x, truncated, rm)) {
      return (int) truncated;
    }
    return SoftConversion.toInteger(Format.BINARY64, a, false, 32, mode(rm), this);
  }

  /** To a signed 64-bit integer; out of range saturates and raises NV. */
  public long toInt64From64(long a, int rm) {
    double x = Double.longBitsToDouble(a);
    long truncated = (long) x;
    if (isSettled(x, truncated, rm)) {
      return truncated;
    }
    return SoftConversion.toInteger(Format.BINARY64, a, true, 64, mode(rm), this);
  }

  /** To an unsigned 64-bit integer; out of range saturates and raises NV. */
  public long toUint64From64(long a, int rm) {
    double x = Double.longBitsToDouble(a);
    long truncated = (long) x;
    if (truncated >= 0 && isSettled(x, truncated, rm)) {
      return truncated;
    }
    return SoftConversion.toInteger(Format.BINARY64, a, false, 64, mode(rm), this);
  }

  /** To a signed 32-bit integer, sign-extended; out of range saturates and raises NV. */
  public long toInt32From32(int a, int rm) {
    return toInt32From64(widen(a), rm);
  }

  /** To an unsigned 32-bit integer, sign-extended; out of range saturates and raises NV. */
  public long toUint32From32(int a, int rm) {
    return toUint32From64(widen(a), rm);
  }

  /** To a signed 64-bit integer; out of range saturates and raises NV. */
  public long toInt64From32(int a, int rm) {
    return toInt64From64(widen(a), rm);
  }

  /** To an unsigned 64-bit integer; out of range saturates and raises NV. */
  public long toUint64From32(int a, int rm) {
    return toUint64From64(widen(a), rm);
  }

  /** From the lower 32 bits, signed: exact. */
  public long int32To64(long value) {
    return Double.doubleToRawLongBits((int) value);
  }

  /** From the lower 32 bits, unsigned: exact. */
  public long uint32To64(long value) {
    return Double.doubleToRawLongBits(value & MASK_32);
  }

  /** From a signed 64-bit integer. */
  public long int64To64(long value, int rm) {
    if (isShort(value, 53) || isNxSet() && isNearest(rm)) {
      return Double.doubleToRawLongBits(value);
    }
    return SoftConversion.fromInteger(Format.BINARY64, value < 0, Math.abs(value), mode(rm), this);
  }

  /** From an unsigned 64-bit integer. */
  public long uint64To64(long value, int rm) {
    return value >= 0
        ? int64To64(value, rm)
        : SoftConversion.fromInteger(Format.BINARY64, false, value, mode(rm), this);
  }

  /** From the lower 32 bits, signed. */
  public int int32To32(long value, int rm) {
    return int64To32((int) value, rm);
  }

  /** From the lower 32 bits, unsigned. */
  public int uint32To32(long value, int rm) {
    return int64To32(value & MASK_32, rm);
  }

  /** From a signed 64-bit integer. */
  public int int64To32(long value, int rm) {
    if (isShort(value, 24) || isNxSet() && isNearest(rm)) {
      return Float.floatToRawIntBits(value);
    }
    return (int)
        SoftConversion.fromInteger(Format.BINARY32, value < 0, Math.abs(value), mode(rm), this);
  }

  /** From an unsigned 64-bit integer. */
  public int uint64To32(long value, int rm) {
    return value >= 0
        ? int64To32(value, rm)
        : (int) SoftConversion.fromInteger(Format.BINARY32, false, value, mode(rm), this);
  }

  /** From binary64 to binary32. */
  public int to32From64(long a, int rm) {
    double x = Double.longBitsToDouble(a);
    float result = (float) x;
    if (result == x || isNxSet() && isNearest(rm) && Host.isPlain(result)) {
      return Float.floatToRawIntBits(result);
    }
    return (int) SoftConversion.convert(Format.BINARY64, Format.BINARY32, a, mode(rm), this);
  }

  /** From binary32 to binary64: exact but for NaNs, which become canonical. */
  public long to64From32(int a) {
    float x = Float.intBitsToFloat(a);
    return Float.isNaN(x)
        ? SoftConversion.convert(Format.BINARY32, Format.BINARY64, a & MASK_32, RNE, this)
        : Double.doubleToRawLongBits(x);
  }

  /** Binary64 with the same value; a NaN stays one, quiet or not, and raises nothing. */
  private static long widen(int a) {
    return Double.doubleToRawLongBits(Float.intBitsToFloat(a));
  }

  private int mode(int rm) {
    return rm == DYN ? roundingMode : rm;
  }

  private boolean isNearest(int rm) {
    return mode(rm) == RNE;
  }

  /** Whether a finite result that is not tiny raises nothing that is not set. */
  boolean onlyNxCanHappen(int rm) {
    return isNearest(rm) && isNxSet();
  }

  private boolean isNxSet() {
    return (flags & NX) != 0;
  }

  /** A quiet comparison with a NaN: not equal. */
  private long unordered(Format format, long a, long b) {
    if (format.isSignaling(a) || format.isSignaling(b)) {
      raise(NV);
    }
    return 0;
  }

  /**
   * Whether {@code truncated} is x rounded to an integer, which must be in the target's range; if
   * so, NX is raised where due. NaNs and what a long cannot hold are not settled.
   */
  private boolean isSettled(double x, long truncated, int rm) {
    if (truncated == x) {
      return truncated != Long.MAX_VALUE;
    }
    if (Math.abs(x) < 0x1p62 && mode(rm) == RTZ) {
      raise(NX);
      return true;
    }
    return false;
  }

  /** Whether an integer's magnitude is below 2^bits, or it is -2^bits: exact if bits is p. */
  private static boolean isShort(long value, int bits) {
    return value >> bits == value >> 63;
  }
}
