package vivarium.cpu.translation.bytecode;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.Instruction;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Liveness;
import vivarium.cpu.translation.graph.Pair;
import vivarium.cpu.translation.graph.RandomCode;
import vivarium.cpu.translation.graph.TraceBuilder;

/** Regions, and traces run cold, of random code do what its instructions do one by one. */
class RandomRegionTest {
  private static final int TRACES = 1500;
  private static final int LENGTH = 24;
  private static final long BUDGET = 100;

  private final Pair pair = new Pair();
  private final Hart hart = pair.byGraph.hart();
  private final Liveness liveness = new Liveness(Pair.REGISTERS);
  private final long[] x = new long[HartBlock.MAX_REGISTERS];
  private final Frame frame = new Frame();
  private final ColdRunner cold = new ColdRunner(hart.mmu(), hart.fpu());

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void randomCodeDoesWhatItsInstructionsDoOneByOne(boolean compiled) {
    Random random = new Random(7);
    List<Instruction> all = RandomCode.translated();
    TraceBuilder builder = pair.builder(LENGTH);
    long completed = 0;
    for (int i = 0; i < TRACES; i++) {
      pair.scramble(random);
      RandomCode.program(pair, all, LENGTH, random);
      pair.setPc(Pair.CODE);
      Graph graph = builder.build(pair.source(), Pair.CODE, Pair.CODE, Pair.ALL_UNITS);
      liveness.analyse(graph);
      FlatTrace trace = new FlatTrace(graph, liveness, Pair.CODE, Pair.CODE, Pair.ALL_UNITS, 2);
      completed += pair.runBoth(graph, () -> run(trace, compiled));
    }
    assertThat(completed).isGreaterThan(2L * TRACES);
  }

  private int run(FlatTrace trace, boolean compiled) {
    MemorySegment registers = hart.block().segment().asSlice(0, 8L * x.length);
    MemorySegment.copy(registers, ValueLayout.JAVA_LONG, 0, x, 0, x.length);
    frame.budget = BUDGET;
    RuntimeException thrown;
    try {
      thrown =
          compiled
              ? RegionCompiler.compile(new RegionPlan(List.of(trace), List.of(trace), false))
                  .run(x, hart.mmu(), hart.mmu().near(), hart.fpu(), frame)
              : cold.run(trace, x, frame);
    } catch (RegionRefused e) {
      throw new AssertionError(e);
    }
    MemorySegment.copy(x, 0, registers, ValueLayout.JAVA_LONG, 0, x.length);
    hart.block().setPc(frame.pc);
    if (thrown != null) {
      throw thrown;
    }
    return (int) (BUDGET - frame.budget);
  }
}
