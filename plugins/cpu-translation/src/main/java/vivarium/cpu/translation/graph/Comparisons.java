package vivarium.cpu.translation.graph;

/** The part of {@link Folder} that makes comparisons and selections. */
final class Comparisons {
  /** From a signed order to the unsigned one. */
  private static final int TO_UNSIGNED = Condition.ULT - Condition.LT;

  private final Graph graph;
  private final Folder folder;

  Comparisons(Graph graph, Folder folder) {
    this.graph = graph;
    this.folder = folder;
  }

  /** CMP of two operands that are not both constant. */
  int compare(int condition, int a, int b) {
    if (a == b) {
      return graph.constant(Graph.I32, Condition.holds(condition, 0, 0) ? 1 : 0);
    }
    if (graph.isConstant(a)) {
      return compare(Condition.swap(condition), b, a);
    }
    if (graph.isConstant(b)) {
      return withConstant(condition, a, b, graph.value(b));
    }
    int op = graph.op(a);
    if (op == graph.op(b) && op == Op.SEXT32) {
      return compare(condition, graph.a(a), graph.a(b));
    }
    if (op == graph.op(b) && op == Op.ZEXT32) {
      return compare(asUnsigned(condition), graph.a(a), graph.a(b));
    }
    return a < b || Condition.swap(condition) != condition
        ? folder.plain(Op.CMP, Graph.I32, condition, a, b, -1)
        : folder.plain(Op.CMP, Graph.I32, condition, b, a, -1);
  }

  private int withConstant(int condition, int a, int b, long constant) {
    int op = graph.op(a);
    if (op == Op.COMPARE && constant == 0 && !Condition.unsigned(condition)) {
      int order = graph.aux(a) == 0 ? condition : asUnsigned(condition);
      return again(order, graph.a(a), graph.b(a));
    }
    if (op == Op.CMP && (constant == 0 || constant == 1)) {
      boolean ifZero = Condition.holds(condition, 0, constant);
      boolean ifOne = Condition.holds(condition, 1, constant);
      if (ifZero == ifOne) {
        return graph.constant(Graph.I32, ifZero ? 1 : 0);
      }
      return ifOne ? a : not(a);
    }
    if (op == Op.SEXT32 && constant == (int) constant) {
      return again(condition, graph.a(a), graph.constant(Graph.I32, constant));
    }
    if (op == Op.ZEXT32 && constant >>> 32 == 0) {
      return again(asUnsigned(condition), graph.a(a), graph.constant(Graph.I32, constant));
    }
    if (constant == 1) {
      int simpler =
          switch (condition) {
            case Condition.ULT -> Condition.EQ;
            case Condition.UGE -> Condition.NE;
            case Condition.LT -> Condition.LE;
            case Condition.GE -> Condition.GT;
            default -> -1;
          };
      if (simpler >= 0) {
        return compare(simpler, a, graph.constant(graph.type(a), 0));
      }
    }
    return folder.plain(Op.CMP, Graph.I32, condition, a, b, -1);
  }

  private int again(int condition, int a, int b) {
    return folder.make(Op.CMP, Graph.I32, condition, a, b, -1, 0);
  }

  private static int asUnsigned(int condition) {
    return condition >= Condition.LT && condition <= Condition.GT
        ? condition + TO_UNSIGNED
        : condition;
  }

  /** The opposite of a condition, an I32. */
  int not(int condition) {
    if (graph.op(condition) == Op.CMP) {
      int opposite = Condition.negate(graph.aux(condition));
      return compare(opposite, graph.a(condition), graph.b(condition));
    }
    return again(Condition.EQ, condition, graph.constant(Graph.I32, 0));
  }

  /** The condition as 0 or 1. */
  private int truth(int condition) {
    return graph.op(condition) == Op.CMP
        ? condition
        : again(Condition.NE, condition, graph.constant(Graph.I32, 0));
  }

  /** SELECT of operands that are not all constant. */
  int select(int type, int condition, int ifTrue, int ifFalse) {
    if (graph.isConstant(condition)) {
      return graph.value(condition) != 0 ? ifTrue : ifFalse;
    }
    if (ifTrue == ifFalse) {
      return ifTrue;
    }
    if (graph.isConstant(ifTrue) && graph.isConstant(ifFalse)) {
      long yes = graph.value(ifTrue);
      long no = graph.value(ifFalse);
      if (yes + no == 1 && (yes == 0 || yes == 1)) {
        int truth = yes == 1 ? truth(condition) : not(condition);
        return type == Graph.I32 ? truth : folder.unary(Op.ZEXT32, Graph.I64, truth);
      }
    }
    int folded = division(type, condition, ifTrue, ifFalse);
    if (folded < 0 && type == Graph.I64) {
      folded = extended(Op.SEXT32, condition, ifTrue, ifFalse);
    }
    if (folded < 0 && type == Graph.I64) {
      folded = extended(Op.ZEXT32, condition, ifTrue, ifFalse);
    }
    return folded >= 0 ? folded : folder.plain(Op.SELECT, type, 0, condition, ifTrue, ifFalse);
  }

  /** {@code b == 0 ? x : a / b} is a division with x for zero. */
  private int division(int type, int condition, int ifTrue, int ifFalse) {
    if (graph.op(condition) != Op.CMP
        || !graph.isConstant(graph.b(condition))
        || graph.value(graph.b(condition)) != 0) {
      return -1;
    }
    int kind = graph.aux(condition);
    int quotient = kind == Condition.EQ ? ifFalse : kind == Condition.NE ? ifTrue : -1;
    if (quotient < 0) {
      return -1;
    }
    int op = graph.op(quotient);
    if (op < Op.DIV || op > Op.UREM || graph.b(quotient) != graph.a(condition)) {
      return -1;
    }
    int ifZero = kind == Condition.EQ ? ifTrue : ifFalse;
    return folder.make(op, type, 0, graph.a(quotient), graph.b(quotient), ifZero, 0);
  }

  /** A selection between two extended words is an extended selection. */
  private int extended(int op, int condition, int ifTrue, int ifFalse) {
    if (graph.op(ifTrue) != op && graph.op(ifFalse) != op) {
      return -1;
    }
    int yes = word(op, ifTrue);
    int no = word(op, ifFalse);
    if (yes < 0 || no < 0) {
      return -1;
    }
    int selected = folder.make(Op.SELECT, Graph.I32, 0, condition, yes, no, 0);
    return folder.unary(op, Graph.I64, selected);
  }

  /** The word whose extension a node is, or -1. */
  private int word(int op, int node) {
    if (graph.op(node) == op) {
      return graph.a(node);
    }
    if (graph.isConstant(node)) {
      long value = graph.value(node);
      boolean fits = op == Op.SEXT32 ? value == (int) value : value >>> 32 == 0;
      return fits ? graph.constant(Graph.I32, value) : -1;
    }
    return -1;
  }
}
