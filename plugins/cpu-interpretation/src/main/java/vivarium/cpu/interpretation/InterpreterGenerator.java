package vivarium.cpu.interpretation;

import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import vivarium.api.fp.Fpu;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.Instruction.Parameter;
import vivarium.api.isa.Instruction.Result;
import vivarium.api.isa.InstructionTable;
import vivarium.api.isa.Trap;
import vivarium.api.memory.LeaveBlock;
import vivarium.api.memory.Mmu;

/**
 * Makes, from an instruction table, the method that executes packed operations. In Java it would read:
 *
 * <pre>{@code
 * static RuntimeException execute(long[] x, short[][] kinds, long[][] code, long[] tags,
 *                                 Mmu mmu, Fpu fpu, long[] state) {
 *   long budget = state[BUDGET], pc = state[PC];
 *   for (;;) {                                           // a block
 *     int slot = (int) (pc >>> 1) & tags.length - 1;
 *     if (budget < MAX_BLOCK || tags[slot] != pc) { save; return null; }
 *     short[] ks = kinds[slot]; long[] ops = code[slot]; int at = 0; long start = pc;
 *     try {
 *       for (;;) {                                       // an operation
 *         switch (ks[at]) {
 *           case ADD: { long op = ops[at]; x[op >>> 9 & 127] = add(x[op >>> 16 & 127], ...); at++; continue; }
 *           case BEQ: ... if (beq(a, b)) { pc = start + imm; break; } at++; continue;
 *           case JALR: ... pc = jalr(a, imm); x[d] = start + following offset; break;
 *           ...
 *     } catch (Trap | LeaveBlock e) { save; return e; }
 *     budget -= at + 1;
 * }}</pre>
 *
 * After its operations a block's array holds the offset of each from the block's first byte, and one more
 * for the end. What to do and what to do it with come from two arrays, so that each case reads its own
 * operands: were they at hand before the switch, C2 would compute there, for each operation, what any of
 * the cases makes of them (decision 4). HotSpot compiles a method of up to 8,000
 * bytes without a flag; what is rare (floating point, atomics) goes by a second method, to keep below
 * that.
 */
final class InterpreterGenerator {
  /** Index into the state array: the pc to go on at; after an exception, of the instruction. */
  static final int PC = 0;

  /** Index into the state array: the budget left. */
  static final int BUDGET = 1;

  /** Index into the state array: the address of the block in which {@link #LEFT} happened. */
  static final int BLOCK_PC = 2;

  /** Index into the state array: the index of the operation that left, or -1 at a jump. */
  static final int LEFT = 3;

  /** Length of the state array. */
  static final int STATE = 4;

  /** Most operations of a block; with less budget the generated code is not entered. */
  static final int MAX_BLOCK = 64;

  /**
   * Instructions with a case of their own, but for those that use the pc: a table begins with what
   * is executed most. C2 inlines nothing more once a method has some 8,000 bytes with what is in
   * it.
   */
  private static final int MAX_FREQUENT = 64;

  /** Type of the generated method. */
  static final MethodType EXECUTE =
      MethodType.methodType(
          RuntimeException.class,
          long[].class,
          short[][].class,
          long[][].class,
          long[].class,
          Mmu.class,
          Fpu.class,
          long[].class);

  private static final ClassDesc LONGS = CD_long.arrayType();
  private static final ClassDesc MMU = describe(Mmu.class);
  private static final ClassDesc FPU = describe(Fpu.class);
  private static final MethodTypeDesc RARE = MethodTypeDesc.of(CD_void, LONGS, CD_long, MMU, FPU);

  // Local variables of the generated methods.
  private static final int X = 0;
  private static final int KINDS = 1;
  private static final int CODE = 2;
  private static final int TAGS = 3;
  private static final int MMU_LOCAL = 4;
  private static final int FPU_LOCAL = 5;
  private static final int STATE_LOCAL = 6;
  private static final int BLOCK_KINDS = 7;
  private static final int OPS = 8;
  private static final int AT = 9;
  private static final int START = 10;
  private static final int BUDGET_LOCAL = 12;
  private static final int OP = 14;
  private static final int PC_LOCAL = 16;
  private static final int SLOT = 18;
  private static final int THROWN = 19;

