package vivarium.cpu.translation.graph;

import java.util.List;
import java.util.Random;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.OperandField;

/** Random instructions, and random code of them. */
public final class RandomCode {
  private RandomCode() {}

  /** The instructions that have templates. */
  public static List<Instruction> translated() {
    Templates templates = Templates.of(Pair.ISA.table());
    return Pair.ISA.table().instructions().stream()
        .filter(one -> templates.template(one) != null)
        .toList();
  }

  /** An encoding with edges and anything in its fields; {@code null} if that is excluded. */
  static Decoded instruction(Instruction instruction, Random random) {
    long[] fields = new long[instruction.fields().size()];
    for (int i = 0; i < fields.length; i++) {
      int mask = instruction.encoding().mask();
      int bits = random.nextInt() & ~mask | instruction.encoding().match();
      if (!instruction.fields().get(i).isRegister()) {
        bits =
            switch (random.nextInt(4)) {
              case 0 -> instruction.encoding().match();
              case 1 -> ~mask | instruction.encoding().match();
              default -> bits;
            };
      }
      fields[i] = instruction.encoding().extract(i, bits);
      OperandField field = instruction.fields().get(i);
      if (field.kind() == OperandField.Kind.SIGNED && random.nextInt(4) == 0) {
        fields[i] = random.nextBoolean() ? lowest(instruction, i) : -lowest(instruction, i) - 1;
      }
    }
    try {
      int bits = instruction.encoding().encode(fields);
      Decoded decoded = Pair.ISA.table().decode(bits, instruction.encoding().length());
      return decoded != null && decoded.instruction() == instruction ? decoded : null;
    } catch (IllegalArgumentException excluded) {
      return null;
    }
  }

  /** The least value that a signed field can have: only its sign bit is set. */
  private static long lowest(Instruction instruction, int field) {
    int mask = instruction.encoding().mask();
    long all = instruction.encoding().extract(field, ~mask | instruction.encoding().match());
    long least = all;
    for (int bit = 0; bit < 32; bit++) {
      int bits = ~mask & 1 << bit | instruction.encoding().match();
      least = Math.min(least, instruction.encoding().extract(field, bits));
    }
    return least;
  }

  /** Puts random code at the start, with few registers, so that it depends on itself. */
  public static void program(Pair pair, List<Instruction> all, int length, Random random) {
    long at = Pair.CODE;
    for (int i = 0; i < length; i++) {
      Decoded decoded = null;
      while (decoded == null) {
        Instruction instruction = all.get(random.nextInt(all.size()));
        boolean rare = instruction.result() != Instruction.Result.REGISTER;
        if (!rare || random.nextInt(4) == 0) {
          decoded = fewRegisters(instruction, random);
        }
      }
      pair.putCode(at, decoded.bits(), decoded.length());
      at += decoded.length();
    }
  }

  private static Decoded fewRegisters(Instruction instruction, Random random) {
    Decoded decoded = instruction(instruction, random);
    if (decoded == null) {
      return null;
    }
    long[] fields = new long[instruction.fields().size()];
    for (int i = 0; i < fields.length; i++) {
      boolean register = instruction.fields().get(i).isRegister();
      fields[i] = register ? 8 + random.nextInt(6) : decoded.operand(i);
      if (instruction.result() == Instruction.Result.BRANCH && !register) {
        fields[i] = 4 * (1 + random.nextInt(8));
      }
    }
    int bits = instruction.encoding().encode(fields);
    return Pair.ISA.table().decode(bits, instruction.encoding().length());
  }
}
