package vivarium.isa.riscv.insn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Encoding;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.InstructionTable;
import vivarium.api.isa.OperandField;

class RiscvTableTest {
  private static final int ROUNDS = 200;

  private final InstructionTable table = RiscvTable.table();

  @Test
  void noTwoEncodingsOverlap() {
    assertThat(table.overlaps()).isEmpty();
  }

  @Test
  void mnemonicsAreUnique() {
    List<String> names =
        Stream.concat(
                table.instructions().stream().map(Instruction::name), table.aliases().stream())
            .toList();
    assertThat(names).doesNotHaveDuplicates();
  }

  @Test
  void whatIsEncodedIsDecoded() {
    Random random = new Random(1);
    for (Instruction instruction : table.instructions()) {
      Encoding encoding = instruction.encoding();
      for (int round = 0; round < ROUNDS; round++) {
        int bits = randomBits(encoding, random);
        Decoded decoded = table.decode(bits, 4);
        assertThat(decoded).as(instruction.name()).isNotNull();
        if (decoded.instruction() == instruction && decoded.mnemonic().equals(instruction.name())) {
          long[] operands = new long[encoding.fields().size()];
          Arrays.setAll(operands, decoded::operand);
          assertThat(encoding.encode(operands)).isEqualTo(bits);
        } else {
          assertThat(Integer.bitCount(table.encoding(decoded.mnemonic()).mask()))
              .as("%s is more particular than %s", decoded.mnemonic(), instruction)
              .isGreaterThan(Integer.bitCount(encoding.mask()));
        }
      }
    }
  }

  @Test
  void whatIsEncodedAsAnAliasIsDecodedAsWhatItStandsFor() {
    Random random = new Random(2);
    for (String alias : table.aliases()) {
      Encoding encoding = table.encoding(alias);
      for (int round = 0; round < ROUNDS; round++) {
        int bits = randomBits(encoding, random);
        Decoded decoded = table.decode(bits, encoding.length());
        assertThat(decoded).as(alias).isNotNull();
        assertThat(decoded.length()).isEqualTo(encoding.length());
        if (decoded.mnemonic().equals(alias)) {
          long[] fields = new long[encoding.fields().size()];
          Arrays.setAll(fields, field -> encoding.extract(field, bits));
          assertThat(encoding.encode(fields)).isEqualTo(bits);
        }
      }
    }
  }

