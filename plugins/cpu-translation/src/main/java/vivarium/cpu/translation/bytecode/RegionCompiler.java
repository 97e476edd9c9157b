package vivarium.cpu.translation.bytecode;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import vivarium.api.fp.Fpu;
import vivarium.api.memory.Mmu;
import vivarium.api.memory.NearMemory;

/** Makes regions: a hidden class each, in this package, collected with its last use. */
final class RegionCompiler {
  static final ClassDesc REGION = describe(Region.class);
  static final ClassDesc FRAME = describe(Frame.class);
  static final ClassDesc MMU = describe(Mmu.class);
  static final ClassDesc NEAR = describe(NearMemory.class);
  static final ClassDesc FPU = describe(Fpu.class);
  static final ClassDesc THROWN = describe(RuntimeException.class);
  static final ClassDesc LONGS = CD_long.arrayType();
  private static final ClassDesc INTS = CD_int.arrayType();
  private static final String NAME = Region.class.getPackageName() + ".GuestCode_";
  private static final MethodTypeDesc RUN = MethodTypeDesc.of(THROWN, LONGS, MMU, NEAR, FPU, FRAME);
  private static final MethodTypeDesc INIT = MethodTypeDesc.of(CD_void, LONGS, INTS, CD_int);
  private static final ClassFile WRITER = ClassFile.of(ClassFile.DebugElementsOption.DROP_DEBUG);

  private RegionCompiler() {}

  private static ClassDesc describe(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }

  /**
   * Compiles a plan.
   *
   * @throws RegionRefused if it is too large, or the verifier does not like it
   */
  static Region compile(RegionPlan plan) throws RegionRefused {
    byte[] bytes = null;
    try {
      RegionShape shape = new RegionShape(plan.blocks());
      RegionCode code = new RegionCode(shape, plan.near());
      bytes = write(plan.head().pc, code);
      Class<?> made = MethodHandles.lookup().defineHiddenClass(bytes, false).lookupClass();
      return (Region)
          made.getDeclaredConstructor(long[].class, int[].class, int.class)
              .newInstance(code.throwingPcs(), code.throwingSteps(), shape.longest(0));
    } catch (ReflectiveOperationException | LinkageError | IllegalArgumentException e) {
      throw new RegionRefused(e, bytes);
    }
  }

  /** The bytecode of a plan, an instruction a line: for people. */
  static String listing(RegionPlan plan) {
    StringBuilder text = new StringBuilder();
    RegionCode code = new RegionCode(new RegionShape(plan.blocks()), plan.near());
    for (MethodModel method : WRITER.parse(write(plan.head().pc, code)).methods()) {
      for (CodeElement element : method.code().orElseThrow()) {
        if (method.methodName().equalsString("run") && element instanceof Instruction) {
          text.append("  ").append(element).append(System.lineSeparator());
        }
      }
    }
    return text.toString();
  }

  private static byte[] write(long pc, RegionCode code) {
    return WRITER.build(
        ClassDesc.of(NAME + Long.toHexString(pc)),
        type ->
            type.withFlags(ClassFile.ACC_FINAL)
                .withSuperclass(REGION)
                .withMethodBody(
                    INIT_NAME,
                    INIT,
                    0,
                    init ->
                        init.aload(0)
                            .aload(1)
                            .aload(2)
                            .iload(3)
                            .invokespecial(REGION, INIT_NAME, INIT)
                            .return_())
                .withMethodBody("run", RUN, ClassFile.ACC_FINAL, code::emit));
  }
}
