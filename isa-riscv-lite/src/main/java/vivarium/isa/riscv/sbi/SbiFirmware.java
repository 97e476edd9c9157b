package vivarium.isa.riscv.sbi;

import java.util.List;
import vivarium.api.device.MachineControl;
import vivarium.api.isa.BootRequest;
import vivarium.api.memory.GuestMemory;
import vivarium.isa.riscv.EnvironmentCalls;
import vivarium.isa.riscv.RiscvHart;

/**
 * The Supervisor Binary Interface, version 2.0: base, timer, IPI, RFENCE, HSM, system reset and
 * debug console extensions, and the legacy calls. One for all harts of a machine; on its thread.
 */
public final class SbiFirmware implements EnvironmentCalls {
  private static final int MSTATUS = 0x300;
  private static final int MEDELEG = 0x302;
  private static final int MIDELEG = 0x303;
  private static final int MCOUNTEREN = 0x306;
  private static final int SCOUNTEREN = 0x106;
  private static final int MENVCFG = 0x30a;
  private static final int PMPCFG0 = 0x3a0;
  private static final int PMPADDR0 = 0x3b0;
  private static final long MSTATUS_FS = 3 << 13;
  private static final long MENVCFG_STCE = 1L << 63;

  /** All exceptions but the environment call from S-mode, which is served here. */
  private static final long ALL_BUT_ECALL_FROM_S = ~(1L << 9);

  private static final long PMP_NAPOT_RWX = 0x1f;

  /** Reasons of a system reset; all others are reserved or a platform's own. */
  private static final int NO_REASON = 0;

  private static final int SYSTEM_FAILURE = 1;
  private static final int A0 = RiscvHart.A0;

  private final List<RiscvHart> harts;
  private final MachineControl control;
  private final LegacyCalls legacy;
  private final HartStates states;
  private final Fences fences;
  private final DebugConsole console;

  private SbiFirmware(BootRequest request, List<RiscvHart> harts) {
    this.harts = harts;
    this.control = request.control();
    GuestMemory memory = request.memory();
    fences = new Fences(harts);
    states = new HartStates(harts, memory);
    console = new DebugConsole(memory, control.console());
    legacy = new LegacyCalls(harts, fences, control);
  }

  /** Installs the firmware in all harts and starts the first in S-mode; the others are stopped. */
  public static void start(
      BootRequest request, List<RiscvHart> harts, long entry, long deviceTree) {
    SbiFirmware firmware = new SbiFirmware(request, harts);
    for (RiscvHart hart : harts) {
      prepare(hart);
      hart.installFirmware(firmware);
      hart.stop();
    }
    harts.get(0).startSupervisor(entry, deviceTree);
  }

  /** What OpenSBI sets before it enters S-mode. */
  private static void prepare(RiscvHart hart) {
    hart.writeCsr(MSTATUS, MSTATUS_FS);
    hart.writeCsr(MEDELEG, ALL_BUT_ECALL_FROM_S);
    hart.writeCsr(MIDELEG, -1);
    hart.writeCsr(MCOUNTEREN, -1);
    hart.writeCsr(SCOUNTEREN, 7);
    hart.setCsr(MENVCFG, MENVCFG_STCE);
    hart.writeCsr(PMPADDR0, -1);
    hart.writeCsr(PMPCFG0, PMP_NAPOT_RWX);
  }

  @Override
  public void call(RiscvHart hart) {
    long extension = argument(hart, 7);
    if (extension >= 0 && extension <= LegacyCalls.LAST) {
      hart.block().setRegister(A0, legacy.call(hart, (int) extension));
      return;
    }
    long function = argument(hart, 6);
    SbiResult result =
        SbiExtension.of(extension)
            .map(known -> dispatch(hart, known, function))
            .orElse(SbiResult.NOT_SUPPORTED);
    // A call that does not return has set the pc and the registers itself.
    if (!result.equals(SbiResult.NO_RETURN)) {
      hart.block().setRegister(A0, result.error());
      hart.block().setRegister(A0 + 1, result.value());
    }
  }

  private SbiResult dispatch(RiscvHart hart, SbiExtension extension, long function) {
    return switch (extension) {
      case BASE -> base(function, argument(hart, 0));
      case TIME -> setTimer(hart, function);
      case IPI -> sendIpi(hart, function);
      case RFENCE -> fences.call(hart, function);
      case HSM -> states.call(hart, function);
      case SRST -> systemReset(function, argument(hart, 0), argument(hart, 1));
      case DBCN -> console.call(hart, function);
    };
  }

  private static SbiResult base(long function, long argument) {
    return switch ((int) function) {
      case 0 -> SbiResult.of(2 << 24);
      // Implementation number and version: ours is not registered.
      case 1 -> SbiResult.of(0x5649);
      case 2 -> SbiResult.of(1);
      case 3 -> SbiResult.of(isPresent(argument) ? 1 : 0);
      case 4, 5, 6 -> SbiResult.of(0);
      default -> SbiResult.NOT_SUPPORTED;
    };
  }

  private static boolean isPresent(long extension) {
    return extension >= 0 && extension <= LegacyCalls.LAST
        || SbiExtension.of(extension).isPresent();
  }

  private static SbiResult setTimer(RiscvHart hart, long function) {
    if (function != 0) {
      return SbiResult.NOT_SUPPORTED;
    }
    hart.setTimer(argument(hart, 0));
    return SbiResult.SUCCESS;
  }

  private SbiResult sendIpi(RiscvHart hart, long function) {
    if (function != 0) {
      return SbiResult.NOT_SUPPORTED;
    }
    HartMask mask = new HartMask(argument(hart, 0), argument(hart, 1));
    if (!mask.isValid(harts.size())) {
      return SbiResult.INVALID_PARAM;
    }
    mask.select(harts).forEach(RiscvHart::raiseSoftwareInterrupt);
    return SbiResult.SUCCESS;
  }

  private SbiResult systemReset(long function, long type, long reason) {
    if (function != 0) {
      return SbiResult.NOT_SUPPORTED;
    }
    if ((int) reason != NO_REASON && (int) reason != SYSTEM_FAILURE) {
      return SbiResult.INVALID_PARAM;
    }
    switch ((int) type) {
      case 0 -> {
        if ((int) reason == NO_REASON) {
          control.powerOff();
        } else {
          control.fail(SYSTEM_FAILURE);
        }
      }
      case 1, 2 -> control.reset();
      default -> {
        return SbiResult.INVALID_PARAM;
      }
    }
    return SbiResult.SUCCESS;
  }

  /** Argument register a0 to a7. */
  static long argument(RiscvHart hart, int number) {
    return hart.block().register(A0 + number);
  }
}
