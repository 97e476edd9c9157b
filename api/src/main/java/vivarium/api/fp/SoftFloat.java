package vivarium.api.fp;

/**
 * Exact IEEE 754-2008 arithmetic on encodings, in integers only: the path that {@link Fpu} takes
 * when the host's own arithmetic cannot be shown to give the result and the flags, and the
 * reference that the fast path is tested against.
 *
 * <p>Every operation computes an unpacked significand (see {@link Format}) whose lowest bit is
 * "jammed": set if any bit below it would be. That keeps all that rounding must know. The rounding
 * mode is resolved: never {@link Fpu#DYN}; reserved modes truncate.
 */
final class SoftFloat {
  /** Quotient digits of {@link #divide} have this many bits: what a 53-bit divisor leaves room. */
  private static final int DIGIT_BITS = 10;

  /** Steps of {@link #squareRoot}: one bit of the root each. */
  private static final int ROOT_BITS = 58;

  /** The zero bits that {@link #root} appends to its radicand. */
  private static final int APPENDED_BITS = 62;

  private SoftFloat() {}

  static long add(Format f, long a, long b, int mode, Fpu fpu) {
    if (f.isNan(a) || f.isNan(b)) {
      return propagate(f, a, b, fpu);
    }
    boolean negative = f.isNegative(a);
    if (f.isInfinite(a)) {
      return f.isInfinite(b) && negative != f.isNegative(b) ? invalid(f, fpu) : a;
    }
    if (f.isInfinite(b)) {
      return b;
    }
    if (f.isZero(a)) {
      return f.isZero(b) ? zeroSum(f, negative, f.isNegative(b), mode) : b;
    }
    if (f.isZero(b)) {
      return a;
    }
    return f.magnitude(a) >= f.magnitude(b)
        ? addOrdered(f, a, b, mode, fpu)
        : addOrdered(f, b, a, mode, fpu);
  }

  static long subtract(Format f, long a, long b, int mode, Fpu fpu) {
    return f.isNan(b) ? propagate(f, a, b, fpu) : add(f, a, b ^ f.signBit(), mode, fpu);
  }

  /** Adds finite non-zero numbers, |a| not less than |b|. One bit of headroom takes the carry. */
  private static long addOrdered(Format f, long a, long b, int mode, Fpu fpu) {
    boolean negative = f.isNegative(a);
    int exponent = f.exponent(a);
    long larger = f.significand(a) >>> 1;
    long smaller = shiftRightJam(f.significand(b) >>> 1, exponent - f.exponent(b));
    long sum = negative == f.isNegative(b) ? larger + smaller : larger - smaller;
    return sum == 0
        ? f.zero(mode == Fpu.RDN)
        : normalizeAndRound(f, negative, exponent + 1, sum, mode, fpu);
  }

  static long multiply(Format f, long a, long b, int mode, Fpu fpu) {
    if (f.isNan(a) || f.isNan(b)) {
      return propagate(f, a, b, fpu);
    }
    boolean negative = f.isNegative(a) != f.isNegative(b);
    if (f.isInfinite(a) || f.isInfinite(b)) {
      return f.isZero(a) || f.isZero(b) ? invalid(f, fpu) : f.infinity(negative);
    }
    if (f.isZero(a) || f.isZero(b)) {
      return f.zero(negative);
    }
    return multiplyFinite(f, a, b, mode, fpu);
  }

  private static long multiplyFinite(Format f, long a, long b, int mode, Fpu fpu) {
    long x = f.significand(a);
    long y = f.significand(b);
    long product = Math.multiplyHigh(x, y) | jam(x * y);
    boolean negative = f.isNegative(a) != f.isNegative(b);
    return normalizeAndRound(f, negative, f.exponent(a) + f.exponent(b) + 2, product, mode, fpu);
  }

  static long divide(Format f, long a, long b, int mode, Fpu fpu) {
    if (f.isNan(a) || f.isNan(b)) {
      return propagate(f, a, b, fpu);
    }
    boolean negative = f.isNegative(a) != f.isNegative(b);
    if (f.isInfinite(a)) {
      return f.isInfinite(b) ? invalid(f, fpu) : f.infinity(negative);
    }
    if (f.isZero(b)) {
      if (f.isZero(a)) {
        return invalid(f, fpu);
      }
      fpu.raise(Fpu.DZ);
      return f.infinity(negative);
    }
    if (f.isZero(a) || f.isInfinite(b)) {
      return f.zero(negative);
    }
    int exponent = f.exponent(a) - f.exponent(b) + 2;
    return normalizeAndRound(
        f, negative, exponent, quotient(f.significand(a), f.significand(b)), mode, fpu);
  }

