package vivarium.api.cpu;

/** Why a run of a virtual processor came back to the monitor. */
public sealed interface Exit {
  /** The budget is spent. */
  BudgetSpent BUDGET_SPENT = new BudgetSpent();

  /** The guest waits for an interrupt. */
  Waiting WAITING = new Waiting();

  /** The monitor had asked for the thread. */
  Stopped STOPPED = new Stopped();

  /** The budget is spent: exactly as many steps were made as granted. */
  record BudgetSpent() implements Exit {}

  /**
   * The guest waits for an interrupt (RISC-V: {@code wfi}); run again when {@link
   * vivarium.api.isa.Hart#wakes()}.
   */
  record Waiting() implements Exit {}

  /** {@link vivarium.api.isa.HartBlock#ATTENTION_STOP} was requested, and has been cleared. */
  record Stopped() implements Exit {}
}
