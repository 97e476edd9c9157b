package vivarium.isa.riscv.insn;

import vivarium.api.isa.Alias;
import vivarium.api.isa.Extension;
import vivarium.api.isa.Insn;
import vivarium.api.isa.Privileged;
import vivarium.isa.riscv.RiscvHart;

/**
 * Zicsr: control and status registers. Whether an instruction reads, and whether it writes, depends
 * on which register or immediate it names, not on its value; so the forms that leave one out are
 * instructions of their own: {@code csrr}, {@code csrw}, {@code csrwi}, as the manual's
 * pseudo-instructions are called, and three more that only read, whose names ({@code csrrc0},
 * {@code csrrsi0}, {@code csrrci0}) are ours.
 */
@Extension("Zicsr")
@Alias(name = "csrrc0", value = "csr 00000 011 rd 1110011", as = "csrr rd=rd csr=csr")
@Alias(name = "csrrsi0", value = "csr 00000 110 rd 1110011", as = "csrr rd=rd csr=csr")
@Alias(name = "csrrci0", value = "csr 00000 111 rd 1110011", as = "csrr rd=rd csr=csr")
public final class Zicsr {
  /**
   * The registers whose numbers let user mode have them: cycle, time and instret, and those of
   * floating point.
   */
  private static final String USER_REGISTERS = "mcounteren is 0, and mstatus.FS is Off for fcsr";

  private Zicsr() {}

  /** Read and write. */
  @Insn("csr rs1 001 rd 1110011")
  @Privileged(provided = USER_REGISTERS)
  public static long csrrw(RiscvHart hart, int csr, long rs1) {
    return hart.swapCsr(csr, rs1);
  }

  /** Write without a read: CSRRW to x0. */
  @Insn("csr rs1 001 00000 1110011")
  @Privileged(provided = USER_REGISTERS)
  public static void csrw(RiscvHart hart, int csr, long rs1) {
    hart.writeCsr(csr, rs1);
  }

  /** Read and set bits. */
  @Insn("csr rs1 010 rd 1110011")
  @Privileged(provided = USER_REGISTERS)
  public static long csrrs(RiscvHart hart, int csr, long rs1) {
    return hart.setCsr(csr, rs1);
  }

  /** Read without a write: CSRRS with x0. */
  @Insn("csr 00000 010 rd 1110011")
  @Privileged(provided = USER_REGISTERS)
  public static long csrr(RiscvHart hart, int csr) {
    return hart.readCsr(csr);
  }

  /** Read and clear bits. */
  @Insn("csr rs1 011 rd 1110011")
  @Privileged(provided = USER_REGISTERS)
  public static long csrrc(RiscvHart hart, int csr, long rs1) {
    return hart.clearCsr(csr, rs1);
  }

  /** Read and write immediate. */
  @Insn(value = "csr zimm 101 rd 1110011", asm = "rd, csr, zimm")
  @Privileged(provided = USER_REGISTERS)
  public static long csrrwi(RiscvHart hart, int csr, long zimm) {
    return hart.swapCsr(csr, zimm);
  }

  /** Write immediate without a read: CSRRWI to x0. */
  @Insn(value = "csr zimm 101 00000 1110011", asm = "csr, zimm")
  @Privileged(provided = USER_REGISTERS)
  public static void csrwi(RiscvHart hart, int csr, long zimm) {
    hart.writeCsr(csr, zimm);
  }

  /** Read and set bits, immediate. */
  @Insn(value = "csr zimm 110 rd 1110011", asm = "rd, csr, zimm")
  @Privileged(provided = USER_REGISTERS)
  public static long csrrsi(RiscvHart hart, int csr, long zimm) {
    return hart.setCsr(csr, zimm);
  }

  /** Read and clear bits, immediate. */
  @Insn(value = "csr zimm 111 rd 1110011", asm = "rd, csr, zimm")
  @Privileged(provided = USER_REGISTERS)
  public static long csrrci(RiscvHart hart, int csr, long zimm) {
    return hart.clearCsr(csr, zimm);
  }
}
