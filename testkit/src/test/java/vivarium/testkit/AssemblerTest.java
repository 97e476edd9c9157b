package vivarium.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.invoke.MethodHandles;
import java.util.List;
import org.junit.jupiter.api.Test;
import vivarium.api.VivariumException;
import vivarium.api.isa.Insn;
import vivarium.api.isa.InstructionTable;
import vivarium.api.isa.OperandField;
import vivarium.api.isa.RegisterBank;

/** The assembler knows nothing but a table: here, of a machine that does not exist. */
class AssemblerTest {
  private static final RegisterBank R = new RegisterBank("r", 16, 0, false, List.of());

  /** Sixteen bits: opcode, two registers, and a number. */
  public static final class Toy {
    private Toy() {}

    @Insn("0001 d s imm[3:0]")
    public static long plus(long s, long imm) {
      return s + imm;
    }

    @Insn(value = "0010 s imm[7:0]", asm = "s -> imm")
    public static boolean whenZero(long s) {
      return s == 0;
    }
  }

  private final InstructionTable table =
      InstructionTable.read(
          MethodHandles.lookup(),
          List.of(
              OperandField.register("d", OperandField.Kind.DESTINATION, R, 4, 0),
              OperandField.register("s", OperandField.Kind.SOURCE, R, 4, 0),
              OperandField.signed("imm", 0)),
          List.of(Toy.class));

  @Test
  void anyTablesInstructionsAreAssembled() {
    byte[] bytes =
        Assembler.of(table).at(0x100).text("top: plus r3, r15, -1\n whenZero r2 -> top").bytes();
    assertThat(bytes).containsExactly(0xff, 0x13, 0xfe, 0x22);
  }

  @Test
  void withoutADialectThereAreNoPseudoInstructions() {
    assertThatThrownBy(() -> Assembler.of(table).text("nop").bytes())
        .isInstanceOf(VivariumException.class)
        .hasMessage("\"nop\": no instruction nop");
  }

  @Test
  void expressionsHaveThePrecedenceOfC() {
    assertThat(Assembler.of(table).text(".equ a, 2; .byte 1 + a * 3 << 1, ~a & 0xf, -(a - 5)"))
        .extracting(Assembler::bytes)
        .isEqualTo(new byte[] {14, 13, 3});
  }

  @Test
  void labelsAreGivenWithTheirAddresses() {
    assertThat(Assembler.of(table).at(64).text("a: .zero 3; .align 3; b: .dword a").labels())
        .containsEntry("a", 64L)
        .containsEntry("b", 72L);
  }
}
