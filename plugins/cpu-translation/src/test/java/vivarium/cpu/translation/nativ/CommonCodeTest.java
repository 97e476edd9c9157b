package vivarium.cpu.translation.nativ;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.cpu.translation.NativeTranslation;
import vivarium.testkit.LockStep;
import vivarium.testkit.TestMachine;

/** As the other engine, made for a machine at rest; and what such machines have in common. */
class CommonCodeTest extends NativeEngineTest {
  private static final int A0 = 10;
  private static final int A1 = 11;
  private static final int S3 = 19;
  private static final int ADDI_A0_A0_1 = 0x0015_0513;
  private static final int ADDI_A0_A0_3 = 0x0035_0513;
  private static final int ADDI_A1_A0_1 = 0x0015_0593;

  /** Calls a function that is another one each time; s3 counts the calls. */
  private static final String REWRITTEN_FUNCTION =
      """
        li s0, 0x80002000
        li s2, 0x00050513
        li s3, 0
        li t3, 0x00008067
        sw t3, 4(s0)
      again:
        slli t3, s3, 20
        or t3, t3, s2
        sw t3, 0(s0)
        sw s3, 8(s0)
        fence.i
        jalr s0
        addi s3, s3, 1
        j again
      """;

  private static final String COUNT =
      """
      again:
        addi a0, a0, 1
        j again
      """;

  /** Makes engines as for machines at rest. */
  private static final class Resting implements CpuStrategy {
    @Override
    public String name() {
      return "resting";
    }

    @Override
    public String description() {
      return "machine code in common";
    }

    @Override
    public CpuEngine create(CpuEnvironment environment) {
      return new NativeTranslation()
          .create(
              new CpuEnvironment(
                  environment.instructionSet(),
                  environment.hart(),
                  environment.memory(),
                  environment.host(),
                  environment.options(),
                  true));
    }
  }

  @Override
  protected CpuStrategy strategy() {
    return new Resting();
  }

  private static long translated(TestMachine machine) {
    return machine.hart().counters().instructionsTranslated;
  }

  @Test
  void whatOneMachineHasTranslatedAnotherRuns() {
    TestMachine one = program(COUNT).get();
    TestMachine other = program(COUNT).get();
    try (CpuEngine first = engine(one);
        CpuEngine second = engine(other)) {
      first.run(100);
      second.run(100);
      assertThat(translated(one)).isPositive();
      assertThat(translated(other)).isZero();
      assertThat(other.hart().block().register(A0)).isEqualTo(50);
    }
  }

  @Test
  void theSameCodeAtAnotherAddressIsOtherCode() {
    TestMachine one = program("auipc a0, 0\nj .").get();
    TestMachine other = new TestMachine(RISCV, 1, RAM_BYTES);
    other.assemble(TestMachine.RAM_BASE + 0x1000, "auipc a0, 0\nj .");
    other.hart().block().setPc(TestMachine.RAM_BASE + 0x1000);
    try (CpuEngine first = engine(one);
        CpuEngine second = engine(other)) {
      first.run(10);
      second.run(10);
      assertThat(other.hart().block().register(A0)).isEqualTo(TestMachine.RAM_BASE + 0x1000);
    }
  }

  @Test
  void whatOneMachineWritesToItsCodeIsItsOwnAffair() {
    TestMachine one = program(COUNT).get();
    TestMachine other = program(COUNT).get();
    try (CpuEngine first = engine(one);
        CpuEngine second = engine(other)) {
      first.run(100);
      second.run(100);
      one.memory().store(TestMachine.RAM_BASE, 4, ADDI_A0_A0_2);
      first.run(100);
      second.run(100);
      assertThat(one.hart().block().register(A0)).isEqualTo(50 + 100);
      assertThat(other.hart().block().register(A0)).isEqualTo(100);
      other.memory().store(TestMachine.RAM_BASE, 4, ADDI_A0_A0_2);
      long before = translated(other);
      second.run(100);
      assertThat(other.hart().block().register(A0)).isEqualTo(100 + 100);
      assertThat(translated(other)).as("its page is the other's again").isEqualTo(before);
    }
  }

  @Test
  void dataBesideCodeMakesAPageAnotherOneUntilItIsRead() {
    TestMachine one = program(COUNT).get();
    TestMachine other = program(COUNT).get();
    other.memory().store(TestMachine.RAM_BASE + 0x800, 8, 1);
    try (CpuEngine first = engine(one);
        CpuEngine second = engine(other)) {
      first.run(100);
      second.run(100);
      assertThat(translated(other)).isEqualTo(translated(one));
      other.memory().store(TestMachine.RAM_BASE + 0x800, 8, 0);
      second.run(100);
      assertThat(translated(other)).as("equal once more").isEqualTo(translated(one));
      assertThat(other.hart().block().register(A0)).isEqualTo(100);
    }
  }

