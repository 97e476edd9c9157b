package vivarium.api.fp;

import java.util.Random;

/** Operands for the tests: edge values, and random ones that meet often enough to matter. */
final class Operands {
  /** From system property {@code vivarium.fp.seed}; printed, so that a failure can be had again. */
  static final long SEED = Long.getLong("vivarium.fp.seed", new Random().nextLong());

  static {
    System.out.println("random operands: -Dvivarium.fp.seed=" + SEED);
  }

  /** 42 values of binary64, each followed by its negation. */
  static final long[] EDGES_64 =
      withNegations(
          0L, // 0
          1L, // the smallest subnormal
          2L,
          0x0008_0000_0000_0001L,
          0x000f_ffff_ffff_ffffL, // the largest subnormal
          0x0010_0000_0000_0000L, // the smallest normal
          0x0010_0000_0000_0001L,
          0x0020_0000_0000_0000L,
          0x1fff_ffff_ffff_ffffL,
          0x36a0_0000_0000_0000L, // the smallest subnormal of binary32
          0x380f_ffff_f000_0000L, // just below the smallest normal of binary32
          0x3fdf_ffff_ffff_ffffL, // just below 1/2
          0x3fe0_0000_0000_0000L, // 1/2
          0x3fef_ffff_ffff_ffffL, // just below 1
          0x3ff0_0000_0000_0000L, // 1
          0x3ff0_0000_0000_0001L, // just above 1
          0x3ff8_0000_0000_0000L, // 1.5
          0x4000_0000_0000_0000L, // 2
          0x4008_0000_0000_0000L, // 3
          0x41df_ffff_ffe0_0000L, // 2^31 - 1/2
          0x41e0_0000_0000_0000L, // 2^31
          0x41ef_ffff_fff0_0000L, // 2^32 - 1/2
          0x41f0_0000_0000_0000L, // 2^32
          0x4330_0000_0000_0001L, // 2^52 + 1
          0x43df_ffff_ffff_ffffL, // just below 2^63
          0x43e0_0000_0000_0000L, // 2^63
          0x43ef_ffff_ffff_ffffL, // just below 2^64
          0x43f0_0000_0000_0000L, // 2^64
          0x47ef_ffff_efff_ffffL, // just below what overflows binary32
          0x47ef_ffff_f000_0000L,
          0x5fe0_0000_0000_0000L,
          0x7fe0_0000_0000_0000L,
          0x7fef_ffff_ffff_fffeL,
          0x7fef_ffff_ffff_ffffL, // the largest finite
          0x7ff0_0000_0000_0000L, // infinity
          0x7ff0_0000_0000_0001L, // signaling NaNs
          0x7ff4_0000_0000_0000L,
          0x7ff8_0000_0000_0000L, // quiet NaNs
          0x7fff_ffff_ffff_ffffL);

  /** Boxed values of binary32, each with its negation, and some registers without a box. */
  static final long[] EDGES_32 = edges32();

  static final long[] EDGES_INTEGER =
      withNegations(
          0L,
          1L,
          2L,
          (1L << 24) - 1,
          (1L << 24) + 1,
          (1L << 25) + 2,
          (1L << 25) + 6,
          (1L << 31) - 1,
          1L << 31,
          (1L << 32) - 1,
          1L << 32,
          (1L << 53) - 1,
          (1L << 53) + 1,
          (1L << 54) + 2,
          (1L << 54) + 6,
          (1L << 62) + 1,
          Long.MAX_VALUE - 0x3ff,
          Long.MAX_VALUE,
          -0x400L,
          -0x80_0000_0001L);

  private final Random random = new Random(SEED);

  static long[] edges(FpuOperation operation) {
    return switch (operation.operandKind()) {
      case 'd' -> EDGES_64;
      case 's' -> EDGES_32;
      default -> EDGES_INTEGER;
    };
  }

  private static long[] withNegations(long... values) {
    long[] both = new long[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      both[2 * i] = values[i];
      // For integers near the sign bit this gives other edges: all to the good.
      both[2 * i + 1] = values[i] ^ Long.MIN_VALUE;
    }
    return both;
  }

