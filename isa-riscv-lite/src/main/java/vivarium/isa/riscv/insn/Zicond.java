package vivarium.isa.riscv.insn;

import vivarium.api.isa.Extension;
import vivarium.api.isa.Insn;

/** Zicond: conditional operations. */
@Extension("Zicond")
public final class Zicond {
  private Zicond() {}

  /** Zero if rs2 is zero, else rs1. */
  @Insn("0000111 rs2 rs1 101 rd 0110011")
  public static long czero_eqz(long rs1, long rs2) {
    return rs2 == 0 ? 0 : rs1;
  }

  /** Zero if rs2 is not zero, else rs1. */
  @Insn("0000111 rs2 rs1 111 rd 0110011")
  public static long czero_nez(long rs1, long rs2) {
    return rs2 == 0 ? rs1 : 0;
  }
}
