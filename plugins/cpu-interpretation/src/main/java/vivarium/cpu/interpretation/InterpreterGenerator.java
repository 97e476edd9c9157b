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
import java.util.BitSet;
import java.util.List;
import vivarium.api.fp.Fpu;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.Instruction.Parameter;
import vivarium.api.isa.Instruction.Result;
import vivarium.api.isa.InstructionTable;
import vivarium.api.isa.Trap;
import vivarium.api.memory.HitMemory;
import vivarium.api.memory.LeaveBlock;
import vivarium.api.memory.Mmu;

/**
 * Makes, from an instruction table, the method that executes packed operations. In Java it would read:
 *
 * <pre>{@code
 * static Trap execute(long[] x, short[][] kinds, long[][] code, long[] tags,
 *                     HitMemory memory, Mmu mmu, Fpu fpu, long[] state) {
 *   long budget = state[BUDGET], pc = state[PC]; int first = (int) state[FIRST];
 *   for (;;) {                                           // a block
 *     int slot = (int) (pc >>> 1) & tags.length - 1;
 *     if (budget < MAX_BLOCK || tags[slot] != pc) { save; return null; }
 *     short[] ks = kinds[slot]; long[] ops = code[slot]; int at = first; first = 0;
 *     long start = pc;
 *     try {
 *       for (;;) {                                       // an operation
 *         switch (ks[at]) {
 *           case ADD: { long op = ops[at]; x[op >>> 9 & 127] = add(x[op >>> 16 & 127], ...); at++; continue; }
 *           case BEQ: ... if (beq(a, b)) { pc = start + imm; break; } at++; continue;
 *           case JALR: ... pc = jalr(a, imm); x[d] = start + following offset; break;
 *           ...
 *     } catch (LeaveBlock e) { save; return null; } catch (Trap e) { save; return e; }
 *     budget -= at + 1;
 * }}</pre>
 *
 * After its operations a block's array holds the offset of each from the block's first byte, and one more
 * for the end. What to do and what to do it with come from two arrays, so that each case reads its own
 * operands: were they at hand before the switch, C2 would compute there, for each operation, what any of
 * the cases makes of them (decision 4).
 *
 * <p>Nothing is called that C2 does not inline: a call in any case, as each clobbers all registers, would
 * have all of the loop's state live in memory. So an access to memory that is no hit in the TLB leaves the
 * method, and so does what is rare (floating point, atomics); {@code one} does either, and the method is
 * entered again behind it. {@code mixed} is {@code execute} but for calling {@code one} itself for what is
 * rare, for code that has much of it. HotSpot compiles a method of up to 8,000 bytes without a flag, and
 * the launcher has C2 inline instructions and hits even where they are seldom executed.
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

  /** Index into the state array: on entry, the index of the operation to begin at. */
  static final int FIRST = 4;

  /** Length of the state array. */
  static final int STATE = 5;

  /** Most operations of a block; with less budget the generated code is not entered. */
  static final int MAX_BLOCK = 64;

  /**
   * Instructions with a case of their own, but for those that use the pc: a table begins with what
   * is executed most. C2 inlines nothing more once a method has some 8,000 bytes with what is in
   * it.
   */
  private static final int MAX_FREQUENT = 64;

  /** Type of {@code execute} and {@code mixed}. */
  static final MethodType EXECUTE =
      MethodType.methodType(
          Trap.class,
          long[].class,
          short[][].class,
          long[][].class,
          long[].class,
          HitMemory.class,
          Mmu.class,
          Fpu.class,
          long[].class);

  /** Type of {@code one}, which does an operation that made {@code execute} leave. */
  static final MethodType ONE =
      MethodType.methodType(void.class, long[].class, long.class, Mmu.class, Fpu.class);

  /**
   * What has been generated.
   *
   * @param rare the operations that always make {@code execute} leave
   */
  record Methods(MethodHandle execute, MethodHandle mixed, MethodHandle one, BitSet rare) {}

  private static final ClassDesc LONGS = CD_long.arrayType();
  private static final ClassDesc MMU = describe(Mmu.class);
  private static final ClassDesc FPU = describe(Fpu.class);
  private static final MethodTypeDesc ONE_TYPE =
      MethodTypeDesc.of(CD_void, LONGS, CD_long, MMU, FPU);

  // Local variables of the generated methods.
  private static final int X = 0;
  private static final int KINDS = 1;
  private static final int CODE = 2;
  private static final int TAGS = 3;
  private static final int HITS_LOCAL = 4;
  private static final int MMU_LOCAL = 5;
  private static final int FPU_LOCAL = 6;
  private static final int STATE_LOCAL = 7;
  private static final int BLOCK_KINDS = 8;
  private static final int OPS = 9;
  private static final int AT = 10;
  private static final int START = 11;
  private static final int BUDGET_LOCAL = 13;
  private static final int OP = 15;
  private static final int PC_LOCAL = 17;
  private static final int SLOT = 19;
  private static final int THROWN = 20;
  private static final int FIRST_LOCAL = 21;
  private static final int X_MASK = 22;

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
            || instruction.method().getName().matches("(amo|lr|sc)[a-z]*_.*")
            || QuickInstruction.isNeeded(instruction) && !QuickInstruction.isPossible(instruction));
  }

  private static boolean has(Instruction instruction, Instruction.Source source) {
    return instruction.parameters().stream().anyMatch(one -> one.source() == source);
  }

  Methods generate() {
    byte[] bytes =
        ClassFile.of()
            .build(
                name,
                type -> {
                  type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
                  MethodTypeDesc execute = EXECUTE.describeConstable().orElseThrow();
                  type.withMethodBody(
                      "execute", execute, ClassFile.ACC_STATIC, code -> execute(code, false));
                  type.withMethodBody(
                      "mixed", execute, ClassFile.ACC_STATIC, code -> execute(code, true));
                  type.withMethodBody("one", ONE_TYPE, ClassFile.ACC_STATIC, this::one);
                  frequent.stream()
                      .filter(QuickInstruction::isNeeded)
                      .forEach(one -> QuickInstruction.write(type, one));
                });
    try {
      MethodHandles.Lookup lookup = table.lookup().defineHiddenClass(bytes, true);
      Class<?> defined = lookup.lookupClass();
      return new Methods(
          lookup.findStatic(defined, "execute", EXECUTE),
          lookup.findStatic(defined, "mixed", EXECUTE),
          lookup.findStatic(defined, "one", ONE),
          rareOperations());
    } catch (IllegalAccessException | NoSuchMethodException e) {
      throw new IllegalStateException("the interpreter cannot be defined", e);
    }
  }

  private BitSet rareOperations() {
    BitSet operations = new BitSet();
    rare.forEach(one -> operations.set(one.number() + Operations.FIRST));
    return operations;
  }

  private void execute(CodeBuilder code, boolean mixed) {
    Label block = code.newLabel();
    Label operation = code.newLabel();
    Label next = code.newLabel();
    Label handled = code.newLabel();
    Label jump = code.newLabel();
    Label leave = code.newLabel();
    Label leaveBlock = code.newLabel();
    Label missed = code.newLabel();
    code.aload(STATE_LOCAL).loadConstant(BUDGET).laload().lstore(BUDGET_LOCAL);
    code.aload(STATE_LOCAL).loadConstant(PC).laload().lstore(PC_LOCAL);
    code.aload(STATE_LOCAL).loadConstant(FIRST).laload().l2i().istore(FIRST_LOCAL);
    // C2 need not look whether a number masked with this is within the array, once that has entries
    code.aload(X).arraylength().iconst_1().isub().istore(X_MASK);
    code.aload(X).arraylength().ifeq(missed);
    code.labelBinding(block);
    enterBlock(code, missed);
    code.labelBinding(operation);
    dispatch(code, next, jump, leave, mixed);
    code.labelBinding(next);
    code.iinc(AT, 1);
    code.goto_(operation);
    code.labelBinding(jump);
    code.lload(BUDGET_LOCAL).iload(AT).iconst_1().iadd().i2l().lsub().lstore(BUDGET_LOCAL);
    code.goto_(block);
    code.labelBinding(handled);
    code.astore(THROWN);
    saveLeft(code);
    code.aload(THROWN).areturn();
    code.labelBinding(leaveBlock);
    code.pop();
    code.labelBinding(leave);
    saveLeft(code);
    code.aconst_null().areturn();
    code.labelBinding(missed);
    save(code, PC, () -> code.lload(PC_LOCAL));
    save(code, BUDGET, () -> code.lload(BUDGET_LOCAL));
    save(code, LEFT, () -> code.loadConstant(-1L));
    code.aconst_null().areturn();
    code.exceptionCatch(operation, jump, handled, describe(Trap.class));
    code.exceptionCatch(operation, jump, leaveBlock, describe(LeaveBlock.class));
  }

  private static void enterBlock(CodeBuilder code, Label missed) {
    code.lload(BUDGET_LOCAL).loadConstant((long) MAX_BLOCK).lcmp().iflt(missed);
    code.lload(PC_LOCAL).iconst_1().lushr().l2i();
    code.aload(TAGS).arraylength().iconst_1().isub().iand().istore(SLOT);
    code.aload(TAGS).iload(SLOT).laload().lload(PC_LOCAL).lcmp().ifne(missed);
    code.aload(KINDS).iload(SLOT).aaload().astore(BLOCK_KINDS);
    code.aload(CODE).iload(SLOT).aaload().astore(OPS);
    code.iload(FIRST_LOCAL).istore(AT);
    code.iconst_0().istore(FIRST_LOCAL);
    code.lload(PC_LOCAL).lstore(START);
  }

  private void dispatch(CodeBuilder code, Label next, Label jump, Label leave, boolean mixed) {
    List<SwitchCase> cases = new ArrayList<>();
    Label end = code.newLabel();
    Label rareCase = mixed ? code.newLabel() : leave;
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
    if (mixed) {
      code.labelBinding(rareCase);
      code.aload(X).aload(OPS).iload(AT).laload().aload(MMU_LOCAL).aload(FPU_LOCAL);
      code.invokestatic(name, "one", ONE_TYPE).goto_(next);
    }
    code.labelBinding(end);
    code.lload(START);
    offset(code, 0);
    code.ladd().lstore(PC_LOCAL);
    code.iinc(AT, -1).goto_(jump);
  }

  /** Emits what an instruction does; then goes on at {@code next}, or at {@code jump}. */
  private void frequentCase(CodeBuilder code, Instruction instruction, Label next, Label jump) {
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

  /** The instructions that are rare, and those that may miss the TLB. */
  private void one(CodeBuilder code) {
    int op = 1;
    List<SwitchCase> cases = new ArrayList<>();
    List<Instruction> instructions = new ArrayList<>(rare);
    frequent.stream().filter(QuickInstruction::isNeeded).forEach(instructions::add);
    for (Instruction instruction : instructions) {
      cases.add(SwitchCase.of(instruction.number() + Operations.FIRST, code.newLabel()));
    }
    Label none = code.newLabel();
    code.lload(op).l2i().loadConstant((1 << Operations.DESTINATION_SHIFT) - 1).iand();
    code.tableswitch(none, cases);
    for (int i = 0; i < instructions.size(); i++) {
      code.labelBinding(cases.get(i).target());
      rareCase(code, instructions.get(i), op);
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
      if (op == OP) {
        code.iload(X_MASK).iand();
      } else {
        code.loadConstant(Operations.REGISTER_MASK).iand();
      }
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
  private void call(CodeBuilder code, Instruction instruction) {
    Operations.Shape shape = Operations.shape(instruction);
    Class<?>[] types = instruction.method().getParameterTypes();
    for (int i = 0; i < types.length; i++) {
      Parameter parameter = instruction.parameters().get(i);
      switch (parameter.source()) {
        case MMU -> code.aload(HITS_LOCAL);
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
    if (QuickInstruction.isNeeded(instruction)) {
      code.invokestatic(
          name, QuickInstruction.name(instruction), QuickInstruction.type(instruction));
    } else {
      invoke(code, instruction);
    }
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

  static ClassDesc describe(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }
}
