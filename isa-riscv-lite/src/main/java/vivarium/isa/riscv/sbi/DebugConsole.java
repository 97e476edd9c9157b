package vivarium.isa.riscv.sbi;

import vivarium.api.device.ConsolePort;
import vivarium.api.memory.GuestMemory;
import vivarium.isa.riscv.RiscvHart;

/** The debug console extension (SBI 2.0, chapter 12). */
final class DebugConsole {
  /** A call moves no more bytes than these; the caller repeats it. */
  private static final long MOST_BYTES = 4096;

  private final GuestMemory memory;
  private final ConsolePort port;

  DebugConsole(GuestMemory memory, ConsolePort port) {
    this.memory = memory;
    this.port = port;
  }

  SbiResult call(RiscvHart hart, long function) {
    long first = SbiFirmware.argument(hart, 0);
    long gpa = SbiFirmware.argument(hart, 1);
    long high = SbiFirmware.argument(hart, 2);
    if (function == 2) {
      port.write((int) first & 0xff);
      return SbiResult.SUCCESS;
    }
    if (function < 0 || function > 2) {
      return SbiResult.NOT_SUPPORTED;
    }
    if (high != 0 || !memory.isRam(gpa, first)) {
      return SbiResult.INVALID_PARAM;
    }
    long bytes = Math.min(first, MOST_BYTES);
    return SbiResult.of(function == 0 ? write(gpa, bytes) : read(gpa, bytes));
  }

  private long write(long gpa, long bytes) {
    for (long i = 0; i < bytes; i++) {
      port.write((int) memory.load(gpa + i, 1));
    }
    return bytes;
  }

  private long read(long gpa, long bytes) {
    long done = 0;
    while (done < bytes && port.available()) {
      memory.store(gpa + done, 1, port.read());
      done++;
    }
    return done;
  }
}
