package vivarium.cpu.translation.bytecode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.Exit;
import vivarium.api.isa.Hart;
import vivarium.api.isa.InstructionSet;
import vivarium.isa.riscv.RiscvHart;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.TestHost;
import vivarium.testkit.TestMachine;

/** Regions of chosen programs go through the states that single steps go through. */
class BytecodeRegionTest {
  private static final InstructionSet ISA = new RiscvInstructionSet();
  private static final int REGISTERS = 64;
  private static final long BASE = TestMachine.RAM_BASE;
  private static final int RAM = 1 << 20;
  private final TestMachine stepped = new TestMachine(ISA, 1, RAM);
  private final TestMachine translated = new TestMachine(ISA, 1, RAM);
  private BytecodeEngine engine;

  @BeforeEach
  void prepare() {
    for (TestMachine machine : new TestMachine[] {stepped, translated}) {
      machine.hart().reset();
      ((RiscvHart) machine.hart()).writeCsr(0x300, 3 << 13);
      machine.hart().block().clearAttention(-1);
    }
    use(3);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private void use(int hotRuns) {
    CpuEnvironment environment =
        new CpuEnvironment(
            ISA, translated.hart(), translated.memory(), TestHost.INSTANCE, Map.of());
    engine = new BytecodeEngine(environment, new BytecodeOptions(hotRuns, 1000, false));
  }

  private void program(String source) {
    stepped.program(source);
    translated.program(source);
  }

  /** Runs both for so many steps, in pieces, comparing after each. */
  private void runBoth(long steps, long piece) {
    for (long done = 0; done < steps; done += piece) {
      assertThat(engine.run(piece)).isEqualTo(Exit.BUDGET_SPENT);
      stepped.run(0, piece);
      compare("after " + (done + piece));
    }
  }

  private void compare(String when) {
    Hart a = stepped.hart();
    Hart b = translated.hart();
    assertThat(b.block().pc()).as("pc %s", when).isEqualTo(a.block().pc());
    for (int register = 0; register < REGISTERS; register++) {
      assertThat(b.block().register(register))
          .as("register %d %s", register, when)
          .isEqualTo(a.block().register(register));
    }
    assertThat(b.controlRegisters()).as(when).isEqualTo(a.controlRegisters());
    for (int offset = 0; offset < RAM; offset += 8) {
      long expected = stepped.memory().load(BASE + offset, 8);
      if (translated.memory().load(BASE + offset, 8) != expected) {
        assertThat(translated.memory().load(BASE + offset, 8))
            .as("memory at %x %s", offset, when)
            .isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 7, 64, 1000, 5000})
  void aLoopThatCallsAndStoresRunsAsByStepsHoweverItIsCut(long piece) {
    program(
        """
        la   s0, 0x80010000
        li   s1, 0
        again:
        mv   a0, s1
        jal  mix
        andi a1, s1, 0xff
        slli a1, a1, 3
        add  a1, a1, s0
        ld   a2, 0(a1)
        add  a2, a2, a0
        sd   a2, 0(a1)
        lw   a3, 4(a1)
        sltu a4, a3, a2
        addi s1, s1, 1
        bnez a4, even
        addi s2, s2, 3
        even:
        j    again
        mix:
        mul  a5, a0, a0
        divu a6, a5, s1
        remw a7, a5, s1
        xor  a0, a6, a7
        ret
        """);
    runBoth(piece * Math.max(2, 20_000 / piece / 10), piece);
  }

  @Test
  void trapsInCompiledCodeArePrecise() {
    program(
        """
        la   t0, handler
        csrw mtvec, t0
        la   s0, 0x80010000
        li   s1, 0
        again:
        addi s1, s1, 1
        andi a0, s1, 15
        addi a1, s1, 5
        ld   a2, 0(s0)
        sd   s1, 8(s0)
        snez a3, a0
        slli a3, a3, 31
        or   a4, a3, a0
        addi a5, a5, 1
        ld   a5, 0(a4)
        addi a6, a5, 1
        j    again
        handler:
        csrr t1, mepc
        addi t1, t1, 4
        csrw mepc, t1
        addi s3, s3, 1
        mret
        """);
    runBoth(6000, 501);
    assertThat(translated.hart().block().register(19)).isPositive();
  }

  @Test
  void codeThatIsOverwrittenIsDropped() {
    program(
        """
        la   s0, patch
        li   s1, 0x00150513
        li   s2, 0x00250513
        again:
        jal  f
        addi s3, s3, 1
        andi t0, s3, 63
        bnez t0, again
        sw   s1, 0(s0)
        fence.i
        mv   t1, s1
        mv   s1, s2
        mv   s2, t1
        j    again
        f:
        patch: addi a0, a0, 5
        ret
        """);
    runBoth(8000, 400);
    assertThat(translated.hart().counters().codeInvalidations).isPositive();
  }

  @Test
  void floatingPointAndAtomicsRunAsBySteps() {
    program(
        """
        la   s0, 0x80010000
        li   s1, 1
        fcvt.d.l fa0, s1, rne
        again:
        addi s1, s1, 1
        fcvt.d.l fa1, s1, rne
        fdiv.d fa2, fa0, fa1, dyn
        fmadd.d fa3, fa2, fa1, fa3, rne
        fcvt.s.d fa4, fa3, rtz
        fadd.s fa5, fa4, fa5, rup
        mv   a6, a5
        addi a5, s1, 3
        fmul.d fa7, fa2, fa7, rne
        mv   a7, a5
        addi a5, a7, 1
        fsub.s ft0, fa5, ft0, rne
        fsd  fa3, 0(s0)
        flw  fa6, 4(s0)
        flt.d a0, fa2, fa3
        amoadd.d a1, s1, (s0)
        amomaxu.w a2, a1, (s0)
        lr.d a3, (s0)
        addi a3, a3, 1
        sc.d a4, a3, (s0)
        j    again
        """);
    runBoth(6000, 600);
  }

  @Test
  void memoryThatIsNotNearIsReachedAllTheSame() {
    program(
        """
        la   s0, 0x80010000
        la   s1, 0x80040000
        la   s2, 0x00003000
        li   s3, 0x1fff8
        again:
        add  a0, s0, a1
        ld   a2, 0(a0)
        addi a2, a2, 3
        sd   a2, 0(a0)
        xor  a3, a3, a2
        ld   a4, -4(s1)
        sd   a3, -3(s1)
        add  a1, a1, s2
        addi a1, a1, 40
        and  a1, a1, s3
        j    again
        """);
    runBoth(60_000, 3000);
  }

  @Test
  void anInstructionIsExplainedByItsGraphAndItsBytecode() {
    program("again: addi a0, a0, 5\nj again\n");
    assertThat(engine.explain(BASE)).contains("addi", "add.64", "LADD");
    assertThat(engine.explain(0)).isEmpty();
  }

  @Test
  void aStopIsSeenInALoop() {
    program("again: addi a0, a0, 1\nj again\n");
    engine.run(10_000);
    translated.hart().block().requestAttention(vivarium.api.isa.HartBlock.ATTENTION_STOP);
    assertThat(engine.run(1000_000)).isEqualTo(Exit.STOPPED);
  }

  @Test
  void coldAndCompiledCodeMakeTheSameSteps() {
    String source = "again: addi a0, a0, 1\nbltu a0, a1, again\naddi a0, zero, 0\nj again\n";
    program(source);
    stepped.hart().block().setRegister(11, 10);
    translated.hart().block().setRegister(11, 10);
    engine.close();
    use(1_000_000);
    runBoth(500, 50);
    engine.close();
    use(1);
    runBoth(500, 50);
  }
}
