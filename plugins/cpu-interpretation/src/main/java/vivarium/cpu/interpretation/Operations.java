package vivarium.cpu.interpretation;

import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.Instruction.Parameter;
import vivarium.api.isa.Instruction.Result;
import vivarium.api.isa.InstructionTable;
import vivarium.api.isa.RegisterBank;

/**
 * The packed form of decoded instructions, 64 bits an operation, and the generated method that
 * executes them. One for each instruction table.
 *
 * <pre>
 *   63           32 31 30 29   23 22   16 15      9 8         0
 *  +---------------+-----+-------+-------+---------+-----------+
 *  | immediates    |  0  | src 2 | src 1 |  dest   | operation |
 *  +---------------+-----+-------+-------+---------+-----------+
 * </pre>
 *
 * A lone immediate has all 32 bits. Several, or a third source, take eight bits each from bit 32
 * on. A branch's immediate is its target relative to the block's first byte. Instructions that do
 * not fit are {@link #LEAVE}: executed alone.
 */
final class Operations {
  /** Operation: the block is over, go on at the following address. */
  static final short END = 0;

  /** Operation: leave the generated code; the engine executes the instruction. */
  static final int LEAVE = 1;

  /** Number of the operation of instruction 0. */
  static final int FIRST = 2;

  /** Entries of the interpreter's register array; the last one swallows writes to nowhere. */
  static final int REGISTERS = 128;

  static final int DESTINATION_SHIFT = 9;
  static final int SOURCE1_SHIFT = 16;
  static final int SOURCE2_SHIFT = 23;
  static final int IMMEDIATE_SHIFT = 32;
  static final int REGISTER_MASK = REGISTERS - 1;
  private static final int NOWHERE = REGISTERS - 1;
  private static final int MAX_OPERATION = 1 << DESTINATION_SHIFT;

  /** Where an instruction's bound fields are in the packed form. */
  record Shape(int source1, int source2, List<Integer> packed) {
    /** Whether the whole immediate part is one field. */
    boolean loneImmediate() {
      return packed.size() == 1;
    }
  }

  private final InstructionTable table;
  private final MethodHandle execute;

  Operations(InstructionTable table) {
    this.table = table;
    this.execute = new InterpreterGenerator(table).generate();
  }

  /** The generated method; its type is {@link InterpreterGenerator#EXECUTE}. */
  MethodHandle execute() {
    return execute;
  }

  InstructionTable table() {
    return table;
  }

  /** Whether the generated method executes the instruction itself. */
  static boolean direct(Instruction instruction) {
    if (instruction.takesHart()
        || instruction.foreign()
        || instruction.number() + FIRST >= MAX_OPERATION) {
      return false;
    }
    for (Parameter parameter : instruction.parameters()) {
      if (parameter.source() == Instruction.Source.BITS
          || instruction.result() == Result.BRANCH
              && parameter.source() == Instruction.Source.IMMEDIATE) {
        return false;
      }
    }
    return shape(instruction).packed.size() <= 4;
  }

  static Shape shape(Instruction instruction) {
    int source1 = -1;
    int source2 = -1;
    List<Integer> packed = new ArrayList<>();
    for (Parameter parameter : instruction.parameters()) {
      if (parameter.source() == Instruction.Source.REGISTER) {
        if (source1 < 0) {
          source1 = parameter.field();
        } else if (source2 < 0) {
          source2 = parameter.field();
        } else {
          packed.add(parameter.field());
        }
      } else if (parameter.source() == Instruction.Source.IMMEDIATE) {
        packed.add(parameter.field());
      }
    }
    return new Shape(source1, source2, packed);
  }

  /**
   * Packs an instruction.
   *
   * @param offset of the instruction from the block's first byte
   */
  static long pack(Decoded decoded, int offset) {
    Instruction instruction = decoded.instruction();
    if (!direct(instruction)) {
      return LEAVE;
    }
    Shape shape = shape(instruction);
    int written = decoded.writtenRegister();
    long operation = instruction.number() + FIRST;
    operation |= (long) (written < 0 ? NOWHERE : written) << DESTINATION_SHIFT;
    operation |= (long) source(decoded, shape.source1) << SOURCE1_SHIFT;
    operation |= (long) source(decoded, shape.source2) << SOURCE2_SHIFT;
    if (instruction.result() == Result.BRANCH) {
      return operation | offset + decoded.branchOffset() << IMMEDIATE_SHIFT;
    }
    if (shape.loneImmediate()) {
      long immediate = field(decoded, shape.packed.getFirst());
      return immediate == (int) immediate ? operation | immediate << IMMEDIATE_SHIFT : LEAVE;
    }
    for (int i = 0; i < shape.packed.size(); i++) {
      long piece = field(decoded, shape.packed.get(i));
      if (piece < 0 || piece > 0xff) {
        return LEAVE;
      }
      operation |= piece << IMMEDIATE_SHIFT + 8 * i;
    }
    return operation;
  }

  /** The number of a packed operation. */
  static short kind(long operation) {
    return (short) (operation & MAX_OPERATION - 1);
  }

  private static int source(Decoded decoded, int field) {
    return field < 0 ? 0 : decoded.register(field);
  }

  private static long field(Decoded decoded, int field) {
    RegisterBank bank = decoded.instruction().fields().get(field).bank();
    return bank == null ? decoded.operand(field) : decoded.register(field);
  }
}
