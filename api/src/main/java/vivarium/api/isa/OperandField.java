package vivarium.api.isa;

import org.jspecify.annotations.Nullable;

/**
 * What the name of a field in an encoding means; declared once for an instruction set.
 *
 * @param name as it is written in encodings and as a parameter, such as {@code rs1} or {@code imm}
 * @param kind what its bits stand for
 * @param width number of bits where the encoding names it without slices; 0 if it is always sliced
 * @param bias added to the encoded number (8 for RISC-V's three-bit register fields)
 * @param bank the registers it selects; {@code null} for immediates
 */
public record OperandField(
    String name, Kind kind, int width, int bias, @Nullable RegisterBank bank) {
  /** What a field's bits stand for. */
  public enum Kind {
    /** A register that is read; the parameter receives its value. */
    SOURCE,
    /** A register that is written with the method's result. */
    DESTINATION,
    /** A two's-complement number whose sign is its most significant encoded bit. */
    SIGNED,
    /** An unsigned number. */
    UNSIGNED
  }

  /** Whether the field selects a register. */
  public boolean isRegister() {
    return kind == Kind.SOURCE || kind == Kind.DESTINATION;
  }

  /** A register field. */
  public static OperandField register(
      String name, Kind kind, RegisterBank bank, int width, int bias) {
    return new OperandField(name, kind, width, bias, bank);
  }

  /** A sign-extended immediate. */
  public static OperandField signed(String name, int width) {
    return new OperandField(name, Kind.SIGNED, width, 0, null);
  }

  /** A zero-extended immediate. */
  public static OperandField unsigned(String name, int width) {
    return new OperandField(name, Kind.UNSIGNED, width, 0, null);
  }
}
