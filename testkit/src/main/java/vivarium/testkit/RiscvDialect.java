package vivarium.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import vivarium.api.VivariumException;

/**
 * RISC-V's assembly language as the GNU assembler has it: the pseudo-instructions of the
 * unprivileged manual's table 25.2, {@code .aq} and {@code .rl}, rounding modes, fence sets and
 * control registers by name.
 */
public final class RiscvDialect implements Dialect {
  /** Pseudo-instructions that are one instruction: {@code %0}, {@code %1} stand for operands. */
  private static final Map<String, String> SIMPLE =
      Map.ofEntries(
          Map.entry("nop/0", "addi zero, zero, 0"),
          Map.entry("mv/2", "addi %0, %1, 0"),
          Map.entry("not/2", "xori %0, %1, -1"),
          Map.entry("neg/2", "sub %0, zero, %1"),
          Map.entry("negw/2", "subw %0, zero, %1"),
          Map.entry("sext.w/2", "addiw %0, %1, 0"),
          Map.entry("zext.b/2", "andi %0, %1, 255"),
          Map.entry("zext.w/2", "add.uw %0, %1, zero"),
          Map.entry("seqz/2", "sltiu %0, %1, 1"),
          Map.entry("snez/2", "sltu %0, zero, %1"),
          Map.entry("sltz/2", "slt %0, %1, zero"),
          Map.entry("sgtz/2", "slt %0, zero, %1"),
          Map.entry("sgt/3", "slt %0, %2, %1"),
          Map.entry("sgtu/3", "sltu %0, %2, %1"),
          Map.entry("beqz/2", "beq %0, zero, %1"),
          Map.entry("bnez/2", "bne %0, zero, %1"),
          Map.entry("blez/2", "bge zero, %0, %1"),
          Map.entry("bgez/2", "bge %0, zero, %1"),
          Map.entry("bltz/2", "blt %0, zero, %1"),
          Map.entry("bgtz/2", "blt zero, %0, %1"),
          Map.entry("bgt/3", "blt %1, %0, %2"),
          Map.entry("ble/3", "bge %1, %0, %2"),
          Map.entry("bgtu/3", "bltu %1, %0, %2"),
          Map.entry("bleu/3", "bgeu %1, %0, %2"),
          Map.entry("j/1", "jal zero, %0"),
          Map.entry("jal/1", "jal ra, %0"),
          Map.entry("jr/1", "jalr zero, 0(%0)"),
          Map.entry("jalr/1", "jalr ra, 0(%0)"),
          Map.entry("jalr/3", "jalr %0, %2(%1)"),
          Map.entry("ret/0", "jalr zero, 0(ra)"),
          Map.entry("fmv.s/2", "fsgnj.s %0, %1, %1"),
          Map.entry("fabs.s/2", "fsgnjx.s %0, %1, %1"),
          Map.entry("fneg.s/2", "fsgnjn.s %0, %1, %1"),
          Map.entry("fmv.d/2", "fsgnj.d %0, %1, %1"),
          Map.entry("fabs.d/2", "fsgnjx.d %0, %1, %1"),
          Map.entry("fneg.d/2", "fsgnjn.d %0, %1, %1"),
          Map.entry("csrs/2", "csrrs zero, %0, %1"),
          Map.entry("csrc/2", "csrrc zero, %0, %1"),
          Map.entry("csrsi/2", "csrrsi zero, %0, %1"),
          Map.entry("csrci/2", "csrrci zero, %0, %1"),
          Map.entry("frcsr/1", "csrr %0, fcsr"),
          Map.entry("frrm/1", "csrr %0, frm"),
          Map.entry("frflags/1", "csrr %0, fflags"),
          Map.entry("fscsr/1", "csrw fcsr, %0"),
          Map.entry("fsrm/1", "csrw frm, %0"),
          Map.entry("fsflags/1", "csrw fflags, %0"),
          Map.entry("rdcycle/1", "csrr %0, cycle"),
          Map.entry("rdtime/1", "csrr %0, time"),
          Map.entry("rdinstret/1", "csrr %0, instret"),
          Map.entry("fence/0", "fence iorw, iorw"),
          Map.entry("sfence.vma/0", "sfence.vma zero, zero"),
          Map.entry("sfence.vma/1", "sfence.vma %0, zero"));

  /** The rounding mode of an instruction that leaves it to frm. */
  private static final long DYNAMIC = 7;

  private static final Map<String, Long> ROUNDING =
      Map.of("rne", 0L, "rtz", 1L, "rdn", 2L, "rup", 3L, "rmm", 4L, "dyn", DYNAMIC);

  private static final String FENCE_SETS = "i?o?r?w?";

  /** A dialect. */
  public RiscvDialect() {}

