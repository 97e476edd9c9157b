package vivarium.benchmarks;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A guest in steady state, a million steps at a time, through the monitor's own run loop. What is
 * reported as {@code mips} is millions of guest instructions in a second.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {JvmFlags.GC, JvmFlags.HUGE_METHODS, JvmFlags.NATIVE_ACCESS})
public abstract class SteadyGuest {
  private static final long STEPS = 1_000_000;

  private @Nullable BenchMachine machine;

  /** Millions of guest instructions. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Instructions {
    /** Counted up by each invocation; JMH divides by time. */
    public long mips;
  }

  /** Called by the subclass's set-up. */
  final void power(String guest, String cpu) {
    power(guest, cpu, "nested");
  }

  /** The same under any memory strategy. */
  final void power(String guest, String cpu, String memoryStrategy) {
    machine = BenchMachine.ofGuest(guest, cpu, memoryStrategy);
  }

  /** Powers off. */
  @TearDown
  public void powerOff() {
    if (machine != null) {
      machine.close();
    }
  }

  /** A million guest instructions. */
  @Benchmark
  public void guest(Instructions counted) {
    java.util.Objects.requireNonNull(machine).run(STEPS);
    counted.mips++;
  }
}
