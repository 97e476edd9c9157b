package vivarium.api.isa;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import vivarium.api.fp.Fpu;
import vivarium.api.memory.Mmu;

/**
 * Makes an {@link Invoker}: one class with a switch over the instructions' numbers, each case a
 * direct call. It is defined next to the table's first class, so that it sees what the table sees.
 */
final class InvokerGenerator {
  private static final ClassDesc INVOKER = describe(Invoker.class);
  private static final ClassDesc DECODED = describe(Decoded.class);
  private static final ClassDesc HART = describe(Hart.class);
  private static final ClassDesc BLOCK = describe(HartBlock.class);
  private static final ClassDesc MMU = describe(Mmu.class);
  private static final ClassDesc FPU = describe(Fpu.class);
  private static final MethodTypeDesc INVOKE = MethodTypeDesc.of(CD_long, DECODED, HART, CD_long);
  private static final int DECODED_SLOT = 1;
  private static final int HART_SLOT = 2;
  private static final int PC_SLOT = 3;

  private InvokerGenerator() {}

  private static ClassDesc describe(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }

  static Invoker generate(List<Instruction> instructions, MethodHandles.Lookup lookup) {
    ClassDesc name = ClassDesc.of(lookup.lookupClass().getPackageName() + ".GeneratedInvoker");
    byte[] bytes =
        ClassFile.of()
            .build(
                name,
                type ->
                    type.withSuperclass(INVOKER)
                        .withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                        .withMethodBody(
                            INIT_NAME,
                            MTD_void,
                            ClassFile.ACC_PUBLIC,
                            code ->
                                code.aload(0).invokespecial(INVOKER, INIT_NAME, MTD_void).return_())
                        .withMethodBody(
                            "invoke",
                            INVOKE,
                            ClassFile.ACC_PUBLIC,
                            code -> dispatch(code, instructions)));
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
    Label none = code.newLabel();
    code.aload(DECODED_SLOT)
        .invokevirtual(DECODED, "instruction", MethodTypeDesc.of(describe(Instruction.class)))
        .invokevirtual(describe(Instruction.class), "number", MethodTypeDesc.of(CD_int))
        .tableswitch(0, instructions.size() - 1, none, cases);
    for (Instruction instruction : instructions) {
      code.labelBinding(cases.get(instruction.number()).target());
      call(code, instruction);
    }
    code.labelBinding(none).lconst_0().lreturn();
  }

  private static void call(CodeBuilder code, Instruction instruction) {
    Class<?>[] types = instruction.method().getParameterTypes();
    for (int i = 0; i < types.length; i++) {
      argument(code, instruction.parameters().get(i), types[i]);
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
    code.lreturn();
  }

  private static void argument(CodeBuilder code, Instruction.Parameter parameter, Class<?> type) {
    switch (parameter.source()) {
      case REGISTER ->
          code.aload(HART_SLOT)
              .invokevirtual(HART, "block", MethodTypeDesc.of(BLOCK))
              .aload(DECODED_SLOT)
              .loadConstant(parameter.field())
              .invokevirtual(DECODED, "register", MethodTypeDesc.of(CD_int, CD_int))
              .invokevirtual(BLOCK, "register", MethodTypeDesc.of(CD_long, CD_int));
      case IMMEDIATE -> {
        code.aload(DECODED_SLOT)
            .loadConstant(parameter.field())
            .invokevirtual(DECODED, "operand", MethodTypeDesc.of(CD_long, CD_int));
        narrow(code, type);
      }
      case PC -> code.lload(PC_SLOT);
      case NEXT ->
          code.lload(PC_SLOT)
              .aload(DECODED_SLOT)
              .invokevirtual(DECODED, "length", MethodTypeDesc.of(CD_int))
              .i2l()
              .ladd();
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
