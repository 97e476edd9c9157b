package vivarium.isa.riscv;

import org.jspecify.annotations.Nullable;
import vivarium.api.memory.PageTableFormat;
import vivarium.isa.riscv.paging.SvFormat;

/** Fields of satp on RV64. */
final class Satp {
  private static final int MODE_SHIFT = 60;
  private static final int MODE_BARE = 0;
  private static final int MODE_SV39 = 8;
  private static final int MODE_SV48 = 9;
  private static final int ASID_SHIFT = 44;
  private static final int ASID = 0xffff;
  private static final long PPN = (1L << ASID_SHIFT) - 1;

  private Satp() {}

  /** Whether a write of this value has any effect: only with a mode that exists. */
  static boolean isLegal(long satp) {
    int mode = mode(satp);
    return mode == MODE_BARE || mode == MODE_SV39 || mode == MODE_SV48;
  }

  static @Nullable PageTableFormat format(long satp) {
    return switch (mode(satp)) {
      case MODE_SV39 -> SvFormat.SV39;
      case MODE_SV48 -> SvFormat.SV48;
      default -> null;
    };
  }

  static int asid(long satp) {
    return (int) (satp >>> ASID_SHIFT) & ASID;
  }

  /** Guest-physical address of the root table. */
  static long root(long satp) {
    return (satp & PPN) << 12;
  }

  private static int mode(long satp) {
    return (int) (satp >>> MODE_SHIFT);
  }
}
