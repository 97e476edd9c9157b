package vivarium.cpu.interpretation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Instruction.Source;
import vivarium.api.memory.HitMemory;
import vivarium.api.memory.Mmu;

/**
 * Copies, for {@link InterpreterGenerator}, of the methods of instructions that load or store: they
 * are what the instruction table says but for asking {@link HitMemory} for what those ask the
 * {@link Mmu} for. Used once for each table, when it is first interpreted.
 */
final class QuickInstruction {
  private static final ClassDesc MMU = InterpreterGenerator.describe(Mmu.class);
  private static final ClassDesc HITS = InterpreterGenerator.describe(HitMemory.class);
  private static final Set<String> HIT_METHODS =
      Set.of("load8", "load16", "load32", "load64", "store8", "store16", "store32", "store64");

  private QuickInstruction() {}

  /** Whether an instruction is given the {@link Mmu}. */
  static boolean isNeeded(vivarium.api.isa.Instruction instruction) {
    return instruction.parameters().stream().anyMatch(one -> one.source() == Source.MMU);
  }

  /** Whether its method can be copied: loads and stores plainly, and uses nothing of its class. */
  static boolean isPossible(vivarium.api.isa.Instruction instruction) {
    CodeModel code = codeOf(instruction);
    if (code == null || !code.exceptionHandlers().isEmpty()) {
      return false;
    }
    ClassDesc owner = InterpreterGenerator.describe(instruction.method().getDeclaringClass());
    for (CodeElement element : code) {
      boolean fits =
          switch (element) {
            case InvokeInstruction call ->
                call.owner().asSymbol().equals(MMU)
                    ? HIT_METHODS.contains(call.name().stringValue())
                    : !call.owner().asSymbol().equals(owner);
            case FieldInstruction field -> !field.owner().asSymbol().equals(owner);
            default -> true;
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /** What the copy is called; the launcher names it to the compiler. */
  static String name(vivarium.api.isa.Instruction instruction) {
    return "quick_" + instruction.method().getName();
  }

  /** Type of the copy. */
  static MethodTypeDesc type(vivarium.api.isa.Instruction instruction) {
    return MethodTypeDesc.of(
        InterpreterGenerator.describe(instruction.method().getReturnType()),
        Arrays.stream(instruction.method().getParameterTypes())
            .map(type -> type == Mmu.class ? HITS : InterpreterGenerator.describe(type))
            .toList());
  }

  /** Adds the copy to the class under construction. */
  static void write(ClassBuilder type, vivarium.api.isa.Instruction instruction) {
    CodeModel original = codeOf(instruction);
    if (original == null) {
      throw new IllegalStateException(instruction.name());
    }
    type.withMethodBody(
        name(instruction),
        type(instruction),
        ClassFile.ACC_STATIC,
        code -> original.forEach(element -> copy(code, element)));
  }

  private static void copy(CodeBuilder code, CodeElement element) {
    if (element instanceof InvokeInstruction call && call.owner().asSymbol().equals(MMU)) {
      code.invokevirtual(HITS, call.name().stringValue(), call.typeSymbol());
    } else if (element instanceof Instruction || element instanceof LabelTarget) {
      code.with(element);
    }
  }

  private static @Nullable CodeModel codeOf(vivarium.api.isa.Instruction instruction) {
    ClassModel owner = read(instruction.method().getDeclaringClass());
    String methodName = instruction.method().getName();
    return owner.methods().stream()
        .filter(method -> method.methodName().equalsString(methodName))
        .findFirst()
        .flatMap(method -> method.code())
        .orElse(null);
  }

  private static ClassModel read(Class<?> owner) {
    String resource = owner.getName().substring(owner.getPackageName().length() + 1) + ".class";
    try (@Nullable InputStream stream = owner.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("no class file of " + owner);
      }
      return ClassFile.of().parse(stream.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
