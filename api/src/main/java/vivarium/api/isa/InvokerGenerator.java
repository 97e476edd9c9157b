package vivarium.api.isa;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;
import static java.util.Objects.requireNonNull;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import vivarium.api.fp.Fpu;
import vivarium.api.memory.Mmu;

/**
 * Makes an {@link Invoker}: one class with a switch over the instructions' numbers, each case a
 * direct call. The instructions are numbered without a gap. It is defined next to the table's first
 * class, so that it sees what the table sees.
 */
final class InvokerGenerator {
  private static final ClassDesc INVOKER = describe(Invoker.class);
  private static final ClassDesc DECODED = describe(Decoded.class);
  private static final ClassDesc HART = describe(Hart.class);
  private static final ClassDesc BLOCK = describe(HartBlock.class);
  private static final ClassDesc MMU = describe(Mmu.class);
  private static final ClassDesc FPU = describe(Fpu.class);
  private static final MethodTypeDesc INVOKE = MethodTypeDesc.of(CD_long, DECODED, HART, CD_long);
  private static final ClassDesc TRAP = describe(Trap.class);
  private static final MethodTypeDesc EXECUTE = MethodTypeDesc.of(TRAP, DECODED, HART, CD_long);
  private static final MethodTypeDesc OPERAND = MethodTypeDesc.of(CD_long, CD_int);
  private static final int DECODED_SLOT = 1;
  private static final int HART_SLOT = 2;
  private static final int PC_SLOT = 3;
  private static final int RESULT_SLOT = 5;
  private static final int REGISTER_SLOT = 7;

  private InvokerGenerator() {}

  private static ClassDesc describe(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }

  static Invoker generate(List<Instruction> instructions, MethodHandles.Lookup lookup) {
    return define(
        lookup,
        type ->
            type.withMethodBody(
                "invoke", INVOKE, ClassFile.ACC_PUBLIC, code -> dispatch(code, instructions)));
  }

  /** An invoker of one instruction, so small that HotSpot compiles it with all that it calls. */
  static Invoker generate(Instruction instruction, MethodHandles.Lookup lookup) {
    return define(
        lookup,
        type ->
            type.withMethodBody(
                    "invoke",
                    INVOKE,
                    ClassFile.ACC_PUBLIC,
                    code -> {
                      call(code, instruction);
                      code.lreturn();
                    })
                .withMethodBody(
                    "execute", EXECUTE, ClassFile.ACC_PUBLIC, code -> execute(code, instruction)));
  }

  private static Invoker define(MethodHandles.Lookup lookup, Consumer<ClassBuilder> methods) {
    ClassDesc name = ClassDesc.of(lookup.lookupClass().getPackageName() + ".GeneratedInvoker");
    byte[] bytes =
        ClassFile.of()
            .build(
                name,
                type -> {
                  type.withSuperclass(INVOKER)
                      .withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                      .withMethodBody(
                          INIT_NAME,
                          MTD_void,
                          ClassFile.ACC_PUBLIC,
                          code ->
                              code.aload(0).invokespecial(INVOKER, INIT_NAME, MTD_void).return_());
                  methods.accept(type);
                });
    try {
      MethodHandles.Lookup defined = lookup.defineHiddenClass(bytes, true);
      return (Invoker)
          defined
              .findConstructor(defined.lookupClass(), MethodType.methodType(void.class))
              .invoke();
    } catch (Throwable e) {
      throw new IllegalStateException("the invoker cannot be defined", e);
    }
  }

  private static void dispatch(CodeBuilder code, List<Instruction> instructions) {
    List<SwitchCase> cases = new ArrayList<>();
    for (Instruction instruction : instructions) {
      cases.add(SwitchCase.of(instruction.number(), code.newLabel()));
    }
    int first = instructions.getFirst().number();
    Label none = code.newLabel();
    code.aload(DECODED_SLOT)
        .invokevirtual(DECODED, "instruction", MethodTypeDesc.of(describe(Instruction.class)))
        .invokevirtual(describe(Instruction.class), "number", MethodTypeDesc.of(CD_int))
        .tableswitch(first, instructions.getLast().number(), none, cases);
    for (Instruction instruction : instructions) {
      code.labelBinding(cases.get(instruction.number() - first).target());
      call(code, instruction);
      code.lreturn();
    }
    code.labelBinding(none).lconst_0().lreturn();
  }

  /** {@link Invoker#execute}, all that is known of the instruction folded in. */
  private static void execute(CodeBuilder code, Instruction instruction) {
    setPc(code, () -> next(code));
    code.trying(
        body -> {
          call(body, instruction);
          body.lstore(RESULT_SLOT);
          switch (instruction.result()) {
            case NONE -> {}
            case REGISTER -> write(body, instruction, () -> body.lload(RESULT_SLOT));
            case BRANCH -> branch(body, instruction);
            case JUMP -> {
              write(body, instruction, () -> next(body));
              setPc(body, () -> body.lload(RESULT_SLOT));
            }
          }
          body.aconst_null().areturn();
        },
        catcher -> catcher.catching(TRAP, CodeBuilder::areturn));
  }

