package vivarium.isa.riscv.sbi;

import java.util.Arrays;
import java.util.List;
import vivarium.api.memory.GuestMemory;
import vivarium.isa.riscv.RiscvHart;

/** The hart state management extension (SBI 2.0, chapter 9). */
final class HartStates {
  private static final long STARTED = 0;
  private static final long STOPPED = 1;
  private static final long SUSPENDED = 4;
  private static final long RESUME_PENDING = 6;
  private static final long RETENTIVE = 0;
  private static final long NON_RETENTIVE = 0x8000_0000L;

  private final List<RiscvHart> harts;
  private final GuestMemory memory;

  /** For each hart its count of steps behind the call by which it suspended itself last, or -1. */
  private final long[] suspendedAt;

  HartStates(List<RiscvHart> harts, GuestMemory memory) {
    this.harts = harts;
    this.memory = memory;
    suspendedAt = new long[harts.size()];
    Arrays.fill(suspendedAt, -1);
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
    if (!memory.isReadable(pc, 2)) {
      return SbiResult.INVALID_ADDRESS;
    }
    hart.startSupervisor(pc, opaque);
    return SbiResult.SUCCESS;
  }

  private SbiResult status(long id) {
    if (!exists(id)) {
      return SbiResult.INVALID_PARAM;
    }
    RiscvHart hart = harts.get((int) id);
    if (hart.stopped()) {
      return SbiResult.of(STOPPED);
    }
    if (hart.block().steps() != suspendedAt[(int) id]) {
      return SbiResult.of(STARTED);
    }
    return SbiResult.of(hart.wakes() ? RESUME_PENDING : SUSPENDED);
  }

  private SbiResult suspend(RiscvHart hart, long type, long pc, long opaque) {
    if (type == RETENTIVE) {
      suspend(hart);
      return SbiResult.SUCCESS;
    }
    if (type != NON_RETENTIVE) {
      return SbiResult.INVALID_PARAM;
    }
    if (!memory.isReadable(pc, 2)) {
      return SbiResult.INVALID_ADDRESS;
    }
    hart.startSupervisor(pc, opaque);
    suspend(hart);
    return SbiResult.NO_RETURN;
  }

  /** The call itself is a step yet to be counted; the next one ends the suspension. */
  private void suspend(RiscvHart hart) {
    suspendedAt[hart.id()] = hart.block().steps() + 1;
    hart.suspend();
  }

  private boolean exists(long id) {
    return id >= 0 && id < harts.size();
  }
}