  private static int randomBits(Encoding encoding, Random random) {
    int used = encoding.length() == 2 ? 0xffff : -1;
    while (true) {
      int bits = encoding.match() | random.nextInt() & used & ~encoding.mask();
      if (encoding.matches(bits)) {
        return bits;
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1141     | addi sp, sp, -16
          0048     | addi a0, sp, 4
          6105     | addi sp, sp, 32
          717d     | addi sp, sp, -16
          4501     | addi a0, zero, 0
          557d     | addi a0, zero, -1
          6505     | lui a0, 1
          757d     | lui a0, -1
          2505     | addiw a0, a0, 1
          852e     | add a0, zero, a1
          952e     | add a0, a0, a1
          8d0d     | sub a0, a0, a1
          8d2d     | xor a0, a0, a1
          8d4d     | or a0, a0, a1
          8d6d     | and a0, a0, a1
          9d0d     | subw a0, a0, a1
          9d2d     | addw a0, a0, a1
          8905     | andi a0, a0, 1
          157d     | addi a0, a0, -1
          810d     | srli a0, a0, 3
          857d     | srai a0, a0, 31
          1502     | slli a0, a0, 32
          4188     | lw a0, 0(a1)
          41e8     | lw a0, 68(a1)
          6588     | ld a0, 8(a1)
          c188     | sw a0, 0(a1)
          e588     | sd a0, 8(a1)
          2588     | fld fa0, 8(a1)
          a588     | fsd fa0, 8(a1)
          4522     | lw a0, 8(sp)
          6522     | ld a0, 8(sp)
          2522     | fld fa0, 8(sp)
          c42a     | sw a0, 8(sp)
          e42a     | sd a0, 8(sp)
          a42a     | fsd fa0, 8(sp)
          a001     | jal zero, 0
          bfdd     | jal zero, -10
          c101     | beq a0, zero, 0
          fd75     | bne a0, zero, -4
          8082     | jalr zero, 0(ra)
          9502     | jalr ra, 0(a0)
          9002     | ebreak
          0001     | addi zero, zero, 0
          """)
  void compressedFormsStandForBaseInstructions(String hex, String text) {
    assertThat(table.decode(Integer.parseInt(hex, 16), 2)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000", // defined illegal
        "0004", // c.addi4spn with nzuimm = 0
        "2001", // c.addiw to x0
        "6101", // c.addi16sp with nzimm = 0
        "6501", // c.lui with nzimm = 0
        "4002", // c.lwsp to x0
        "6002", // c.ldsp to x0
        "8002", // c.jr of x0
        "8000", // reserved quadrant 0, funct3 = 100
        "9c41",
        "9c61" // reserved register-register forms
      })
  void reservedCompressedFormsAreNoInstructions(String hex) {
    assertThat(table.decode(Integer.parseInt(hex, 16), 2)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ffffffff", // all ones
        "00007003", // load with funct3 = 111
        "00004023", // store with funct3 = 100
        "00002063", // branch with funct3 = 010
        "00001067", // jalr with funct3 = 001
        "0200101b", // slliw by 32
        "30004073", // csr with funct3 = 100
        "000000f3", // ecall with rd
        "00200073", // uret
        "00005053", // fadd.s with rm = 5
        "00006053", // fadd.s with rm = 6
        "04000053", // a half-precision format
        "7b200073", // dret
        "120000f3" // sfence.vma with rd
      })
  void reservedEncodingsAreNoInstructions(String hex) {
    assertThat(table.decode((int) Long.parseLong(hex, 16), 4)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "4005, c.li",
    "6005, c.lui",
    "0002, c.slli",
    "8001, c.srli",
    "802a, c.mv",
    "0005, c.addi"
  })
  void hintsAreInstructions(String hex, String mnemonic) {
    Decoded decoded = table.decode(Integer.parseInt(hex, 16), 2);
    assertThat(decoded).isNotNull();
    assertThat(decoded.mnemonic()).isEqualTo(mnemonic);
  }

  @Test
  void csrFormsThatLeaveOutAReadOrAWriteAreToldApartByRegisterNumber() {
    assertThat(instruction(0x3000_9073)).isEqualTo("csrw");
    assertThat(instruction(0x3000_9573)).isEqualTo("csrrw");
    assertThat(instruction(0x3000_2573)).isEqualTo("csrr");
    assertThat(instruction(0x3000_3573)).isEqualTo("csrr");
    assertThat(instruction(0x3000_6573)).isEqualTo("csrr");
    assertThat(instruction(0x3000_7573)).isEqualTo("csrr");
    assertThat(instruction(0x3000_a573)).isEqualTo("csrrs");
    assertThat(instruction(0x3000_b073)).isEqualTo("csrrc");
    assertThat(instruction(0x3000_5073)).isEqualTo("csrwi");
    assertThat(instruction(0x3000_5573)).isEqualTo("csrrwi");
    assertThat(instruction(0x3000_e073)).isEqualTo("csrrsi");
    assertThat(instruction(0x3000_f073)).isEqualTo("csrrci");
  }

  private String instruction(int bits) {
    Decoded decoded = table.decode(bits, 4);
    return decoded == null ? "none" : decoded.instruction().name();
  }

  @Test
  void sensitiveInstructionsAreClassified() {
    List<String> sensitive =
        table.instructions().stream()
            .filter(Instruction::sensitive)
            .map(Instruction::name)
            .sorted()
            .toList();
    assertThat(sensitive)
        .containsExactly(
            "csrr",
            "csrrc",
            "csrrci",
            "csrrs",
            "csrrsi",
            "csrrw",
            "csrrwi",
            "csrw",
            "csrwi",
            "ebreak",
            "ecall",
            "mret",
            "sfence.vma",
            "sret",
            "wfi");
    assertThat(table.instructions().stream().filter(Instruction::takesHart).map(Instruction::name))
        .containsAll(sensitive)
        .contains("fence.i")
        .hasSize(sensitive.size() + 1);
  }

  @Test
  void everyFieldIsUsedBySomeEncoding() {
    List<OperandField> used =
        Stream.concat(
                table.instructions().stream().map(Instruction::encoding),
                table.aliases().stream().map(table::encoding))
            .flatMap(encoding -> encoding.fields().stream())
            .distinct()
            .toList();
    assertThat(used).containsExactlyInAnyOrderElementsOf(RiscvFields.FIELDS);
  }
}
