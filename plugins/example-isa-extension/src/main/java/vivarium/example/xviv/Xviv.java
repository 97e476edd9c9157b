package vivarium.example.xviv;

import vivarium.api.isa.Extension;
import vivarium.api.isa.Hart;
import vivarium.api.isa.Insn;
import vivarium.api.isa.Privileged;

/**
 * Two instructions in the room that RISC-V leaves to vendors, the major opcodes custom-0 and
 * custom-1.
 */
@Extension("Xviv")
public final class Xviv {
  private static final int MACHINE = 3;

  private Xviv() {}

  /**
   * How far apart two signed numbers are. An ordinary instruction: its method is all there is to
   * it, and binary translation makes code of it.
   */
  @Insn("0000000 rs2 rs1 000 rd 0001011")
  public static long viv_absdiff(long rs1, long rs2) {
    return rs1 < rs2 ? rs2 - rs1 : rs1 - rs2;
  }

  /**
   * The current privilege level, as it is encoded in mstatus.MPP. It tells privileged state and
   * does not trap in user mode: sensitive, but not privileged, as {@code smsw} and {@code popf}
   * were on x86. Under direct execution a guest's kernel is told that it is a user.
   */
  @Insn("000000000000 00000 000 rd 0101011")
  @Privileged(traps = false)
  public static long viv_mode(Hart hart) {
    return switch (hart.mode()) {
      case "U" -> 0;
      case "S" -> 1;
      default -> MACHINE;
    };
  }
}
