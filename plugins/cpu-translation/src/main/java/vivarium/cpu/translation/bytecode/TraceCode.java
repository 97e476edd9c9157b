package vivarium.cpu.translation.bytecode;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import vivarium.cpu.translation.graph.Condition;
import vivarium.cpu.translation.graph.Op;

/**
 * Bytecode of one trace. A value that is used once, by a node of the same instruction, is computed
 * where it is used, on the stack; the others get a local.
 */
final class TraceCode {
  private static final int DEFERRED = -1;
  private static final int NONE = 0;

  private final RegionCode region;
  private final CodeBuilder code;
  private final FlatTrace trace;
  private final Label leave;
  private final ValueCode values;

  /** The local of a node's value, or {@link #DEFERRED}, or {@link #NONE}. */
  private final int[] places;

  private final int[] uses;
  private final int[] lastUse;
  private int nextLocal;

  TraceCode(RegionCode region, CodeBuilder code, FlatTrace trace, Label leave) {
    this.region = region;
    this.code = code;
    this.trace = trace;
    this.leave = leave;
    this.values = new ValueCode(this, code, trace);
    places = new int[trace.count()];
    uses = new int[trace.count()];
    lastUse = new int[trace.count()];
    nextLocal = region.firstTemporary();
  }

  void emit() {
    plan();
    for (int node = 0; node < trace.count(); node++) {
      node(node);
    }
  }

  /**
   * Decides, from the last node to the first, what is deferred, and so where operands are used. A
   * READ whose register is written before its last use needs a local of its own.
   */
  private void plan() {
    int[] user = new int[trace.count()];
    int[] place = new int[trace.count()];
    int[] firstWrite = new int[128];
    for (int node = trace.count() - 1; node >= 0; node--) {
      int op = trace.op(node);
      boolean deferred = uses[node] == 1 && deferrable(node, op, user[node]);
      place[node] = deferred ? place[user[node]] : node;
      places[node] = deferred ? DEFERRED : NONE;
      if (op == Op.WRITE) {
        firstWrite[trace.aux(node)] = node;
      }
      if (op == Op.READ) {
        int write = firstWrite[trace.aux(node)];
        if (write == 0 || lastUse[node] <= write) {
          places[node] = region.local(trace.aux(node));
        }
      }
      use(trace.a(node), node, place[node], user);
      use(trace.b(node), node, place[node], user);
      use(trace.c(node), node, place[node], user);
    }
  }

  private void use(int operand, int node, int place, int[] user) {
    if (operand >= 0) {
      uses[operand]++;
      user[operand] = node;
      lastUse[operand] = Math.max(lastUse[operand], place);
    }
  }

  private boolean deferrable(int node, int op, int user) {
    int userOp = trace.op(user);
    boolean near = trace.stepOf[node] == trace.stepOf[user] && userOp != Op.JUMP;
    return near && op != Op.READ && op != Op.CONST && (Op.pure(op) || userOp == Op.WRITE);
  }

  private void node(int node) {
    int op = trace.op(node);
    switch (op) {
      case Op.CONST -> {}
      case Op.READ -> {
        if (places[node] == NONE) {
          code.lload(region.local(trace.aux(node)));
          keep(node);
        }
      }
      case Op.WRITE -> {
        push(trace.a(node));
        code.lstore(region.local(trace.aux(node)));
      }
      case Op.STORE -> values.store(node);
      case Op.BRANCH -> {
        Label stub = region.stub(code, trace.values[node], trace.completed(node));
        jumpIf(trace.a(node), stub, true);
      }
      case Op.JUMP -> {
        push(trace.a(node));
        code.lstore(RegionCode.PC);
        region.jump(code, trace, trace.completed(node), leave);
      }
      case Op.END -> region.goOn(code, trace.values[node], trace.completed(node), leave);
      default -> {
        if (places[node] != DEFERRED) {
          values.emit(node);
          keepOrDrop(node);
        }
      }
    }
  }

  private void keepOrDrop(int node) {
    if (uses[node] > 0) {
      keep(node);
    } else if (trace.wide(node)) {
      code.pop2();
    } else {
      code.pop();
    }
  }

  private void keep(int node) {
    places[node] = nextLocal;
    if (trace.wide(node)) {
      code.lstore(nextLocal);
      nextLocal += 2;
    } else {
      code.istore(nextLocal);
      nextLocal++;
    }
  }

  /** Puts a node's value on the stack. */
  void push(int node) {
    int op = trace.op(node);
    if (op == Op.CONST && trace.wide(node)) {
      code.loadConstant(trace.values[node]);
    } else if (op == Op.CONST) {
      code.loadConstant((int) trace.values[node]);
    } else if (places[node] == DEFERRED) {
      values.emit(node);
    } else if (trace.wide(node)) {
      code.lload(places[node]);
    } else {
      code.iload(places[node]);
    }
  }

  /** Whether accesses that are not near leave. */
  boolean near() {
    return region.near();
  }

  /** Notes which instruction it is that may throw now. */
  void mayThrow(int node) {
    code.loadConstant(region.throwing(trace, trace.stepOf[node])).istore(RegionCode.AT);
  }

  /** Jumps if a condition is true, or if it is false. */
  void jumpIf(int condition, Label target, boolean whenTrue) {
    if (trace.op(condition) == Op.CMP && places[condition] == DEFERRED) {
      compare(condition, target, whenTrue);
      return;
    }
    push(condition);
    code.branch(whenTrue ? Opcode.IFNE : Opcode.IFEQ, target);
  }

  private void compare(int node, Label target, boolean whenTrue) {
    int condition = whenTrue ? trace.aux(node) : Condition.negate(trace.aux(node));
    int a = trace.a(node);
    int b = trace.b(node);
    push(a);
    boolean byZero = trace.op(b) == Op.CONST && trace.values[b] == 0;
    if (Condition.unsigned(condition)) {
      push(b);
      values.compareUnsigned(trace.wide(a));
      code.branch(againstZero(condition), target);
    } else if (trace.wide(a)) {
      push(b);
      code.lcmp().branch(againstZero(condition), target);
    } else if (byZero) {
      code.branch(againstZero(condition), target);
    } else {
      push(b);
      code.branch(ofInts(condition), target);
    }
  }

  private static Opcode againstZero(int condition) {
    return switch (condition) {
      case Condition.EQ -> Opcode.IFEQ;
      case Condition.NE -> Opcode.IFNE;
      case Condition.LT, Condition.ULT -> Opcode.IFLT;
      case Condition.GE, Condition.UGE -> Opcode.IFGE;
      case Condition.LE, Condition.ULE -> Opcode.IFLE;
      default -> Opcode.IFGT;
    };
  }

  private static Opcode ofInts(int condition) {
    return switch (condition) {
      case Condition.EQ -> Opcode.IF_ICMPEQ;
      case Condition.NE -> Opcode.IF_ICMPNE;
      case Condition.LT -> Opcode.IF_ICMPLT;
      case Condition.GE -> Opcode.IF_ICMPGE;
      case Condition.LE -> Opcode.IF_ICMPLE;
      default -> Opcode.IF_ICMPGT;
    };
  }

  /** Puts 1 on the stack if a CMP holds, else 0. */
  void truth(int node) {
    Label yes = code.newLabel();
    Label done = code.newLabel();
    compare(node, yes, true);
    code.iconst_0().goto_(done).labelBinding(yes).iconst_1().labelBinding(done);
  }
}
