package vivarium.cpu.translation.bytecode;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;
import vivarium.api.fp.PlainFpu;
import vivarium.api.memory.Atomic;
import vivarium.cpu.translation.graph.FpuOp;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Op;

/** Bytecode that leaves a node's value on the stack. */
final class ValueCode {
  private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");
  private static final ClassDesc LONG = ClassDesc.of("java.lang.Long");
  private static final ClassDesc INTEGER = ClassDesc.of("java.lang.Integer");
  private static final ClassDesc ARITHMETIC =
      ClassDesc.ofDescriptor(Arithmetic.class.descriptorString());
  private static final ClassDesc PLAIN_FPU =
      ClassDesc.ofDescriptor(PlainFpu.class.descriptorString());
  private static final ClassDesc ATOMIC = ClassDesc.ofDescriptor(Atomic.class.descriptorString());

  /** Operations that leave, where they are not plain, rather than call. */
  private static final Set<String> PLAIN =
      Set.of(
          "add64", "sub64", "mul64", "div64", "sqrt64", "fma64", "add32", "sub32", "mul32", "div32",
          "sqrt32", "fma32");

  private static final long LOW_HALF = 0xffff_ffffL;

  private final TraceCode owner;
  private final CodeBuilder code;
  private final FlatTrace trace;

  ValueCode(TraceCode owner, CodeBuilder code, FlatTrace trace) {
    this.owner = owner;
    this.code = code;
    this.trace = trace;
  }

  /** Computes a node that has a value and is neither CONST nor READ. */
  void emit(int node) {
    switch (trace.op(node)) {
      case Op.SELECT -> select(node);
      case Op.CMP -> owner.truth(node);
      case Op.FPU -> floatingPoint(node);
      case Op.LOAD -> load(node);
      case Op.ATOMIC, Op.LOAD_RESERVED, Op.STORE_CONDITIONAL -> atomic(node);
      case Op.SEXT8, Op.SEXT16, Op.SEXT32, Op.ZEXT8, Op.ZEXT16, Op.ZEXT32, Op.TRUNC ->
          convert(node);
      case Op.CLZ, Op.CTZ, Op.POPCNT, Op.BSWAP -> bits(node);
      case Op.BOX32 -> {
        owner.push(trace.a(node));
        code.invokestatic(RegionCompiler.FPU, "box", MethodTypeDesc.of(CD_long, CD_int));
      }
      case Op.UNBOX32 -> {
        owner.push(trace.a(node));
        code.invokestatic(RegionCompiler.FPU, "unbox", MethodTypeDesc.of(CD_int, CD_long));
      }
      default -> arithmetic(node);
    }
  }

  private void arithmetic(int node) {
    owner.push(trace.a(node));
    owner.push(trace.b(node));
    boolean wide = trace.wide(node);
    switch (trace.op(node)) {
      case Op.ADD -> simple(wide ? code.ladd() : code.iadd());
      case Op.SUB -> simple(wide ? code.lsub() : code.isub());
      case Op.MUL -> simple(wide ? code.lmul() : code.imul());
      case Op.AND -> simple(wide ? code.land() : code.iand());
      case Op.OR -> simple(wide ? code.lor() : code.ior());
      case Op.XOR -> simple(wide ? code.lxor() : code.ixor());
      case Op.SHL -> simple(wide ? code.lshl() : code.ishl());
      case Op.SHR -> simple(wide ? code.lshr() : code.ishr());
      case Op.USHR -> simple(wide ? code.lushr() : code.iushr());
      case Op.ROTL -> rotate("rotateLeft", wide);
      case Op.ROTR -> rotate("rotateRight", wide);
      case Op.MULHI -> high("multiplyHigh");
      case Op.UMULHI -> high("unsignedMultiplyHigh");
      case Op.DIV -> divide("divide", node, wide);
      case Op.REM -> divide("remainder", node, wide);
      case Op.UDIV -> divide("divideUnsigned", node, wide);
      case Op.UREM -> divide("remainderUnsigned", node, wide);
      default -> throw new IllegalStateException("no code for " + Op.name(trace.op(node)));
    }
  }

  /** Marks a switch over builders as complete; all have emitted what they name. */
  private static void simple(CodeBuilder emitted) {
    java.util.Objects.requireNonNull(emitted);
  }

  private void rotate(String name, boolean wide) {
    ClassDesc type = wide ? CD_long : CD_int;
    code.invokestatic(wide ? LONG : INTEGER, name, MethodTypeDesc.of(type, type, CD_int));
  }

  private void high(String name) {
    code.invokestatic(MATH, name, MethodTypeDesc.of(CD_long, CD_long, CD_long));
  }

  private void divide(String name, int node, boolean wide) {
    owner.push(trace.c(node));
    ClassDesc type = wide ? CD_long : CD_int;
    code.invokestatic(ARITHMETIC, name, MethodTypeDesc.of(type, type, type, type));
  }

  void compareUnsigned(boolean wide) {
    ClassDesc type = wide ? CD_long : CD_int;
    code.invokestatic(
        wide ? LONG : INTEGER, "compareUnsigned", MethodTypeDesc.of(CD_int, type, type));
  }

