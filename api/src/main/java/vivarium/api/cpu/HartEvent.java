package vivarium.api.cpu;

/** Why a {@link HardwareHart} gave the host's thread back to the monitor. */
public enum HartEvent {
  /**
   * An instruction that user mode may not execute: {@link HardwareHart#instruction()}. Nothing of
   * it has been done and no step counted; the pc is its address.
   */
  INSTRUCTION,

  /**
   * An access that the monitor keeps from the hart: to a device, or to a page that serves as a page
   * table. Nothing has been done and no step counted; the pc is the address of {@link
   * HardwareHart#instruction()}.
   */
  ACCESS,

  /**
   * An exception that belongs to the guest: {@link HardwareHart#cause()} and {@link
   * HardwareHart#value()}. No step has been counted; the pc is the address of the instruction.
   */
  EXCEPTION,

  /** Something outside wants the hart's attention: {@link vivarium.api.isa.HartBlock#attention}. */
  INTERRUPT,

  /** The timer: as many steps were made as granted. */
  TIMER
}
