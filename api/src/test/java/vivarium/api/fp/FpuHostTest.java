package vivarium.api.fp;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@link Fpu} against Java: rounding to nearest against the language's own arithmetic, the other
 * modes, NX and UF against exact decimal numbers. System properties as in {@link FpuQemuTest}.
 */
class FpuHostTest {
  private static final long OPERATIONS = Long.getLong("vivarium.fp.operations", 100_000);
  private static final String ARITHMETIC = "(ADD|SUB|MUL|DIV|SQRT|FMA)(32|64)";

  private final Fpu fpu = new Fpu();

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = ARITHMETIC)
  void nearestEvenIsWhatJavaComputes(FpuOperation operation) {
    forRandomOperands(
        operation,
        OPERATIONS,
        values -> {
          fpu.setFlags(values[0] < 0 ? 0 : Fpu.NX);
          assertThat(operation.apply(fpu, values[0], values[1], values[2], Fpu.RNE))
              .as(describe(operation, values))
              .isEqualTo(java(operation, values));
        });
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = ARITHMETIC)
  void everyModeIsTheRightNeighbourOfTheExactResult(FpuOperation operation) {
    forRandomOperands(
        operation,
        OPERATIONS / 5,
        values -> {
          if (isFinite(operation, values)) {
            for (int mode = Fpu.RNE; mode <= Fpu.RMM; mode++) {
              checkNeighbour(operation, values, mode);
            }
          }
        });
  }

  private interface OperandsConsumer {
    void accept(long[] operands);
  }

  private static void forRandomOperands(
      FpuOperation operation, long operations, OperandsConsumer consumer) {
    Operands operands = new Operands();
    for (long i = 0; i < operations / FpuOperation.values().length; i++) {
      consumer.accept(operands.next(operation));
    }
  }

  private static String describe(FpuOperation operation, long[] values) {
    return "%s %x %x %x".formatted(operation, values[0], values[1], values[2]);
  }

  private static long java(FpuOperation operation, long[] values) {
    double x = Double.longBitsToDouble(values[0]);
    double y = Double.longBitsToDouble(values[1]);
    double z = Double.longBitsToDouble(values[2]);
    float p = Float.intBitsToFloat(Fpu.unbox(values[0]));
    float q = Float.intBitsToFloat(Fpu.unbox(values[1]));
    float r = Float.intBitsToFloat(Fpu.unbox(values[2]));
    return switch (operation) {
      case ADD64 -> Double.doubleToLongBits(x + y);
      case SUB64 -> Double.doubleToLongBits(x - y);
      case MUL64 -> Double.doubleToLongBits(x * y);
      case DIV64 -> Double.doubleToLongBits(x / y);
      case SQRT64 -> Double.doubleToLongBits(Math.sqrt(x));
      case FMA64 -> Double.doubleToLongBits(Math.fma(x, y, z));
      case ADD32 -> Fpu.box(Float.floatToIntBits(p + q));
      case SUB32 -> Fpu.box(Float.floatToIntBits(p - q));
      case MUL32 -> Fpu.box(Float.floatToIntBits(p * q));
      case DIV32 -> Fpu.box(Float.floatToIntBits(p / q));
      case SQRT32 -> Fpu.box(Float.floatToIntBits((float) Math.sqrt(p)));
      case FMA32 -> Fpu.box(Float.floatToIntBits(Math.fma(p, q, r)));
      default -> throw new IllegalArgumentException(operation.toString());
    };
  }

  private static boolean isNarrow(FpuOperation operation) {
    return operation.operandKind() == 's';
  }

  private static double value(FpuOperation operation, long register) {
    return isNarrow(operation)
        ? Float.intBitsToFloat(Fpu.unbox(register))
        : Double.longBitsToDouble(register);
  }

  private static boolean isFinite(FpuOperation operation, long[] values) {
    for (int i = 0; i < operation.operands(); i++) {
      if (!Double.isFinite(value(operation, values[i]))) {
        return false;
      }
    }
    return true;
  }

  private static double nextUp(FpuOperation operation, double value) {
    return isNarrow(operation) ? Math.nextUp((float) value) : Math.nextUp(value);
  }

  private static double nextDown(FpuOperation operation, double value) {
    return isNarrow(operation) ? Math.nextDown((float) value) : Math.nextDown(value);
  }

  private void checkNeighbour(FpuOperation operation, long[] values, int mode) {
    fpu.setFlags(0);
    long register = operation.apply(fpu, values[0], values[1], values[2], mode);
    double result = value(operation, register);
    double up = nextUp(operation, result);
    double down = nextDown(operation, result);
    if (!Double.isFinite(up) || !Double.isFinite(down)) {
      return; // Overflow and invalid operations have no exact neighbours.
    }
    int side = side(operation, values, exact(result));
    boolean right =
        switch (direction(operation, values, mode)) {
          case Fpu.RDN -> side >= 0 && side(operation, values, exact(up)) < 0;
          case Fpu.RUP -> side <= 0 && side(operation, values, exact(down)) > 0;
          default -> {
            boolean even = (register & 1) == 0;
            yield isNearest(operation, values, result, down, mode, even)
                && isNearest(operation, values, result, up, mode, even);
          }
        };
    String description =
        "%s mode=%d result=%x".formatted(describe(operation, values), mode, register);
    assertThat(right).as(description).isTrue();
    double smallestNormal = isNarrow(operation) ? Float.MIN_NORMAL : Double.MIN_NORMAL;
    if (Math.abs(result) != smallestNormal) {
      boolean tiny = Math.abs(result) < smallestNormal;
      int inexact = tiny ? Fpu.UF | Fpu.NX : Fpu.NX;
      assertThat(fpu.flags()).as(description).isEqualTo(side == 0 ? 0 : inexact);
    }
  }

  /** Rounding towards zero is rounding down or up, by the sign of the exact result. */
  private static int direction(FpuOperation operation, long[] values, int mode) {
    if (mode != Fpu.RTZ) {
      return mode;
    }
    return side(operation, values, BigDecimal.ZERO) >= 0 ? Fpu.RDN : Fpu.RUP;
  }

  /** Whether the exact result lies on the result's side of the midpoint to its neighbour. */
  private static boolean isNearest(
      FpuOperation operation,
      long[] values,
      double result,
      double neighbour,
      int mode,
      boolean even) {
    BigDecimal midpoint = exact(result).add(exact(neighbour)).multiply(new BigDecimal("0.5"));
    int side = side(operation, values, midpoint);
    if (side == 0) {
      return mode == Fpu.RNE ? even : Math.abs(result) > Math.abs(neighbour);
    }
    return side > 0 == result > neighbour;
  }

  private static BigDecimal exact(double value) {
    return new BigDecimal(value);
  }

  /** The sign of the exact result minus the candidate. */
  private static int side(FpuOperation operation, long[] values, BigDecimal candidate) {
    BigDecimal x = exact(value(operation, values[0]));
    BigDecimal y = operation.operands() > 1 ? exact(value(operation, values[1])) : x;
    return switch (operation) {
      case ADD64, ADD32 -> x.add(y).compareTo(candidate);
      case SUB64, SUB32 -> x.subtract(y).compareTo(candidate);
      case MUL64, MUL32 -> x.multiply(y).compareTo(candidate);
      case DIV64, DIV32 -> x.compareTo(candidate.multiply(y)) * y.signum();
      case SQRT64, SQRT32 ->
          candidate.signum() < 0 ? 1 : x.compareTo(candidate.multiply(candidate));
      case FMA64, FMA32 ->
          x.multiply(y).add(exact(value(operation, values[2]))).compareTo(candidate);
      default -> throw new IllegalArgumentException(operation.toString());
    };
  }
}
