package vivarium.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.cpu.Exit;
import vivarium.api.cpu.HostPowers;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.InstructionSet;
import vivarium.api.memory.DeviceMemory;

/**
 * What every CPU strategy promises: a test class extends this one, says which strategy it is, and
 * adds what only that one has. The guests are RISC-V programs; each is held to the stepper after
 * every budget. Needs JUnit.
 */
public abstract class EngineContract {
  /** Bytes of RAM of the machines here. */
  protected static final int RAM_BYTES = 16 << 20;

  private static final int A0 = 10;

  /** {@code addi a0, a0, 2}. */
  protected static final int ADDI_A0_A0_2 = 0x0025_0513;

  private static final long PREAMBLE = TestMachine.RAM_BASE + RAM_BYTES - 4096;

  /** Loads, stores, atomics, traps and interrupts in a loop that never ends. */
  protected static final String TRAPS_AND_LOOPS =
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
  protected static final String SELF_MODIFYING =
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

  private static final long REGION = TestMachine.RAM_BASE + 0x20_0000 - 512;
  private static final int REGION_BYTES = 1024;
  private static final long TABLE = TestMachine.RAM_BASE + 0x30_0000;
  private static final long STATE = TestMachine.RAM_BASE + 0x31_0000;

  /** Knuth's generator: one step of {@link #STATE} a round. */
  private static final long MULTIPLIER = 6364136223846793005L;

  private static final long INCREMENT = 1442695040888963407L;

  /**
   * Each round puts four bytes of a table of code anywhere into a region across a page's end, with
   * a fence or without, and enters that anywhere: at parts of instructions, too. Whatever it does
   * there, it comes back by the jump behind it or by a trap.
   */
  private static final String RANDOM_MODIFYING =
      """
        li t0, 0x80000000
        csrw mtvec, t0
        csrw satp, zero
        li t0, 0x6000
        csrs mstatus, t0
        li t0, 0x80310000
        ld s1, 0(t0)
        li t1, 6364136223846793005
        mul s1, s1, t1
        li t1, 1442695040888963407
        add s1, s1, t1
        sd s1, 0(t0)
        srli t1, s1, 32
        andi t1, t1, 1022
        li t2, 0x801ffe00
        add t1, t1, t2
        srli t3, s1, 43
        li t4, 0x7ffe
        and t3, t3, t4
        li t4, 0x80300000
        add t3, t3, t4
        lhu t5, 0(t3)
        lhu t6, 2(t3)
        sh t5, 0(t1)
        sh t6, 2(t1)
        srli t3, s1, 20
        andi t3, t3, 3
        beqz t3, enter
        fence.i
      enter:
        srli t3, s1, 21
        andi t3, t3, 1022
        add t2, t2, t3
        jr t2
      """;

  /** Made by the subclass. */
  protected EngineContract() {}

  /** The strategy under test. */
  protected abstract CpuStrategy strategy();

  /** RISC-V, as the plugin that provides it makes it. */
  protected abstract InstructionSet instructionSet();

  /** What the strategy is lent of the host: nothing but zeroed tables, unless overridden. */
  protected HostPowers host() {
    return TestHost.INSTANCE;
  }

  /** Options of the strategy: none, unless overridden. */
  protected Map<String, String> options() {
    return Map.of();
  }

  /** Makes machines with a program at the start of RAM. */
  protected final Supplier<TestMachine> program(String source) {
    return () -> TestMachine.running(instructionSet(), RAM_BYTES, source);
  }

  /** A pair of machines, one stepped, one run by the strategy under test. */
  protected final LockStep lockStep(Supplier<TestMachine> machine) {
    return new LockStep(machine, strategy(), host(), options());
  }

  /** An engine for a machine's first hart. */
  protected final CpuEngine engine(TestMachine machine) {
    return engine(machine, machine.hart());
  }

  private CpuEngine engine(TestMachine machine, Hart hart) {
    return strategy()
        .create(new CpuEnvironment(instructionSet(), hart, machine.memory(), host(), options()));
  }

  /** Runs a pair by budgets of all sizes; they are the same after each, and RAM is at the end. */
  protected final void agreeThroughout(Supplier<TestMachine> machine, long seed, long total) {
    Random random = new Random(seed);
    try (LockStep pair = lockStep(machine)) {
      while (pair.reference().hart().block().steps() < total) {
        long steps = random.nextInt(3) == 0 ? 1 + random.nextInt(70) : 1 + random.nextInt(5000);
        assertEquals(Optional.empty(), pair.run(steps), () -> "seed " + seed);
      }
      assertEquals(Optional.empty(), pair.memoryDifference(), () -> "seed " + seed);
    }
  }

