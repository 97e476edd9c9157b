package vivarium.cpu.translation.nativ;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.Exit;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.InstructionSet;
import vivarium.core.memory.HostLoan;
import vivarium.cpu.translation.NativeTranslation;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.LockStep;
import vivarium.testkit.RiscvStreams;
import vivarium.testkit.TestMachine;

/** Emitted code against the stepper, and the engine's contract with the core. */
class NativeEngineTest {
  private static final int RAM_BYTES = 16 << 20;
  private static final InstructionSet RISCV = new RiscvInstructionSet();
  private static final int A0 = 10;
  private static final long PREAMBLE = TestMachine.RAM_BASE + RAM_BYTES - 4096;

  private static final HostLoan HOST = new HostLoan();

  @AfterAll
  static void giveBackWhatWasLent() {
    HOST.close();
  }

  private static final String TRAPS_AND_LOOPS =
      """
        la t0, handler
        csrw mtvec, t0
        li t0, 0x6000
        csrs mstatus, t0
        li s0, 0
        li s1, 0x80100000
      again:
        addi s0, s0, 1
        sd s0, 0(s1)
        ld a0, 0(s1)
        amoadd.d a1, s0, (s1)
        lw a2, 1(s1)
        .word 0
        amoadd.w a3, s0, (a2)
        fcvt.d.l fa0, s0
        fdiv.d fa1, fa0, fa0
        fsd fa1, 8(s1)
        li t1, 0x1000
        ld a4, 0(t1)
        ecall
        csrr a5, minstret
        andi t2, s0, 7
        bnez t2, again
        csrsi mip, 2
        j again
        .align 2
      handler:
        csrr t3, mcause
        csrr t4, mepc
        add s2, s2, t3
        addi t4, t4, 4
        csrw mepc, t4
        csrci mip, 2
        mret
      """;

  /**
   * Each round rewrites one of 64 instructions, some across a page's end, and executes them all.
   */
  private static final String SELF_MODIFYING =
      """
        li s0, 0x80200f82
        li s1, 12345
        li s2, 0x00050513
        li t0, 64
        mv t1, s0
      fill:
        sw s2, 0(t1)
        addi t1, t1, 4
        addi t0, t0, -1
        bnez t0, fill
        li t2, 0x00008067
        sw t2, 0(t1)
      again:
        li t3, 1103515245
        mul s1, s1, t3
        addi s1, s1, 1234
        srli t4, s1, 16
        andi t5, t4, 63
        slli t5, t5, 2
        add t5, t5, s0
        andi t6, t4, 0x7ff
        slli t6, t6, 20
        or t6, t6, s2
        sw t6, 0(t5)
        andi t4, t4, 64
        beqz t4, noFence
        fence.i
      noFence:
        jalr s0
        j again
      """;

  private static Supplier<TestMachine> program(String source) {
    return () -> {
      TestMachine machine = new TestMachine(RISCV, 1, RAM_BYTES);
      machine.program(source);
      return machine;
    };
  }

  private static LockStep lockStep(Supplier<TestMachine> machine) {
    return new LockStep(machine, new NativeTranslation(), HOST);
  }

  private static CpuEngine engine(TestMachine machine) {
    return new NativeTranslation()
        .create(new CpuEnvironment(RISCV, machine.hart(), machine.memory(), HOST, Map.of()));
  }

  private static void agreeThroughout(Supplier<TestMachine> machine, long seed, long total) {
    Random random = new Random(seed);
    try (LockStep pair = lockStep(machine)) {
      while (pair.reference().hart().block().steps() < total) {
        long steps = random.nextInt(3) == 0 ? 1 + random.nextInt(70) : 1 + random.nextInt(5000);
        assertThat(pair.run(steps)).as("seed %d", seed).isEmpty();
      }
      assertThat(pair.memoryDifference()).as("seed %d", seed).isEmpty();
    }
  }

  @Test
  void trapsInterruptsAndLoopsAgreeWithTheStepperAfterEveryBudget() {
    agreeThroughout(program(TRAPS_AND_LOOPS), 1, 300_000);
  }

  @Test
  void codeThatRewritesItselfAgreesWithTheStepperWithAndWithoutFences() {
    agreeThroughout(program(SELF_MODIFYING), 2, 300_000);
  }

  @Test
  void randomStreamsAgreeWithTheStepper() {
    randomStream(3);
  }

  private static void randomStream(long seed) {
    RiscvStreams streams =
        new RiscvStreams(RISCV.table(), TestMachine.RAM_BASE, 100, 60, seed, List.of());
    agreeThroughout(
        () -> {
          TestMachine machine = new TestMachine(RISCV, 1, RAM_BYTES);
          machine.memory().write(TestMachine.RAM_BASE, MemorySegment.ofArray(streams.image()));
          machine.assemble(PREAMBLE, "li t0, 0x6000\ncsrs mstatus, t0\nli t0, 0x80000000\njr t0\n");
          machine.hart().block().setPc(PREAMBLE);
          return machine;
        },
        seed,
        60_000);
  }

  @Test
  void manyRandomStreamsAgreeWithTheStepper() {
    for (long seed = 10; seed < 16; seed++) {
      randomStream(seed);
    }
  }

