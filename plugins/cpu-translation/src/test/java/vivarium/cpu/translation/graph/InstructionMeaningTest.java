package vivarium.cpu.translation.graph;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Instruction;

/** What a template says of an instruction is what its method does. */
class InstructionMeaningTest {
  private static final int TRIALS = 100;

  private final Pair pair = new Pair();

  @ParameterizedTest
  @MethodSource("vivarium.cpu.translation.graph.RandomCode#translated")
  void graphDoesWhatTheMethodDoes(Instruction instruction) {
    Random random = new Random(instruction.name().hashCode());
    TraceBuilder builder = pair.builder(1);
    for (int trial = 0; trial < TRIALS; trial++) {
      Decoded decoded = RandomCode.instruction(instruction, random);
      if (decoded == null) {
        continue;
      }
      pair.scramble(random);
      pair.putCode(Pair.CODE, decoded.bits(), decoded.length());
      pair.setPc(Pair.CODE);
      Graph graph = builder.build(pair.source(), Pair.CODE, Pair.CODE, Pair.ALL_UNITS);
      pair.runBoth(graph);
    }
  }
}