  /** floor(2^60 * x / y), jammed, for significands of at most 53 bits. */
  private static long quotient(long x, long y) {
    long divisor = y >>> DIGIT_BITS;
    long remainder = x >>> DIGIT_BITS;
    long quotient = remainder / divisor;
    remainder -= quotient * divisor;
    for (int bits = 0; bits < 60; bits += DIGIT_BITS) {
      remainder <<= DIGIT_BITS;
      long digit = remainder / divisor;
      remainder -= digit * divisor;
      quotient = quotient << DIGIT_BITS | digit;
    }
    return quotient | jam(remainder);
  }

  static long squareRoot(Format f, long a, int mode, Fpu fpu) {
    if (f.isNan(a)) {
      return propagate(f, a, a, fpu);
    }
    if (f.isZero(a)) {
      return a;
    }
    if (f.isNegative(a)) {
      return invalid(f, fpu);
    }
    if (f.isInfinite(a)) {
      return a;
    }
    int exponent = f.exponent(a);
    long radicand = f.significand(a) >>> DIGIT_BITS << (exponent & 1);
    return normalizeAndRound(f, false, (exponent >> 1) + 5, root(radicand), mode, fpu);
  }

  /** floor(sqrt(radicand * 2^62)), jammed, for a radicand of at most 54 bits; digit by digit. */
  private static long root(long radicand) {
    long root = 0;
    long remainder = 0;
    for (int bit = ROOT_BITS - 1; bit >= 0; bit--) {
      int position = 2 * bit - APPENDED_BITS;
      long pair = position >= 0 ? radicand >>> position & 3 : 0;
      remainder = remainder << 2 | pair;
      long trial = root << 2 | 1;
      root <<= 1;
      if (remainder >= trial) {
        remainder -= trial;
        root |= 1;
      }
    }
    return root | jam(remainder);
  }

  /** a * b + c, rounded once. Infinity times zero is invalid even when c is a quiet NaN. */
  static long multiplyAdd(Format f, long a, long b, long c, int mode, Fpu fpu) {
    boolean invalidProduct = f.isInfinite(a) && f.isZero(b) || f.isZero(a) && f.isInfinite(b);
    if (invalidProduct) {
      return invalid(f, fpu);
    }
    if (f.isNan(a) || f.isNan(b) || f.isNan(c)) {
      fpu.raise(f.isSignaling(c) ? Fpu.NV : 0);
      return propagate(f, a, b, fpu);
    }
    boolean negative = f.isNegative(a) != f.isNegative(b);
    if (f.isInfinite(a) || f.isInfinite(b)) {
      boolean opposed = f.isInfinite(c) && negative != f.isNegative(c);
      return opposed ? invalid(f, fpu) : f.infinity(negative);
    }
    if (f.isInfinite(c)) {
      return c;
    }
    if (f.isZero(a) || f.isZero(b)) {
      return f.isZero(c) ? zeroSum(f, negative, f.isNegative(c), mode) : c;
    }
    return f.isZero(c)
        ? multiplyFinite(f, a, b, mode, fpu)
        : multiplyAddFinite(f, a, b, c, mode, fpu);
  }

  /** The product and c as 128-bit integers whose leading bit is bit 125 (the product's: or 124). */
  private static long multiplyAddFinite(Format f, long a, long b, long c, int mode, Fpu fpu) {
    long x = f.significand(a);
    long y = f.significand(b);
    long z = f.significand(c);
    int productExponent = f.exponent(a) + f.exponent(b) + 1;
    int exponent = Math.max(productExponent, f.exponent(c));
    int productShift = exponent - productExponent;
    int addendShift = exponent - f.exponent(c);
    long productHigh = high(Math.multiplyHigh(x, y), productShift);
    long productLow = lowJam(Math.multiplyHigh(x, y), x * y, productShift);
    long addendHigh = high(z >>> 1, addendShift);
    long addendLow = lowJam(z >>> 1, z << 63, addendShift);
    boolean negative = f.isNegative(a) != f.isNegative(b);
    long sumHigh;
    long sumLow;
    if (negative == f.isNegative(c)) {
      sumLow = productLow + addendLow;
      sumHigh = productHigh + addendHigh + borrow(sumLow, addendLow);
    } else {
      sumLow = productLow - addendLow;
      sumHigh = productHigh - addendHigh - borrow(productLow, addendLow);
      if (sumHigh < 0) {
        negative = !negative;
        sumHigh = ~sumHigh + (sumLow == 0 ? 1 : 0);
        sumLow = -sumLow;
      }
    }
    if (sumHigh == 0) {
      if (sumLow == 0) {
        return f.zero(mode == Fpu.RDN);
      }
      return normalizeAndRound(f, negative, exponent - 62, sumLow >>> 1 | sumLow & 1, mode, fpu);
    }
    int shift = Long.numberOfLeadingZeros(sumHigh) - 1;
    long top = high(sumHigh, sumLow, shift) | jam(sumLow << shift);
    return round(f, negative, exponent - shift + 1, top, mode, fpu);
  }

  private static long borrow(long x, long y) {
    return Long.compareUnsigned(x, y) < 0 ? 1 : 0;
  }

