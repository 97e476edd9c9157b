package vivarium.cpu.translation.nativ;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.isa.InstructionSet;
import vivarium.core.memory.HostLoan;
import vivarium.cpu.translation.NativeTranslation;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.LockStep;
import vivarium.testkit.TestMachine;

/** What becomes of translations when a guest rewrites its code for long. */
class CodeMemoryTest {
  private static final int RAM_BYTES = 16 << 20;
  private static final InstructionSet RISCV = new RiscvInstructionSet();
  private static final int LEAST_MIB = 1;
  private static final int S3 = 19;

  private static final HostLoan HOST = new HostLoan();

  @AfterAll
  static void giveBackWhatWasLent() {
    HOST.close();
  }

  /**
   * Writes a function of 40 instructions, other ones each time, and calls it; s3 counts the calls.
   */
  private static final String NEVER_THE_SAME =
      """
        li s0, 0x80200000
        li s1, 12345
        li s2, 0x00050513
        li s4, 1103515245
        li s3, 0
      again:
        mv t1, s0
        addi t2, s0, 160
      fill:
        mul s1, s1, s4
        addi s1, s1, 1234
        srli t3, s1, 13
        andi t3, t3, 0x7ff
        slli t3, t3, 20
        or t3, t3, s2
        sw t3, 0(t1)
        addi t1, t1, 4
        bltu t1, t2, fill
        li t3, 0x00008067
        sw t3, 0(t1)
        fence.i
        jalr s0
        addi s3, s3, 1
        j again
      """;

  /** Calls a function that is one of four, by turns; s3 counts the calls. */
  private static final String FOUR_VERSIONS =
      """
        li s0, 0x80200000
        li s2, 0x00050513
        li s3, 0
        li t3, 0x00008067
        sw t3, 4(s0)
      again:
        andi t3, s3, 3
        slli t3, t3, 20
        or t3, t3, s2
        sw t3, 0(s0)
        fence.i
        jalr s0
        addi s3, s3, 1
        j again
      """;

  /** Calls a function and counts beside it, on the page of its code. */
  private static final String DATA_BESIDE_CODE =
      """
        la s0, counter
        li s3, 0
      again:
        jal count
        addi s3, s3, 1
        j again
        .align 3
      count:
        ld t0, 0(s0)
        addi t0, t0, 1
        sd t0, 0(s0)
        ret
        .align 3
      counter:
        .dword 0
      """;

  private static TestMachine machine(String source) {
    return TestMachine.running(RISCV, RAM_BYTES, source);
  }

  private static CpuEnvironment leastMemory(CpuEnvironment given) {
    return new CpuEnvironment(
        given.instructionSet(),
        given.hart(),
        given.memory(),
        HOST,
        Map.of("code-memory", Integer.toString(LEAST_MIB)));
  }

  private static NativeEngine engine(TestMachine machine) {
    return (NativeEngine)
        NativeBackEnd.create(
            leastMemory(
                new CpuEnvironment(RISCV, machine.hart(), machine.memory(), HOST, Map.of())));
  }

  /** The back end with as little code memory as it takes. */
  private static final class Small implements CpuStrategy {
    @Override
    public String name() {
      return "small";
    }

    @Override
    public String description() {
      return "little code memory";
    }

    @Override
    public CpuEngine create(CpuEnvironment environment) {
      return new NativeTranslation().create(leastMemory(environment));
    }
  }

  @Test
  void codeMemoryThatIsFullIsGivenUpAndTheGuestNoticesNothing() {
    try (LockStep pair = new LockStep(() -> machine(NEVER_THE_SAME), new Small(), HOST)) {
      for (int i = 0; i < 40; i++) {
        assertThat(pair.run(49_999)).isEmpty();
      }
      assertThat(pair.memoryDifference()).isEmpty();
      long translated = pair.subject().hart().counters().instructionsTranslated;
      assertThat(translated).as("more than fits").isGreaterThan(LEAST_MIB << 17);
    }
  }

  @Test
  void aGuestThatRewritesItsCodeForLongStaysWithinItsMemory() {
    TestMachine machine = machine(NEVER_THE_SAME);
    try (NativeEngine engine = engine(machine)) {
      int most = 0;
      for (int i = 0; i < 60; i++) {
        engine.run(100_000);
        most = Math.max(most, engine.siteCount());
      }
      assertThat(machine.hart().block().register(S3)).isGreaterThan(5_000);
      assertThat(most).as("places that Java remembers").isLessThan((LEAST_MIB << 20) / 16);
    }
  }

  @Test
  void codeThatComesBackIsRightEachTime() {
    try (LockStep pair = new LockStep(() -> machine(FOUR_VERSIONS), new Small(), HOST)) {
      for (int i = 0; i < 100; i++) {
        assertThat(pair.run(501)).isEmpty();
      }
    }
  }

  @Test
  void storesToDataBesideCodeDropNothing() {
    TestMachine machine = machine(DATA_BESIDE_CODE);
    try (NativeEngine engine = engine(machine)) {
      engine.run(100_000);
      assertThat(machine.hart().counters().codeInvalidations).isZero();
    }
    try (LockStep pair = new LockStep(() -> machine(DATA_BESIDE_CODE), new Small(), HOST)) {
      assertThat(pair.run(10_000)).isEmpty();
      assertThat(pair.memoryDifference()).isEmpty();
    }
  }
}
