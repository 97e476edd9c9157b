package vivarium.api.fp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@link Fpu} by the sentences of the specification, on values that a reader can check. */
class FpuTest {
  private static final long CANONICAL_NAN = 0x7ff8_0000_0000_0000L;
  private static final long SIGNALING_NAN = 0x7ff0_0000_0000_0001L;
  private static final long QUIET_NAN = 0xfff8_0000_0000_1234L;

  private final Fpu fpu = new Fpu();

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  private static int bits(float value) {
    return Float.floatToRawIntBits(value);
  }

  @Test
  void resetStateIsNoFlagsAndNearestEven() {
    assertThat(fpu.flags()).isZero();
    assertThat(fpu.roundingMode()).isEqualTo(Fpu.RNE);
  }

  @Test
  void flagsKeepFiveBitsAndTheRoundingModeThree() {
    fpu.setFlags(-1);
    fpu.setRoundingMode(-1);
    assertThat(fpu.flags()).isEqualTo(0x1f);
    assertThat(fpu.roundingMode()).isEqualTo(7);
  }

  @Test
  void flagsStickUntilTheyAreReplaced() {
    fpu.div64(bits(1.0), bits(0.0), Fpu.RNE);
    fpu.add64(bits(0.1), bits(0.2), Fpu.RNE);
    fpu.add64(bits(1.0), bits(1.0), Fpu.RNE);
    assertThat(fpu.flags()).isEqualTo(Fpu.DZ | Fpu.NX);
    fpu.raise(Fpu.OF);
    assertThat(fpu.flags()).isEqualTo(Fpu.DZ | Fpu.NX | Fpu.OF);
    fpu.setFlags(0);
    assertThat(fpu.flags()).isZero();
  }

  @Test
  void exactResultsRaiseNothing() {
    assertThat(fpu.fma64(bits(3.0), bits(5.0), bits(-7.0), Fpu.RNE)).isEqualTo(bits(8.0));
    assertThat(fpu.sqrt64(bits(81.0), Fpu.RNE)).isEqualTo(bits(9.0));
    assertThat(fpu.div32(bits(1f), bits(4f), Fpu.RNE)).isEqualTo(bits(0.25f));
    assertThat(fpu.flags()).isZero();
  }

  @Test
  void dynamicModeIsTheOneOfTheUnitAndAStaticModeOverridesIt() {
    long third = bits(1.0 / 3.0);
    fpu.setRoundingMode(Fpu.RUP);
    assertThat(fpu.div64(bits(1.0), bits(3.0), Fpu.DYN)).isEqualTo(third + 1);
    assertThat(fpu.div64(bits(1.0), bits(3.0), Fpu.RDN)).isEqualTo(third);
    assertThat(fpu.div64(bits(1.0), bits(3.0), Fpu.RNE)).isEqualTo(third);
  }

  @Test
  void tiesGoToEvenOrAwayFromZeroByMode() {
    assertThat(fpu.toInt64From64(bits(2.5), Fpu.RNE)).isEqualTo(2);
    assertThat(fpu.toInt64From64(bits(2.5), Fpu.RMM)).isEqualTo(3);
    assertThat(fpu.toInt64From64(bits(-2.5), Fpu.RMM)).isEqualTo(-3);
    assertThat(fpu.flags()).isEqualTo(Fpu.NX);
  }

  @Test
  void exactCancellationIsNegativeZeroOnlyWhenRoundingDown() {
    assertThat(fpu.sub64(bits(1.0), bits(1.0), Fpu.RNE)).isEqualTo(bits(0.0));
    assertThat(fpu.sub64(bits(1.0), bits(1.0), Fpu.RDN)).isEqualTo(bits(-0.0));
    assertThat(fpu.flags()).isZero();
  }

  @Test
  void everyNanResultIsCanonicalAndOnlySignalingNansAreInvalid() {
    assertThat(fpu.add64(QUIET_NAN, bits(1.0), Fpu.RNE)).isEqualTo(CANONICAL_NAN);
    assertThat(fpu.to32From64(QUIET_NAN, Fpu.RNE)).isEqualTo(0x7fc0_0000);
    assertThat(fpu.flags()).isZero();
    assertThat(fpu.add64(SIGNALING_NAN, bits(1.0), Fpu.RNE)).isEqualTo(CANONICAL_NAN);
    assertThat(fpu.flags()).isEqualTo(Fpu.NV);
  }

  @Test
  void infinityTimesZeroPlusQuietNanIsInvalid() {
    fpu.fma64(bits(Double.POSITIVE_INFINITY), bits(0.0), QUIET_NAN, Fpu.RNE);
    assertThat(fpu.flags()).isEqualTo(Fpu.NV);
  }

