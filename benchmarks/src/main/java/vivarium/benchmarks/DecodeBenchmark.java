package vivarium.benchmarks;

import java.util.ArrayList;
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
import org.openjdk.jmh.infra.Blackhole;
import vivarium.api.isa.InstructionTable;

/** Decoding compiled code (that of the guest {@code largecode}), one instruction after another. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(DecodeBenchmark.INSTRUCTIONS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {JvmFlags.GC, JvmFlags.HUGE_METHODS, JvmFlags.NATIVE_ACCESS})
public class DecodeBenchmark {
  static final int INSTRUCTIONS = 20_000;

  private @Nullable InstructionTable table;
  private final int[] bits = new int[INSTRUCTIONS];
  private final int[] lengths = new int[INSTRUCTIONS];

  /** Collects the bits of the instructions. */
  @Setup
  public void collect() {
    GuestCode code = GuestCode.of("largecode", INSTRUCTIONS);
    table = code.instructionSet().table();
    List<Integer> addresses = new ArrayList<>(code.addresses());
    for (int i = 0; i < INSTRUCTIONS; i++) {
      bits[i] = code.bits(addresses.get(i));
      lengths[i] = code.instructionSet().length(bits[i]);
    }
  }

  /** Twenty thousand instructions, decoded. */
  @Benchmark
  public void decode(Blackhole decoded) {
    InstructionTable known = java.util.Objects.requireNonNull(table);
    for (int i = 0; i < INSTRUCTIONS; i++) {
      decoded.consume(known.decode(bits[i], lengths[i]));
    }
  }
}
