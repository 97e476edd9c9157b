package vivarium.isa.riscv.sbi;

import java.util.List;
import vivarium.api.device.MachineControl;
import vivarium.isa.riscv.RiscvHart;

/** The legacy extensions (SBI 2.0, chapter 5), which older kernels use; they change a0 only. */
final class LegacyCalls {
  /** Number of the last one. */
  static final long LAST = 8;

  private final List<RiscvHart> harts;
  private final Fences fences;
  private final MachineControl control;

  LegacyCalls(List<RiscvHart> harts, Fences fences, MachineControl control) {
    this.harts = harts;
    this.fences = fences;
    this.control = control;
  }

  /** Serves a call; returns what goes to a0. */
  long call(RiscvHart hart, int number) {
    long first = SbiFirmware.argument(hart, 0);
    switch (number) {
      case 0 -> hart.setTimer(first);
      case 1 -> control.console().write((int) first & 0xff);
      case 2 -> {
        return control.console().read();
      }
      case 3 -> hart.clearSoftwareInterrupt();
      case 4 -> mask(hart, first).select(harts).forEach(RiscvHart::raiseSoftwareInterrupt);
      case 5 -> mask(hart, first).select(harts).forEach(RiscvHart::fenceInstructions);
      case 6 -> fence(hart, 0, true);
      case 7 -> fence(hart, SbiFirmware.argument(hart, 3), false);
      default -> control.powerOff();
    }
    return 0;
  }

  private void fence(RiscvHart hart, long asid, boolean allSpaces) {
    long start = SbiFirmware.argument(hart, 1);
    long size = SbiFirmware.argument(hart, 2);
    mask(hart, SbiFirmware.argument(hart, 0))
        .select(harts)
        .forEach(target -> fences.drop(target, start, size, asid, allSpaces));
  }

  /** The mask is in the caller's memory, by virtual address; no address means all harts. */
  private static HartMask mask(RiscvHart hart, long va) {
    return va == 0 ? new HartMask(0, -1) : new HartMask(hart.mmu().load64(va), 0);
  }
}
