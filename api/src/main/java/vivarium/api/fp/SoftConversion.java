package vivarium.api.fp;

/**
 * The exact, integer-only forms of the conversions and of minimum, maximum and classification: the
 * slow path of {@link Fpu} and the reference of its fast one, like {@link SoftFloat}.
 */
final class SoftConversion {
  private SoftConversion() {}

  /**
   * Rounds to an integer of {@code width} bits (32 or 64). What is out of range or NaN saturates
   * and raises NV alone (unprivileged spec, F, "Domains of float-to-integer conversions and
   * behavior for invalid inputs"); a 32-bit result is sign-extended, an unsigned one too.
   */
  static long toInteger(Format f, long a, boolean signed, int width, int mode, Fpu fpu) {
    boolean negative = f.isNegative(a) && !f.isNan(a);
    long maximum = signed ? (1L << (width - 1)) - 1 : -1L >>> (64 - width);
    long minimum = signed ? 1L << (width - 1) : 0;
    long limit = negative ? minimum : maximum;
    boolean huge = f.biasedExponent(a) >= f.bias() + 64;
    long magnitude = huge ? limit : integerMagnitude(f, a, negative, mode);
    if (huge || Long.compareUnsigned(magnitude, limit) > 0) {
      fpu.raise(Fpu.NV);
      magnitude = limit;
    } else if (hasFraction(f, a)) {
      fpu.raise(Fpu.NX);
    }
    long result = negative ? -magnitude : magnitude;
    return width == 32 ? (int) result : result;
  }

  /** |a|, below 2^64, rounded to an integer; unsigned. */
  private static long integerMagnitude(Format f, long a, boolean negative, int mode) {
    if (f.isZero(a)) {
      return 0;
    }
    int exponent = f.exponent(a);
    long significand = f.significand(a);
    if (exponent >= Format.LEADING_BIT) {
      return significand << (exponent - Format.LEADING_BIT);
    }
    // Below a half all fractions round alike: one jammed bit stands for them.
    return exponent < -1
        ? SoftFloat.roundOff(1, Format.LEADING_BIT, negative, mode)
        : SoftFloat.roundOff(significand, Format.LEADING_BIT - exponent, negative, mode);
  }

  /** Whether |a|, below 2^64, is not an integer. */
  private static boolean hasFraction(Format f, long a) {
    if (f.isZero(a)) {
      return false;
    }
    int exponent = f.exponent(a);
    return exponent < 0
        || exponent < Format.LEADING_BIT
            && SoftFloat.isInexact(f.significand(a), Format.LEADING_BIT - exponent);
  }

  /** From a sign and an unsigned 64-bit magnitude. */
  static long fromInteger(Format f, boolean negative, long magnitude, int mode, Fpu fpu) {
    if (magnitude == 0) {
      return 0;
    }
    long halved = SoftFloat.shiftRightJam(magnitude, 1);
    return magnitude < 0
        ? SoftFloat.normalizeAndRound(f, negative, 63, halved, mode, fpu)
        : SoftFloat.normalizeAndRound(f, negative, Format.LEADING_BIT, magnitude, mode, fpu);
  }

  /** From one format to another. */
  static long convert(Format from, Format to, long a, int mode, Fpu fpu) {
    if (from.isNan(a)) {
      fpu.raise(from.isSignaling(a) ? Fpu.NV : 0);
      return to.canonicalNan();
    }
    boolean negative = from.isNegative(a);
    if (from.isInfinite(a)) {
      return to.infinity(negative);
    }
    if (from.isZero(a)) {
      return to.zero(negative);
    }
    return SoftFloat.normalizeAndRound(
        to, negative, from.exponent(a), from.significand(a), mode, fpu);
  }

  /** minimumNumber of IEEE 754-2019 (F and D 2.2). */
  static long minimum(Format f, long a, long b, Fpu fpu) {
    if (f.isNan(a) || f.isNan(b)) {
      return number(f, a, b, fpu);
    }
    return ordinal(f, a) < ordinal(f, b) ? a : b;
  }

  /** maximumNumber of IEEE 754-2019 (F and D 2.2). */
  static long maximum(Format f, long a, long b, Fpu fpu) {
    if (f.isNan(a) || f.isNan(b)) {
      return number(f, a, b, fpu);
    }
    return ordinal(f, a) < ordinal(f, b) ? b : a;
  }

  /** The operand that is a number, where one at least is not. */
  private static long number(Format f, long a, long b, Fpu fpu) {
    if (f.isSignaling(a) || f.isSignaling(b)) {
      fpu.raise(Fpu.NV);
    }
    if (f.isNan(a)) {
      return f.isNan(b) ? f.canonicalNan() : b;
    }
    return a;
  }

  /** Orders numbers as totalOrder does: -0 is below +0. */
  private static long ordinal(Format f, long a) {
    return f.isNegative(a) ? ~f.magnitude(a) : f.magnitude(a);
  }

  /** The mask of fclass: one of ten bits. */
  static long classify(Format f, long a) {
    if (f.isNan(a)) {
      return f.isSignaling(a) ? 1 << 8 : 1 << 9;
    }
    int kind;
    if (f.isInfinite(a)) {
      kind = 0;
    } else if (f.isZero(a)) {
      kind = 3;
    } else {
      kind = f.biasedExponent(a) != 0 ? 1 : 2;
    }
    return f.isNegative(a) ? 1L << kind : 1L << (7 - kind);
  }
}