  @Test
  void whoRewritesItsCodeHasAnEngineOfItsOwn() {
    TestMachine machine = program(REWRITTEN_FUNCTION).get();
    try (CpuEngine engine = engine(machine)) {
      engine.run(30);
      assertThat(((CommonEngine) engine).isAlone()).isFalse();
      engine.run(10_000);
      assertThat(((CommonEngine) engine).isAlone()).isTrue();
      engine.run(10_000);
      assertThat(machine.hart().block().register(S3)).isGreaterThan(1_900);
    }
  }

  @Test
  void pagesAreForgottenByAllWhenThereAreTooMany() {
    TestMachine bystander = program(COUNT).get();
    try (CpuEngine counting = engine(bystander);
        LockStep pair = lockStep(program(REWRITTEN_FUNCTION))) {
      counting.run(100);
      long before = translated(bystander);
      for (int i = 0; i < 2 * CommonCode.MAX_PAGES / 10; i++) {
        assertThat(pair.run(70)).isEmpty();
      }
      counting.run(100);
      assertThat(bystander.hart().block().register(A0)).isEqualTo(100);
      assertThat(translated(bystander)).as("made again").isGreaterThan(before);
      bystander.memory().store(TestMachine.RAM_BASE, 4, ADDI_A0_A0_2);
      counting.run(100);
      assertThat(bystander.hart().block().register(A0)).as("watched again").isEqualTo(200);
    }
  }

  @Test
  void codeMemoryThatOneMachineFillsIsGivenUpByAll() {
    Map<String, String> least = Map.of("code-memory", "1");
    List<LockStep> pairs = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        pairs.add(new LockStep(randomStreams(i, 400), strategy(), host(), least));
      }
      Random random = new Random(1);
      long most = 0;
      for (int i = 0; i < 30_000; i++) {
        LockStep pair = pairs.get(random.nextInt(pairs.size()));
        assertThat(pair.run(1 + random.nextInt(100))).isEmpty();
        most = Math.max(most, translated(pair.subject()));
      }
      assertThat(most).as("more than fits").isGreaterThan(1 << 15);
    } finally {
      pairs.forEach(LockStep::close);
    }
  }

  @Test
  void machinesThatTakeTurnsAgreeWithTheStepper() {
    Supplier<TestMachine> same = randomStreams(77, 100);
    try (LockStep one = lockStep(same);
        LockStep other = lockStep(same);
        LockStep third = lockStep(randomStreams(78, 100))) {
      Random random = new Random(3);
      List<LockStep> pairs = List.of(one, other, third);
      for (int i = 0; i < 2_000; i++) {
        assertThat(pairs.get(random.nextInt(3)).run(1 + random.nextInt(300))).isEmpty();
      }
      for (LockStep pair : pairs) {
        assertThat(pair.memoryDifference()).isEmpty();
      }
    }
  }

  @Test
  void anInstructionAcrossTwoPagesIsInCommonUntilEitherPartIsWritten() {
    TestMachine one = crossing();
    TestMachine other = crossing();
    long end = TestMachine.RAM_BASE + 0x1000;
    try (CpuEngine first = engine(one);
        CpuEngine second = engine(other)) {
      first.run(99);
      second.run(99);
      assertThat(translated(other)).isZero();
      assertThat(other.hart().block().register(A0)).isEqualTo(33);
      other.memory().store(end, 2, ADDI_A0_A0_3 >>> 16);
      second.run(99);
      assertThat(other.hart().block().register(A0)).isEqualTo(33 + 3 * 33);
      other.memory().store(end, 2, ADDI_A0_A0_1 >>> 16);
      other.memory().store(end - 2, 2, ADDI_A1_A0_1 & 0xffff);
      second.run(99);
      assertThat(other.hart().block().register(A0)).isEqualTo(132);
      assertThat(other.hart().block().register(A1)).isEqualTo(133);
      first.run(99);
      assertThat(one.hart().block().register(A0)).isEqualTo(66);
      assertThat(other.hart().counters().instructions(RISCV.table())).containsOnly(0);
    }
  }

  /** A loop of three, the second of which lies in two pages. */
  private TestMachine crossing() {
    TestMachine machine = new TestMachine(RISCV, 1, RAM_BYTES);
    long end = TestMachine.RAM_BASE + 0x1000;
    machine.assemble(end - 6, "again: nop\naddi a0, a0, 1\nj again");
    machine.hart().block().setPc(end - 6);
    return machine;
  }

  @Test
  void itCanBeSwitchedOff() {
    TestMachine one = program(COUNT).get();
    TestMachine other = program(COUNT).get();
    Map<String, String> off = Map.of("common-code", "off");
    try (CpuEngine first = engine(one, off);
        CpuEngine second = engine(other, off)) {
      first.run(100);
      second.run(100);
      assertThat(translated(other)).isEqualTo(translated(one));
    }
    assertThatThrownBy(() -> engine(one, Map.of("common-code", "perhaps")))
        .isInstanceOf(VivariumException.class)
        .hasMessage("common-code is on or off, not perhaps");
  }

  private CpuEngine engine(TestMachine machine, Map<String, String> options) {
    return strategy()
        .create(new CpuEnvironment(RISCV, machine.hart(), machine.memory(), host(), options));
  }
}
