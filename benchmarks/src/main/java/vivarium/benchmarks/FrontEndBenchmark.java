package vivarium.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.Trap;
import vivarium.cpu.translation.graph.CodeSource;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Templates;
import vivarium.cpu.translation.graph.TraceBuilder;

/**
 * The translator's front end alone: decoding and making graphs, for every few instructions of the
 * guest {@code largecode} a trace. Warm it is time per guest instruction; cold it is one shot in a
 * new JVM, for {@link #INSTRUCTIONS} guest instructions together, reading the methods of the
 * instructions met included.
 */
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {JvmFlags.GC, JvmFlags.HUGE_METHODS, JvmFlags.NATIVE_ACCESS})
public class FrontEndBenchmark {
  static final int INSTRUCTIONS = 10_000;

  private static final int MAX_STEPS = 64;

  /** Every unit of the hart is ready. */
  private static final int READY = -1;

  private @Nullable GuestCode code;
  private @Nullable TraceBuilder warmBuilder;
  private int next;
  private int due;

  /** Reads the guest; the front end is not touched. */
  @Setup
  public void collect() {
    code = GuestCode.of("largecode", INSTRUCTIONS);
  }

  private static CodeSource source(GuestCode code) {
    return new CodeSource() {
      @Override
      public long load(long gpa, int bytes) {
        return code.load(gpa, bytes);
      }

      @Override
      public long secondPage(long va) {
        return GuestCode.page(va);
      }
    };
  }

  private static TraceBuilder newBuilder(GuestCode code) {
    Templates templates = Templates.of(code.instructionSet().table());
    return new TraceBuilder(code.instructionSet(), templates, HartBlock.MAX_REGISTERS, MAX_STEPS);
  }

  /** Builds traces of at least so many instructions together; returns how many more they had. */
  private int build(GuestCode code, TraceBuilder builder, int instructions) throws Trap {
    CodeSource source = source(code);
    List<Integer> addresses = code.addresses();
    int left = instructions;
    while (left > 0) {
      int at = addresses.get(next);
      Graph graph = builder.build(source, at, at, READY);
      int steps = Math.max(1, graph.stepCount());
      left -= steps;
      next = (next + steps) % addresses.size();
    }
    return left;
  }

  /** Time per guest instruction, everything compiled. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.NANOSECONDS)
  @OperationsPerInvocation(INSTRUCTIONS)
  @Warmup(iterations = 4, time = 1)
  @Measurement(iterations = 5, time = 1)
  public void warm() throws Trap {
    GuestCode known = java.util.Objects.requireNonNull(code);
    TraceBuilder builder = warmBuilder;
    if (builder == null) {
      builder = newBuilder(known);
      warmBuilder = builder;
    }
    due = build(known, builder, INSTRUCTIONS + due);
  }

  /** All ten thousand guest instructions, for the first time. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  @Warmup(iterations = 0)
  @Measurement(iterations = 1)
  @Fork(
      value = 5,
      jvmArgsAppend = {JvmFlags.GC, JvmFlags.HUGE_METHODS, JvmFlags.NATIVE_ACCESS})
  public void cold() throws Trap {
    GuestCode known = java.util.Objects.requireNonNull(code);
    due = build(known, newBuilder(known), INSTRUCTIONS);
  }
}
