package vivarium.cpu.translation.graph;

import java.lang.classfile.CodeElement;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ConvertInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import vivarium.api.memory.Atomic;

/**
 * Executes a method's bytecode with nodes of a graph for values. At a conditional jump it goes both
 * ways, each to a return, and selects between the results: a tree without joins. What has an effect
 * must be outside every fork.
 */
final class SymbolicMethod {
  /** Stands for the hart's Mmu among values. */
  static final int MMU = -2;

  /** Stands for the hart's Fpu. */
  static final int FPU = -3;

  /** Minus an {@link Atomic}'s ordinal: stands for that constant. */
  static final int ATOMIC = -100;

  /** What a method without result returns. */
  static final int NOTHING = -1;

  private static final int MOST_FORKS = 64;
  private static final int DEEPEST_CALL = 8;
  private static final String ATOMIC_CLASS = "vivarium/api/memory/Atomic";

  private final Graph graph;
  private final ClassCode classes;
  private final Class<?> home;
  private final Intrinsics intrinsics;
  private int forks;
  private int forkDepth;
  private int callDepth;

  SymbolicMethod(Graph graph, ClassCode classes, Class<?> home) {
    this.graph = graph;
    this.classes = classes;
    this.home = home;
    this.intrinsics = new Intrinsics(graph);
  }

  /** The node of a method's result, or {@link #NOTHING}. */
  int evaluate(Method method, int[] arguments) throws Unreadable {
    String descriptor =
        java.lang.invoke.MethodType.methodType(method.getReturnType(), method.getParameterTypes())
            .descriptorString();
    return evaluate(method.getDeclaringClass(), method.getName(), descriptor, arguments);
  }

  private int evaluate(Class<?> owner, String name, String descriptor, int[] arguments)
      throws Unreadable {
    ClassCode.Body body = classes.body(owner, name, descriptor);
    Frame frame = new Frame(body.maxLocals(), body.maxStack());
    int slot = 0;
    for (int argument : arguments) {
      frame.locals[slot] = argument;
      slot += argument >= 0 && graph.wide(argument) ? 2 : 1;
    }
    return run(body, 0, frame);
  }

  private int run(ClassCode.Body body, int from, Frame frame) throws Unreadable {
    int at = from;
    while (true) {
      CodeElement element = body.elements().get(at);
      if (element instanceof ReturnInstruction) {
        return frame.depth == 0 ? NOTHING : frame.pop();
      }
      if (!(element instanceof BranchInstruction branch)) {
        execute(element, frame);
        at++;
        continue;
      }
      int target = index(body, branch.target());
      if (target <= at) {
        throw new Unreadable("it has a loop");
      }
      if (branch.opcode() == Opcode.GOTO || branch.opcode() == Opcode.GOTO_W) {
        at = target;
        continue;
      }
      int condition = condition(branch.opcode(), frame);
      if (!graph.isConstant(condition)) {
        return fork(body, condition, target, at + 1, frame);
      }
      at = graph.value(condition) != 0 ? target : at + 1;
    }
  }

  private static int index(ClassCode.Body body, Label label) throws Unreadable {
    Integer index = body.labels().get(label);
    if (index == null) {
      throw new Unreadable("it jumps out of its code");
    }
    return index;
  }

  private int fork(ClassCode.Body body, int condition, int target, int next, Frame frame)
      throws Unreadable {
    if (++forks > MOST_FORKS) {
      throw new Unreadable("it has more than " + MOST_FORKS + " ways through");
    }
    forkDepth++;
    int taken = run(body, target, new Frame(frame));
    int fallen = run(body, next, frame);
    forkDepth--;
    if (taken < 0 || fallen < 0) {
      if (taken != fallen) {
        throw new Unreadable("it chooses between objects");
      }
      return taken;
    }
    return graph.make(Op.SELECT, graph.type(taken), 0, condition, taken, fallen, 0);
  }

  private int condition(Opcode opcode, Frame frame) throws Unreadable {
    return switch (opcode) {
      case IFEQ -> compareZero(Condition.EQ, frame);
      case IFNE -> compareZero(Condition.NE, frame);
      case IFLT -> compareZero(Condition.LT, frame);
      case IFGE -> compareZero(Condition.GE, frame);
      case IFGT -> compareZero(Condition.GT, frame);
      case IFLE -> compareZero(Condition.LE, frame);
      case IF_ICMPEQ -> compare(Condition.EQ, frame);
      case IF_ICMPNE -> compare(Condition.NE, frame);
      case IF_ICMPLT -> compare(Condition.LT, frame);
      case IF_ICMPGE -> compare(Condition.GE, frame);
      case IF_ICMPGT -> compare(Condition.GT, frame);
      case IF_ICMPLE -> compare(Condition.LE, frame);
      default -> throw new Unreadable("it has " + opcode);
    };
  }

