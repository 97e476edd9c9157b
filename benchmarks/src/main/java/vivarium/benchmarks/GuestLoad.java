package vivarium.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What this host takes for one load from bounded off-heap memory: the unit in which guest loads are
 * measured, since absolute figures drift from host to host.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class GuestLoad {

  private static final int FRAME_BYTES = 4096;
  private static final int FRAMES = 256;

  private MemorySegment memory = MemorySegment.NULL;
  private int at;

  /** Allocates a memory that fits into the second-level cache, so that the check is seen. */
  @Setup
  public void allocate() {
    memory = Arena.ofAuto().allocate((long) FRAME_BYTES * FRAMES, FRAME_BYTES);
  }

  /** One aligned 64-bit load, with the segment's own bounds check. */
  @Benchmark
  public long load64() {
    at = (at + 520) & (FRAME_BYTES * FRAMES - 8);
    return memory.get(ValueLayout.JAVA_LONG, at);
  }
}
