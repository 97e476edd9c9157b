package vivarium.cpu.translation.graph;

/**
 * Makes nodes in the simplest form that is known: constants, identities, strength, one canonical
 * form for each meaning so that equal nodes are found, extensions merged. Looks at operands only,
 * never at uses.
 */
final class Folder {
  /** Immediate operands of shifts by which extensions are written. */
  private static final int BYTE_IN_LONG = 56;

  private static final int SHORT_IN_LONG = 48;
  private static final int INT_IN_LONG = 32;

  private final Graph graph;
  private final Comparisons comparisons;

  /**
   * While a method is read, an I64 operation of which only the lower half counts becomes an I32
   * one; in a trace that would compute things twice.
   */
  private boolean narrowing;

  Folder(Graph graph) {
    this.graph = graph;
    this.comparisons = new Comparisons(graph, this);
  }

  void setNarrowing(boolean on) {
    narrowing = on;
  }

  int make(int op, int type, int aux, int a, int b, int c, long value) {
    if (!Op.pure(op)) {
      return effect(op, type, aux, a, b, c, value);
    }
    if (a < 0) {
      return graph.share(op, type, aux, a, b, c, value);
    }
    if (graph.isConstant(a) && (b < 0 || graph.isConstant(b)) && (c < 0 || graph.isConstant(c))) {
      long folded = Evaluator.evaluate(op, type == Graph.I64, aux, value(a), value(b), value(c));
      return graph.constant(type, folded);
    }
    return switch (op) {
      case Op.ADD, Op.MUL, Op.AND, Op.OR, Op.XOR -> commutative(op, type, a, b);
      case Op.SUB -> subtract(type, a, b);
      case Op.SHL, Op.SHR, Op.USHR, Op.ROTL, Op.ROTR -> shift(op, type, a, b);
      case Op.SEXT8, Op.SEXT16, Op.ZEXT8, Op.ZEXT16 -> extendSmall(op, type, a);
      case Op.SEXT32 -> signExtend(a);
      case Op.ZEXT32 -> zeroExtend(a);
      case Op.TRUNC -> truncate(a);
      case Op.CMP -> comparisons.compare(aux, a, b);
      case Op.SELECT -> comparisons.select(type, a, b, c);
      case Op.UNBOX32 -> graph.op(a) == Op.BOX32 ? graph.a(a) : plain(op, type, aux, a, b, c);
      default -> plain(op, type, aux, a, b, c);
    };
  }

  /** A unary operation. */
  int unary(int op, int type, int a) {
    return make(op, type, 0, a, -1, -1, 0);
  }

  /** A binary operation. */
  int binary(int op, int type, int a, int b) {
    return make(op, type, 0, a, b, -1, 0);
  }

  int plain(int op, int type, int aux, int a, int b, int c) {
    return graph.share(op, type, aux, a, b, c, 0);
  }

  private long value(int node) {
    return node < 0 ? 0 : graph.value(node);
  }

  /** Equal FPU operations are one: flags are sticky and nothing in a trace clears them. */
  private int effect(int op, int type, int aux, int a, int b, int c, long value) {
    if (op == Op.FPU) {
      return graph.share(op, type, aux, a, b, c, value);
    }
    if (op == Op.LOAD || op == Op.STORE) {
      if (graph.op(a) == Op.ADD && graph.isConstant(graph.b(a))) {
        return graph.append(op, type, aux, graph.a(a), b, c, value + graph.value(graph.b(a)));
      }
      if (graph.isConstant(a) && value != 0) {
        int address = graph.constant(Graph.I64, graph.value(a) + value);
        return graph.append(op, type, aux, address, b, c, 0);
      }
    }
    return graph.append(op, type, aux, a, b, c, value);
  }

  private int commutative(int op, int type, int first, int second) {
    boolean swap = graph.isConstant(first) || !graph.isConstant(second) && first > second;
    int a = swap ? second : first;
    int b = swap ? first : second;
    if (graph.isConstant(b)) {
      return withConstant(op, type, a, b);
    }
    if (a == b) {
      switch (op) {
        case Op.AND, Op.OR -> {
          return a;
        }
        case Op.XOR -> {
          return graph.constant(type, 0);
        }
        default -> {}
      }
    }
    return plain(op, type, 0, a, b, -1);
  }