  private int compareZero(int condition, Frame frame) throws Unreadable {
    int a = frame.popNode();
    return graph.make(Op.CMP, Graph.I32, condition, a, graph.constant(Graph.I32, 0), -1, 0);
  }

  private int compare(int condition, Frame frame) throws Unreadable {
    int b = frame.popNode();
    int a = frame.popNode();
    return graph.make(Op.CMP, Graph.I32, condition, a, b, -1, 0);
  }

  private void execute(CodeElement element, Frame frame) throws Unreadable {
    switch (element) {
      case LoadInstruction load -> frame.push(frame.locals[load.slot()]);
      case StoreInstruction store -> frame.locals[store.slot()] = frame.pop();
      case ConstantInstruction constant -> frame.push(constant(constant));
      case OperatorInstruction operator -> operate(operator.opcode(), frame);
      case ConvertInstruction convert -> frame.push(convert(convert.opcode(), frame.popNode()));
      case StackInstruction stack -> shuffle(stack.opcode(), frame);
      case IncrementInstruction increment -> {
        int by = graph.constant(Graph.I32, increment.constant());
        frame.locals[increment.slot()] =
            graph.make(Op.ADD, Graph.I32, 0, frame.locals[increment.slot()], by, -1, 0);
      }
      case FieldInstruction field -> frame.push(field(field));
      case InvokeInstruction call -> invoke(call, frame);
      case java.lang.classfile.PseudoInstruction ignored -> {}
      case java.lang.classfile.Instruction other ->
          throw new Unreadable("it has " + other.opcode());
      default -> {}
    }
  }

  private int constant(ConstantInstruction instruction) throws Unreadable {
    return switch (instruction.constantValue()) {
      case Integer value -> graph.constant(Graph.I32, value);
      case Long value -> graph.constant(Graph.I64, value);
      default -> throw new Unreadable("it has the constant " + instruction.constantValue());
    };
  }

  private void operate(Opcode opcode, Frame frame) throws Unreadable {
    switch (opcode) {
      case INEG, LNEG -> {
        int type = opcode == Opcode.LNEG ? Graph.I64 : Graph.I32;
        int a = frame.popNode();
        frame.push(graph.make(Op.SUB, type, 0, graph.constant(type, 0), a, -1, 0));
      }
      case LCMP -> binary(Op.COMPARE, Graph.I32, frame);
      case IADD -> binary(Op.ADD, Graph.I32, frame);
      case LADD -> binary(Op.ADD, Graph.I64, frame);
      case ISUB -> binary(Op.SUB, Graph.I32, frame);
      case LSUB -> binary(Op.SUB, Graph.I64, frame);
      case IMUL -> binary(Op.MUL, Graph.I32, frame);
      case LMUL -> binary(Op.MUL, Graph.I64, frame);
      case IDIV -> divide(Op.DIV, Graph.I32, frame);
      case LDIV -> divide(Op.DIV, Graph.I64, frame);
      case IREM -> divide(Op.REM, Graph.I32, frame);
      case LREM -> divide(Op.REM, Graph.I64, frame);
      case IAND -> binary(Op.AND, Graph.I32, frame);
      case LAND -> binary(Op.AND, Graph.I64, frame);
      case IOR -> binary(Op.OR, Graph.I32, frame);
      case LOR -> binary(Op.OR, Graph.I64, frame);
      case IXOR -> binary(Op.XOR, Graph.I32, frame);
      case LXOR -> binary(Op.XOR, Graph.I64, frame);
      case ISHL -> binary(Op.SHL, Graph.I32, frame);
      case LSHL -> binary(Op.SHL, Graph.I64, frame);
      case ISHR -> binary(Op.SHR, Graph.I32, frame);
      case LSHR -> binary(Op.SHR, Graph.I64, frame);
      case IUSHR -> binary(Op.USHR, Graph.I32, frame);
      case LUSHR -> binary(Op.USHR, Graph.I64, frame);
      default -> throw new Unreadable("it has " + opcode);
    }
  }

