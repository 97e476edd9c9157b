package vivarium.cpu.translation.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import vivarium.api.isa.Instruction;

/** What a trace of random instructions computes is what they compute one by one. */
class TraceMeaningTest {
  private static final int TRACES = 3000;
  private static final int LENGTH = 24;

  private final Pair pair = new Pair();

  @Test
  void randomTracesComputeWhatTheirInstructionsDoOneByOne() {
    Random random = new Random(20);
    List<Instruction> all = RandomCode.translated();
    TraceBuilder builder = pair.builder(LENGTH);
    long completed = 0;
    for (int trace = 0; trace < TRACES; trace++) {
      pair.scramble(random);
      RandomCode.program(pair, all, LENGTH, random);
      pair.setPc(Pair.CODE);
      Graph graph = builder.build(pair.source(), Pair.CODE, Pair.CODE, Pair.ALL_UNITS);
      completed += pair.runBoth(graph);
    }
    assertThat(completed).isGreaterThan(2L * TRACES);
  }
}