  private int withConstant(int op, int type, int a, int b) {
    long constant = graph.value(b);
    boolean nested = graph.op(a) == op && graph.isConstant(graph.b(a)) && op != Op.MUL;
    if (nested) {
      long inner = graph.value(graph.b(a));
      long both = Evaluator.evaluate(op, type == Graph.I64, 0, inner, constant, 0);
      return binary(op, type, graph.a(a), graph.constant(type, both));
    }
    return switch (op) {
      case Op.ADD -> constant == 0 ? a : plain(op, type, 0, a, b, -1);
      case Op.MUL -> multiply(type, a, b, constant);
      case Op.AND -> mask(type, a, b, constant);
      case Op.OR -> constant == 0 ? a : constant == -1 ? b : plain(op, type, 0, a, b, -1);
      default -> exclusive(type, a, b, constant);
    };
  }

  private int exclusive(int type, int a, int b, long constant) {
    if (constant == 0) {
      return a;
    }
    if (constant == 1 && graph.op(a) == Op.CMP) {
      return comparisons.not(a);
    }
    return plain(Op.XOR, type, 0, a, b, -1);
  }

  private int multiply(int type, int a, int b, long constant) {
    if (constant == 0) {
      return b;
    }
    if (constant == 1) {
      return a;
    }
    if (Long.bitCount(constant) == 1) {
      int count = graph.constant(Graph.I32, Long.numberOfTrailingZeros(constant));
      return binary(Op.SHL, type, a, count);
    }
    return plain(Op.MUL, type, 0, a, b, -1);
  }

  private int mask(int type, int a, int b, long constant) {
    if (constant == 0) {
      return b;
    }
    boolean low = constant > 0 && (constant & constant + 1) == 0;
    if (constant == -1 || low && width(a) <= Long.bitCount(constant)) {
      return a;
    }
    if (constant == 0xff) {
      return unary(Op.ZEXT8, type, a);
    }
    if (constant == 0xffff) {
      return unary(Op.ZEXT16, type, a);
    }
    if (constant == 0xffff_ffffL && type == Graph.I64) {
      return zeroExtend(unary(Op.TRUNC, Graph.I32, a));
    }
    return plain(Op.AND, type, 0, a, b, -1);
  }

  private int subtract(int type, int a, int b) {
    if (a == b) {
      return graph.constant(type, 0);
    }
    if (graph.isConstant(b)) {
      return binary(Op.ADD, type, a, graph.constant(type, -graph.value(b)));
    }
    return plain(Op.SUB, type, 0, a, b, -1);
  }

  private int shift(int op, int type, int a, int count) {
    int bits = type == Graph.I64 ? 64 : 32;
    if (!graph.isConstant(count)) {
      return plain(op, type, 0, a, unmasked(count, bits - 1), -1);
    }
    int by = (int) graph.value(count) & bits - 1;
    if (by == 0) {
      return a;
    }
    if ((op == Op.USHR || op == Op.SHR) && type == Graph.I64 && graph.op(a) == Op.SHL) {
      int inner = graph.b(a);
      if (graph.isConstant(inner) && graph.value(inner) == by) {
        int merged = extension(op == Op.SHR, graph.a(a), by);
        if (merged >= 0) {
          return merged;
        }
      }
    }
    return plain(op, type, 0, a, graph.constant(Graph.I32, by), -1);
  }

  /** A shift's count without what takes away bits that do not count. */
  private int unmasked(int count, int significant) {
    int at = count;
    while (true) {
      boolean idle =
          switch (graph.op(at)) {
            case Op.AND ->
                graph.isConstant(graph.b(at))
                    && (graph.value(graph.b(at)) & significant) == significant;
            case Op.ZEXT8, Op.ZEXT16, Op.SEXT8, Op.SEXT16 -> true;
            default -> false;
          };
      if (!idle) {
        return at;
      }
      at = graph.a(at);
    }
  }

  /** {@code x << by >> by}, or -1 if it is no extension. */
  private int extension(boolean signed, int x, int by) {
    return switch (by) {
      case BYTE_IN_LONG -> unary(signed ? Op.SEXT8 : Op.ZEXT8, Graph.I64, x);
      case SHORT_IN_LONG -> unary(signed ? Op.SEXT16 : Op.ZEXT16, Graph.I64, x);
      case INT_IN_LONG ->
          unary(signed ? Op.SEXT32 : Op.ZEXT32, Graph.I64, unary(Op.TRUNC, Graph.I32, x));
      default -> -1;
    };
  }

