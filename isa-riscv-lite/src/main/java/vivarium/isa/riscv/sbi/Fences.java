package vivarium.isa.riscv.sbi;

import java.util.List;
import vivarium.isa.riscv.RiscvHart;

/** The RFENCE extension (SBI 2.0, chapter 8), without the fences of the hypervisor extension. */
final class Fences {
  private static final long PAGE_BYTES = 4096;

  /** Fencing everything costs less than more pages than these. */
  private static final long MOST_PAGES = 64;

  private final List<RiscvHart> harts;

  Fences(List<RiscvHart> harts) {
    this.harts = harts;
  }

  SbiResult call(RiscvHart hart, long function) {
    HartMask mask = new HartMask(SbiFirmware.argument(hart, 0), SbiFirmware.argument(hart, 1));
    if (function < 0 || function > 2) {
      return SbiResult.NOT_SUPPORTED;
    }
    if (!mask.isValid(harts.size())) {
      return SbiResult.INVALID_PARAM;
    }
    long start = SbiFirmware.argument(hart, 2);
    long size = SbiFirmware.argument(hart, 3);
    switch ((int) function) {
      case 0 -> mask.select(harts).forEach(RiscvHart::fenceInstructions);
      case 1 -> mask.select(harts).forEach(target -> drop(target, start, size, 0, true));
      default -> {
        long asid = SbiFirmware.argument(hart, 4);
        mask.select(harts).forEach(target -> drop(target, start, size, asid, false));
      }
    }
    return SbiResult.SUCCESS;
  }

  /** Fences a range of addresses of one hart; start and size 0, or size -1, mean all. */
  void drop(RiscvHart target, long start, long size, long asid, boolean allSpaces) {
    long first = start & -PAGE_BYTES;
    boolean all = start == 0 && size == 0 || size < 0 || size > MOST_PAGES * PAGE_BYTES;
    if (all) {
      target.dropTranslations(0, asid, true, allSpaces);
    } else {
      for (long va = first; va < start + size; va += PAGE_BYTES) {
        target.dropTranslations(va, asid, false, allSpaces);
      }
    }
  }
}
