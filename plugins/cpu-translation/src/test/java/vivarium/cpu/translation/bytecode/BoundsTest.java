package vivarium.cpu.translation.bytecode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.Exit;
import vivarium.api.isa.InstructionSet;
import vivarium.cpu.translation.Translation;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.TestHost;
import vivarium.testkit.TestMachine;

/** What is refused, what is bounded, and what happens then. */
class BoundsTest {
  private static final InstructionSet RISCV = new RiscvInstructionSet();
  private static final int S0 = 8;

  /** Rewrites one of sixteen functions, calls it forty times, and goes on with the next. */
  private static final String REWRITING =
      """
        li s1, 0x80010000
        li s2, 0x00150513
        li s3, 0x00008067
      again:
        andi t0, s0, 15
        slli t0, t0, 5
        add t0, t0, s1
        sw s2, 0(t0)
        sw s3, 4(t0)
        fence.i
        li t1, 40
      call:
        jalr t0
        addi t1, t1, -1
        bnez t1, call
        addi s0, s0, 1
        li t2, 0x00100000
        xor s2, s2, t2
        j again
      """;

  private final TestMachine stepped = new TestMachine(RISCV, 1, 1 << 20);
  private final TestMachine translated = new TestMachine(RISCV, 1, 1 << 20);

  private CpuEnvironment environment(Map<String, String> options) {
    return new CpuEnvironment(
        RISCV, translated.hart(), translated.memory(), TestHost.INSTANCE, options);
  }

  private void program(String source) {
    stepped.program(source);
    translated.program(source);
  }

  private void compare() {
    for (int register = 0; register < 64; register++) {
      assertThat(translated.hart().block().register(register))
          .as("register %d", register)
          .isEqualTo(stepped.hart().block().register(register));
    }
  }

  @Test
  void regionsOfAGuestThatRewritesItsCodeStayWithinTheBound() {
    program(REWRITING);
    int most = 5;
    try (BytecodeEngine engine =
        new BytecodeEngine(environment(Map.of()), new BytecodeOptions(10, most, false))) {
      int seen = 0;
      for (int i = 0; i < 100; i++) {
        assertThat(engine.run(2000)).isEqualTo(Exit.BUDGET_SPENT);
        seen = Math.max(seen, engine.regions());
        assertThat(engine.regions()).isLessThanOrEqualTo(most);
      }
      assertThat(seen).isPositive();
    }
    stepped.run(0, 200_000);
    assertThat(stepped.hart().block().register(S0)).isGreaterThan(500);
    compare();
  }

  @Test
  void whatJavaRefusesStaysInterpretedWithOneWarningAndAReproducer(@TempDir Path directory)
      throws IOException {
    program(REWRITING);
    List<String> warnings = new ArrayList<>();
    List<Long> refused = new ArrayList<>();
    RegionQueue.Maker maker =
        plan -> {
          refused.add(plan.head().pc);
          throw new RegionRefused(new VerifyError("not this one"), new byte[] {1, 2, 3});
        };
    try (BytecodeEngine engine =
        new BytecodeEngine(
            environment(Map.of()),
            new BytecodeOptions(10, 100, false),
            maker,
            new Refusals(directory, warnings::add))) {
      for (int i = 0; i < 10; i++) {
        assertThat(engine.run(2000)).isEqualTo(Exit.BUDGET_SPENT);
      }
      assertThat(engine.regions()).isZero();
    }
    stepped.run(0, 20_000);
    compare();
    assertThat(refused).hasSizeGreaterThan(1);
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("not this one").doesNotContain("\n");
    try (var files = Files.list(directory)) {
      List<Path> written = files.sorted().toList();
      assertThat(written).hasSize(2);
      assertThat(Files.readAllBytes(written.get(0))).containsExactly(1, 2, 3);
      assertThat(Files.readString(written.get(1))).contains("trace 0x", "not this one");
      assertThat(warnings.get(0)).contains(written.get(1).toString());
    }
  }

  @Test
  void translationFallsBackToBytecodeWhereTheHostRefusesExecutableMemory() {
    program("again: addi a0, a0, 1\nj again\n");
    try (CpuEngine engine = new Translation().create(environment(Map.of()))) {
      assertThat(engine).isInstanceOf(BytecodeEngine.class);
      assertThat(engine.run(1000)).isEqualTo(Exit.BUDGET_SPENT);
    }
    stepped.run(0, 1000);
    compare();
  }

  @Test
  void anOptionThatMakesNoSenseIsRefusedInOneLine() {
    assertThatThrownBy(() -> BytecodeOptions.of(Map.of("max-regions", "none")))
        .isInstanceOf(VivariumException.class)
        .hasMessage("max-regions is to be a number from 1 on, not none");
    assertThatThrownBy(() -> BytecodeOptions.of(Map.of("hot-runs", "0")))
        .isInstanceOf(VivariumException.class);
  }
}
