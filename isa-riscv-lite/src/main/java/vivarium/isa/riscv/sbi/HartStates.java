package vivarium.isa.riscv.sbi;

import java.util.List;
import vivarium.api.memory.GuestMemory;
import vivarium.isa.riscv.RiscvHart;

/** The hart state management extension (SBI 2.0, chapter 9). */
final class HartStates {
  private static final long STARTED = 0;
  private static final long STOPPED = 1;
  private static final long RETENTIVE = 0;
  private static final long NON_RETENTIVE = 0x8000_0000L;

  private final List<RiscvHart> harts;
  private final GuestMemory memory;

  HartStates(List<RiscvHart> harts, GuestMemory memory) {
    this.harts = harts;
    this.memory = memory;
  }

  SbiResult call(RiscvHart hart, long function) {
    long first = SbiFirmware.argument(hart, 0);
    long second = SbiFirmware.argument(hart, 1);
    long third = SbiFirmware.argument(hart, 2);
    return switch ((int) function) {
      case 0 -> start(first, second, third);
      case 1 -> {
        hart.stop();
        yield SbiResult.NO_RETURN;
      }
      case 2 -> status(first);
      case 3 -> suspend(hart, first & 0xffff_ffffL, second, third);
      default -> SbiResult.NOT_SUPPORTED;
    };
  }

  private SbiResult start(long id, long pc, long opaque) {
    if (!exists(id)) {
      return SbiResult.INVALID_PARAM;
    }
    RiscvHart hart = harts.get((int) id);
    if (!hart.stopped()) {
      return SbiResult.ALREADY_AVAILABLE;
    }
    if (!memory.isRam(pc, 2)) {
      return SbiResult.INVALID_ADDRESS;
    }
    hart.startSupervisor(pc, opaque);
    return SbiResult.SUCCESS;
  }

  private SbiResult status(long id) {
    if (!exists(id)) {
      return SbiResult.INVALID_PARAM;
    }
    return SbiResult.of(harts.get((int) id).stopped() ? STOPPED : STARTED);
  }

  private SbiResult suspend(RiscvHart hart, long type, long pc, long opaque) {
    if (type == RETENTIVE) {
      hart.suspend();
      return SbiResult.SUCCESS;
    }
    if (type != NON_RETENTIVE) {
      return SbiResult.INVALID_PARAM;
    }
    if (!memory.isRam(pc, 2)) {
      return SbiResult.INVALID_ADDRESS;
    }
    hart.startSupervisor(pc, opaque);
    hart.suspend();
    return SbiResult.NO_RETURN;
  }

  private boolean exists(long id) {
    return id >= 0 && id < harts.size();
  }
}
