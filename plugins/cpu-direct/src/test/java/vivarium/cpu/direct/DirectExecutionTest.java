package vivarium.cpu.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.cpu.Exit;
import vivarium.api.isa.ExtendedInstructionSet;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.InstructionSet;
import vivarium.cpu.interpretation.Interpretation;
import vivarium.cpu.translation.BytecodeTranslation;
import vivarium.cpu.translation.Translation;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.LockStep;
import vivarium.testkit.RiscvStreams;
import vivarium.testkit.TestMachine;

/** Direct execution against the stepper, on harts in software of every kind. */
class DirectExecutionTest {
  private static final int RAM_BYTES = 16 << 20;
  private static final InstructionSet RISCV = new RiscvInstructionSet();
  private static final int A0 = 10;
  private static final long PREAMBLE = TestMachine.RAM_BASE + RAM_BYTES - 4096;

  /** A kernel in S-mode with a user, under Sv39; both trap, and each sees its own pages only. */
  private static final String KERNEL_AND_USER =
      """
        la t0, machine
        csrw mtvec, t0
        li t0, -1
        csrw pmpaddr0, t0
        li t0, 0x1f
        csrw pmpcfg0, t0
        li t0, 0xb1ff
        csrw medeleg, t0
        li t0, 0x80100010
        li t1, 0x200000cf
        sd t1, 0(t0)
        li t1, 0x200000df
        sd t1, 8(t0)
        la t0, supervisor
        csrw mepc, t0
        li t0, 0x800
        csrs mstatus, t0
        mret
      supervisor:
        la t0, kernel
        csrw stvec, t0
        li t0, 0x8000000000080100
        csrw satp, t0
        sfence.vma
        li s0, 0x80200000
        li s1, 0xc0200000
      again:
        addi s2, s2, 1
        sd s2, 0(s0)
        ld a0, 0(s1)
        li t0, 0x40000
        csrs sstatus, t0
        ld a1, 0(s1)
        sd s2, 8(s1)
        csrc sstatus, t0
        la t0, user
        li t1, 0x40000000
        add t0, t0, t1
        csrw sepc, t0
        li t0, 0x100
        csrc sstatus, t0
        sret
      user:
        ld a2, 8(s1)
        ld a3, 0(s0)
        csrr a4, sstatus
        rdtime a5
        ebreak
        sret
        ecall
        j user
        .align 2
      kernel:
        csrr t3, scause
        add s3, s3, t3
        csrr t4, sepc
        csrr t5, stval
        add s3, s3, t5
        addi t4, t4, 4
        csrw sepc, t4
        li t6, 8
        beq t3, t6, back
        sret
      back:
        ecall
        la t4, again
        csrw sepc, t4
        li t4, 0x100
        csrs sstatus, t4
        sret
        .align 2
      machine:
        csrr t3, mcause
        add s4, s4, t3
        csrr t4, mepc
        addi t4, t4, 4
        csrw mepc, t4
        mret
      """;

  private LendingHost host = new LendingHost(new Interpretation());

  @AfterEach
  void giveBackWhatWasLent() {
    host.close();
  }

  static List<CpuStrategy> harts() {
    return List.of(new Interpretation(), new Translation(), new BytecodeTranslation());
  }

  private void lend(CpuStrategy hart) {
    host.close();
    host = new LendingHost(hart);
  }

  private static Supplier<TestMachine> program(String source) {
    return () -> {
      TestMachine machine = new TestMachine(RISCV, 1, RAM_BYTES);
      machine.program(source);
      return machine;
    };
  }

  private static Supplier<TestMachine> streams(long seed, String preamble) {
    RiscvStreams streams =
        new RiscvStreams(RISCV.table(), TestMachine.RAM_BASE, 100, 60, seed, List.of());
    return () -> {
      TestMachine machine = new TestMachine(RISCV, 1, RAM_BYTES);
      machine.memory().write(TestMachine.RAM_BASE, MemorySegment.ofArray(streams.image()));
      machine.assemble(PREAMBLE, preamble);
      machine.hart().block().setPc(PREAMBLE);
      return machine;
    };
  }

  private void agreeThroughout(Supplier<TestMachine> machine, long seed, long total) {
    Random random = new Random(seed);
    try (LockStep pair = new LockStep(machine, new DirectExecution(), host)) {
      while (pair.reference().hart().block().steps() < total) {
        long steps = random.nextInt(3) == 0 ? 1 + random.nextInt(70) : 1 + random.nextInt(5000);
        assertThat(pair.run(steps)).as("seed %d", seed).isEmpty();
      }
      assertThat(pair.memoryDifference()).as("seed %d", seed).isEmpty();
    }
  }

  private CpuEngine engine(TestMachine machine, Map<String, String> options) {
    return new DirectExecution()
        .create(
            new CpuEnvironment(
                machine.instructionSet(), machine.hart(), machine.memory(), host, options));
  }

