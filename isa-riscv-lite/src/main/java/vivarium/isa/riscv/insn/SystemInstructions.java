package vivarium.isa.riscv.insn;

import vivarium.api.isa.Extension;
import vivarium.api.isa.Insn;
import vivarium.api.isa.Privileged;
import vivarium.isa.riscv.RiscvHart;

/** The system instructions of the privileged specification, with ECALL and EBREAK. */
@Extension("System")
public final class SystemInstructions {
  private SystemInstructions() {}

  /** Environment call. */
  @Insn("000000000000 00000 000 00000 1110011")
  @Privileged
  public static void ecall(RiscvHart hart) {
    hart.environmentCall();
  }

  /** Breakpoint. */
  @Insn("000000000001 00000 000 00000 1110011")
  @Privileged
  public static void ebreak(RiscvHart hart, long pc) {
    hart.breakpoint(pc);
  }

  /** Return from a trap to supervisor mode. */
  @Insn("0001000 00010 00000 000 00000 1110011")
  @Privileged
  public static void sret(RiscvHart hart) {
    hart.supervisorReturn();
  }

  /** Return from a trap to machine mode. */
  @Insn("0011000 00010 00000 000 00000 1110011")
  @Privileged
  public static void mret(RiscvHart hart) {
    hart.machineReturn();
  }

  /** Wait for an interrupt. */
  @Insn("0001000 00101 00000 000 00000 1110011")
  @Privileged
  public static void wfi(RiscvHart hart) {
    hart.waitForInterrupt();
  }

  /**
   * Fence of the address translation. Naming x0 as rs1 means all addresses, as rs2 all address
   * spaces; another register that holds 0 means address or space 0.
   */
  @Insn("0001001 rs2 rs1 000 00000 1110011")
  @Privileged
  public static void sfence_vma(RiscvHart hart, long rs1, long rs2, int insn) {
    hart.fenceVirtualMemory(rs1, rs2, (insn >>> 15 & 31) == 0, (insn >>> 20 & 31) == 0);
  }
}
