package vivarium.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Encoding;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.InstructionTable;
import vivarium.api.isa.OperandField;

/**
 * Random units of instructions: one, or a few that belong together. sp, gp and s0 stay in the
 * middle of the scratch memory, tp points to where atomics work, t0 counts loops.
 */
final class RiscvUnits {
  private static final int SP = 2;
  private static final int GP = 3;
  private static final int TP = 4;
  private static final int T0 = 5;
  private static final int S0 = 8;
  private static final Set<Integer> KEPT = Set.of(SP, GP, TP, T0, S0);
  private static final int[] ROUNDING_MODES = {0, 1, 2, 3, 4, 7};
  private static final List<String> BRANCHES =
      List.of("beq", "bne", "blt", "bge", "bltu", "bgeu", "c.beqz", "c.bnez");
  private static final int FFLAGS = 0x001;
  private static final int FRM = 0x002;
  private static final int FCSR = 0x003;

  /** Furthest doubleword from gp that tp is set to. */
  private static final int ATOMIC_WORDS = 200;

  private final InstructionTable table;
  private final Random random;
  private final List<String> plain;
  private RiscvCode code;

  RiscvUnits(InstructionTable table, Random random, List<String> skip) {
    this.table = table;
    this.random = random;
    this.code = new RiscvCode(table, 0);
    this.plain =
        Stream.concat(
                table.instructions().stream().map(Instruction::name), table.aliases().stream())
            .filter(mnemonic -> !skip.contains(mnemonic) && isPlain(mnemonic))
            .toList();
  }

  /** Whether it may stand alone, with random operands. */
  private boolean isPlain(String mnemonic) {
    Instruction instruction = target(mnemonic);
    return !instruction.takesHart()
        && instruction.result() != Instruction.Result.BRANCH
        && instruction.result() != Instruction.Result.JUMP
        && !mnemonic.matches("(lr|sc)\\..*|c\\.addi16sp");
  }

  private Instruction target(String mnemonic) {
    Encoding encoding = table.encoding(mnemonic);
    Decoded example = null;
    while (example == null || !example.mnemonic().equals(mnemonic)) {
      example = table.decode(randomBits(encoding), encoding.length());
    }
    return example.instruction();
  }

  private int randomBits(Encoding encoding) {
    int used = encoding.length() == 2 ? 0xffff : -1;
    int bits;
    do {
      bits = encoding.match() | random.nextInt() & used & ~encoding.mask();
    } while (!encoding.matches(bits));
    return bits;
  }

  RiscvCode stream(int units) {
    RiscvCode stream = new RiscvCode(table, 0);
    for (int i = 0; i < units; i++) {
      code = new RiscvCode(table, 0);
      unit();
      stream.append(code);
    }
    return stream;
  }

  private void unit() {
    int choice = random.nextInt(100);
    if (choice < 6) {
      branch();
    } else if (choice < 9) {
      jump();
    } else if (choice < 11) {
      loop();
    } else {
      simple();
    }
  }

  private void simple() {
    int choice = random.nextInt(100);
    if (choice < 5) {
      control();
    } else if (choice < 8) {
      reservation();
    } else if (choice < 10) {
      code.emit("addi", TP, GP, 8L * (random.nextInt(ATOMIC_WORDS) - ATOMIC_WORDS / 2));
    } else if (choice < 11) {
      code.emit("c.addi16sp", 16L * (random.nextInt(31) + 1) * (random.nextBoolean() ? 1 : -1));
      code.emit("addi", SP, GP, 0);
    } else {
      one(plain.get(random.nextInt(plain.size())));
    }
  }

  /** A register that may be written. */
  private int destination() {
    int register;
    do {
      register = random.nextInt(32);
    } while (KEPT.contains(register));
    return register;
  }

  /** A register that may be written and is not x0. */
  private int holder() {
    int register;
    do {
      register = destination();
    } while (register == 0);
    return register;
  }

  private void one(String mnemonic) {
    Encoding encoding = table.encoding(mnemonic);
    boolean memory =
        target(mnemonic).parameters().stream()
            .anyMatch(parameter -> parameter.source() == Instruction.Source.MMU);
    long[] values = new long[encoding.fields().size()];
    while (true) {
      int bits = randomBits(encoding);
      for (int i = 0; i < values.length; i++) {
        values[i] = operand(encoding.fields().get(i), encoding.extract(i, bits), memory, mnemonic);
      }
      try {
        code.emit(mnemonic, values);
        return;
      } catch (IllegalArgumentException excluded) {
        // Such as c.add's form with rs2 = x0, which is another instruction: throw again.
        continue;
      }
    }
  }