  private final InstructionTable table;
  private final ClassDesc name;
  private final List<Instruction> frequent = new ArrayList<>();
  private final List<Instruction> rare = new ArrayList<>();

  InterpreterGenerator(InstructionTable table) {
    this.table = table;
    this.name =
        ClassDesc.of(table.lookup().lookupClass().getPackageName() + ".GeneratedInterpreter");
    for (Instruction instruction : table.instructions()) {
      if (Operations.direct(instruction)) {
        (usesPc(instruction) || !isRare(instruction) ? frequent : rare).add(instruction);
      }
    }
  }

  private static boolean usesPc(Instruction instruction) {
    return instruction.result() == Result.BRANCH
        || instruction.result() == Result.JUMP
        || has(instruction, Instruction.Source.PC)
        || has(instruction, Instruction.Source.NEXT);
  }

  private boolean isRare(Instruction instruction) {
    return frequent.size() >= MAX_FREQUENT
        || (has(instruction, Instruction.Source.FPU)
            || Operations.shape(instruction).packed().size() > 1
            || instruction.method().getName().matches("(amo|lr|sc)[a-z]*_.*"));
  }

  private static boolean has(Instruction instruction, Instruction.Source source) {
    return instruction.parameters().stream().anyMatch(one -> one.source() == source);
  }

  MethodHandle generate() {
    byte[] bytes =
        ClassFile.of()
            .build(
                name,
                type ->
                    type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                        .withMethodBody(
                            "execute",
                            EXECUTE.describeConstable().orElseThrow(),
                            ClassFile.ACC_STATIC,
                            this::execute)
                        .withMethodBody("rare", RARE, ClassFile.ACC_STATIC, this::rare));
    try {
      MethodHandles.Lookup lookup = table.lookup().defineHiddenClass(bytes, true);
      return lookup.findStatic(lookup.lookupClass(), "execute", EXECUTE);
    } catch (IllegalAccessException | NoSuchMethodException e) {
      throw new IllegalStateException("the interpreter cannot be defined", e);
    }
  }

  private void execute(CodeBuilder code) {
    Label block = code.newLabel();
    Label operation = code.newLabel();
    Label next = code.newLabel();
    Label handled = code.newLabel();
    Label jump = code.newLabel();
    Label leave = code.newLabel();
    Label missed = code.newLabel();
    code.aload(STATE_LOCAL).loadConstant(BUDGET).laload().lstore(BUDGET_LOCAL);
    code.aload(STATE_LOCAL).loadConstant(PC).laload().lstore(PC_LOCAL);
    code.labelBinding(block);
    enterBlock(code, missed);
    code.goto_(operation);
    code.labelBinding(next);
    code.iinc(AT, 1);
    code.labelBinding(operation);
    dispatch(code, next, jump, leave);
    code.labelBinding(jump);
    code.lload(BUDGET_LOCAL).iload(AT).iconst_1().iadd().i2l().lsub().lstore(BUDGET_LOCAL);
    code.goto_(block);
    code.labelBinding(handled);
    code.astore(THROWN);
    saveLeft(code);
    code.aload(THROWN).areturn();
    code.labelBinding(leave);
    saveLeft(code);
    code.aconst_null().areturn();
    code.labelBinding(missed);
    save(code, PC, () -> code.lload(PC_LOCAL));
    save(code, BUDGET, () -> code.lload(BUDGET_LOCAL));
    save(code, LEFT, () -> code.loadConstant(-1L));
    code.aconst_null().areturn();
    code.exceptionCatch(operation, jump, handled, describe(Trap.class));
    code.exceptionCatch(operation, jump, handled, describe(LeaveBlock.class));
  }

  private static void enterBlock(CodeBuilder code, Label missed) {
    code.lload(BUDGET_LOCAL).loadConstant((long) MAX_BLOCK).lcmp().iflt(missed);
    code.lload(PC_LOCAL).iconst_1().lushr().l2i();
    code.aload(TAGS).arraylength().iconst_1().isub().iand().istore(SLOT);
    code.aload(TAGS).iload(SLOT).laload().lload(PC_LOCAL).lcmp().ifne(missed);
    code.aload(KINDS).iload(SLOT).aaload().astore(BLOCK_KINDS);
    code.aload(CODE).iload(SLOT).aaload().astore(OPS);
    code.iconst_0().istore(AT);
    code.lload(PC_LOCAL).lstore(START);
  }

