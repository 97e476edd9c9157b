package vivarium.cpu.translation.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Instruction;

/** What a trace of random instructions computes is what they compute one by one. */
class TraceMeaningTest {
  private static final int TRACES = 3000;
  private static final int LENGTH = 24;

  private final Pair pair = new Pair();

  @Test
  void randomTracesComputeWhatTheirInstructionsDoOneByOne() {
    Random random = new Random(20);
    List<Instruction> all = InstructionMeaningTest.translated();
    TraceBuilder builder = pair.builder(LENGTH);
    long completed = 0;
    for (int trace = 0; trace < TRACES; trace++) {
      pair.scramble(random);
      program(all, random);
      pair.setPc(Pair.CODE);
      Graph graph = builder.build(pair.source(), Pair.CODE, Pair.CODE, Pair.ALL_UNITS);
      completed += pair.runBoth(graph);
    }
    assertThat(completed).isGreaterThan(2L * TRACES);
  }

  /** Few registers, so that instructions depend on one another. */
  private void program(List<Instruction> all, Random random) {
    long at = Pair.CODE;
    for (int i = 0; i < LENGTH; i++) {
      Decoded decoded = null;
      while (decoded == null) {
        Instruction instruction = all.get(random.nextInt(all.size()));
        boolean rare = instruction.result() != Instruction.Result.REGISTER;
        if (!rare || random.nextInt(4) == 0) {
          decoded = fewRegisters(instruction, random);
        }
      }
      pair.putCode(at, decoded.bits(), decoded.length());
      at += decoded.length();
    }
  }

  private static Decoded fewRegisters(Instruction instruction, Random random) {
    Decoded decoded = InstructionMeaningTest.randomly(instruction, random);
    if (decoded == null) {
      return null;
    }
    long[] fields = new long[instruction.fields().size()];
    for (int i = 0; i < fields.length; i++) {
      boolean register = instruction.fields().get(i).isRegister();
      fields[i] = register ? 8 + random.nextInt(6) : decoded.operand(i);
      if (instruction.result() == Instruction.Result.BRANCH && !register) {
        fields[i] = 4 * (1 + random.nextInt(8));
      }
    }
    int bits = instruction.encoding().encode(fields);
    return Pair.ISA.table().decode(bits, instruction.encoding().length());
  }
}
