package vivarium.api.fp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fast path against the integer-only one. System properties as in {@link FpuQemuTest}. */
class FpuReferenceTest {
  private static final long OPERATIONS = Long.getLong("vivarium.fp.operations", 1_000_000);

  private final Fpu fpu = new Fpu();
  private final Fpu reference = new Fpu();

  @ParameterizedTest
  @EnumSource
  void fastPathAgreesOnEveryEdgeValue(FpuOperation operation) {
    long[] edges = Operands.edges(operation);
    int seconds = operation.operands() == 1 ? 1 : edges.length;
    int thirds = operation.operands() == 3 ? edges.length : 1;
    for (long first : edges) {
      for (int second = 0; second < seconds; second++) {
        for (int third = 0; third < thirds; third++) {
          compareInAllModes(operation, first, edges[second], edges[third]);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void fastPathAgreesOnRandomValues(FpuOperation operation) {
    Operands operands = new Operands();
    long count = OPERATIONS / FpuOperation.values().length / 10;
    for (long i = 0; i < count; i++) {
      long[] values = operands.next(operation);
      compareInAllModes(operation, values[0], values[1], values[2]);
    }
  }

  /** With and without NX set, because the fast path looks at that. */
  private void compareInAllModes(FpuOperation operation, long a, long b, long c) {
    for (int mode = Fpu.RNE; mode <= Fpu.RMM; mode++) {
      compare(operation, a, b, c, mode, 0);
      compare(operation, a, b, c, mode, Fpu.NX);
    }
  }

  private void compare(FpuOperation operation, long a, long b, long c, int mode, int flags) {
    fpu.setFlags(flags);
    reference.setFlags(flags);
    long result = operation.apply(fpu, a, b, c, mode);
    long expected = operation.applySoftly(reference, a, b, c, mode);
    if (result != expected || fpu.flags() != reference.flags()) {
      assertThat(Outcome.of(result, fpu.flags()))
          .as("%s %x %x %x mode=%d flags=%d", operation, a, b, c, mode, flags)
          .isEqualTo(Outcome.of(expected, reference.flags()));
    }
  }
}