  @Test
  void overflowGivesInfinityOrTheLargestNumberByMode() {
    long largest = bits(Double.MAX_VALUE);
    assertThat(fpu.add64(largest, largest, Fpu.RTZ)).isEqualTo(largest);
    assertThat(fpu.flags()).isEqualTo(Fpu.OF | Fpu.NX);
    assertThat(fpu.add64(largest, largest, Fpu.RNE)).isEqualTo(bits(Double.POSITIVE_INFINITY));
  }

  @Test
  void tininessIsDetectedAfterRounding() {
    long smallest = bits(Double.MIN_NORMAL);
    long belowOne = bits(1.0) - 1;
    assertThat(fpu.mul64(smallest + 1, belowOne, Fpu.RNE)).isEqualTo(smallest);
    assertThat(fpu.flags()).isEqualTo(Fpu.NX);
    assertThat(fpu.mul64(smallest, belowOne, Fpu.RNE)).isEqualTo(smallest);
    assertThat(fpu.flags()).isEqualTo(Fpu.NX | Fpu.UF);
  }

  @Test
  void minimumAndMaximumPreferNumbersAndOrderZeros() {
    assertThat(fpu.min64(bits(0.0), bits(-0.0))).isEqualTo(bits(-0.0));
    assertThat(fpu.max64(bits(-0.0), bits(0.0))).isEqualTo(bits(0.0));
    assertThat(fpu.min64(QUIET_NAN, bits(1.0))).isEqualTo(bits(1.0));
    assertThat(fpu.max64(QUIET_NAN, QUIET_NAN)).isEqualTo(CANONICAL_NAN);
    assertThat(fpu.flags()).isZero();
    assertThat(fpu.min64(SIGNALING_NAN, bits(1.0))).isEqualTo(bits(1.0));
    assertThat(fpu.flags()).isEqualTo(Fpu.NV);
  }

  @Test
  void equalityIsQuietAndOrderSignals() {
    assertThat(fpu.eq64(QUIET_NAN, QUIET_NAN)).isZero();
    assertThat(fpu.flags()).isZero();
    assertThat(fpu.le64(QUIET_NAN, QUIET_NAN)).isZero();
    assertThat(fpu.flags()).isEqualTo(Fpu.NV);
  }

  @Test
  void conversionsOutOfRangeSaturateAndAreOnlyInvalid() {
    assertThat(fpu.toInt32From64(bits(3e9), Fpu.RTZ)).isEqualTo(Integer.MAX_VALUE);
    assertThat(fpu.toInt32From64(QUIET_NAN, Fpu.RTZ)).isEqualTo(Integer.MAX_VALUE);
    assertThat(fpu.toUint64From64(bits(-1.0), Fpu.RTZ)).isZero();
    assertThat(fpu.toUint64From32(bits(1e20f), Fpu.RTZ)).isEqualTo(-1);
    assertThat(fpu.flags()).isEqualTo(Fpu.NV);
  }

  @Test
  void unsignedWordsAreSignExtended() {
    assertThat(fpu.toUint32From64(bits(4294967295.0), Fpu.RTZ)).isEqualTo(-1);
    assertThat(fpu.uint32To64(-1)).isEqualTo(bits(4294967295.0));
    assertThat(fpu.flags()).isZero();
  }

  @Test
  void classesAreNumberedFromNegativeInfinityToQuietNan() {
    assertThat(fpu.class64(bits(Double.NEGATIVE_INFINITY))).isEqualTo(1);
    assertThat(fpu.class64(bits(-1.0))).isEqualTo(1 << 1);
    assertThat(fpu.class64(bits(-Double.MIN_VALUE))).isEqualTo(1 << 2);
    assertThat(fpu.class64(bits(-0.0))).isEqualTo(1 << 3);
    assertThat(fpu.class32(bits(0f))).isEqualTo(1 << 4);
    assertThat(fpu.class32(bits(Float.MIN_VALUE))).isEqualTo(1 << 5);
    assertThat(fpu.class32(bits(1f))).isEqualTo(1 << 6);
    assertThat(fpu.class32(bits(Float.POSITIVE_INFINITY))).isEqualTo(1 << 7);
    assertThat(fpu.class64(SIGNALING_NAN)).isEqualTo(1 << 8);
    assertThat(fpu.class64(QUIET_NAN)).isEqualTo(1 << 9);
  }

  @Test
  void aRegisterThatIsNotBoxedReadsAsTheCanonicalNan() {
    assertThat(Fpu.box(bits(-1f))).isEqualTo(0xffff_ffff_bf80_0000L);
    assertThat(Fpu.unbox(0xffff_ffff_bf80_0000L)).isEqualTo(bits(-1f));
    assertThat(Fpu.unbox(0xffff_fffe_bf80_0000L)).isEqualTo(0x7fc0_0000);
    assertThat(Fpu.unbox(0x3f80_0000L)).isEqualTo(0x7fc0_0000);
  }
}
