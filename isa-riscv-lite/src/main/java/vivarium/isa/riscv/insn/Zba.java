package vivarium.isa.riscv.insn;

import vivarium.api.isa.Extension;
import vivarium.api.isa.Insn;

/** Zba: address generation. */
@Extension("Zba")
public final class Zba {
  private Zba() {}

  /** Add the zero-extended word rs1. */
  @Insn("0000100 rs2 rs1 000 rd 0111011")
  public static long add_uw(long rs1, long rs2) {
    return (rs1 & 0xffff_ffffL) + rs2;
  }

  /** Add rs1 shifted left by 1. */
  @Insn("0010000 rs2 rs1 010 rd 0110011")
  public static long sh1add(long rs1, long rs2) {
    return (rs1 << 1) + rs2;
  }

  /** Add the zero-extended word rs1 shifted left by 1. */
  @Insn("0010000 rs2 rs1 010 rd 0111011")
  public static long sh1add_uw(long rs1, long rs2) {
    return ((rs1 & 0xffff_ffffL) << 1) + rs2;
  }

  /** Add rs1 shifted left by 2. */
  @Insn("0010000 rs2 rs1 100 rd 0110011")
  public static long sh2add(long rs1, long rs2) {
    return (rs1 << 2) + rs2;
  }

  /** Add the zero-extended word rs1 shifted left by 2. */
  @Insn("0010000 rs2 rs1 100 rd 0111011")
  public static long sh2add_uw(long rs1, long rs2) {
    return ((rs1 & 0xffff_ffffL) << 2) + rs2;
  }

  /** Add rs1 shifted left by 3. */
  @Insn("0010000 rs2 rs1 110 rd 0110011")
  public static long sh3add(long rs1, long rs2) {
    return (rs1 << 3) + rs2;
  }

  /** Add the zero-extended word rs1 shifted left by 3. */
  @Insn("0010000 rs2 rs1 110 rd 0111011")
  public static long sh3add_uw(long rs1, long rs2) {
    return ((rs1 & 0xffff_ffffL) << 3) + rs2;
  }

  /** Shift the zero-extended word rs1 left. */
  @Insn("000010 shamt rs1 001 rd 0011011")
  public static long slli_uw(long rs1, long shamt) {
    return (rs1 & 0xffff_ffffL) << shamt;
  }
}
