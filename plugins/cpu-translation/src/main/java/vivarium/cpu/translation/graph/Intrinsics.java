package vivarium.cpu.translation.graph;

import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import vivarium.api.memory.Atomic;

/** The calls that are nodes: of Math, Long, Integer, Mmu and Fpu. */
final class Intrinsics {
  /** It is none. */
  static final int UNKNOWN = Integer.MIN_VALUE;

  private static final String MMU = "vivarium/api/memory/Mmu";
  private static final String FPU = "vivarium/api/fp/Fpu";
  private static final Map<String, FpuOp> FPU_OPS = new HashMap<>();

  static {
    for (FpuOp operation : FpuOp.values()) {
      FPU_OPS.put(operation.method(), operation);
    }
  }

  private final Graph graph;
  private @Nullable String effect;

  Intrinsics(Graph graph) {
    this.graph = graph;
  }

  /**
   * The node of a call's result.
   *
   * @param arguments with the receiver, if there is one, as the first
   * @param forked whether the call is made on some ways only
   * @return {@link SymbolicMethod#NOTHING} for a method without result, or {@link #UNKNOWN}
   */
  int call(String owner, String name, MethodTypeDesc type, int[] arguments, boolean forked)
      throws Unreadable {
    return switch (owner) {
      case MMU -> {
        once("a memory access", forked);
        yield memory(name, arguments);
      }
      case FPU -> floatingPoint(name, arguments, forked);
      case "java/lang/Math", "java/lang/Long", "java/lang/Integer" ->
          arithmetic(owner, name, type, arguments);
      default -> UNKNOWN;
    };
  }

  /**
   * A method has one effect at most: were there two, a fault of the second would have to take the
   * first back.
   */
  private void once(String what, boolean forked) throws Unreadable {
    if (forked) {
      throw new Unreadable("it makes " + what + " on some ways only");
    }
    if (effect != null) {
      throw new Unreadable("it makes " + what + " after " + effect);
    }
    effect = what;
  }

  private int memory(String name, int[] args) throws Unreadable {
    return switch (name) {
      case "load8" -> access(Op.LOAD, Graph.I64, 1, args);
      case "load16" -> access(Op.LOAD, Graph.I64, 2, args);
      case "load32" -> access(Op.LOAD, Graph.I64, 4, args);
      case "load64" -> access(Op.LOAD, Graph.I64, 8, args);
      case "store8" -> access(Op.STORE, Graph.VOID, 1, args);
      case "store16" -> access(Op.STORE, Graph.VOID, 2, args);
      case "store32" -> access(Op.STORE, Graph.VOID, 4, args);
      case "store64" -> access(Op.STORE, Graph.VOID, 8, args);
      case "atomic32" -> access(Op.ATOMIC, Graph.I64, atomic(4, args[3]), args);
      case "atomic64" -> access(Op.ATOMIC, Graph.I64, atomic(8, args[3]), args);
      case "loadReserved32" -> access(Op.LOAD_RESERVED, Graph.I64, 4, args);
      case "loadReserved64" -> access(Op.LOAD_RESERVED, Graph.I64, 8, args);
      case "storeConditional32" -> access(Op.STORE_CONDITIONAL, Graph.I64, 4, args);
      case "storeConditional64" -> access(Op.STORE_CONDITIONAL, Graph.I64, 8, args);
      default -> throw new Unreadable("it calls Mmu." + name);
    };
  }

  private int access(int op, int type, int aux, int[] args) {
    int data = args.length > 2 ? args[2] : -1;
    int node = graph.make(op, type, aux, args[1], data, -1, 0);
    return type == Graph.VOID ? SymbolicMethod.NOTHING : node;
  }

  private static int atomic(int width, int operation) throws Unreadable {
    int ordinal = SymbolicMethod.ATOMIC - operation;
    if (ordinal < 0 || ordinal >= Atomic.values().length) {
      throw new Unreadable("it computes which atomic operation to make");
    }
    return Graph.atomicAux(width, Atomic.values()[ordinal]);
  }

