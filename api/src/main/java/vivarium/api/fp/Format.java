package vivarium.api.fp;

/**
 * One IEEE 754-2008 binary interchange format, with what the exact arithmetic needs to take its
 * encodings apart. Encodings travel as {@code long}; those of binary32 have zeros in the upper 32
 * bits.
 *
 * <p>Finite non-zero operands are unpacked to {@code significand * 2^(exponent - 62)}: the
 * significand's leading bit is bit {@value #LEADING_BIT}, whatever the format and also for
 * subnormals, so that the arithmetic knows no formats.
 *
 * @param fractionBits bits of the fraction field: t in IEEE 754-2008, 3.4
 * @param maximumExponent the biased exponent of infinities and NaNs
 * @param bias the exponent bias
 * @param canonicalNan the only NaN that RISC-V arithmetic produces (unprivileged spec, F, "NaN
 *     Generation and Propagation")
 */
record Format(int fractionBits, int maximumExponent, int bias, long canonicalNan) {
  /** Where the leading bit of an unpacked significand stands. */
  static final int LEADING_BIT = 62;

  static final Format BINARY32 = new Format(23, 0xff, 127, 0x7fc0_0000L);
  static final Format BINARY64 = new Format(52, 0x7ff, 1023, 0x7ff8_0000_0000_0000L);

  /** The implicit leading bit of a normal number, also the weight of one biased exponent step. */
  long hidden() {
    return 1L << fractionBits;
  }

  long infinity() {
    return (long) maximumExponent << fractionBits;
  }

  long signBit() {
    return (maximumExponent + 1L) << fractionBits;
  }

  boolean isNegative(long bits) {
    return (bits & signBit()) != 0;
  }

  long magnitude(long bits) {
    return bits & (signBit() - 1);
  }

  boolean isNan(long bits) {
    return magnitude(bits) > infinity();
  }

  /** A NaN whose quiet bit is clear. */
  boolean isSignaling(long bits) {
    return isNan(bits) && (bits & (hidden() >>> 1)) == 0;
  }

  boolean isInfinite(long bits) {
    return magnitude(bits) == infinity();
  }

  boolean isZero(long bits) {
    return magnitude(bits) == 0;
  }

  long zero(boolean negative) {
    return negative ? signBit() : 0;
  }

  long infinity(boolean negative) {
    return zero(negative) | infinity();
  }

  int biasedExponent(long bits) {
    return (int) (magnitude(bits) >>> fractionBits);
  }

  long fraction(long bits) {
    return bits & (hidden() - 1);
  }

  /** The unpacked exponent of a finite, non-zero number: floor(log2(|value|)). */
  int exponent(long bits) {
    int biased = biasedExponent(bits);
    return biased != 0
        ? biased - bias
        : 64 - Long.numberOfLeadingZeros(fraction(bits)) - bias - fractionBits;
  }

  /** The unpacked significand of a finite, non-zero number. */
  long significand(long bits) {
    long fraction = fraction(bits);
    return biasedExponent(bits) != 0
        ? (fraction | hidden()) << (LEADING_BIT - fractionBits)
        : fraction << (Long.numberOfLeadingZeros(fraction) - 1);
  }
}