  private void binary(int op, int type, Frame frame) throws Unreadable {
    int b = frame.popNode();
    int a = frame.popNode();
    frame.push(graph.make(op, type, 0, a, b, -1, 0));
  }

  /** Table methods are total, so a divisor of zero does not get here; the folder says what if. */
  private void divide(int op, int type, Frame frame) throws Unreadable {
    int b = frame.popNode();
    int a = frame.popNode();
    frame.push(graph.make(op, type, 0, a, b, graph.constant(type, 0), 0));
  }

  private int convert(Opcode opcode, int a) throws Unreadable {
    return switch (opcode) {
      case I2L -> graph.make(Op.SEXT32, Graph.I64, 0, a, -1, -1, 0);
      case L2I -> graph.make(Op.TRUNC, Graph.I32, 0, a, -1, -1, 0);
      case I2B -> graph.make(Op.SEXT8, Graph.I32, 0, a, -1, -1, 0);
      case I2S -> graph.make(Op.SEXT16, Graph.I32, 0, a, -1, -1, 0);
      case I2C -> graph.make(Op.ZEXT16, Graph.I32, 0, a, -1, -1, 0);
      default -> throw new Unreadable("it has " + opcode);
    };
  }

  private void shuffle(Opcode opcode, Frame frame) throws Unreadable {
    int top = frame.pop();
    boolean wide = top >= 0 && graph.wide(top);
    if (opcode == Opcode.DUP || opcode == Opcode.DUP2 && wide) {
      frame.push(top);
      frame.push(top);
    } else if (opcode != Opcode.POP && !(opcode == Opcode.POP2 && wide)) {
      throw new Unreadable("it has " + opcode);
    }
  }

  private static int field(FieldInstruction field) throws Unreadable {
    String owner = field.owner().asInternalName();
    if (field.opcode() == Opcode.GETSTATIC && owner.equals(ATOMIC_CLASS)) {
      return ATOMIC - Atomic.valueOf(field.name().stringValue()).ordinal();
    }
    throw new Unreadable("it uses the field " + owner + "." + field.name().stringValue());
  }

  private void invoke(InvokeInstruction call, Frame frame) throws Unreadable {
    String owner = call.owner().asInternalName();
    String name = call.name().stringValue();
    MethodTypeDesc type = call.typeSymbol();
    boolean isStatic = call.opcode() == Opcode.INVOKESTATIC;
    int count = type.parameterCount() + (isStatic ? 0 : 1);
    int[] arguments = new int[count];
    for (int i = count - 1; i >= 0; i--) {
      arguments[i] = frame.pop();
    }
    int result = intrinsics.call(owner, name, type, arguments, forkDepth > 0);
    if (result == Intrinsics.UNKNOWN) {
      if (!isStatic) {
        throw new Unreadable("it calls " + owner + "." + name);
      }
      result = inline(owner, name, type, arguments);
    }
    if (!type.returnType().equals(java.lang.constant.ConstantDescs.CD_void)) {
      frame.push(result);
    }
  }

  /** A helper of the table's own module. */
  private int inline(String owner, String name, MethodTypeDesc type, int[] arguments)
      throws Unreadable {
    Class<?> target;
    try {
      target = Class.forName(owner.replace('/', '.'), false, home.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new Unreadable("it calls " + owner + "." + name + ", which is not to be had");
    }
    if (target.getModule() != home.getModule() || callDepth >= DEEPEST_CALL) {
      throw new Unreadable("it calls " + owner + "." + name);
    }
    callDepth++;
    int result = evaluate(target, name, type.descriptorString(), arguments);
    callDepth--;
    return result;
  }

  /** Locals by slot, and a stack with one place for each value, also for a long. */
  private static final class Frame {
    final int[] locals;
    final int[] stack;
    int depth;

    Frame(int maxLocals, int maxStack) {
      locals = new int[maxLocals];
      stack = new int[maxStack];
    }

    Frame(Frame other) {
      locals = other.locals.clone();
      stack = other.stack.clone();
      depth = other.depth;
    }

    void push(int value) {
      stack[depth++] = value;
    }

    int pop() {
      return stack[--depth];
    }

    int popNode() throws Unreadable {
      int node = pop();
      if (node < 0) {
        throw new Unreadable("it computes with objects");
      }
      return node;
    }
  }
}
