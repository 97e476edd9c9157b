package vivarium.benchmarks;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.Mmu;

/**
 * Loads through {@link Mmu}, in S-mode under Sv39 with 4 KiB pages, where the TLB has the page and
 * where it does not. A miss is resolved by the memory strategy: nested walks the guest's tables,
 * shadow and protected find what they have made of them.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(MmuBenchmark.LOADS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {JvmFlags.GC, JvmFlags.HUGE_METHODS, JvmFlags.NATIVE_ACCESS})
public class MmuBenchmark {
  static final int LOADS = 1024;

  private static final long PAGE = GuestMemory.PAGE_BYTES;
  private static final int ENTRIES_OF_TABLE = 512;
  private static final long TABLES = BenchMachine.RAM_BASE + (128L << 20);

  /** The tables: a root, and below it one of two megabytes each, and their leaves. */
  private static final int LEAF_TABLES = 64;

  /** Twice as far apart as the TLB has entries: all pages at this distance share one. */
  private static final long CONFLICT_BYTES = 8192 * PAGE;

  private static final int CONFLICTS = 4;

  /** PTE: valid, readable, writable, executable, accessed and dirty. */
  private static final long LEAF = 0xcf;

  private static final long VALID = 1;

  /** Sets satp to the tables, lets S-mode reach all of memory, and goes there. */
  private static final String ENTER_PAGING =
      """
        li t0, -1
        csrw pmpaddr0, t0
        li t0, 0x1f
        csrw pmpcfg0, t0
        li t0, 0x8000000000088000
        csrw satp, t0
        li t0, 0x800
        csrs mstatus, t0
        la t0, inside
        csrw mepc, t0
        mret
      inside:
        j inside
      """;

  private static final long STEPS_TO_ENTER = 1000;

  /** Memory strategy. */
  @Param({"nested", "shadow", "protected"})
  public String memory = "";

  private @Nullable BenchMachine machine;
  private @Nullable Mmu mmu;

  /** Builds identity tables of the first 128 MiB of RAM and makes the guest use them. */
  @Setup
  public void power() {
    machine = BenchMachine.ofProgram(ENTER_PAGING, "interpretation", memory);
    buildTables(machine.machine().memory());
    machine.run(STEPS_TO_ENTER);
    mmu = machine.machine().harts().getFirst().mmu();
    if (!machine.machine().harts().getFirst().mode().equals("S")) {
      throw new IllegalStateException("the guest has not come to S-mode");
    }
  }

  /** Root at TABLES, then the table of the gigabyte, then the tables of leaves. */
  private static void buildTables(GuestMemory ram) {
    long middle = TABLES + PAGE;
    ram.store(TABLES + 8 * (BenchMachine.RAM_BASE >>> 30), 8, pointer(middle));
    for (int i = 0; i < LEAF_TABLES; i++) {
      long leaves = middle + PAGE * (1 + i);
      ram.store(middle + 8L * i, 8, pointer(leaves));
      for (int j = 0; j < ENTRIES_OF_TABLE; j++) {
        long page = BenchMachine.RAM_BASE + PAGE * ((long) i * ENTRIES_OF_TABLE + j);
        ram.store(leaves + 8L * j, 8, page >>> 2 | LEAF);
      }
    }
  }

  private static long pointer(long table) {
    return table >>> 2 | VALID;
  }

  /** Powers off. */
  @TearDown
  public void powerOff() {
    if (machine != null) {
      machine.close();
    }
  }

  /** Loads from 16 pages in turn. */
  @Benchmark
  public long hit() {
    Mmu way = java.util.Objects.requireNonNull(mmu);
    long sum = 0;
    for (int i = 0; i < LOADS; i++) {
      sum += way.load64(BenchMachine.RAM_BASE + (i & 15) * (PAGE + 8));
    }
    return sum;
  }

  /** Loads from pages of which the TLB can keep one only, in turn. */
  @Benchmark
  public long miss() {
    Mmu way = java.util.Objects.requireNonNull(mmu);
    long sum = 0;
    for (int i = 0; i < LOADS; i++) {
      sum += way.load64(BenchMachine.RAM_BASE + i % CONFLICTS * CONFLICT_BYTES);
    }
    return sum;
  }
}
