package vivarium.isa.riscv;

/** Built-in firmware: it takes the calls from S-mode that would otherwise trap to M-mode. */
@FunctionalInterface
public interface EnvironmentCalls {
  /**
   * Serves an {@code ecall} of S-mode at once. Arguments and results are in the registers; the pc
   * is already that of the next instruction. The hart's own thread.
   */
  void call(RiscvHart hart);
}