  private static void next(CodeBuilder code) {
    code.lload(PC_SLOT)
        .aload(DECODED_SLOT)
        .invokevirtual(DECODED, "length", MethodTypeDesc.of(CD_int))
        .i2l()
        .ladd();
  }

  private static void setPc(CodeBuilder code, Runnable value) {
    block(code);
    value.run();
    code.invokevirtual(BLOCK, "setPc", MethodTypeDesc.of(CD_void, CD_long));
  }

  private static void branch(CodeBuilder code, Instruction instruction) {
    code.lload(RESULT_SLOT)
        .lconst_0()
        .lcmp()
        .ifThen(
            Opcode.IFNE,
            taken ->
                setPc(
                    taken,
                    () ->
                        taken
                            .lload(PC_SLOT)
                            .aload(DECODED_SLOT)
                            .loadConstant(instruction.encoding().fieldIndex("imm"))
                            .invokevirtual(DECODED, "operand", OPERAND)
                            .ladd()));
  }

  /** Writes the destination register, if there is one and it is not hardwired. */
  private static void write(CodeBuilder code, Instruction instruction, Runnable value) {
    int field = instruction.destination();
    RegisterBank bank = field < 0 ? null : instruction.fields().get(field).bank();
    if (bank == null) {
      return;
    }
    Label none = code.newLabel();
    code.aload(DECODED_SLOT).loadConstant(field).invokevirtual(DECODED, "operand", OPERAND).l2i();
    code.istore(REGISTER_SLOT);
    if (bank.hardwiredZero()) {
      code.iload(REGISTER_SLOT).ifeq(none);
    }
    block(code).iload(REGISTER_SLOT).loadConstant(bank.firstIndex()).iadd();
    value.run();
    code.invokevirtual(BLOCK, "setRegister", MethodTypeDesc.of(CD_void, CD_int, CD_long));
    code.labelBinding(none);
  }

  private static CodeBuilder block(CodeBuilder code) {
    return code.aload(HART_SLOT).invokevirtual(HART, "block", MethodTypeDesc.of(BLOCK));
  }

  /** Calls the method; its result is left on the stack, as a long. */
  private static void call(CodeBuilder code, Instruction instruction) {
    Class<?>[] types = instruction.method().getParameterTypes();
    for (int i = 0; i < types.length; i++) {
      argument(code, instruction, instruction.parameters().get(i), types[i]);
    }
    ClassDesc owner = describe(instruction.method().getDeclaringClass());
    Class<?> result = instruction.method().getReturnType();
    ClassDesc[] descriptors = new ClassDesc[types.length];
    for (int i = 0; i < types.length; i++) {
      descriptors[i] = describe(types[i]);
    }
    code.invokestatic(
        owner, instruction.method().getName(), MethodTypeDesc.of(describe(result), descriptors));
    if (describe(result).equals(CD_void)) {
      code.lconst_0();
    } else if (describe(result).equals(CD_boolean)) {
      code.i2l();
    }
  }

  private static int firstIndex(Instruction instruction, int field) {
    return requireNonNull(instruction.fields().get(field).bank()).firstIndex();
  }

  private static void argument(
      CodeBuilder code, Instruction instruction, Instruction.Parameter parameter, Class<?> type) {
    switch (parameter.source()) {
      case REGISTER ->
          block(code)
              .aload(DECODED_SLOT)
              .loadConstant(parameter.field())
              .invokevirtual(DECODED, "operand", OPERAND)
              .l2i()
              .loadConstant(firstIndex(instruction, parameter.field()))
              .iadd()
              .invokevirtual(BLOCK, "register", MethodTypeDesc.of(CD_long, CD_int));
      case IMMEDIATE -> {
        code.aload(DECODED_SLOT)
            .loadConstant(parameter.field())
            .invokevirtual(DECODED, "operand", OPERAND);
        narrow(code, type);
      }
      case PC -> code.lload(PC_SLOT);
      case NEXT -> next(code);
      case BITS ->
          code.aload(DECODED_SLOT).invokevirtual(DECODED, "bits", MethodTypeDesc.of(CD_int));
      case MMU -> code.aload(HART_SLOT).invokevirtual(HART, "mmu", MethodTypeDesc.of(MMU));
      case FPU -> code.aload(HART_SLOT).invokevirtual(HART, "fpu", MethodTypeDesc.of(FPU));
      case HART -> code.aload(HART_SLOT).checkcast(describe(type));
    }
  }

  /** Immediates may be declared {@code int} where that reads better. */
  private static void narrow(CodeBuilder code, Class<?> type) {
    if (type == int.class) {
      code.l2i();
    }
  }
}
