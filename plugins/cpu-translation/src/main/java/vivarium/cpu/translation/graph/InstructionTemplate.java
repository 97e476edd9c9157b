package vivarium.cpu.translation.graph;

import vivarium.api.isa.Decoded;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.OperandField;
import vivarium.api.isa.RegisterBank;

/**
 * What one instruction means, ready to be copied into a graph: nodes in the order of their
 * execution, operands being earlier nodes. Immutable; instantiated once for each guest instruction
 * translated, so it is plain arrays.
 */
public final class InstructionTemplate {
  /** Most nodes of a template. */
  static final int MAX_NODES = 128;

  private static final int OP = 0;
  private static final int TYPE = 1;
  private static final int AUX = 2;
  private static final int A = 3;
  private static final int B = 4;
  private static final int C = 5;
  private static final int STRIDE = 6;

  /** {@link Op#FPU}'s value: the rounding mode is the parameter of number {@code -2 - value}. */
  static final long MODE_IS_PARAMETER = -2;

  private final Instruction instruction;
  private final Instruction.Result kind;
  private final int[] code;
  private final long[] values;
  private final int result;
  private final int[] sources;
  private final int[] fields;
  private final int[] firstRegisters;
  private final boolean[] hardwired;
  private final int destinationField;
  private final int destinationFirst;
  private final boolean destinationHardwired;
  private final int branchField;

  /**
   * Makes a template.
   *
   * @param code six numbers a node
   * @param values a value a node
   * @param result the node that is the method's result, or -1
   */
  @SuppressWarnings("EnumOrdinal") // the numbers do not leave this object
  InstructionTemplate(Instruction instruction, int[] code, long[] values, int result) {
    this.instruction = instruction;
    this.kind = instruction.result();
    this.code = code;
    this.values = values;
    this.result = result;
    int parameters = instruction.parameters().size();
    sources = new int[parameters];
    fields = new int[parameters];
    firstRegisters = new int[parameters];
    hardwired = new boolean[parameters];
    for (int i = 0; i < parameters; i++) {
      Instruction.Parameter parameter = instruction.parameters().get(i);
      sources[i] = parameter.source().ordinal();
      fields[i] = parameter.field();
      RegisterBank bank = bank(parameter.field());
      if (bank != null) {
        firstRegisters[i] = bank.firstIndex();
        hardwired[i] = bank.hardwiredZero();
      }
    }
    destinationField = instruction.destination();
    RegisterBank bank = bank(destinationField);
    destinationFirst = bank == null ? -1 : bank.firstIndex();
    destinationHardwired = bank != null && bank.hardwiredZero();
    branchField = instruction.encoding().fieldIndex("imm");
  }

  private @org.jspecify.annotations.Nullable RegisterBank bank(int field) {
    OperandField declared = field < 0 ? null : instruction.fields().get(field);
    return declared == null ? null : declared.bank();
  }

  static void put(int[] code, int node, int op, int type, int aux, int a, int b, int c) {
    int base = node * STRIDE;
    code[base + OP] = op;
    code[base + TYPE] = type;
    code[base + AUX] = aux;
    code[base + A] = a;
    code[base + B] = b;
    code[base + C] = c;
  }

  static int[] room(int nodes) {
    return new int[nodes * STRIDE];
  }

  /** Whose meaning it is. */
  public Instruction instruction() {
    return instruction;
  }

  /** What becomes of the result. */
  public Instruction.Result kind() {
    return kind;
  }

  /** How many nodes it adds at most. */
  public int size() {
    return values.length;
  }

  /** The register that this instruction writes, over all banks, or -1. */
  public int destination(Decoded decoded) {
    if (destinationFirst < 0) {
      return -1;
    }
    int number = (int) decoded.operand(destinationField);
    return number == 0 && destinationHardwired ? -1 : destinationFirst + number;
  }

  /** What a BRANCH adds to its pc. */
  public long branchOffset(Decoded decoded) {
    return decoded.operand(branchField);
  }

  /**
   * Adds the instruction's nodes to a graph.
   *
   * @param pc the instruction's address
   * @param map scratch of at least {@link #size()} numbers
   * @return the node of the result, or -1
   */
  public int instantiate(Graph graph, Decoded decoded, long pc, int[] map) {
    for (int node = 0, base = 0; node < values.length; node++, base += STRIDE) {
      int op = code[base + OP];
      int type = code[base + TYPE];
      int aux = code[base + AUX];
      if (op == Op.PARAM) {
        map[node] = parameter(graph, decoded, pc, aux, type);
      } else if (op == Op.CONST) {
        map[node] = graph.constant(type, values[node]);
      } else {
        int a = code[base + A];
        int b = code[base + B];
        int c = code[base + C];
        long value = values[node];
        if (op == Op.FPU && value <= MODE_IS_PARAMETER) {
          value = decoded.operand(fields[(int) (MODE_IS_PARAMETER - value)]);
        }
        map[node] =
            graph.make(op, type, aux, map[a], b < 0 ? -1 : map[b], c < 0 ? -1 : map[c], value);
      }
    }
    return result < 0 ? -1 : map[result];
  }

  private int parameter(Graph graph, Decoded decoded, long pc, int parameter, int type) {
    int source = sources[parameter];
    if (source == REGISTER) {
      int number = (int) decoded.operand(fields[parameter]);
      return number == 0 && hardwired[parameter]
          ? graph.constant(Graph.I64, 0)
          : graph.read(firstRegisters[parameter] + number);
    }
    if (source == IMMEDIATE) {
      return graph.constant(type, decoded.operand(fields[parameter]));
    }
    if (source == PC) {
      return graph.constant(Graph.I64, pc);
    }
    if (source == NEXT) {
      return graph.constant(Graph.I64, pc + decoded.length());
    }
    return graph.constant(Graph.I32, decoded.bits());
  }

  private static final int REGISTER = Instruction.Source.REGISTER.ordinal();
  private static final int IMMEDIATE = Instruction.Source.IMMEDIATE.ordinal();
  private static final int PC = Instruction.Source.PC.ordinal();
  private static final int NEXT = Instruction.Source.NEXT.ordinal();
}