  private void dispatch(CodeBuilder code, Label next, Label jump, Label leave) {
    List<SwitchCase> cases = new ArrayList<>();
    Label end = code.newLabel();
    Label rareCase = code.newLabel();
    cases.add(SwitchCase.of(Operations.END, end));
    cases.add(SwitchCase.of(Operations.LEAVE, leave));
    rare.forEach(one -> cases.add(SwitchCase.of(one.number() + Operations.FIRST, rareCase)));
    List<Label> labels = new ArrayList<>();
    for (Instruction instruction : frequent) {
      Label label = code.newLabel();
      labels.add(label);
      cases.add(SwitchCase.of(instruction.number() + Operations.FIRST, label));
    }
    code.aload(BLOCK_KINDS).iload(AT).saload();
    code.tableswitch(leave, cases);
    for (int i = 0; i < frequent.size(); i++) {
      code.labelBinding(labels.get(i));
      frequentCase(code, frequent.get(i), next, jump);
    }
    code.labelBinding(rareCase);
    code.aload(X).aload(OPS).iload(AT).laload().aload(MMU_LOCAL).aload(FPU_LOCAL);
    code.invokestatic(name, "rare", RARE).goto_(next);
    code.labelBinding(end);
    code.lload(START);
    offset(code, 0);
    code.ladd().lstore(PC_LOCAL);
    code.iinc(AT, -1).goto_(jump);
  }

  /** Emits what an instruction does; then goes on at {@code next}, or at {@code jump}. */
  private static void frequentCase(
      CodeBuilder code, Instruction instruction, Label next, Label jump) {
    code.aload(OPS).iload(AT).laload().lstore(OP);
    switch (instruction.result()) {
      case NONE -> {
        call(code, instruction);
        code.goto_(next);
      }
      case REGISTER -> {
        code.aload(X);
        register(code, OP, Operations.DESTINATION_SHIFT);
        call(code, instruction);
        code.lastore().goto_(next);
      }
      case BRANCH -> {
        call(code, instruction);
        code.ifeq(next);
        code.lload(START).lload(OP).loadConstant(Operations.IMMEDIATE_SHIFT).lshr().ladd();
        code.lstore(PC_LOCAL).goto_(jump);
      }
      case JUMP -> {
        call(code, instruction);
        code.lstore(PC_LOCAL);
        code.aload(X);
        register(code, OP, Operations.DESTINATION_SHIFT);
        code.lload(START);
        offset(code, 1);
        code.ladd().lastore().goto_(jump);
      }
    }
  }

  /** Pushes the offset from the block's first byte of operation {@code at + delta}. */
  private static void offset(CodeBuilder code, int delta) {
    code.aload(OPS).iload(AT).aload(OPS).arraylength().iconst_1().ishr().iadd();
    if (delta != 0) {
      code.loadConstant(delta).iadd();
    }
    code.laload();
  }

  /** The rare instructions; operands are extracted where they are needed. */
  private void rare(CodeBuilder code) {
    int op = 1;
    List<SwitchCase> cases = new ArrayList<>();
    for (Instruction instruction : rare) {
      cases.add(SwitchCase.of(instruction.number() + Operations.FIRST, code.newLabel()));
    }
    Label none = code.newLabel();
    code.lload(op).l2i().loadConstant((1 << Operations.DESTINATION_SHIFT) - 1).iand();
    code.tableswitch(none, cases);
    for (int i = 0; i < rare.size(); i++) {
      code.labelBinding(cases.get(i).target());
      rareCase(code, rare.get(i), op);
    }
    code.labelBinding(none).return_();
  }

