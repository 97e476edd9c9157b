package vivarium.benchmarks;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import vivarium.api.fp.Fpu;

/**
 * Arithmetic of {@link Fpu}, in Java, as the interpreter and the bytecode back end use it: double
 * precision, on ordinary numbers whose results are mostly inexact. NX is sticky, so a guest is
 * nearly always in the cheap case {@code nx=true}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(FpuBenchmark.OPERANDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {JvmFlags.GC, JvmFlags.HUGE_METHODS, JvmFlags.NATIVE_ACCESS})
public class FpuBenchmark {
  static final int OPERANDS = 1024;
  private static final long SEED = 6;

  /** Whether the flag NX is already set when an operation begins. */
  @Param({"true", "false"})
  public boolean nx;

  /** The rounding mode: 0 is to nearest, even; 3 is up, as an example of the directed ones. */
  @Param({"0", "3"})
  public int rm;

  private final Fpu fpu = new Fpu();
  private final long[] operands = new long[OPERANDS + 2];

  /** Draws numbers between 1 and 2. */
  @Setup
  public void draw() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < operands.length; i++) {
      operands[i] = Double.doubleToRawLongBits(1 + random.nextDouble());
    }
  }

  private int flagsBefore() {
    return nx ? Fpu.NX : 0;
  }

  /** fadd.d. */
  @Benchmark
  public long add() {
    long sum = 0;
    for (int i = 0; i < OPERANDS; i++) {
      fpu.setFlags(flagsBefore());
      sum ^= fpu.add64(operands[i], operands[i + 1], rm);
    }
    return sum;
  }

  /** fmul.d. */
  @Benchmark
  public long multiply() {
    long sum = 0;
    for (int i = 0; i < OPERANDS; i++) {
      fpu.setFlags(flagsBefore());
      sum ^= fpu.mul64(operands[i], operands[i + 1], rm);
    }
    return sum;
  }

  /** fdiv.d. */
  @Benchmark
  public long divide() {
    long sum = 0;
    for (int i = 0; i < OPERANDS; i++) {
      fpu.setFlags(flagsBefore());
      sum ^= fpu.div64(operands[i], operands[i + 1], rm);
    }
    return sum;
  }

  /** fmadd.d. */
  @Benchmark
  public long multiplyAdd() {
    long sum = 0;
    for (int i = 0; i < OPERANDS; i++) {
      fpu.setFlags(flagsBefore());
      sum ^= fpu.fma64(operands[i], operands[i + 1], operands[i + 2], rm);
    }
    return sum;
  }
}