  private long operand(OperandField field, long drawn, boolean memory, String mnemonic) {
    return switch (field.name()) {
      case "rd" -> destination();
      case "rd'" -> S0 + 1 + random.nextInt(7);
      case "rs1" -> memory ? (mnemonic.startsWith("amo") ? TP : GP) : drawn;
      case "rs1'" -> memory ? S0 : drawn;
      case "rm" -> ROUNDING_MODES[random.nextInt(ROUNDING_MODES.length)];
      default -> drawn;
    };
  }

  private RiscvCode body(int units) {
    RiscvCode outer = code;
    RiscvCode body = new RiscvCode(table, 0);
    code = body;
    for (int i = 0; i < units; i++) {
      simple();
    }
    code = outer;
    return body;
  }

  /** A conditional branch over some units. */
  private void branch() {
    RiscvCode body = body(1 + random.nextInt(3));
    String mnemonic = BRANCHES.get(random.nextInt(BRANCHES.size()));
    if (mnemonic.startsWith("c.")) {
      code.emit(mnemonic, S0 + random.nextInt(8), 2 + body.size());
    } else {
      code.emit(mnemonic, random.nextInt(32), random.nextInt(32), 4 + body.size());
    }
    code.append(body);
  }

  /** A jump over some units. */
  private void jump() {
    RiscvCode body = body(1 + random.nextInt(3));
    int register = holder();
    switch (random.nextInt(5)) {
      case 0 -> code.emit("jal", destination(), 4 + body.size());
      case 1 -> code.emit("c.j", 2 + body.size());
      case 2 -> {
        code.emit("auipc", register, 0);
        // Bit 0 of the target is cleared.
        code.emit("jalr", destination(), register, 8 + body.size() + random.nextInt(2));
      }
      case 3 -> {
        code.emit("auipc", register, 0);
        code.emit("addi", register, register, 10 + body.size());
        code.emit("c.jr", register);
      }
      default -> {
        code.emit("auipc", register, 0);
        code.emit("addi", register, register, 10 + body.size());
        code.emit("c.jalr", register);
      }
    }
    code.append(body);
  }

  /** A short counted loop. */
  private void loop() {
    RiscvCode body = body(1 + random.nextInt(4));
    code.emit("addi", T0, 0, 1 + random.nextInt(4));
    code.append(body);
    code.emit("addi", T0, T0, -1);
    code.emit("bne", T0, 0, -4L - body.size());
  }

  /** A reservation and its end; or an end without one. */
  private void reservation() {
    String suffix = random.nextBoolean() ? ".w" : ".d";
    if (random.nextInt(4) != 0) {
      code.emit("lr" + suffix, destination(), TP, random.nextInt(2), random.nextInt(2));
      for (int i = random.nextInt(3); i > 0; i--) {
        one(plain.get(random.nextInt(plain.size())));
      }
    }
    code.emit(
        "sc" + suffix, destination(), TP, random.nextInt(32), random.nextInt(2), random.nextInt(2));
  }

  /** The control registers that unprivileged code may write, and the fetch fence. */
  private void control() {
    int rd = destination();
    int rs1 = 1 + random.nextInt(31);
    int flags = 1 + random.nextInt(31);
    List<Runnable> choices = new ArrayList<>();
    choices.add(() -> code.emit("csrrwi", holder(), FRM, random.nextInt(5)));
    choices.add(() -> code.emit("csrwi", FRM, random.nextInt(5)));
    choices.add(() -> code.emit("csrr", rd, FCSR));
    choices.add(() -> code.emit("csrrc0", rd, FRM));
    choices.add(() -> code.emit("csrrsi0", rd, FFLAGS));
    choices.add(() -> code.emit("csrrci0", rd, FFLAGS));
    choices.add(() -> code.emit("csrrw", holder(), FFLAGS, rs1));
    choices.add(() -> code.emit("csrw", FFLAGS, rs1));
    choices.add(() -> code.emit("csrrs", rd, FFLAGS, rs1));
    choices.add(() -> code.emit("csrrc", rd, FFLAGS, rs1));
    choices.add(() -> code.emit("csrrsi", rd, FFLAGS, flags));
    choices.add(() -> code.emit("csrrci", rd, FCSR, flags));
    choices.add(() -> code.emit("csrwi", FFLAGS, 0));
    choices.add(() -> one("fence.i"));
    choices.get(random.nextInt(choices.size())).run();
  }
}