  @Override
  public @Nullable List<Plain> expand(String mnemonic, List<String> operands, Place place) {
    String simple = SIMPLE.get(mnemonic + "/" + operands.size());
    if (simple != null) {
      for (int i = 0; i < operands.size(); i++) {
        simple = simple.replace("%" + i, operands.get(i));
      }
      return List.of(plain(simple));
    }
    if (mnemonic.matches(".*\\.(aq|rl|aqrl)") && mnemonic.matches("(lr|sc|amo).*")) {
      return List.of(ordered(mnemonic, operands));
    }
    return switch (mnemonic) {
      case "li" -> loadImmediate(operand(operands, 0), place.value(operand(operands, 1)));
      case "la", "lla" ->
          relative(
              operand(operands, 0), "addi %1, %1, %0", place.value(operand(operands, 1)), place);
      case "call" -> relative("ra", "jalr ra, %0(%1)", place.value(operand(operands, 0)), place);
      case "tail" -> relative("t1", "jalr zero, %0(%1)", place.value(operand(operands, 0)), place);
      case "lui", "auipc", "c.lui" -> upper(mnemonic, operands, place);
      default -> null;
    };
  }

  private static String operand(List<String> operands, int index) {
    if (index >= operands.size()) {
      throw new VivariumException("it needs " + (index + 1) + " operands");
    }
    return operands.get(index);
  }

  private static Plain plain(String text) {
    int space = text.indexOf(' ');
    return space < 0
        ? new Plain(text, "")
        : new Plain(text.substring(0, space), text.substring(space + 1));
  }

  private static Plain ordered(String mnemonic, List<String> operands) {
    int dot = mnemonic.lastIndexOf('.');
    String suffix = mnemonic.substring(dot + 1);
    return new Plain(
        mnemonic.substring(0, dot),
        String.join(", ", operands),
        Map.of("aq", suffix.startsWith("aq") ? 1L : 0L, "rl", suffix.endsWith("rl") ? 1L : 0L));
  }

  /** The operand counts pages of 4096 bytes and may be written signed or as 20 bits. */
  private static List<Plain> upper(String mnemonic, List<String> operands, Place place) {
    long value = place.value(operand(operands, 1));
    long signed = value >= 0x8_0000 && value <= 0xf_ffff ? value - 0x10_0000 : value;
    return List.of(new Plain(mnemonic, operands.get(0) + ", " + signed));
  }

  private static List<Plain> relative(String register, String second, long target, Place place) {
    long offset = target - place.pc();
    long low = offset << 52 >> 52;
    if (offset - low != (int) (offset - low)) {
      throw new VivariumException("the distance " + offset + " is more than two gigabytes");
    }
    return List.of(
        plain("auipc " + register + ", " + (offset - low >> 12)),
        plain(second.replace("%0", Long.toString(low)).replace("%1", register)));
  }

  /** The shortest usual sequence: lui and addiw, and for more than 32 bits shifts and addi. */
  static List<Plain> loadImmediate(String register, long value) {
    List<Plain> sequence = new ArrayList<>();
    load(register, value, sequence);
    return sequence;
  }

  private static void load(String register, long value, List<Plain> to) {
    long low = value << 52 >> 52;
    if (value == low) {
      to.add(plain("addi " + register + ", zero, " + low));
    } else if (value == (int) value) {
      // The sum may pass 2^31; addiw brings it back.
      to.add(plain("lui " + register + ", " + ((int) (value - low) >> 12)));
      if (low != 0) {
        to.add(plain("addiw " + register + ", " + register + ", " + low));
      }
    } else {
      long rest = value - low;
      int shift = Long.numberOfTrailingZeros(rest);
      load(register, rest >> shift, to);
      to.add(plain("slli " + register + ", " + register + ", " + shift));
      if (low != 0) {
        to.add(plain("addi " + register + ", " + register + ", " + low));
      }
    }
  }

  @Override
  public OptionalLong symbol(String name) {
    Long rounding = ROUNDING.get(name);
    if (rounding != null) {
      return OptionalLong.of(rounding);
    }
    if (!name.isEmpty() && name.matches(FENCE_SETS)) {
      long set = 0;
      for (char access : name.toCharArray()) {
        set |= 8 >> "iorw".indexOf(access);
      }
      return OptionalLong.of(set);
    }
    return RiscvControlRegisters.number(name);
  }

  @Override
  public List<String> templates(String assembly, List<String> fields) {
    return fields.contains("rm") ? List.of(assembly, assembly + ", rm") : List.of(assembly);
  }

  @Override
  public long fieldDefault(String field) {
    return field.equals("rm") ? DYNAMIC : 0;
  }

  @Override
  public String register(String name) {
    return name.equals("fp") ? "s0" : name;
  }
}
