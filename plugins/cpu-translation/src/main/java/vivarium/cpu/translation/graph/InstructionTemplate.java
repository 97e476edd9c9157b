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
  public static final int MAX_NODES = 128;

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
  private final boolean pure;
  private final boolean standsAlone;

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
    boolean allPure = true;
    for (int base = 0; base < code.length; base += STRIDE) {
      allPure &= code[base + OP] == Op.PARAM || Op.pure(code[base + OP]);
    }
    pure = allPure;
    standsAlone =
        instruction.parameters().stream()
            .allMatch(
                one ->
                    one.source() != Instruction.Source.PC
                        && one.source() != Instruction.Source.NEXT
                        && one.source() != Instruction.Source.BITS);
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

  /** Whether the nodes depend on operands only, not on the instruction's address or bits. */
  public boolean standsAlone() {
    return standsAlone;
  }

  /** How many parameters the method has. */
  public int parameters() {
    return sources.length;
  }

  /** Whether a parameter is a register's value. */
  public boolean isRegister(int parameter) {
    return sources[parameter] == REGISTER;
  }

  /** The register that a parameter is the value of, over all banks; -1 if that is always 0. */
  public int register(Decoded decoded, int parameter) {
    int number = (int) decoded.operand(fields[parameter]);
    return number == 0 && hardwired[parameter] ? -1 : firstRegisters[parameter] + number;
  }

  /** The value of a parameter that is an immediate. */
  public long immediate(Decoded decoded, int parameter) {
    return decoded.operand(fields[parameter]);
  }

  /**
   * Whether the result is known, in an instruction that does nothing but compute it.
   *
   * @param known the one register, over all banks, whose value is known; -1 if none is
   */
  public boolean isKnown(Decoded decoded, int known) {
    if (!pure || result < 0) {
      return false;
    }
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] == REGISTER) {
        int register = register(decoded, i);
        if (register >= 0 && register != known) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Computes the result where {@link #isKnown} says so.
   *
   * @param pc the instruction's address
   * @param known the value of the known register
   * @param scratch of at least {@link #size()} numbers
   */
  public long evaluate(Decoded decoded, long pc, long known, long[] scratch) {
    for (int node = 0, base = 0; node < values.length; node++, base += STRIDE) {
      int op = code[base + OP];
      boolean wide = code[base + TYPE] == Graph.I64;
      if (op == Op.PARAM) {
        scratch[node] = argument(decoded, pc, known, code[base + AUX]);
      } else if (op == Op.CONST) {
        scratch[node] = values[node];
      } else {
        int b = code[base + B];
        int c = code[base + C];
        scratch[node] =
            Evaluator.evaluate(
                op,
                wide,
                code[base + AUX],
                scratch[code[base + A]],
                b < 0 ? 0 : scratch[b],
                c < 0 ? 0 : scratch[c]);
      }
      if (!wide) {
        scratch[node] = (int) scratch[node];
      }
    }
    return scratch[result];
  }

  /** The value of a parameter; {@code known} if that is a register's. */
  private long argument(Decoded decoded, long pc, long known, int parameter) {
    int source = sources[parameter];
    if (source == REGISTER) {
      return register(decoded, parameter) < 0 ? 0 : known;
    }
    if (source == IMMEDIATE) {
      return decoded.operand(fields[parameter]);
    }
    return source == PC ? pc : source == NEXT ? pc + decoded.length() : decoded.bits();
  }

  /**
   * Adds the instruction's nodes to a graph.
   *
   * @param pc the instruction's address
   * @param map scratch of at least {@link #size()} numbers
   * @return the node of the result, or -1
   */
  public int instantiate(Graph graph, Decoded decoded, long pc, int[] map) {
    return instantiate(graph, decoded, pc, map, false);
  }

  /**
   * As the other, but registers and immediates stay open: PARAM nodes, so that what is made of the
   * graph serves for all of them.
   */
  int instantiateOpen(Graph graph, Decoded decoded, int[] map) {
    return instantiate(graph, decoded, 0, map, true);
  }

  private int instantiate(Graph graph, Decoded decoded, long pc, int[] map, boolean open) {
    for (int node = 0, base = 0; node < values.length; node++, base += STRIDE) {
      int op = code[base + OP];
      int type = code[base + TYPE];
      int aux = code[base + AUX];
      if (op == Op.PARAM) {
        map[node] =
            open
                ? graph.make(Op.PARAM, type, aux, -1, -1, -1, 0)
                : parameter(graph, decoded, pc, aux, type);
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
    int register = isRegister(parameter) ? register(decoded, parameter) : -1;
    return register >= 0
        ? graph.read(register)
        : graph.constant(type, argument(decoded, pc, 0, parameter));
  }

  private static final int REGISTER = Instruction.Source.REGISTER.ordinal();
  private static final int IMMEDIATE = Instruction.Source.IMMEDIATE.ordinal();
  private static final int PC = Instruction.Source.PC.ordinal();
  private static final int NEXT = Instruction.Source.NEXT.ordinal();
}
