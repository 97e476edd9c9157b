package vivarium.isa.riscv.insn;

import vivarium.api.isa.Extension;
import vivarium.api.isa.Insn;

/** Zbs: single bits; of a bit's number in a register the lower six bits count. */
@Extension("Zbs")
public final class Zbs {
  private Zbs() {}

  /** Clear a bit. */
  @Insn("0100100 rs2 rs1 001 rd 0110011")
  public static long bclr(long rs1, long rs2) {
    return rs1 & ~(1L << rs2);
  }

  /** Clear a bit, immediate. */
  @Insn("010010 shamt rs1 001 rd 0010011")
  public static long bclri(long rs1, long shamt) {
    return rs1 & ~(1L << shamt);
  }

  /** Extract a bit. */
  @Insn("0100100 rs2 rs1 101 rd 0110011")
  public static long bext(long rs1, long rs2) {
    return rs1 >>> rs2 & 1;
  }

  /** Extract a bit, immediate. */
  @Insn("010010 shamt rs1 101 rd 0010011")
  public static long bexti(long rs1, long shamt) {
    return rs1 >>> shamt & 1;
  }

  /** Invert a bit. */
  @Insn("0110100 rs2 rs1 001 rd 0110011")
  public static long binv(long rs1, long rs2) {
    return rs1 ^ 1L << rs2;
  }

  /** Invert a bit, immediate. */
  @Insn("011010 shamt rs1 001 rd 0010011")
  public static long binvi(long rs1, long shamt) {
    return rs1 ^ 1L << shamt;
  }

  /** Set a bit. */
  @Insn("0010100 rs2 rs1 001 rd 0110011")
  public static long bset(long rs1, long rs2) {
    return rs1 | 1L << rs2;
  }

  /** Set a bit, immediate. */
  @Insn("001010 shamt rs1 001 rd 0010011")
  public static long bseti(long rs1, long shamt) {
    return rs1 | 1L << shamt;
  }
}
