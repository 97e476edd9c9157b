package vivarium.isa.riscv;

import vivarium.api.isa.Hart;
import vivarium.api.isa.HartEnvironment;

/**
 * What the instructions of the privileged specification ask of their hart. Each may throw {@link
 * vivarium.api.isa.Trap}: illegal instruction, where the privilege or the register does not allow
 * it. {@code block().pc()} is the following instruction's address when they are called.
 */
public abstract class RiscvHart extends Hart {
  /** For harts. */
  protected RiscvHart(HartEnvironment environment) {
    super(environment);
  }

  /** Reads a register; nothing is written. */
  public abstract long readCsr(int csr);

  /** Writes a register; nothing is read. */
  public abstract void writeCsr(int csr, long value);

  /** Writes a register and returns what it was. */
  public abstract long swapCsr(int csr, long value);

  /** Sets bits of a register and returns what it was. */
  public abstract long setCsr(int csr, long mask);

  /** Clears bits of a register and returns what it was. */
  public abstract long clearCsr(int csr, long mask);

  /** ECALL. */
  public abstract void environmentCall();

  /** EBREAK at {@code pc}. */
  public abstract void breakpoint(long pc);

  /** MRET. */
  public abstract void machineReturn();

  /** SRET. */
  public abstract void supervisorReturn();

  /** WFI. */
  public abstract void waitForInterrupt();

  /** SFENCE.VMA for one address or all, in one address space or all. */
  public abstract void fenceVirtualMemory(
      long va, long asid, boolean allAddresses, boolean allSpaces);

  /** FENCE.I. */
  public abstract void fenceInstructions();
}
