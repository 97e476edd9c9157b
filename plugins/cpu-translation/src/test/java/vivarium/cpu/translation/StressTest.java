package vivarium.cpu.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.isa.HartBlock;
import vivarium.core.memory.HostLoan;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.LockStep;
import vivarium.testkit.TestMachine;

/**
 * A guest that rewrites its code, traps and interrupts itself at random, while another thread asks
 * its engine for attention at random: nothing of that may show. {@code mvn -Pstress} does it longer
 * and under a hostile HotSpot.
 */
class StressTest {
  private static final int RAM_BYTES = 4 << 20;
  private static final int CHUNKS = 150 * Integer.getInteger("vivarium.stress", 1);
  private static final int MOST_STEPS = 10_000;
  private static final HostLoan HOST = new HostLoan();

  /**
   * Sixteen functions of seven instructions in one page, which also holds data. Each round patches
   * an instruction of one of them, calls it, and may trap or interrupt itself.
   */
  private static final String GUEST =
      """
        la t0, handler
        csrw mtvec, t0
        csrwi mie, 2
        csrsi mstatus, 8
        li s0, 0x2545f4914f6cdd1d
        li s1, 0x80101000
        mv t1, s1
        li t2, 16
        li t3, 0x00150513
        li t4, 0x00008067
      fill:
        sw t3, 0(t1)
        sw t3, 4(t1)
        sw t3, 8(t1)
        sw t3, 12(t1)
        sw t3, 16(t1)
        sw t3, 20(t1)
        sw t3, 24(t1)
        sw t4, 28(t1)
        addi t1, t1, 32
        addi t2, t2, -1
        bnez t2, fill
        fence.i
      round:
        slli t0, s0, 13
        xor s0, s0, t0
        srli t0, s0, 7
        xor s0, s0, t0
        slli t0, s0, 17
        xor s0, s0, t0
        andi t1, s0, 15
        slli t1, t1, 5
        add t1, t1, s1
        srli t2, s0, 8
        andi t2, t2, 7
        li t5, 7
        beq t2, t5, traps
        srli t3, s0, 20
        slli t3, t3, 52
        srli t3, t3, 32
        li t4, 0x50513
        or t3, t3, t4
        slli t5, t2, 2
        add t5, t1, t5
        sw t3, 0(t5)
        andi t6, s0, 0x40
        beqz t6, call
        fence.i
      call:
        jalr ra, 0(t1)
        sd a0, 1024(s1)
        ld a1, 1020(s1)
        add s2, s2, a1
        j round
      traps:
        srli t2, s0, 11
        andi t2, t2, 3
        beqz t2, soft
        addi t2, t2, -1
        beqz t2, illegal
        addi t2, t2, -1
        beqz t2, call_monitor
        li t3, 0x1000
        ld t4, 0(t3)
        j round
      soft:
        csrsi mip, 2
        add s2, s2, s3
        j round
      illegal:
        .word 0
        j round
      call_monitor:
        ecall
        j round
        .align 2
      handler:
        csrr gp, mcause
        xor s3, s3, gp
        addi s3, s3, 1
        bltz gp, interrupt
        csrr gp, mepc
        addi gp, gp, 4
        csrw mepc, gp
        mret
      interrupt:
        csrr gp, minstret
        add s4, s4, gp
        csrci mip, 2
        mret
      """;

  @AfterAll
  static void giveBackWhatWasLent() {
    HOST.close();
  }

  static Stream<CpuStrategy> strategies() {
    return Stream.of(new NativeTranslation(), new BytecodeTranslation());
  }

  private static TestMachine machine() {
    TestMachine machine = new TestMachine(new RiscvInstructionSet(), 1, RAM_BYTES);
    machine.program(GUEST);
    return machine;
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void requestsForAttentionAtAnyMomentDoNotShow(CpuStrategy strategy) throws InterruptedException {
    Random random = new Random(1);
    try (LockStep lockStep = new LockStep(StressTest::machine, strategy, HOST)) {
      HartBlock block = lockStep.subject().hart().block();
      Thread disturber = disturber(block);
      disturber.start();
      try {
        for (int i = 0; i < CHUNKS; i++) {
          long steps = 1 + random.nextInt(MOST_STEPS);
          assertThat(lockStep.run(steps)).as("chunk %d of %d steps", i, steps).isEmpty();
        }
      } finally {
        disturber.interrupt();
        disturber.join();
      }
      assertThat(lockStep.memoryDifference()).isEmpty();
    }
  }

  /** Asks for attention until it is interrupted, at intervals from none to some microseconds. */
  private static Thread disturber(HartBlock block) {
    return Thread.ofPlatform()
        .unstarted(
            () -> {
              Random random = new Random(2);
              while (!Thread.interrupted()) {
                block.requestAttention(
                    switch (random.nextInt(3)) {
                      case 0 -> HartBlock.ATTENTION_STOP;
                      case 1 -> HartBlock.ATTENTION_INTERRUPT;
                      default -> HartBlock.ATTENTION_CONTEXT;
                    });
                for (int spin = random.nextInt(1 << random.nextInt(13)); spin > 0; spin--) {
                  Thread.onSpinWait();
                }
              }
            });
  }
}