  @Test
  void everyInstructionAloneAgreesWithTheStepper() {
    try (LockStep pair = lockStep(program(TRAPS_AND_LOOPS))) {
      for (int i = 0; i < 2000; i++) {
        assertThat(pair.run(1)).isEmpty();
      }
    }
  }

  @Test
  void aBudgetIsSpentExactly() {
    TestMachine machine = program("again: addi a0, a0, 1\n j again\n").get();
    try (CpuEngine engine = engine(machine)) {
      long total = 0;
      for (int budget = 1; budget < 300; budget++) {
        assertThat(engine.run(budget)).isEqualTo(Exit.BUDGET_SPENT);
        total += budget;
        assertThat(machine.hart().block().steps()).isEqualTo(total);
        assertThat(machine.hart().block().register(A0)).isEqualTo((total + 1) / 2);
      }
    }
  }

  @Test
  void waitingEndsTheRunAndAWakingInterruptEndsTheWait() {
    TestMachine machine = program("csrwi mie, 8\n wfi\n addi a0, a0, 1\n loop: j loop\n").get();
    try (CpuEngine engine = engine(machine)) {
      assertThat(engine.run(1000)).isEqualTo(Exit.WAITING);
      assertThat(machine.hart().wakes()).isFalse();
      machine.hart().setInterrupt(3, true);
      assertThat(machine.hart().wakes()).isTrue();
      assertThat(engine.run(100)).isEqualTo(Exit.BUDGET_SPENT);
      assertThat(machine.hart().block().register(A0)).isEqualTo(1);
    }
  }

  @Test
  void aRequestToStopEndsTheNextRunAtOnceAndIsThenForgotten() {
    TestMachine machine = program("again: addi a0, a0, 1\n j again\n").get();
    try (CpuEngine engine = engine(machine)) {
      machine.hart().block().requestAttention(HartBlock.ATTENTION_STOP);
      assertThat(engine.run(1000)).isEqualTo(Exit.STOPPED);
      assertThat(machine.hart().block().steps()).isZero();
      assertThat(engine.run(1000)).isEqualTo(Exit.BUDGET_SPENT);
    }
  }

  @Test
  void aStoreToTheVeryNextInstructionIsSeen() {
    TestMachine machine =
        program(
                """
                  la t0, target
                  li t1, 0x00700513
                  sw t1, 0(t0)
                target:
                  addi a0, zero, 1
                loop:
                  j loop
                """)
            .get();
    try (CpuEngine engine = engine(machine)) {
      engine.run(1000);
      assertThat(machine.hart().block().register(A0)).isEqualTo(7);
    }
  }

  @Test
  void codeWrittenByADeviceIsSeen() {
    TestMachine machine = program("again: addi a0, a0, 1\n j again\n").get();
    try (CpuEngine engine = engine(machine)) {
      engine.run(1000);
      int nop = RISCV.table().encode("addi", 0, 0, 0);
      machine.memory().store(TestMachine.RAM_BASE, 4, nop);
      long before = machine.hart().block().register(A0);
      engine.run(1000);
      assertThat(machine.hart().block().register(A0)).isEqualTo(before);
    }
  }

  @Test
  void anEngineThatIsClosedLeavesTheHartToAnother() {
    TestMachine machine = program(TRAPS_AND_LOOPS).get();
    TestMachine whole = program(TRAPS_AND_LOOPS).get();
    for (int i = 0; i < 20; i++) {
      try (CpuEngine engine = engine(machine)) {
        engine.run(1000);
      }
    }
    try (CpuEngine engine = engine(whole)) {
      engine.run(20_000);
    }
    for (int i = 0; i < HartBlock.MAX_REGISTERS; i++) {
      assertThat(machine.hart().block().register(i)).isEqualTo(whole.hart().block().register(i));
    }
  }

  @Test
  void codeEndsWhereProtectionSplitsItsPage() {
    String source =
        """
          la t0, handler
          csrw mtvec, t0
          la t0, split
          srli t0, t0, 2
          csrw pmpaddr0, t0
          li t0, 0xf
          csrw pmpcfg0, t0
          la t0, code
          csrw mepc, t0
          li t0, 0x1800
          csrc mstatus, t0
          mret
        handler:
          csrr a0, mcause
          csrr a1, mepc
        loop:
          j loop
          .align 12
        code:
          addi s0, s0, 1
          addi s0, s0, 1
        split:
          addi s0, s0, 1
          j code
        """;
    try (LockStep pair = lockStep(program(source))) {
      assertThat(pair.run(1000)).isEmpty();
      assertThat(pair.subject().hart().block().register(A0)).isEqualTo(1);
    }
  }

  @Test
  void anInstructionIsExplainedByItsGraphAndItsCode() {
    TestMachine machine = new TestMachine(RISCV, 1, RAM_BYTES);
    machine.program("mulhsu a0, a1, a2");
    try (CpuEngine engine = engine(machine)) {
      assertThat(engine.explain(TestMachine.RAM_BASE))
          .startsWith("trace 0x80000000")
          .contains("mulhsu", "code at 0x");
      assertThat(engine.explain(0x1000)).as("where nothing can be fetched").isEmpty();
    }
  }
}