  private int extendSmall(int op, int type, int operand) {
    boolean byByte = op == Op.SEXT8 || op == Op.ZEXT8;
    boolean signed = op == Op.SEXT8 || op == Op.SEXT16;
    int bits = byByte ? 8 : 16;
    int a = operand;
    while (dropsOnly(graph.op(a), bits)) {
      if (graph.op(a) == op) {
        return a;
      }
      a = graph.a(a);
    }
    if (width(a) <= (signed ? bits - 1 : bits) || op == Op.SEXT16 && graph.op(a) == Op.SEXT8) {
      return a;
    }
    return plain(op, type, 0, a, -1, -1);
  }

  /** Whether an operation leaves the low bits of its operand as they are. */
  private static boolean dropsOnly(int op, int bits) {
    return switch (op) {
      case Op.SEXT8, Op.ZEXT8 -> bits == 8;
      case Op.SEXT16, Op.ZEXT16 -> true;
      default -> false;
    };
  }

  private int signExtend(int a) {
    int op = graph.op(a);
    if (op == Op.TRUNC && isSigned32(graph.a(a))) {
      return graph.a(a);
    }
    if (width(a) < 32) {
      return zeroExtend(a);
    }
    if ((op == Op.SEXT8 || op == Op.SEXT16) && graph.op(graph.a(a)) == Op.TRUNC) {
      return unary(op, Graph.I64, graph.a(graph.a(a)));
    }
    return plain(Op.SEXT32, Graph.I64, 0, a, -1, -1);
  }

  private int zeroExtend(int a) {
    int op = graph.op(a);
    if (op == Op.TRUNC && width(graph.a(a)) <= 32) {
      return graph.a(a);
    }
    if ((op == Op.ZEXT8 || op == Op.ZEXT16) && graph.op(graph.a(a)) == Op.TRUNC) {
      return unary(op, Graph.I64, graph.a(graph.a(a)));
    }
    return plain(Op.ZEXT32, Graph.I64, 0, a, -1, -1);
  }

  private int truncate(int a) {
    switch (graph.op(a)) {
      case Op.SEXT32, Op.ZEXT32, Op.BOX32 -> {
        return graph.a(a);
      }
      case Op.ADD, Op.SUB, Op.MUL, Op.AND, Op.OR, Op.XOR -> {
        if (narrowing) {
          int left = unary(Op.TRUNC, Graph.I32, graph.a(a));
          int right = unary(Op.TRUNC, Graph.I32, graph.b(a));
          return binary(graph.op(a), Graph.I32, left, right);
        }
      }
      default -> {}
    }
    return plain(Op.TRUNC, Graph.I32, 0, a, -1, -1);
  }

  /** Whether an I64 is the sign extension of its lower half. */
  private boolean isSigned32(int node) {
    return switch (graph.op(node)) {
      case Op.SEXT8, Op.SEXT16, Op.SEXT32 -> true;
      case Op.LOAD -> graph.signedLoad(node) || graph.width(node) < 4;
      case Op.CONST -> graph.value(node) == (int) graph.value(node);
      default -> width(node) < 32;
    };
  }

  /** A bound: the bits from this one on are zero. */
  int width(int node) {
    int full = graph.wide(node) ? 64 : 32;
    return switch (graph.op(node)) {
      case Op.CMP, Op.STORE_CONDITIONAL -> 1;
      case Op.ZEXT8 -> 8;
      case Op.ZEXT16 -> 16;
      case Op.ZEXT32 -> width(graph.a(node));
      case Op.CLZ, Op.CTZ, Op.POPCNT -> 7;
      case Op.LOAD -> graph.signedLoad(node) ? full : 8 * graph.width(node);
      case Op.ATOMIC, Op.LOAD_RESERVED -> 8 * graph.width(node);
      case Op.CONST ->
          graph.value(node) < 0 ? full : 64 - Long.numberOfLeadingZeros(graph.value(node));
      case Op.AND -> {
        int right = graph.b(node);
        yield graph.isConstant(right) ? width(right) : full;
      }
      case Op.USHR -> {
        int count = graph.b(node);
        yield graph.isConstant(count) ? full - (int) graph.value(count) : full;
      }
      default -> full;
    };
  }
}