  private int floatingPoint(String name, int[] args, boolean forked) throws Unreadable {
    if (name.equals("box")) {
      return graph.make(Op.BOX32, Graph.I64, 0, args[0], -1, -1, 0);
    }
    if (name.equals("unbox")) {
      return graph.make(Op.UNBOX32, Graph.I32, 0, args[0], -1, -1, 0);
    }
    FpuOp operation = FPU_OPS.get(name);
    if (operation == null) {
      throw new Unreadable("it calls Fpu." + name);
    }
    once("a floating-point operation", forked);
    int operands = operation.operands();
    long mode = operation.rounds() ? mode(args[1 + operands]) : -1;
    return graph.make(
        Op.FPU,
        operation.wideResult() ? Graph.I64 : Graph.I32,
        operation.ordinal(),
        args[1],
        operands > 1 ? args[2] : -1,
        operands > 2 ? args[3] : -1,
        mode);
  }

  /** A rounding mode is known when an instruction is decoded. */
  private long mode(int node) throws Unreadable {
    if (graph.op(node) == Op.CONST) {
      return graph.value(node);
    }
    if (graph.op(node) == Op.PARAM) {
      return InstructionTemplate.MODE_IS_PARAMETER - graph.aux(node);
    }
    throw new Unreadable("it computes its rounding mode");
  }

  private int arithmetic(String owner, String name, MethodTypeDesc type, int[] args) {
    boolean wide = type.parameterType(0).equals(ConstantDescs.CD_long);
    int width = wide ? Graph.I64 : Graph.I32;
    boolean math = owner.equals("java/lang/Math");
    return switch (name) {
      case "min" -> select(Condition.LT, width, args);
      case "max" -> select(Condition.GT, width, args);
      case "abs" -> {
        int zero = graph.constant(width, 0);
        int negative = graph.make(Op.SUB, width, 0, zero, args[0], -1, 0);
        int less = graph.make(Op.CMP, Graph.I32, Condition.LT, args[0], zero, -1, 0);
        yield graph.make(Op.SELECT, width, 0, less, negative, args[0], 0);
      }
      case "sum" -> binary(Op.ADD, width, args);
      case "multiplyHigh" -> wide ? binary(Op.MULHI, width, args) : UNKNOWN;
      case "unsignedMultiplyHigh" -> wide ? binary(Op.UMULHI, width, args) : UNKNOWN;
      case "compare" -> graph.make(Op.COMPARE, Graph.I32, 0, args[0], args[1], -1, 0);
      case "compareUnsigned" -> graph.make(Op.COMPARE, Graph.I32, 1, args[0], args[1], -1, 0);
      case "divideUnsigned" -> divide(Op.UDIV, width, args);
      case "remainderUnsigned" -> divide(Op.UREM, width, args);
      case "numberOfLeadingZeros" -> count(Op.CLZ, width, args[0]);
      case "numberOfTrailingZeros" -> count(Op.CTZ, width, args[0]);
      case "bitCount" -> count(Op.POPCNT, width, args[0]);
      case "rotateLeft" -> binary(Op.ROTL, width, args);
      case "rotateRight" -> binary(Op.ROTR, width, args);
      case "reverseBytes" -> graph.make(Op.BSWAP, width, 0, args[0], -1, -1, 0);
      case "toUnsignedLong" ->
          math ? UNKNOWN : graph.make(Op.ZEXT32, Graph.I64, 0, args[0], -1, -1, 0);
      default -> UNKNOWN;
    };
  }

  private int select(int condition, int type, int[] args) {
    int first = graph.make(Op.CMP, Graph.I32, condition, args[0], args[1], -1, 0);
    return graph.make(Op.SELECT, type, 0, first, args[0], args[1], 0);
  }

  private int binary(int op, int type, int[] args) {
    return graph.make(op, type, 0, args[0], args[1], -1, 0);
  }

  private int divide(int op, int type, int[] args) {
    return graph.make(op, type, 0, args[0], args[1], graph.constant(type, 0), 0);
  }

  /** Java counts bits in an int, the graph in the type counted. */
  private int count(int op, int type, int operand) {
    int counted = graph.make(op, type, 0, operand, -1, -1, 0);
    return type == Graph.I64 ? graph.make(Op.TRUNC, Graph.I32, 0, counted, -1, -1, 0) : counted;
  }
}
