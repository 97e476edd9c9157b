package vivarium.cpu.translation.graph;

import java.lang.reflect.Method;
import vivarium.api.isa.Instruction;

/**
 * Reads an instruction's method from its bytecode into a template. The code is executed once with
 * symbols for values ({@link SymbolicMethod}); what remains of the nodes made is copied out.
 */
final class MethodReader {
  private static final int REGISTERS = 0;

  private final ClassCode classes = new ClassCode();
  private final Graph graph = new Graph(REGISTERS);
  private final int[] uses = new int[Graph.CAPACITY];
  private final int[] places = new int[Graph.CAPACITY];
  private final int[] extensions = new int[Graph.CAPACITY];
  private final boolean[] merged = new boolean[Graph.CAPACITY];

  /** Reads one. */
  InstructionTemplate read(Instruction instruction) throws Unreadable {
    if (instruction.takesHart()) {
      throw new Unreadable("it takes the hart");
    }
    graph.reset();
    graph.setNarrowing(true);
    Method method = instruction.method();
    Class<?>[] types = method.getParameterTypes();
    int[] arguments = new int[types.length];
    for (int i = 0; i < types.length; i++) {
      arguments[i] = argument(instruction.parameters().get(i).source(), i, types[i]);
    }
    SymbolicMethod symbols = new SymbolicMethod(graph, classes, method.getDeclaringClass());
    int result = symbols.evaluate(method, arguments);
    countUses(result);
    mergeLoads();
    return template(instruction, result);
  }

  private int argument(Instruction.Source source, int number, Class<?> type) throws Unreadable {
    return switch (source) {
      case MMU -> SymbolicMethod.MMU;
      case FPU -> SymbolicMethod.FPU;
      case HART -> throw new Unreadable("it takes the hart");
      case REGISTER, IMMEDIATE, PC, NEXT, BITS -> {
        int width = type == long.class ? Graph.I64 : Graph.I32;
        yield graph.share(Op.PARAM, width, number, -1, -1, -1, 0);
      }
    };
  }

  private void countUses(int result) throws Unreadable {
    java.util.Arrays.fill(uses, 0, graph.count(), 0);
    if (result >= 0) {
      uses[result]++;
    }
    for (int node = graph.count() - 1; node >= 0; node--) {
      int op = graph.op(node);
      if (Op.pure(op) && uses[node] == 0) {
        continue;
      }
      if (op == Op.COMPARE) {
        throw new Unreadable("it uses a three-way comparison as a number");
      }
      use(graph.a(node));
      use(graph.b(node));
      use(graph.c(node));
    }
  }

  private void use(int node) {
    if (node >= 0) {
      uses[node]++;
    }
  }

  /** A load whose only use is to be sign-extended becomes one that does that. */
  private void mergeLoads() {
    java.util.Arrays.fill(extensions, 0, graph.count(), -1);
    java.util.Arrays.fill(merged, 0, graph.count(), false);
    for (int node = 0; node < graph.count(); node++) {
      int bytes =
          switch (graph.op(node)) {
            case Op.SEXT8 -> 1;
            case Op.SEXT16 -> 2;
            case Op.SEXT32 -> 4;
            default -> 0;
          };
      if (bytes == 0 || uses[node] == 0 || !graph.wide(node)) {
        continue;
      }
      int operand = graph.a(node);
      int load = graph.plain(operand);
      boolean alone = uses[load] == 1 && (load == operand || uses[operand] == 1);
      if (alone && graph.op(load) == Op.LOAD && graph.width(load) == bytes) {
        extensions[load] = node;
        merged[node] = true;
        merged[operand] = load != operand;
      }
    }
  }

  private int place(int node) {
    return node < 0 ? -1 : places[node];
  }

  private InstructionTemplate template(Instruction instruction, int result) throws Unreadable {
    int[] code = InstructionTemplate.room(graph.count());
    long[] values = new long[graph.count()];
    int size = 0;
    for (int node = 0; node < graph.count(); node++) {
      int op = graph.op(node);
      if (Op.pure(op) && uses[node] == 0 || merged[node]) {
        continue;
      }
      int aux = graph.aux(node);
      if (extensions[node] >= 0) {
        aux = Graph.loadAux(graph.width(node), true);
        places[extensions[node]] = size;
      }
      places[node] = size;
      values[size] = graph.value(node);
      InstructionTemplate.put(
          code,
          size,
          op,
          graph.type(node),
          aux,
          place(graph.a(node)),
          place(graph.b(node)),
          place(graph.c(node)));
      size++;
    }
    if (size > InstructionTemplate.MAX_NODES) {
      throw new Unreadable("it makes " + size + " nodes");
    }
    return new InstructionTemplate(
        instruction,
        java.util.Arrays.copyOf(code, InstructionTemplate.room(size).length),
        java.util.Arrays.copyOf(values, size),
        result < 0 ? -1 : places[result]);
  }
}
