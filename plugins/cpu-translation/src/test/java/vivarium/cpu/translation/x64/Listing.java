package vivarium.cpu.translation.x64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Instructions emitted one by one, each with the text that binutils should print for it, and the
 * comparison with what it does print.
 */
final class Listing {
  static final char BYTE = 'b';
  static final char WORD = 'w';
  static final char DWORD = 'd';
  static final char QWORD = 'q';
  static final char XMM = 'x';

  /** A memory operand printed without its size. */
  static final char ANY = '-';

  private static final String[] OLD = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
  private static final String[] OLD_BYTES = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};

  final X64Assembler asm = new X64Assembler(1 << 16);

  private final TreeMap<Integer, String> expected = new TreeMap<>();

  /** The name of register {@code number} seen with a size. */
  static String reg(char size, int number) {
    if (size == XMM) {
      return "xmm" + number;
    }
    boolean old = number < 8;
    return switch (size) {
      case BYTE -> old ? OLD_BYTES[number] : "r" + number + "b";
      case WORD -> old ? OLD[number] : "r" + number + "w";
      case DWORD -> old ? "e" + OLD[number] : "r" + number + "d";
      case QWORD -> old ? "r" + OLD[number] : "r" + number;
      default -> throw new IllegalArgumentException("size " + size);
    };
  }

  /** {@code SIZE PTR [base+disp]} as binutils prints it. */
  static String mem(char size, int base, int disp) {
    // rbp and r13 have no form without a displacement.
    String zero = (base & 7) == X64.RBP ? "+0x0" : "";
    return sized(size, reg(QWORD, base) + (disp == 0 ? zero : signed(disp)));
  }

  /** {@code SIZE PTR [base+index*scale+disp]} as binutils prints it. */
  static String mem(char size, int base, int index, int scale, int disp) {
    String scaled = reg(QWORD, index) + "*" + scale;
    if (base == X64.NO_BASE) {
      return sized(size, scaled + signed(disp));
    }
    String zero = (base & 7) == X64.RBP ? "+0x0" : "";
    return sized(size, reg(QWORD, base) + "+" + scaled + (disp == 0 ? zero : signed(disp)));
  }

  /** An immediate, sign-extended to the operand's size and printed without a sign. */
  static String imm(char size, int value) {
    return "0x"
        + switch (size) {
          case BYTE -> Integer.toHexString(value & 0xFF);
          case WORD -> Integer.toHexString(value & 0xFFFF);
          case DWORD -> Integer.toHexString(value);
          case QWORD -> Long.toHexString(value);
          default -> throw new IllegalArgumentException("size " + size);
        };
  }

  private static String sized(char size, String address) {
    String prefix =
        switch (size) {
          case BYTE -> "BYTE PTR ";
          case WORD -> "WORD PTR ";
          case DWORD -> "DWORD PTR ";
          case QWORD -> "QWORD PTR ";
          case XMM -> "XMMWORD PTR ";
          default -> "";
        };
    return prefix + "[" + address + "]";
  }

  private static String signed(int disp) {
    return disp < 0 ? "-0x" + Integer.toHexString(-disp) : "+0x" + Integer.toHexString(disp);
  }

  /** Says what the instruction emitted next is. Called before it is emitted. */
  X64Assembler expect(String text) {
    asm.reserve(2 * X64Buffer.MAX_INSTRUCTION);
    expected.put(asm.position(), text);
    return asm;
  }

  /** Runs binutils over all that was emitted and compares. */
  void check() throws IOException, InterruptedException {
    assumeTrue(hasObjdump(), "objdump is not installed: encodings are not compared with binutils");
    List<String> wrong = new ArrayList<>();
    TreeMap<Integer, String> printed = disassemble(asm.toByteArray());
    expected.forEach(
        (at, text) -> {
          String actual = printed.getOrDefault(at, "(inside an instruction)");
          if (!actual.equals(text)) {
            wrong.add("at " + at + " expected: " + text + " printed: " + actual);
          }
        });
    assertThat(wrong.subList(0, Math.min(wrong.size(), 50))).isEmpty();
    assertThat(printed.keySet()).isEqualTo(expected.keySet());
    assertThat(expected).isNotEmpty();
  }

  private static boolean hasObjdump() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "objdump")));
  }

  private static TreeMap<Integer, String> disassemble(byte[] code)
      throws IOException, InterruptedException {
    Path file = Files.createTempFile("x64", ".bin");
    try {
      Files.write(file, code);
      Process objdump =
          new ProcessBuilder(
                  "objdump",
                  "-D",
                  "-w",
                  "-z",
                  "-b",
                  "binary",
                  "-m",
                  "i386:x86-64",
                  "-M",
                  "intel",
                  file.toString())
              .redirectErrorStream(true)
              .start();
      TreeMap<Integer, String> lines = new TreeMap<>();
      try (var reader = objdump.inputReader()) {
        reader.lines().forEach(line -> parse(line, lines));
      }
      assertThat(objdump.waitFor()).isZero();
      return lines;
    } finally {
      Files.delete(file);
    }
  }

  /** {@code <position>:TAB<bytes>TAB<mnemonic> <operands> # comment}. */
  private static void parse(String line, TreeMap<Integer, String> lines) {
    String[] parts = line.split("\t");
    if (parts.length == 3) {
      int at = Integer.parseInt(parts[0].strip().replace(":", ""), 16);
      String text = parts[2].replaceFirst("#.*", "").strip().replaceAll(" +", " ");
      lines.put(at, text);
    }
  }
}
