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

/**
 * What leaves the engine's fast path costs, a loop's jump included: an access to a CSR, the round
 * trip of an {@code ecall} (its handler steps {@code mepc} on and returns), a load from a device.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(ExitBenchmark.ROUNDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {JvmFlags.GC, JvmFlags.HUGE_METHODS, JvmFlags.NATIVE_ACCESS})
public class ExitBenchmark {
  static final int ROUNDS = 10_000;

  /** Enough for every program's set-up. */
  private static final long STEPS_BEFORE = 1000;

  /** What leaves, by name. */
  public enum Event {
    /** Reading and writing a CSR. */
    CSR(
        2,
        """
        again:
          csrrw t1, mscratch, t0
          j again
        """),
    /** A call from M-mode to M-mode and the return. */
    ECALL(
        6,
        """
          la t0, handler
          csrw mtvec, t0
        again:
          ecall
          j again
          .align 2
        handler:
          csrr t0, mepc
          addi t0, t0, 4
          csrw mepc, t0
          mret
        """),
    /** A change of mode and back: from M-mode to S-mode by {@code mret}, and by {@code ecall}. */
    PRIVILEGE(
        3,
        """
          li t0, -1
          csrw pmpaddr0, t0
          li t0, 0x1f
          csrw pmpcfg0, t0
          la t0, handler
          csrw mtvec, t0
          la t1, again
          csrw mepc, t1
          li t0, 0x1800
          csrc mstatus, t0
          li t0, 0x800
          csrs mstatus, t0
          mret
        again:
          ecall
          .align 2
        handler:
          csrw mepc, t1
          mret
        """),
    /** {@code sfence.vma} of one address. */
    FENCE(
        2,
        """
          li t0, 0x90000000
        again:
          sfence.vma t0, zero
          j again
        """),
    /** A load from the UART's line status register. */
    DEVICE(
        2,
        """
          li a0, 0x10000000
        again:
          lbu t0, 5(a0)
          j again
        """);

    private final long stepsPerRound;
    private final String program;

    Event(long stepsPerRound, String program) {
      this.stepsPerRound = stepsPerRound;
      this.program = program;
    }
  }

  /** CPU strategy. */
  @Param({"interpretation", "translation-native", "translation-bytecode", "direct"})
  public String cpu = "";

  /** What leaves. */
  @Param public Event event = Event.CSR;

  private @Nullable BenchMachine machine;

  /** Assembles the machine. */
  @Setup
  public void power() {
    machine = BenchMachine.ofProgram(event.program, cpu, "nested");
    machine.run(STEPS_BEFORE);
  }

  /** Powers off. */
  @TearDown
  public void powerOff() {
    if (machine != null) {
      machine.close();
    }
  }

  /** Ten thousand rounds. */
  @Benchmark
  public void round() {
    java.util.Objects.requireNonNull(machine).run(ROUNDS * event.stepsPerRound);
  }
}
