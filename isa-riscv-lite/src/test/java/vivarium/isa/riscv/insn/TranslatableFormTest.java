package vivarium.isa.riscv.insn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vivarium.api.isa.Instruction;

/** The methods keep to the form that binary translation reads: {@link vivarium.api.isa.Insn}. */
class TranslatableFormTest {
  private static final String MMU = "vivarium/api/memory/Mmu";
  private static final Set<String> CALLED =
      Set.of("java/lang/Math", "java/lang/Long", "java/lang/Integer", "vivarium/api/fp/Fpu", MMU);

  static List<Instruction> transparent() {
    return RiscvTable.table().instructions().stream().filter(one -> !one.takesHart()).toList();
  }

  @ParameterizedTest
  @MethodSource("transparent")
  void methodHasNoLoopAndOneUnconditionalAccessAndCallsOnlyIntrinsics(Instruction instruction)
      throws IOException {
    CodeModel code = code(instruction);
    Set<Label> passed = new HashSet<>();
    int accesses = 0;
    boolean branched = false;
    for (CodeElement element : code) {
      switch (element) {
        case LabelTarget target -> passed.add(target.label());
        case BranchInstruction branch -> {
          assertThat(passed).as("a loop").doesNotContain(branch.target());
          branched = true;
        }
        case InvokeInstruction call -> {
          assertThat(CALLED).contains(call.owner().asInternalName());
          if (call.owner().asInternalName().equals(MMU)) {
            accesses++;
            assertThat(branched).as("a conditional access").isFalse();
          }
        }
        case FieldInstruction field ->
            assertThat(field.owner().asInternalName()).isEqualTo("vivarium/api/memory/Atomic");
        case NewObjectInstruction made -> throw new AssertionError("an allocation: " + made);
        case TableSwitchInstruction choice -> throw new AssertionError("a switch: " + choice);
        case LookupSwitchInstruction choice -> throw new AssertionError("a switch: " + choice);
        default -> {}
      }
    }
    assertThat(accesses).isLessThanOrEqualTo(1);
  }

  private static CodeModel code(Instruction instruction) throws IOException {
    Class<?> owner = instruction.method().getDeclaringClass();
    try (InputStream in = owner.getResourceAsStream(owner.getSimpleName() + ".class")) {
      ClassModel model = ClassFile.of().parse(in.readAllBytes());
      return Stream.of(model.methods())
          .flatMap(List::stream)
          .filter(method -> method.methodName().equalsString(instruction.method().getName()))
          .findFirst()
          .orElseThrow()
          .code()
          .orElseThrow();
    }
  }
}
