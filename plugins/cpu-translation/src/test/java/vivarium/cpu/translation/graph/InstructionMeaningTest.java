package vivarium.cpu.translation.graph;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.OperandField;

/** What a template says of an instruction is what its method does. */
class InstructionMeaningTest {
  private static final int TRIALS = 100;

  private final Pair pair = new Pair();

  static List<Instruction> translated() {
    Templates templates = Templates.of(Pair.ISA.table());
    return Pair.ISA.table().instructions().stream()
        .filter(one -> templates.template(one) != null)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("translated")
  void graphDoesWhatTheMethodDoes(Instruction instruction) {
    Random random = new Random(instruction.name().hashCode());
    TraceBuilder builder = pair.builder(1);
    for (int trial = 0; trial < TRIALS; trial++) {
      Decoded decoded = randomly(instruction, random);
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

  /** An encoding with edges and anything in its fields; {@code null} if that is excluded. */
  static Decoded randomly(Instruction instruction, Random random) {
    long[] fields = new long[instruction.fields().size()];
    for (int i = 0; i < fields.length; i++) {
      int mask = instruction.encoding().mask();
      int bits = random.nextInt() & ~mask | instruction.encoding().match();
      if (!instruction.fields().get(i).isRegister()) {
        bits =
            switch (random.nextInt(4)) {
              case 0 -> instruction.encoding().match();
              case 1 -> ~mask | instruction.encoding().match();
              default -> bits;
            };
      }
      fields[i] = instruction.encoding().extract(i, bits);
      OperandField field = instruction.fields().get(i);
      if (field.kind() == OperandField.Kind.SIGNED && random.nextInt(4) == 0) {
        fields[i] = random.nextBoolean() ? lowest(instruction, i) : -lowest(instruction, i) - 1;
      }
    }
    try {
      int bits = instruction.encoding().encode(fields);
      Decoded decoded = Pair.ISA.table().decode(bits, instruction.encoding().length());
      return decoded != null && decoded.instruction() == instruction ? decoded : null;
    } catch (IllegalArgumentException excluded) {
      return null;
    }
  }

  /** The least value that a signed field can have: only its sign bit is set. */
  private static long lowest(Instruction instruction, int field) {
    int mask = instruction.encoding().mask();
    long all = instruction.encoding().extract(field, ~mask | instruction.encoding().match());
    long least = all;
    for (int bit = 0; bit < 32; bit++) {
      int bits = ~mask & 1 << bit | instruction.encoding().match();
      least = Math.min(least, instruction.encoding().extract(field, bits));
    }
    return least;
  }
}