  private void select(int node) {
    Label otherwise = code.newLabel();
    Label done = code.newLabel();
    owner.jumpIf(trace.a(node), otherwise, false);
    owner.push(trace.b(node));
    code.goto_(done).labelBinding(otherwise);
    owner.push(trace.c(node));
    code.labelBinding(done);
  }

  private void convert(int node) {
    int op = trace.op(node);
    boolean wide = trace.wide(node);
    owner.push(trace.a(node));
    switch (op) {
      case Op.SEXT32 -> simple(code.i2l());
      case Op.ZEXT32 -> simple(code.i2l().loadConstant(LOW_HALF).land());
      case Op.TRUNC -> simple(code.l2i());
      default -> {
        if (wide) {
          code.l2i();
        }
        switch (op) {
          case Op.SEXT8 -> simple(code.i2b());
          case Op.SEXT16 -> simple(code.i2s());
          case Op.ZEXT8 -> simple(code.loadConstant(0xff).iand());
          default -> simple(code.i2c());
        }
        if (wide) {
          code.i2l();
        }
      }
    }
  }

  private void bits(int node) {
    boolean wide = trace.wide(node);
    ClassDesc type = wide ? CD_long : CD_int;
    ClassDesc owning = wide ? LONG : INTEGER;
    owner.push(trace.a(node));
    if (trace.op(node) == Op.BSWAP) {
      code.invokestatic(owning, "reverseBytes", MethodTypeDesc.of(type, type));
      return;
    }
    String name =
        switch (trace.op(node)) {
          case Op.CLZ -> "numberOfLeadingZeros";
          case Op.CTZ -> "numberOfTrailingZeros";
          default -> "bitCount";
        };
    code.invokestatic(owning, name, MethodTypeDesc.of(CD_int, type));
    if (wide) {
      code.i2l();
    }
  }

  private void floatingPoint(int node) {
    FpuOp operation = FpuOp.of(trace.aux(node));
    ClassDesc operand = operation.wideOperands() ? CD_long : CD_int;
    ClassDesc[] types = new ClassDesc[operation.operands() + (operation.rounds() ? 1 : 0)];
    java.util.Arrays.fill(types, operand);
    int[] operands = {trace.a(node), trace.b(node), trace.c(node)};
    boolean plain = owner.near() && PLAIN.contains(operation.method());
    if (plain) {
      owner.mayThrow(node);
    }
    code.aload(RegionCode.FPU);
    for (int i = 0; i < operation.operands(); i++) {
      owner.push(operands[i]);
    }
    if (operation.rounds()) {
      types[types.length - 1] = CD_int;
      code.loadConstant((int) trace.values[node]);
    }
    ClassDesc result = operation.wideResult() ? CD_long : CD_int;
    MethodTypeDesc type = MethodTypeDesc.of(result, types);
    if (plain) {
      type = type.insertParameterTypes(0, RegionCompiler.FPU);
      code.invokestatic(PLAIN_FPU, operation.method(), type);
    } else {
      code.invokevirtual(RegionCompiler.FPU, operation.method(), type);
    }
  }

  private void address(int node, int receiver) {
    owner.mayThrow(node);
    code.aload(receiver);
    owner.push(trace.a(node));
    if (trace.values[node] != 0) {
      code.loadConstant(trace.values[node]).ladd();
    }
  }

  private void load(int node) {
    int width = Graph.widthOf(trace.aux(node));
    address(node, owner.near() ? RegionCode.NEAR : RegionCode.MMU);
    code.invokevirtual(
        owner.near() ? RegionCompiler.NEAR : RegionCompiler.MMU,
        "load" + 8 * width,
        MethodTypeDesc.of(CD_long, CD_long));
    if (Graph.signedLoadOf(trace.aux(node))) {
      code.l2i();
      switch (width) {
        case 1 -> simple(code.i2b());
        case 2 -> simple(code.i2s());
        default -> {}
      }
      code.i2l();
    }
  }

  void store(int node) {
    address(node, owner.near() ? RegionCode.NEAR : RegionCode.MMU);
    owner.push(trace.b(node));
    String name = "store" + 8 * Graph.widthOf(trace.aux(node));
    code.invokevirtual(
        owner.near() ? RegionCompiler.NEAR : RegionCompiler.MMU,
        name,
        MethodTypeDesc.of(CD_void, CD_long, CD_long));
  }

  private void atomic(int node) {
    int bits = 8 * Graph.widthOf(trace.aux(node));
    address(node, RegionCode.MMU);
    switch (trace.op(node)) {
      case Op.LOAD_RESERVED ->
          code.invokevirtual(
              RegionCompiler.MMU, "loadReserved" + bits, MethodTypeDesc.of(CD_long, CD_long));
      case Op.STORE_CONDITIONAL -> {
        owner.push(trace.b(node));
        code.invokevirtual(
            RegionCompiler.MMU,
            "storeConditional" + bits,
            MethodTypeDesc.of(CD_long, CD_long, CD_long));
      }
      default -> {
        owner.push(trace.b(node));
        code.getstatic(ATOMIC, Graph.atomicOf(trace.aux(node)).name(), ATOMIC);
        code.invokevirtual(
            RegionCompiler.MMU,
            "atomic" + bits,
            MethodTypeDesc.of(CD_long, CD_long, CD_long, ATOMIC));
      }
    }
  }
}