  private static void rareCase(CodeBuilder code, Instruction instruction, int op) {
    Operations.Shape shape = Operations.shape(instruction);
    boolean writes = instruction.result() == Result.REGISTER;
    if (writes) {
      code.aload(0);
      register(code, op, Operations.DESTINATION_SHIFT);
    }
    Class<?>[] types = instruction.method().getParameterTypes();
    for (int i = 0; i < types.length; i++) {
      Parameter parameter = instruction.parameters().get(i);
      switch (parameter.source()) {
        case MMU -> code.aload(op + 2);
        case FPU -> code.aload(op + 3);
        case REGISTER -> {
          code.aload(0);
          register(code, op, registerShift(shape, parameter.field()));
          code.laload();
        }
        case IMMEDIATE -> {
          if (shape.loneImmediate()) {
            immediate(code, op, types[i]);
          } else {
            piece(code, op, pieceShift(shape, parameter.field()), 0xff);
            if (types[i] == long.class) {
              code.i2l();
            }
          }
        }
        case PC, NEXT, BITS, HART -> throw new IllegalStateException(instruction.name());
      }
    }
    invoke(code, instruction);
    if (writes) {
      code.lastore();
    }
    code.return_();
  }

  private static int registerShift(Operations.Shape shape, int field) {
    if (field == shape.source1()) {
      return Operations.SOURCE1_SHIFT;
    }
    return field == shape.source2() ? Operations.SOURCE2_SHIFT : pieceShift(shape, field);
  }

  private static int pieceShift(Operations.Shape shape, int field) {
    return Operations.IMMEDIATE_SHIFT + 8 * shape.packed().indexOf(field);
  }

  /** Pushes the number of a register. */
  private static void register(CodeBuilder code, int op, int shift) {
    if (shift < Operations.IMMEDIATE_SHIFT) {
      code.lload(op).l2i().loadConstant(shift).iushr();
      code.loadConstant(Operations.REGISTER_MASK).iand();
    } else {
      piece(code, op, shift, Operations.REGISTER_MASK);
    }
  }

  /** Pushes the lone immediate as what a parameter's type asks for. */
  private static void immediate(CodeBuilder code, int op, Class<?> type) {
    code.lload(op).loadConstant(Operations.IMMEDIATE_SHIFT).lshr();
    if (type != long.class) {
      code.l2i();
    }
  }

  private static void piece(CodeBuilder code, int op, int shift, int mask) {
    code.lload(op).loadConstant(shift).lushr().l2i().loadConstant(mask).iand();
  }

  /** Calls the method of a frequent instruction, whose packed form is in a local. */
  private static void call(CodeBuilder code, Instruction instruction) {
    Operations.Shape shape = Operations.shape(instruction);
    Class<?>[] types = instruction.method().getParameterTypes();
    for (int i = 0; i < types.length; i++) {
      Parameter parameter = instruction.parameters().get(i);
      switch (parameter.source()) {
        case MMU -> code.aload(MMU_LOCAL);
        case FPU -> code.aload(FPU_LOCAL);
        case REGISTER -> {
          code.aload(X);
          register(code, OP, registerShift(shape, parameter.field()));
          code.laload();
        }
        case IMMEDIATE -> immediate(code, OP, types[i]);
        case PC -> {
          code.lload(START);
          offset(code, 0);
          code.ladd();
        }
        case NEXT -> {
          code.lload(START);
          offset(code, 1);
          code.ladd();
        }
        case BITS, HART -> throw new IllegalStateException(instruction.name());
      }
    }
    invoke(code, instruction);
  }

  private static void invoke(CodeBuilder code, Instruction instruction) {
    Class<?>[] types = instruction.method().getParameterTypes();
    ClassDesc[] descriptors = new ClassDesc[types.length];
    for (int i = 0; i < types.length; i++) {
      descriptors[i] = describe(types[i]);
    }
    code.invokestatic(
        describe(instruction.method().getDeclaringClass()),
        instruction.method().getName(),
        MethodTypeDesc.of(describe(instruction.method().getReturnType()), descriptors));
  }

  /** Notes the instruction at {@code at}, before which the generated code is left. */
  private static void saveLeft(CodeBuilder code) {
    save(
        code,
        PC,
        () -> {
          code.lload(START);
          offset(code, 0);
          code.ladd();
        });
    save(code, BUDGET, () -> code.lload(BUDGET_LOCAL).iload(AT).i2l().lsub());
    save(code, BLOCK_PC, () -> code.lload(START));
    save(code, LEFT, () -> code.iload(AT).i2l());
  }

  private static void save(CodeBuilder code, int index, Runnable value) {
    code.aload(STATE_LOCAL).loadConstant(index);
    value.run();
    code.lastore();
  }

  private static ClassDesc describe(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }
}