  private static long[] edges32() {
    int[] values = {
      0,
      1,
      2,
      0x0040_0001,
      0x007f_ffff,
      0x0080_0000,
      0x0080_0001,
      0x0100_0000,
      0x1fff_ffff,
      0x3eff_ffff,
      0x3f00_0000,
      0x3f7f_ffff,
      0x3f80_0000,
      0x3f80_0001,
      0x3fc0_0000,
      0x4000_0000,
      0x4040_0000,
      0x4b00_0001,
      0x4eff_ffff,
      0x4f00_0000,
      0x4f7f_ffff,
      0x4f80_0000,
      0x5eff_ffff,
      0x5f00_0000,
      0x5f7f_ffff,
      0x5f80_0000,
      0x6000_0000,
      0x7f00_0000,
      0x7f7f_fffe,
      0x7f7f_ffff,
      0x7f80_0000,
      0x7f80_0001,
      0x7fa0_0000,
      0x7fc0_0000,
      0x7fff_ffff
    };
    long[] edges = new long[2 * values.length + 3];
    for (int i = 0; i < values.length; i++) {
      edges[2 * i] = Fpu.box(values[i]);
      edges[2 * i + 1] = Fpu.box(values[i] ^ Integer.MIN_VALUE);
    }
    edges[edges.length - 3] = 0x3f80_0000L;
    edges[edges.length - 2] = 0xffff_fffe_3f80_0000L;
    edges[edges.length - 1] = Double.doubleToRawLongBits(1.5);
    return edges;
  }

  /** Three random operands for the operation; related to each other more often than by chance. */
  long[] next(FpuOperation operation) {
    long[] operands = new long[3];
    for (int i = 0; i < 3; i++) {
      operands[i] = next(operation, operands[0], i == 2 ? operands[1] : 0);
    }
    return operands;
  }

  private long next(FpuOperation operation, long first, long second) {
    char kind = operation.operandKind();
    if (kind == 'x') {
      return random.nextLong() >> random.nextInt(64);
    }
    boolean narrow = kind == 's';
    long[] edges = edges(operation);
    return switch (random.nextInt(narrow ? 9 : 8)) {
      case 0 -> edges[random.nextInt(edges.length)];
      case 1 -> edges[random.nextInt(edges.length)] ^ random.nextInt(8);
      case 2 -> number(narrow, random.nextInt(2001) - 1000);
      case 3 -> withExponent(narrow, exponent(narrow, first) + random.nextInt(9) - 4);
      case 4 -> withExponent(narrow, exponent(narrow, first) + random.nextInt(121) - 60);
      case 5 -> addend(narrow, first, second);
      case 6 -> sparse(narrow);
      case 7 -> narrow ? Fpu.box(random.nextInt()) : random.nextLong();
      default -> random.nextLong();
    };
  }

  private static long number(boolean narrow, int value) {
    return narrow
        ? Fpu.box(Float.floatToRawIntBits(value / 4f))
        : Double.doubleToRawLongBits(value / 4.0);
  }

  private static int exponent(boolean narrow, long bits) {
    return narrow ? (int) (bits >>> 23) & 0xff : (int) (bits >>> 52) & 0x7ff;
  }

  private long withExponent(boolean narrow, int exponent) {
    long bits = random.nextLong();
    return narrow
        ? Fpu.box((int) bits & 0x807f_ffff | (exponent & 0xff) << 23)
        : bits & 0x800f_ffff_ffff_ffffL | (exponent & 0x7ffL) << 52;
  }

  /** An addend that nearly cancels the product of the other two. */
  private long addend(boolean narrow, long first, long second) {
    int nudge = random.nextInt(5) - 2;
    if (narrow) {
      float x = Float.intBitsToFloat((int) first);
      float product = second == 0 ? -x : -x * Float.intBitsToFloat((int) second);
      return Fpu.box(Float.floatToRawIntBits(product) + nudge);
    }
    double x = Double.longBitsToDouble(first);
    double product = second == 0 ? -x : -x * Double.longBitsToDouble(second);
    return Double.doubleToRawLongBits(product) + nudge;
  }

  /** A number with few bits set: exact results and ties. */
  private long sparse(boolean narrow) {
    int exponent = random.nextInt(80) + (narrow ? 87 : 983);
    long bits = withExponent(narrow, exponent);
    long mask = narrow ? ~0L << (8 + random.nextInt(15)) : ~0L << (20 + random.nextInt(32));
    return narrow ? Fpu.box((int) (bits & mask)) : bits & mask;
  }
}
