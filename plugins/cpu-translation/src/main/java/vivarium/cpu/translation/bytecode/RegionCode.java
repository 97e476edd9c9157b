package vivarium.cpu.translation.bytecode;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import vivarium.cpu.translation.graph.Op;

/**
 * The body of a region: registers are loaded into locals, traces follow one another and jump to one
 * another, and there is one way out, at which registers that are written in it go back. A local has
 * a register's value from its WRITE on, so whatever throws finds them right.
 */
final class RegionCode {
  static final int THIS = 0;
  static final int X = 1;
  static final int MMU = 2;
  static final int NEAR = 3;
  static final int FPU = 4;
  static final int FRAME = 5;
  static final int BUDGET = 6;
  static final int PC = 8;
  static final int AT = 10;
  static final int THROWN = 11;
  private static final int FIRST_REGISTER = 12;

  /**
   * A region whose budget runs out is left where its head begins anew, not in an inner loop, which
   * would then be met cold and become a region that overlaps this one; but an inner loop longer
   * than so many steps is left too.
   */
  static final int SLACK = 20_000;

  private static final MethodTypeDesc HANDLE =
      MethodTypeDesc.of(
          RegionCompiler.THROWN, RegionCompiler.THROWN, RegionCompiler.FRAME, CD_long, CD_int);

  /** Out-of-line code that leaves a trace. */
  private record Stub(Label label, long pc, int completed) {}

  private final RegionShape shape;
  private final boolean near;
  private final List<FlatTrace> members;
  private final int[] localOf = new int[128];
  private final boolean[] written = new boolean[128];
  private final List<Integer> registers = new ArrayList<>();
  private final List<Label> heads = new ArrayList<>();
  private final List<Stub> stubs = new ArrayList<>();
  private final List<Long> pcs = new ArrayList<>();
  private final List<Integer> completed = new ArrayList<>();
  private int firstTemporary = FIRST_REGISTER;
  private int current;

  RegionCode(RegionShape shape, boolean near) {
    this.near = near;
    this.shape = shape;
    members = shape.blocks();
    for (FlatTrace member : members) {
      for (int node = 0; node < member.count(); node++) {
        int op = member.op(node);
        if (op == Op.READ || op == Op.WRITE) {
          note(member.aux(node), op == Op.WRITE);
        }
      }
    }
  }

  private void note(int register, boolean write) {
    if (localOf[register] == 0) {
      localOf[register] = firstTemporary;
      firstTemporary += 2;
      registers.add(register);
    }
    written[register] |= write;
  }

  long[] throwingPcs() {
    return pcs.stream().mapToLong(Long::longValue).toArray();
  }

  int[] throwingSteps() {
    return completed.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The local of a register that is used. */
  int local(int register) {
    return localOf[register];
  }

  /** Whether accesses that are not near leave. */
  boolean near() {
    return near;
  }

  int firstTemporary() {
    return firstTemporary;
  }

  /** Numbers an instruction that may throw. */
  int throwing(FlatTrace trace, int step) {
    pcs.add(trace.pcs[step]);
    completed.add(step);
    return pcs.size() - 1;
  }

  /** Writes the body; again if jumps turn out to be far. */
  void emit(CodeBuilder code) {
    heads.clear();
    pcs.clear();
    completed.clear();
    Label leave = code.newLabel();
    Label handler = code.newLabel();
    Label start = code.newLabel();
    Label end = code.newLabel();
    code.aload(FRAME).getfield(RegionCompiler.FRAME, "budget", CD_long).lstore(BUDGET);
    code.lconst_0().lstore(PC).iconst_0().istore(AT);
    for (int register : registers) {
      code.aload(X).loadConstant(register).laload().lstore(localOf[register]);
    }
    for (int i = 0; i < members.size(); i++) {
      heads.add(code.newLabel());
    }
    code.labelBinding(start);
    for (int i = 0; i < members.size(); i++) {
      stubs.clear();
      current = i;
      code.labelBinding(heads.get(i));
      new TraceCode(this, code, members.get(i), leave).emit();
      emitStubs(code, leave);
    }
    code.labelBinding(end);
    code.labelBinding(leave);
    storeRegisters(code);
    code.aload(FRAME).lload(PC).putfield(RegionCompiler.FRAME, "pc", CD_long);
    code.aload(FRAME).lload(BUDGET).putfield(RegionCompiler.FRAME, "budget", CD_long);
    code.aconst_null().areturn();
    code.labelBinding(handler);
    code.astore(THROWN);
    storeRegisters(code);
    code.aload(THIS).aload(THROWN).aload(FRAME).lload(BUDGET).iload(AT);
    code.invokevirtual(RegionCompiler.REGION, "thrown", HANDLE).areturn();
    code.exceptionCatch(start, end, handler, RegionCompiler.THROWN);
  }

  private void storeRegisters(CodeBuilder code) {
    for (int register : registers) {
      if (written[register]) {
        code.aload(X).loadConstant(register).lload(localOf[register]).lastore();
      }
    }
  }

  /** A label at which the current trace is left for a pc, emitted after it. */
  Label stub(CodeBuilder code, long pc, int completedSteps) {
    Label label = code.newLabel();
    stubs.add(new Stub(label, pc, completedSteps));
    return label;
  }

  private void emitStubs(CodeBuilder code, Label leave) {
    for (Stub stub : List.copyOf(stubs)) {
      code.labelBinding(stub.label);
      goOn(code, stub.pc, stub.completed, leave);
    }
  }

  /** Leaves the current trace: for another one here if the budget allows, else for the engine. */
  void goOn(CodeBuilder code, long pc, int completedSteps, Label leave) {
    takeOff(code, completedSteps);
    int place = shape.place(pc);
    if (place > current) {
      code.goto_(heads.get(place));
      return;
    }
    code.loadConstant(pc).lstore(PC);
    if (place >= 0) {
      goBack(code, place, leave);
    } else {
      code.goto_(leave);
    }
  }

  /**
   * Goes back if the budget allows for what may follow. The jump back has no condition: with one,
   * C2 makes a number of the comparison, to have it at the safepoint.
   */
  private void goBack(CodeBuilder code, int place, Label leave) {
    long least = shape.longest(place) + (place == 0 ? SLACK : 0);
    code.lload(BUDGET).loadConstant(least).lcmp().iflt(leave).goto_(heads.get(place));
  }

  /** Leaves the current trace for the address in {@link #PC}: for one seen before if it is that. */
  void jump(CodeBuilder code, FlatTrace from, int completedSteps, Label leave) {
    takeOff(code, completedSteps);
    List<SwitchCase> cases = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < from.targetCount; i++) {
      int place = shape.place(from.targets[i]);
      if (place >= 0) {
        places.add(place);
        cases.add(SwitchCase.of((int) (from.targets[i] - from.pc), code.newLabel()));
      }
    }
    if (cases.isEmpty()) {
      code.goto_(leave);
      return;
    }
    code.lload(PC).loadConstant(from.pc).lsub().dup2().l2i().dup().istore(AT).i2l();
    code.lcmp().ifne(leave).iload(AT).lookupswitch(leave, cases);
    for (int i = 0; i < cases.size(); i++) {
      int place = places.get(i);
      code.labelBinding(cases.get(i).target());
      if (place > current) {
        code.goto_(heads.get(place));
      } else {
        goBack(code, place, leave);
      }
    }
  }

  /** Takes completed steps off the budget. */
  void takeOff(CodeBuilder code, int steps) {
    code.lload(BUDGET).loadConstant((long) steps).lsub().lstore(BUDGET);
  }
}
