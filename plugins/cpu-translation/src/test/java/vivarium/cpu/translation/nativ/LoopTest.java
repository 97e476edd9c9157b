package vivarium.cpu.translation.nativ;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import vivarium.api.isa.InstructionSet;
import vivarium.core.memory.HostLoan;
import vivarium.cpu.translation.NativeTranslation;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.LockStep;
import vivarium.testkit.TestMachine;

/**
 * Traces that are loops hold guest registers in host registers of others: left at any place, by
 * whatever leaves, all registers must be right, and the loop must go on where it was resumed.
 */
class LoopTest {
  private static final int RAM_BYTES = 16 << 20;
  private static final InstructionSet RISCV = new RiscvInstructionSet();
  private static final HostLoan HOST = new HostLoan();

  /** Registers that loops carry: pinned ones too. The counter and the pointers are others. */
  private static final List<String> CARRIED =
      List.of("t1", "t2", "t3", "t4", "t5", "s3", "s4", "s5", "s6", "ra", "a4", "a5");

  private static final List<String> FLOATS =
      List.of("ft0", "ft1", "ft2", "fs0", "fs1", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5", "fs9");

  private static final List<String> OPERATIONS =
      List.of("add", "sub", "xor", "addw", "mul", "sll", "sltu", "divu", "rem", "mulh");

  private static final List<String> FLOAT_OPERATIONS =
      List.of(
          "fadd.d",
          "fsub.d",
          "fmul.d",
          "fdiv.d",
          "fmin.d",
          "fadd.s",
          "fmul.s",
          "fmax.s",
          "fsgnjn.d",
          "fsgnj.s");

  private static final List<String> ACCESSES =
      List.of("ld X, 0(P)", "sd X, 8(P)", "lw X, 3(P)", "sb X, 1(P)", "lhu X, 2(P)");

  private static final List<String> FLOAT_ACCESSES =
      List.of("fld F, 0(P)", "fsd F, 8(P)", "flw F, 4(P)", "fsw F, 12(P)");

  /** Pointers go through RAM page by page and out of it: misses and faults. */
  private static final String BEFORE =
      """
        la t0, handler
        csrw mtvec, t0
        li t0, 0x6000
        csrs mstatus, t0
      outer:
        li s7, 0x80ff0000
        li s8, 0x80400000
        addi s9, s9, 1
        fcvt.d.l fa1, s9
        fcvt.s.l fs1, s9
        li s10, 40
      again:
      """;

  private static final String AFTER =
      """
        addi s7, s7, 2000
        addi s8, s8, 1000
        addi s10, s10, -1
        bnez s10, again
        j outer
        .align 2
      handler:
        csrr s11, mcause
        csrr a7, mepc
        addi a7, a7, 4
        csrw mepc, a7
        mret
      """;

  /**
   * The trace that is the loop goes on after the branch to its start, as that lies ahead, and ends
   * with a jump to an address that it computes.
   */
  private static final String BEFORE_RETURN =
      BEFORE.replace(
          "again:",
          """
            la a6, outer
            j again
          back:
            xor a6, a6, s9
            addi s7, s7, 2000
            xor a6, a6, s9
            addi s10, s10, -1
            bnez s10, again
            jr a6
          again:\
          """);

  private static final String AFTER_RETURN =
      "  j back\n" + AFTER.substring(AFTER.indexOf("  .align 2"));

  @AfterAll
  static void giveBackWhatWasLent() {
    HOST.close();
  }

  private static String any(Random random, List<String> names) {
    return names.get(random.nextInt(names.size()));
  }

  private static String line(Random random, boolean floats, boolean atomics) {
    String pointer = random.nextInt(4) == 0 ? "s7" : "s8";
    int kind = random.nextInt(10);
    if (kind == 0 && atomics) {
      return "amoadd.d " + any(random, CARRIED) + ", " + any(random, CARRIED) + ", (s8)";
    }
    if (kind < 4) {
      String access = any(random, floats ? FLOAT_ACCESSES : ACCESSES);
      return access
          .replace("X", any(random, CARRIED))
          .replace("F,", any(random, FLOATS) + ",")
          .replace("P", pointer);
    }
    if (kind == 4) {
      return "beqz " + any(random, CARRIED) + ", handler";
    }
    boolean on = floats && kind < 8;
    if (on && kind == 5) {
      return "%s %s, %s, %s, %s"
          .formatted(
              random.nextBoolean() ? "fmadd.d" : "fmadd.s",
              any(random, FLOATS),
              any(random, FLOATS),
              any(random, FLOATS),
              any(random, FLOATS));
    }
    List<String> names = on ? FLOATS : CARRIED;
    return "%s %s, %s, %s"
        .formatted(
            any(random, on ? FLOAT_OPERATIONS : OPERATIONS),
            any(random, names),
            any(random, names),
            any(random, names));
  }

  private static String loop(Random random, String before, String after) {
    StringBuilder source = new StringBuilder(before);
    boolean floats = random.nextBoolean();
    boolean atomics = random.nextInt(3) == 0;
    int lines = 2 + random.nextInt(14);
    append(source, random, lines, floats, atomics);
    return source.append(after).toString();
  }

  private static void append(
      StringBuilder source, Random random, int lines, boolean floats, boolean atomics) {
    for (int i = 0; i < lines; i++) {
      source.append("  ").append(line(random, floats, atomics)).append('\n');
    }
  }

  /** Entered in its middle, left from its middle, and now and then gone through in part only. */
  private static String loopOfSeveralTraces(Random random) {
    boolean floats = random.nextBoolean();
    StringBuilder source = new StringBuilder(BEFORE.replace("again:\n", "  j middle\nagain:\n"));
    append(source, random, 1 + random.nextInt(8), floats, false);
    source.append("  andi t0, s10, 7\n  beqz t0, middle\n  addi s8, s8, -8\nmiddle:\n");
    append(source, random, 1 + random.nextInt(8), floats, false);
    source.append("  addi s8, s8, 8\n  addi s10, s10, -1\n  andi t0, s10, 15\n");
    source.append(random.nextBoolean() ? "  beqz t0, again\n" : "  bnez t0, end\n");
    append(source, random, 1 + random.nextInt(8), floats, false);
    source.append("end:\n");
    return source.append(AFTER).toString();
  }

  private static Supplier<TestMachine> program(String source) {
    return () -> TestMachine.running(RISCV, RAM_BYTES, source);
  }

  private static void agree(String source, long seed, long total) {
    Random random = new Random(seed);
    try (LockStep pair = new LockStep(program(source), new NativeTranslation(), HOST)) {
      while (pair.reference().hart().block().steps() < total) {
        long steps = random.nextInt(3) == 0 ? 1 + random.nextInt(40) : 1 + random.nextInt(2000);
        assertThat(pair.run(steps)).as("seed %d of%n%s", seed, source).isEmpty();
      }
      assertThat(pair.memoryDifference()).as("seed %d of%n%s", seed, source).isEmpty();
    }
  }

  @Test
  void randomLoopsAgreeWithTheStepperThroughMissesFaultsAndBudgets() {
    for (long seed = 0; seed < 60; seed++) {
      agree(loop(new Random(seed), BEFORE, AFTER), seed, 12_000);
    }
  }

  @Test
  void aLoopOfMoreRegistersThanAreLeftAgreesWithTheStepper() {
    StringBuilder source = new StringBuilder(BEFORE);
    for (String register : CARRIED) {
      source.append("  addi ").append(register).append(", ").append(register).append(", 3\n");
      source.append("  sd ").append(register).append(", 0(s8)\n");
    }
    for (String register : FLOATS) {
      source.append("  fadd.d %s, %s, fa1%n".formatted(register, register));
      source.append("  fsd %s, 8(s7)%n".formatted(register));
    }
    agree(source.append(AFTER).toString(), 1, 60_000);
  }

  @Test
  void randomLoopsOfSeveralTracesAgreeWithTheStepper() {
    for (long seed = 0; seed < 60; seed++) {
      agree(loopOfSeveralTraces(new Random(seed)), seed, 12_000);
    }
  }

  @Test
  void randomLoopsThatReturnAgreeWithTheStepper() {
    for (long seed = 0; seed < 60; seed++) {
      agree(loop(new Random(seed), BEFORE_RETURN, AFTER_RETURN), seed, 12_000);
    }
  }
}