  /** Makes machines that run streams of random instructions, so many, over and over. */
  protected final Supplier<TestMachine> randomStreams(long seed, int count) {
    RiscvStreams streams =
        new RiscvStreams(
            instructionSet().table(), TestMachine.RAM_BASE, count, 60, seed, List.of());
    return () -> {
      TestMachine machine = new TestMachine(instructionSet(), 1, RAM_BYTES);
      machine.memory().write(TestMachine.RAM_BASE, MemorySegment.ofArray(streams.image()));
      machine.assemble(PREAMBLE, "li t0, 0x6000\ncsrs mstatus, t0\nli t0, 0x80000000\njr t0\n");
      machine.hart().block().setPc(PREAMBLE);
      return machine;
    };
  }

  /** Holds a stream of random instructions to the stepper. */
  protected final void randomStream(long seed) {
    agreeThroughout(randomStreams(seed, 100), seed, 60_000);
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
  void codeOfOneHartIsWatchedWhenAnotherHartsCodeOfTheSamePageIsGone() {
    TestMachine machine = new TestMachine(instructionSet(), 2, RAM_BYTES);
    long other = TestMachine.RAM_BASE + 0x800;
    machine.assemble(TestMachine.RAM_BASE, "again: addi a0, a0, 1\nj again\n");
    machine.assemble(other, "again: addi a0, a0, 1\nj again\n");
    Hart first = machine.harts().get(0);
    Hart second = machine.harts().get(1);
    first.block().setPc(TestMachine.RAM_BASE);
    second.block().setPc(other);
    try (CpuEngine one = engine(machine, first);
        CpuEngine two = engine(machine, second)) {
      one.run(100);
      two.run(100);
      for (int i = 0; i < 100; i++) {
        machine.memory().store(TestMachine.RAM_BASE, 4, ADDI_A0_A0_2);
      }
      machine.memory().store(other, 4, ADDI_A0_A0_2);
      second.block().setRegister(A0, 0);
      two.run(100);
      assertEquals(100, second.block().register(A0));
    }
  }

  /** A guest that writes random code over itself, and a region of such code to begin with. */
  private TestMachine randomModifying(long seed) {
    TestMachine machine = program(RANDOM_MODIFYING).get();
    RiscvStreams code = new RiscvStreams(instructionSet().table(), TABLE, 20, 60, seed, List.of());
    MemorySegment image = MemorySegment.ofArray(code.image());
    machine.memory().write(TABLE, image.asSlice(0, 0x8002));
    machine.memory().write(REGION, image.asSlice(0x4000, REGION_BYTES));
    machine.assemble(REGION + REGION_BYTES, "nop\n".repeat(4) + "li t0, 0x80000000\njr t0\n");
    machine.memory().store(STATE, 8, seed);
    return machine;
  }

  @Test
  void randomCodeThatRewritesItselfAgreesWithTheStepper() {
    int rounds = 0;
    for (long seed = 1; seed <= 8; seed++) {
      long tried = seed;
      Random random = new Random(seed);
      try (LockStep pair = lockStep(() -> randomModifying(tried))) {
        for (int i = 0; i < 60; i++) {
          int most = random.nextInt(3) == 0 ? 40 : 2000;
          assertEquals(Optional.empty(), pair.run(1 + random.nextInt(most)), () -> "seed " + tried);
        }
        assertEquals(Optional.empty(), pair.memoryDifference(), () -> "seed " + tried);
        rounds += rounds(seed, pair.reference().memory().load(STATE, 8));
      }
    }
    assertTrue(rounds > 1000, "most of it loops without an end");
  }

  private static int rounds(long seed, long state) {
    int rounds = 0;
    for (long at = seed; at != state; at = at * MULTIPLIER + INCREMENT) {
      rounds++;
    }
    return rounds;
  }

  @Test
  void randomStreamsAgreeWithTheStepper() {
    randomStream(3);
  }

  @Test
  void everyInstructionAloneAgreesWithTheStepper() {
    try (LockStep pair = lockStep(program(TRAPS_AND_LOOPS))) {
      for (int i = 0; i < 2000; i++) {
        assertEquals(Optional.empty(), pair.run(1));
      }
    }
  }

  @Test
  void aBudgetIsSpentExactly() {
    TestMachine machine = program("again: addi a0, a0, 1\n j again\n").get();
    try (CpuEngine engine = engine(machine)) {
      long total = 0;
      for (int budget = 1; budget < 300; budget++) {
        assertEquals(Exit.BUDGET_SPENT, engine.run(budget));
        total += budget;
        assertEquals(total, machine.hart().block().steps());
        assertEquals((total + 1) / 2, machine.hart().block().register(A0));
      }
    }
  }

  @Test
  void waitingEndsTheRunAndAWakingInterruptEndsTheWait() {
    TestMachine machine = program("csrwi mie, 8\n wfi\n addi a0, a0, 1\n loop: j loop\n").get();
    try (CpuEngine engine = engine(machine)) {
      assertEquals(Exit.WAITING, engine.run(1000));
      assertFalse(machine.hart().wakes());
      machine.hart().setInterrupt(3, true);
      assertTrue(machine.hart().wakes());
      assertEquals(Exit.BUDGET_SPENT, engine.run(100));
      assertEquals(1, machine.hart().block().register(A0));
    }
  }

  @Test
  void aRequestToStopEndsTheNextRunAtOnceAndIsThenForgotten() {
    TestMachine machine = program("again: addi a0, a0, 1\n j again\n").get();
    try (CpuEngine engine = engine(machine)) {
      machine.hart().block().requestAttention(HartBlock.ATTENTION_STOP);
      assertEquals(Exit.STOPPED, engine.run(1000));
      assertEquals(0, machine.hart().block().steps());
      assertEquals(Exit.BUDGET_SPENT, engine.run(1000));
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
      assertEquals(7, machine.hart().block().register(A0));
    }
  }

  @Test
  void codeWrittenByADeviceIsSeen() {
    TestMachine machine = program("again: addi a0, a0, 1\n j again\n").get();
    try (CpuEngine engine = engine(machine)) {
      engine.run(1000);
      int nop = instructionSet().table().encode("addi", 0, 0, 0);
      machine.memory().store(TestMachine.RAM_BASE, 4, nop);
      long before = machine.hart().block().register(A0);
      engine.run(1000);
      assertEquals(before, machine.hart().block().register(A0));
    }
  }

  /** The code takes itself away; what then faults gives it back, with another instruction. */
  private TestMachine codeInDeviceMemory() {
    TestMachine machine =
        program(
                """
                  la t0, handler
                  csrw mtvec, t0
                  li s1, 0x20001000
                  li s5, 0x00140413
                  li s6, 0x00200000
                  li s7, 0x20000000
                  jr s7
                  .align 2
                handler:
                  csrr s2, mcause
                  xor s5, s5, s6
                  sw s5, 0(s7)
                  mret
                """)
            .get();
    machine.addDeviceMemory(
        """
        again:
          addi s0, s0, 1
          andi t2, s0, 63
          bnez t2, again
          sw zero, 0(s1)
          addi s4, s4, 1
          j again
        """);
    return machine;
  }

  @Test
  void codeInMemoryOfADeviceRunsUntilTheDeviceTakesItAwayOrChangesIt() {
    HartBlock block = agreeThroughRandomBudgets(this::codeInDeviceMemory);
    assertTrue(block.register(20) > 100, "s4: how often it was taken away");
    assertEquals(1, block.register(18), "s2: instruction access fault");
  }

  @Test
  void codeThatADeviceTakesAwayBetweenRunsIsNotRun() {
    TestMachine machine =
        program(
                """
                  la t0, handler
                  csrw mtvec, t0
                  li t0, 0x20000000
                  jr t0
                  .align 2
                handler:
                  csrr s2, mcause
                loop:
                  j loop
                """)
            .get();
    DeviceMemory device = machine.addDeviceMemory("again: addi a0, a0, 1\n j again\n");
    try (CpuEngine engine = engine(machine)) {
      engine.run(1000);
      long before = machine.hart().block().register(A0);
      assertTrue(before > 400);
      device.setReadable(false);
      engine.run(1000);
      assertEquals(before, machine.hart().block().register(A0));
      assertEquals(1, machine.hart().block().register(18), "s2: instruction access fault");
    }
  }

  private TestMachine dataInDeviceMemory() {
    TestMachine machine =
        program(
                """
                  li s1, 0x20000000
                again:
                  addi s0, s0, 1
                  ld a0, 0(s1)
                  lr.w a1, (s1)
                  andi t2, s0, 63
                  bnez t2, again
                  sw zero, 8(s1)
                  ld a2, 0(s1)
                  add s2, s2, a2
                  sw s0, 8(s1)
                  ld a3, 8(s1)
                  add s3, s3, a3
                  addi s4, s4, 1
                  j again
                """)
            .get();
    machine.addDeviceMemory("nop\nnop\n");
    return machine;
  }

  @Test
  void dataInMemoryOfADeviceIsReadUntilTheDeviceTakesItAwayOrChangesIt() {
    HartBlock block = agreeThroughRandomBudgets(this::dataInDeviceMemory);
    long times = block.register(20);
    assertTrue(times > 100, "s4: how often it was taken away");
    assertTrue(block.register(18) + times <= 0, "s2: minus one each time");
    assertEquals(times * (times + 1) / 2 * 64, block.register(19), "s3: what was stored");
  }

  private HartBlock agreeThroughRandomBudgets(Supplier<TestMachine> guest) {
    try (LockStep pair = lockStep(guest)) {
      Random random = new Random(7);
      for (int i = 0; i < 300; i++) {
        assertEquals(Optional.empty(), pair.run(1 + random.nextInt(500)));
      }
      return pair.subject().hart().block();
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
      assertEquals(whole.hart().block().register(i), machine.hart().block().register(i));
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
      assertEquals(Optional.empty(), pair.run(1000));
      assertEquals(1, pair.subject().hart().block().register(A0));
    }
  }
}