  @ParameterizedTest
  @MethodSource("harts")
  void aKernelAndItsUserAgreeWithTheStepper(CpuStrategy hart) {
    lend(hart);
    agreeThroughout(program(KERNEL_AND_USER), 1, 200_000);
  }

  @ParameterizedTest
  @MethodSource("harts")
  void randomStreamsAgreeWithTheStepperInMachineModeAndInUserMode(CpuStrategy hart) {
    lend(hart);
    agreeThroughout(
        streams(3, "li t0, 0x6000\ncsrs mstatus, t0\nli t0, 0x80000000\njr t0\n"), 3, 60_000);
    String toUser =
        """
          li t0, 0x6000
          csrs mstatus, t0
          li t0, -1
          csrw pmpaddr0, t0
          li t0, 0x1f
          csrw pmpcfg0, t0
          li t0, 0x80000000
          csrw mepc, t0
          mret
        """;
    agreeThroughout(streams(4, toUser), 4, 60_000);
  }

  @Test
  void everyInstructionAloneAgreesWithTheStepper() {
    try (LockStep pair = new LockStep(program(KERNEL_AND_USER), new DirectExecution(), host)) {
      for (int i = 0; i < 2000; i++) {
        assertThat(pair.run(1)).isEmpty();
      }
    }
  }

  @Test
  void aBudgetIsSpentExactly() {
    TestMachine machine = program("again: addi a0, a0, 1\n csrr a1, mscratch\n j again\n").get();
    try (CpuEngine engine = engine(machine, Map.of())) {
      long total = 0;
      for (int budget = 1; budget < 300; budget++) {
        assertThat(engine.run(budget)).isEqualTo(Exit.BUDGET_SPENT);
        total += budget;
        assertThat(machine.hart().block().steps()).isEqualTo(total);
        assertThat(machine.hart().block().register(A0)).isEqualTo((total + 2) / 3);
      }
    }
  }

  @Test
  void waitingEndsTheRunAndAWakingInterruptEndsTheWait() {
    TestMachine machine = program("csrwi mie, 8\n wfi\n addi a0, a0, 1\n loop: j loop\n").get();
    try (CpuEngine engine = engine(machine, Map.of())) {
      assertThat(engine.run(1000)).isEqualTo(Exit.WAITING);
      machine.hart().setInterrupt(3, true);
      assertThat(engine.run(100)).isEqualTo(Exit.BUDGET_SPENT);
      assertThat(machine.hart().block().register(A0)).isEqualTo(1);
    }
  }

  @Test
  void aRequestToStopEndsTheNextRunAtOnceAndIsThenForgotten() {
    TestMachine machine = program("again: addi a0, a0, 1\n j again\n").get();
    try (CpuEngine engine = engine(machine, Map.of())) {
      machine.hart().block().requestAttention(HartBlock.ATTENTION_STOP);
      assertThat(engine.run(1000)).isEqualTo(Exit.STOPPED);
      assertThat(machine.hart().block().steps()).isZero();
      assertThat(engine.run(1000)).isEqualTo(Exit.BUDGET_SPENT);
    }
  }

  @Test
  void eachEmulatedInstructionIsCountedByItsNameAndOthersAreNot() {
    TestMachine machine = program("csrwi mscratch, 3\n csrr a0, mscratch\n loop: j loop\n").get();
    try (CpuEngine engine = engine(machine, Map.of())) {
      engine.run(1000);
    }
    long[] counted = machine.hart().counters().instructions();
    for (String name : List.of("csrwi", "csrr")) {
      int number = RISCV.table().instruction(name).orElseThrow().number();
      assertThat(counted[number]).as(name).isEqualTo(1);
    }
  }

  @Test
  void whatCannotBeVirtualizedIsToldOrRefusedAtAssembly() {
    InstructionSet extended = ExtendedInstructionSet.of(RISCV, List.of(new Telltale()));
    TestMachine machine = new TestMachine(extended, 1, RAM_BYTES);
    engine(machine, Map.of()).close();
    assertThatThrownBy(() -> engine(machine, Map.of("unvirtualizable", "refuse")))
        .isInstanceOf(VivariumException.class)
        .hasMessageContaining("tell of rv64gc+telltale");
    assertThatThrownBy(() -> engine(machine, Map.of("unvirtualizable", "ignore")))
        .isInstanceOf(VivariumException.class)
        .hasMessageContaining("warn or refuse, not ignore");
    TestMachine plain = new TestMachine(RISCV, 1, RAM_BYTES);
    engine(plain, Map.of("unvirtualizable", "refuse")).close();
  }

  @Test
  void everyPrivilegedInstructionOfTheTableIsSaidToBeTrapped() {
    List<String> treatments = new DirectExecution().treatments(RISCV.table());
    RISCV
        .table()
        .instructions()
        .forEach(
            one ->
                assertThat(treatments.get(one.number()))
                    .as(one.name())
                    .startsWith(one.privileged() ? "trapped, emulated" : "executed"));
  }
}
