package vivarium.isa.riscv.insn;

import static vivarium.api.isa.OperandField.Kind.DESTINATION;
import static vivarium.api.isa.OperandField.Kind.SOURCE;
import static vivarium.api.isa.OperandField.register;
import static vivarium.api.isa.OperandField.signed;
import static vivarium.api.isa.OperandField.unsigned;

import java.util.List;
import vivarium.api.isa.OperandField;
import vivarium.api.isa.RegisterBank;

/** The register banks of RV64GC and what the field names in its encodings mean. */
public final class RiscvFields {
  /** The integer registers, x0 to x31. */
  public static final RegisterBank X =
      new RegisterBank(
          "x",
          32,
          0,
          true,
          List.of(
              "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3",
              "a4", "a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11",
              "t3", "t4", "t5", "t6"));

  /** The floating-point registers, f0 to f31. */
  public static final RegisterBank F =
      new RegisterBank(
          "f",
          32,
          32,
          false,
          List.of(
              "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1",
              "fa2", "fa3", "fa4", "fa5", "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7",
              "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"));

  /** Register x8, the first that three bits of a compressed instruction can name. */
  private static final int COMPRESSED_BIAS = 8;

  /**
   * The fields in the order in which assembly shows them. A prime marks the three-bit register
   * numbers of compressed instructions. {@code imm20} is {@code imm[31:12]} of LUI and AUIPC
   * counted in units of 4096, as assembly counts it. {@code hd} and {@code hs1} are the places of
   * rd and rs1 in fences, which the manual reserves and wants ignored.
   */
  public static final List<OperandField> FIELDS =
      List.of(
          register("rd", DESTINATION, X, 5, 0),
          register("fd", DESTINATION, F, 5, 0),
          register("rd'", DESTINATION, X, 3, COMPRESSED_BIAS),
          register("fd'", DESTINATION, F, 3, COMPRESSED_BIAS),
          unsigned("csr", 12),
          register("rs1", SOURCE, X, 5, 0),
          register("fs1", SOURCE, F, 5, 0),
          register("rs1'", SOURCE, X, 3, COMPRESSED_BIAS),
          register("rs2", SOURCE, X, 5, 0),
          register("fs2", SOURCE, F, 5, 0),
          register("rs2'", SOURCE, X, 3, COMPRESSED_BIAS),
          register("fs2'", SOURCE, F, 3, COMPRESSED_BIAS),
          register("fs3", SOURCE, F, 5, 0),
          signed("imm", 12),
          signed("imm20", 20),
          signed("nzimm", 0),
          unsigned("uimm", 0),
          unsigned("nzuimm", 0),
          unsigned("shamt", 6),
          unsigned("zimm", 5),
          unsigned("rm", 3),
          unsigned("aq", 1),
          unsigned("rl", 1),
          unsigned("fm", 4),
          unsigned("pred", 4),
          unsigned("succ", 4),
          unsigned("hs1", 5),
          unsigned("hd", 5));

  private RiscvFields() {}
}
