package vivarium.api.cpu;

import vivarium.api.isa.Decoded;

/**
 * A hart of the machine below the monitor, which executes a guest's code without privilege: what
 * direct execution stands on. It may be a real one, or one made in software ({@link SoftwareHart}).
 *
 * <p>It works on what the virtual hart owns. Registers, pc and budget are those of its {@link
 * vivarium.api.isa.HartBlock}; the address spaces are its translation contexts: code is fetched in
 * {@link vivarium.api.memory.Mmu#fetchContext()}, data accessed in {@link
 * vivarium.api.memory.Mmu#dataContext()}, both read anew at each {@link #run}. So a guest's kernel
 * and its users, deprivileged alike, have roots of their own. Where an address leads is found by
 * {@link vivarium.api.memory.Mmu#resolve}, and what is kept of that is dropped when {@link
 * vivarium.api.memory.TlbHolder} says so.
 *
 * <p>One for each virtual hart; all calls come from that hart's thread.
 */
public interface HardwareHart extends AutoCloseable {
  /**
   * Executes guest code in user mode, from the state in the hart block, until there is something
   * for the monitor; leaves the state there. Called once per trap, so it allocates nothing.
   *
   * @param budget steps after which the timer interrupts, at least 1; exact
   */
  HartEvent run(long budget);

  /**
   * The instruction of the last {@link HartEvent#INSTRUCTION} or {@link HartEvent#ACCESS}, fetched
   * from the pc.
   */
  Decoded instruction();

  /** The instruction set's number of the cause of the last {@link HartEvent#EXCEPTION}. */
  long cause();

  /** What goes with it: the faulting address or the instruction's bits. */
  long value();

  /** Gives back what the hart holds of the host. */
  @Override
  void close();
}
