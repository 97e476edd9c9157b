package vivarium.cpu.translation.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Folding changes what is computed, never what comes out. */
class FolderTest {
  private static final int REGISTERS = 3;
  private static final long[] CONSTANTS = {
    0, 1, -1, 2, 8, 31, 32, 48, 56, 63, 0xff, 0xffff, 0xffff_ffffL, 0x7fff_ffffL, Long.MIN_VALUE
  };

  private final Graph graph = new Graph(REGISTERS);
  private final int[] nodes = new int[200];
  private final long[] expected = new long[200];
  private int size;

  @Test
  void randomExpressionsHaveTheValuesOfTheirUnfoldedForms() {
    Random random = new Random(11);
    for (int trial = 0; trial < 20_000; trial++) {
      graph.reset();
      graph.setNarrowing(random.nextBoolean());
      long[] registers = {Pair.value(random), Pair.value(random), Pair.value(random)};
      size = 0;
      for (int register = 0; register < REGISTERS; register++) {
        note(graph.read(register), registers[register]);
      }
      while (size < 40) {
        grow(random);
      }
      long[] values = evaluate(registers);
      for (int i = 0; i < size; i++) {
        long value = graph.wide(nodes[i]) ? values[nodes[i]] : (int) values[nodes[i]];
        assertThat(value).as("n%d of trial %d: %s", nodes[i], trial, graph).isEqualTo(expected[i]);
      }
    }
  }

  private void note(int node, long value) {
    nodes[size] = node;
    expected[size++] = value;
  }

  private void grow(Random random) {
    int type = random.nextBoolean() ? Graph.I64 : Graph.I32;
    if (random.nextInt(4) == 0) {
      long value = CONSTANTS[random.nextInt(CONSTANTS.length)];
      note(graph.constant(type, value), type == Graph.I32 ? (int) value : value);
      return;
    }
    int op = Op.ADD + random.nextInt(Op.UNBOX32 - Op.ADD + 1);
    boolean onlyWide =
        op == Op.MULHI || op == Op.UMULHI || op == Op.SEXT32 || op == Op.ZEXT32 || op == Op.BOX32;
    boolean onlyNarrow = op == Op.TRUNC || op == Op.CMP || op == Op.UNBOX32;
    type = onlyWide ? Graph.I64 : onlyNarrow ? Graph.I32 : type;
    int aux = op == Op.CMP ? random.nextInt(10) : 0;
    int operandType = operandType(op, type, random);
    int a = pick(random, op == Op.SELECT ? Graph.I32 : operandType);
    boolean shift = op >= Op.SHL && op <= Op.ROTR;
    boolean binary = op <= Op.UREM || op == Op.CMP || op == Op.SELECT;
    int b = !binary ? -1 : pick(random, shift ? Graph.I32 : operandType);
    boolean ternary = op >= Op.DIV && op <= Op.UREM || op == Op.SELECT;
    int c = ternary ? pick(random, type) : -1;
    if (a == -2 || b == -2 || c == -2) {
      return;
    }
    int node = graph.make(op, type, aux, nodes[a], b < 0 ? -1 : nodes[b], c < 0 ? -1 : nodes[c], 0);
    long first = expected[a];
    long second = b < 0 ? 0 : expected[b];
    long third = c < 0 ? 0 : expected[c];
    note(node, Evaluator.evaluate(op, type == Graph.I64, aux, first, second, third));
  }

  private static int operandType(int op, int type, Random random) {
    return switch (op) {
      case Op.SEXT32, Op.ZEXT32, Op.BOX32 -> Graph.I32;
      case Op.TRUNC, Op.UNBOX32 -> Graph.I64;
      case Op.CMP -> random.nextBoolean() ? Graph.I64 : Graph.I32;
      default -> type;
    };
  }

  /** Something made before, of a type; -2 if there is none. */
  private int pick(Random random, int type) {
    for (int tries = 0; tries < 20; tries++) {
      int i = random.nextBoolean() ? random.nextInt(size) : size - 1 - random.nextInt(3);
      if (graph.type(nodes[i]) == type) {
        return i;
      }
    }
    return -2;
  }

  private long[] evaluate(long[] registers) {
    long[] values = new long[graph.count()];
    for (int node = 0; node < graph.count(); node++) {
      int op = graph.op(node);
      int a = graph.a(node);
      values[node] =
          switch (op) {
            case Op.CONST -> graph.value(node);
            case Op.READ -> registers[graph.aux(node)];
            default ->
                Evaluator.evaluate(
                    op,
                    graph.wide(node),
                    graph.aux(node),
                    values[a],
                    graph.b(node) < 0 ? 0 : values[graph.b(node)],
                    graph.c(node) < 0 ? 0 : values[graph.c(node)]);
          };
    }
    return values;
  }

  private int wide(int op, int a, int b) {
    return graph.make(op, Graph.I64, 0, a, b, -1, 0);
  }

  @Test
  void addedConstantsBecomeOne() {
    int x = graph.read(0);
    int sum = wide(Op.ADD, wide(Op.ADD, x, graph.constant(1, 40)), graph.constant(1, 2));
    assertThat(sum).isEqualTo(wide(Op.ADD, x, graph.constant(1, 42)));
  }

  @Test
  void aDisplacementGoesIntoTheAccess() {
    int address = wide(Op.ADD, graph.read(0), graph.constant(1, 16));
    int load = graph.make(Op.LOAD, Graph.I64, Graph.loadAux(8, false), address, -1, -1, 0);
    assertThat(graph.a(load)).isEqualTo(graph.read(0));
    assertThat(graph.value(load)).isEqualTo(16);
  }

  @Test
  void aSelectionAboutZeroGoesIntoTheDivision() {
    int x = graph.read(0);
    int y = graph.read(1);
    int quotient = graph.make(Op.DIV, Graph.I64, 0, x, y, graph.constant(1, 0), 0);
    int zero = graph.constant(Graph.I64, 0);
    int isZero = graph.make(Op.CMP, Graph.I32, Condition.EQ, y, zero, -1, 0);
    int chosen = graph.make(Op.SELECT, Graph.I64, 0, isZero, x, quotient, 0);
    assertThat(graph.op(chosen)).isEqualTo(Op.DIV);
    assertThat(graph.c(chosen)).isEqualTo(x);
  }

  @Test
  void testingAComparisonThatWasANumberIsTheComparison() {
    int less = graph.make(Op.CMP, Graph.I32, Condition.ULT, graph.read(0), graph.read(1), -1, 0);
    int number = graph.make(Op.ZEXT32, Graph.I64, 0, less, -1, -1, 0);
    int zero = graph.constant(Graph.I64, 0);
    int tested = graph.make(Op.CMP, Graph.I32, Condition.EQ, number, zero, -1, 0);
    assertThat(graph.aux(tested)).isEqualTo(Condition.UGE);
    assertThat(graph.a(tested)).isEqualTo(graph.read(0));
  }

  @Test
  void signExtensionOfWhatIsSignExtendedIsDropped() {
    int load = graph.make(Op.LOAD, Graph.I64, Graph.loadAux(4, true), graph.read(0), -1, -1, 0);
    int low = graph.make(Op.TRUNC, Graph.I32, 0, load, -1, -1, 0);
    assertThat(graph.make(Op.SEXT32, Graph.I64, 0, low, -1, -1, 0)).isEqualTo(load);
  }
}
