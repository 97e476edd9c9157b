package vivarium.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import vivarium.api.VivariumException;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.InstructionTable;

/**
 * Assembles small guest programs from text, with the encodings of an instruction table:
 *
 * <pre>{@code
 * byte[] program = Assembler.riscv(table).at(0x8000_0000L).text("""
 *     li   a0, 0x1234_5678
 *     la   a1, answer
 * again:
 *     lw   a2, 0(a1)
 *     bnez a2, again
 * answer: .word 42
 *     """).bytes();
 * }</pre>
 *
 * <p>A line is {@code label: mnemonic operands}, each part optional; {@code #} and {@code //} begin
 * a comment; {@code ;} separates. Labels that are numbers are local ({@code 1:}, {@code 1b}, {@code
 * 1f}). A branch target that names a label is a place; one that is a plain number is an offset, as
 * the disassembler prints it. Directives: {@code .byte .half .word .dword}, {@code .ascii .asciz},
 * {@code .zero} n, {@code .align} n (to 2^n bytes, filled with zeros), {@code .equ} name, value.
 * Nothing is relaxed or compressed: each mnemonic is exactly the encoding of that name.
 *
 * <p>For one thread.
 */
public final class Assembler {
  /** Enough for layouts to settle: each round can only move what depends on the round before. */
  private static final int MOST_ROUNDS = 8;

  private final InstructionTable table;
  private final Dialect dialect;
  private final List<Line> lines = new ArrayList<>();
  private long origin;

  private Assembler(InstructionTable table, Dialect dialect) {
    this.table = table;
    this.dialect = dialect;
  }

  /** An assembler of plain instructions, without pseudo-instructions. */
  public static Assembler of(InstructionTable table) {
    return of(table, Dialect.PLAIN);
  }

  /** An assembler for an instruction set; with {@link RiscvDialect} if its name is RISC-V's. */
  public static Assembler of(InstructionSet instructionSet) {
    return of(
        instructionSet.table(),
        instructionSet.name().startsWith("rv") ? new RiscvDialect() : Dialect.PLAIN);
  }

  /** An assembler with what a dialect adds. */
  public static Assembler of(InstructionTable table, Dialect dialect) {
    return new Assembler(table, dialect);
  }

  /** An assembler with RISC-V's pseudo-instructions and names of control registers. */
  public static Assembler riscv(InstructionTable table) {
    return of(table, new RiscvDialect());
  }

  /** Sets the address of the first byte; 0 if it is not called. */
  public Assembler at(long address) {
    origin = address;
    return this;
  }

  /** Appends lines of source. */
  public Assembler text(String source) {
    Line.parse(source, lines.size(), lines);
    return this;
  }

  /**
   * The program.
   *
   * @throws VivariumException on the first line that is wrong, which it quotes
   */
  public byte[] bytes() {
    return settled().bytes();
  }

  /**
   * The address of each label.
   *
   * @throws VivariumException as {@link #bytes()}
   */
  public Map<String, Long> labels() {
    return settled().symbols();
  }

  private Layout settled() {
    Map<String, Long> known = new HashMap<>();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Layout layout = new Layout(table, dialect, origin, known, round > 0);
      layout.assemble(lines);
      if (layout.symbols().equals(known) && round > 0) {
        return layout;
      }
      known = layout.symbols();
    }
    throw new VivariumException("the addresses of the labels depend on each other in a circle");
  }
}