  /** The upper half of (high, low) shifted left by less than 64. */
  private static long high(long high, long low, int shift) {
    return shift == 0 ? high : high << shift | low >>> (64 - shift);
  }

  /** The upper half of a 128-bit integer shifted right. */
  private static long high(long high, int shift) {
    return shift < 64 ? high >>> shift : 0;
  }

  /** The lower half of (high, low) shifted right, jammed. */
  private static long lowJam(long high, long low, int shift) {
    if (shift == 0) {
      return low;
    }
    if (shift < 64) {
      return high << (64 - shift) | low >>> shift | jam(low << (64 - shift));
    }
    return shiftRightJam(high, shift - 64) | jam(low);
  }

  /** 1 if any of the bits, all of them to be dropped, is set. */
  private static long jam(long dropped) {
    return dropped != 0 ? 1 : 0;
  }

  /** Shifts right by any distance not negative; what falls off is jammed. */
  static long shiftRightJam(long bits, int distance) {
    if (distance == 0) {
      return bits;
    }
    return distance < 64 ? bits >>> distance | jam(bits << (64 - distance)) : jam(bits);
  }

  static long normalizeAndRound(
      Format f, boolean negative, int exponent, long significand, int mode, Fpu fpu) {
    int shift = Long.numberOfLeadingZeros(significand) - 1;
    return round(f, negative, exponent - shift, significand << shift, mode, fpu);
  }

  /** Rounds the unpacked number to the format and raises NX, OF, UF (IEEE 754-2008, 4.3, 7.4). */
  private static long round(
      Format f, boolean negative, int exponent, long significand, int mode, Fpu fpu) {
    int biased = exponent + f.bias();
    if (biased <= 0) {
      return roundSubnormal(f, negative, biased, significand, mode, fpu);
    }
    int drop = Format.LEADING_BIT - f.fractionBits();
    long rounded = roundOff(significand, drop, negative, mode);
    // The hidden bit, and the carry out of an all-ones significand, add to the exponent field.
    long encoded = ((biased - 1L) << f.fractionBits()) + rounded;
    if (biased >= f.maximumExponent() || encoded >= f.infinity()) {
      fpu.raise(Fpu.OF | Fpu.NX);
      return f.zero(negative) | f.infinity() - (overflowsToMaximum(negative, mode) ? 1 : 0);
    }
    if (isInexact(significand, drop)) {
      fpu.raise(Fpu.NX);
    }
    return f.zero(negative) | encoded;
  }

  /**
   * Below the smallest normal number. Tininess is detected after rounding (unprivileged spec, F,
   * "Floating-Point Control and Status Register"): a result that would round up to the smallest
   * normal number even with the precision of a normal one is not tiny.
   */
  private static long roundSubnormal(
      Format f, boolean negative, int biased, long significand, int mode, Fpu fpu) {
    int drop = Format.LEADING_BIT - f.fractionBits();
    long shifted = shiftRightJam(significand, 1 - biased);
    if (isInexact(shifted, drop)) {
      boolean tiny = biased < 0 || roundOff(significand, drop, negative, mode) < 2 * f.hidden();
      fpu.raise(tiny ? Fpu.UF | Fpu.NX : Fpu.NX);
    }
    return f.zero(negative) | roundOff(shifted, drop, negative, mode);
  }

  /** Drops 1 to 63 low bits of a non-negative significand and rounds to what is left. */
  static long roundOff(long significand, int drop, boolean negative, int mode) {
    long half = 1L << (drop - 1);
    long dropped = significand & (half << 1) - 1;
    long truncated = significand >>> drop;
    boolean up =
        switch (mode) {
          case Fpu.RNE -> dropped > half || dropped == half && (truncated & 1) != 0;
          case Fpu.RDN -> negative && dropped != 0;
          case Fpu.RUP -> !negative && dropped != 0;
          case Fpu.RMM -> dropped >= half;
          default -> false;
        };
    return up ? truncated + 1 : truncated;
  }

  static boolean isInexact(long significand, int drop) {
    return significand << (64 - drop) != 0;
  }

  private static boolean overflowsToMaximum(boolean negative, int mode) {
    return switch (mode) {
      case Fpu.RNE, Fpu.RMM -> false;
      case Fpu.RDN -> !negative;
      case Fpu.RUP -> negative;
      default -> true;
    };
  }

  /** The sign of an exact zero sum (IEEE 754-2008, 6.3). */
  private static long zeroSum(Format f, boolean negativeA, boolean negativeB, int mode) {
    return f.zero(negativeA == negativeB ? negativeA : mode == Fpu.RDN);
  }

  /** The result of an operation with a NaN operand. */
  private static long propagate(Format f, long a, long b, Fpu fpu) {
    if (f.isSignaling(a) || f.isSignaling(b)) {
      fpu.raise(Fpu.NV);
    }
    return f.canonicalNan();
  }

  private static long invalid(Format f, Fpu fpu) {
    fpu.raise(Fpu.NV);
    return f.canonicalNan();
  }
}
