package vivarium.isa.riscv.insn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.VivariumException;
import vivarium.api.isa.Decoded;
import vivarium.testkit.Assembler;

/** The test kit's assembler with this table: encodings as the GNU assembler makes them. */
class AssemblerTest {
  private static final long ORIGIN = 0x8000_0000L;

  private static Assembler source(String text) {
    return Assembler.riscv(RiscvTable.table()).at(ORIGIN).text(text);
  }

  /** Disassembles what has been assembled. */
  private static List<String> round(String text) {
    ByteBuffer code = ByteBuffer.wrap(source(text).bytes()).order(ByteOrder.LITTLE_ENDIAN);
    List<String> lines = new ArrayList<>();
    while (code.hasRemaining()) {
      int length = (code.get(code.position()) & 3) == 3 ? 4 : 2;
      int bits = length == 4 ? code.getInt() : code.getShort();
      Decoded decoded = RiscvTable.table().decode(bits, length);
      lines.add(String.valueOf(decoded));
    }
    return lines;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          addi a0, a1, 1              | 00158513
          add x10, x11, x12           | 00c58533
          lw a0, 8(sp)                | 00812503
          ld fp, (a0)                 | 00053403
          sd ra, -8(s0)               | fe143c23
          beq a0, a1, . + 8           | 00b50463
          bnez a0, .                  | 00051063
          jal . - 4                   | ffdff0ef
          j 16                        | 0100006f
          ret                         | 00008067
          jalr a0, a1, 4              | 00458567
          lui a0, 0xfffff             | fffff537
          auipc a0, 0x80000           | 80000517
          lr.w.aq a0, (a1)            | 1405a52f
          sc.d.rl a0, a2, (a1)        | 1ac5b52f
          amoadd.w.aqrl a0, a2, 0(a1) | 06c5a52f
          csrr a0, mstatus            | 30002573
          csrw satp, a0               | 18051073
          csrrsi a0, 0x300, 8         | 30046573
          fence                       | 0ff0000f
          fence rw, w                 | 0310000f
          fence.tso                   | 8330000f
          fence.i                     | 0000100f
          sfence.vma                  | 12000073
          fadd.d fa0, fa1, fa2        | 02c5f553
          fadd.s fa0, fa1, fa2, rtz   | 00c59553
          fmadd.d fa0, fa1, fa2, fa3, rup | 6ac5b543
          fcvt.w.d a0, fa0, rtz       | c2051553
          zext.h a0, a1               | 0805c53b
          rori a0, a1, 3              | 6035d513
          """)
  void instructionIsEncodedAsTheGnuAssemblerDoes(String text, String hex) {
    byte[] bytes = source(text).bytes();
    assertThat(bytes).hasSize(4);
    assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt())
        .isEqualTo((int) Long.parseLong(hex, 16));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          c.addi a0, 1         | 0505
          c.lwsp a0, 8(sp)     | 4522
          c.addi16sp sp, 32    | 6105
          c.addi4spn a0, sp, 4 | 0048
          c.lui a0, 0xfffff    | 757d
          c.fld fa0, 8(a1)     | 2588
          c.j .                | a001
          c.nop                | 0001
          """)
  void compressedInstructionIsAskedForByName(String text, String hex) {
    byte[] bytes = source(text).bytes();
    assertThat(bytes).hasSize(2);
    assertThat(bytes[0] & 0xff | (bytes[1] & 0xff) << 8).isEqualTo(Integer.parseInt(hex, 16));
  }

  @Test
  void labelsAreFoundBeforeAndBehind() {
    assertThat(round("1: nop; beqz a0, 1f; j 1b; end: j end; 1: bne a0, a1, end"))
        .containsExactly(
            "addi zero, zero, 0",
            "beq a0, zero, 12",
            "jal zero, -8",
            "jal zero, 0",
            "bne a0, a1, -4");
  }

  @Test
  void addressOfALabelIsRelativeToThePc() {
    assertThat(round("la a0, there; call there; nop; there: nop"))
        .containsExactly(
            "auipc a0, 0",
            "addi a0, a0, 20",
            "auipc ra, 0",
            "jalr ra, 12(ra)",
            "addi zero, zero, 0",
            "addi zero, zero, 0");
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        -1,
        2047,
        2048,
        -2048,
        -2049,
        0x7fff_ffffL,
        0x8000_0000L,
        -0x8000_0000L,
        0x7fff_f800L,
        0x1234_5678_9abc_def0L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        0xffff_ffffL,
        0x8000_0000_0000_0800L
      })
  void loadedImmediateIsTheNumber(long number) {
    ByteBuffer code =
        ByteBuffer.wrap(source("li a0, " + number).bytes()).order(ByteOrder.LITTLE_ENDIAN);
    long value = 0;
    while (code.hasRemaining()) {
      Decoded decoded = RiscvTable.table().decode(code.getInt(), 4);
      long last = decoded.operand(decoded.instruction().fields().size() - 1);
      value =
          switch (decoded.instruction().name()) {
            case "lui" -> last << 12;
            case "addi" -> (decoded.operand(1) == 0 ? 0 : value) + last;
            case "addiw" -> (int) (value + last);
            case "slli" -> value << last;
            default -> throw new AssertionError(decoded);
          };
    }
    assertThat(value).isEqualTo(number);
  }

  @Test
  void immediateMayNameALabelThatComesLater() {
    Assembler assembler = source("li a0, data; .align 3; data: .dword data, -1, 'A' + 1 << 4");
    long data = assembler.labels().get("data");
    assertThat(data % 8).isZero();
    ByteBuffer bytes = ByteBuffer.wrap(assembler.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.getLong((int) (data - ORIGIN))).isEqualTo(data);
    assertThat(bytes.getLong((int) (data - ORIGIN) + 16)).isEqualTo('B' << 4);
  }

  @Test
  void dataIsLaidOutAsWritten() {
    assertThat(source(".byte 1, 2; .half 0x304 # comment\n.asciz \"a;#\\n\" // more").bytes())
        .containsExactly(1, 2, 4, 3, 'a', ';', '#', '\n', 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          addi a0, a1, 2048 | "addi a0, a1, 2048": imm cannot be 2048 in imm rs1 000 rd 0010011
          addi a0, a1       | "addi a0, a1": its operands are rd, rs1, imm
          addi a0, q1, 0    | "addi a0, q1, 0": q1 is no register x
          frob a0           | "frob a0": no instruction frob
          j nowhere         | "j nowhere": what is nowhere?
          x: x: nop         | "x: nop": no instruction x:
          .bite 1           | ".bite 1": no directive .bite
          li a0             | "li a0": it needs 2 operands
          """)
  void mistakeIsQuoted(String text, String message) {
    assertThatThrownBy(() -> source(text).bytes())
        .isInstanceOf(VivariumException.class)
        .hasMessage(message);
  }
}
