package vivarium.testkit;

import java.util.Random;

/** Random operands, rich in the values at which something changes. */
final class RiscvValues {
  private static final double[] DOUBLES = {
    0,
    1,
    -1,
    0.5,
    1.5,
    2,
    3,
    0.1,
    1e10,
    -1e300,
    1e-300,
    Double.MIN_VALUE,
    Double.MIN_NORMAL,
    Double.MAX_VALUE,
    Double.POSITIVE_INFINITY,
    0x1p31,
    0x1p32,
    0x1p63,
    0x1p64,
    2147483647.5
  };
  private static final float[] FLOATS = {
    0,
    1,
    -1,
    0.5f,
    1.5f,
    2,
    3,
    0.1f,
    1e10f,
    -1e30f,
    1e-30f,
    Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    0x1p31f,
    0x1p32f,
    0x1p63f,
    0x1p64f
  };
  private static final long BOX = 0xffff_ffff_0000_0000L;

  private RiscvValues() {}

  static long integer(Random random) {
    long bits = random.nextLong();
    return switch (random.nextInt(6)) {
      case 0 -> bits;
      case 1 -> bits >> random.nextInt(64);
      case 2 -> bits >>> random.nextInt(64);
      case 3 -> 1L << random.nextInt(64);
      case 4 -> (1L << random.nextInt(64)) - 1 ^ (random.nextBoolean() ? 0 : -1);
      default -> random.nextInt(9) - 4;
    };
  }

  static long floating(Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> random.nextLong();
      case 1 -> BOX | random.nextInt() & 0xffff_ffffL;
      case 2, 3 -> Double.doubleToRawLongBits(sign(random) * DOUBLES[random.nextInt(20)]);
      case 4, 5 -> box((float) sign(random) * FLOATS[random.nextInt(19)]);
      case 6 -> Double.doubleToRawLongBits(random.nextGaussian() * Math.pow(2, random.nextInt(80)));
      case 7 -> box((float) (random.nextGaussian() * Math.pow(2, random.nextInt(80) - 20)));
      // Quiet and signaling NaNs with payloads.
      case 8 -> 0x7ff0_0000_0000_0001L | random.nextLong() & 0x800f_ffff_ffff_ffffL;
      default -> BOX | 0x7f80_0001L | random.nextInt() & 0x807f_ffffL;
    };
  }

  private static int sign(Random random) {
    return random.nextBoolean() ? 1 : -1;
  }

  private static long box(float value) {
    return BOX | Float.floatToRawIntBits(value) & 0xffff_ffffL;
  }
}
