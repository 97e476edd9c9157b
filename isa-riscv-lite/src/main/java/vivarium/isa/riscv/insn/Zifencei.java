package vivarium.isa.riscv.insn;

import vivarium.api.isa.Extension;
import vivarium.api.isa.Insn;
import vivarium.isa.riscv.RiscvHart;

/** Zifencei: the instruction-fetch fence. */
@Extension("Zifencei")
public final class Zifencei {
  private Zifencei() {}

  /** Makes stores visible to the fetches that follow. */
  @Insn(value = "fm pred succ hs1 001 hd 0001111", asm = " ")
  public static void fence_i(RiscvHart hart) {
    hart.fenceInstructions();
  }
}
