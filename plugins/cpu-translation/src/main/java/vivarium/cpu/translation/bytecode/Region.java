package vivarium.cpu.translation.bytecode;

import org.jspecify.annotations.Nullable;
import vivarium.api.fp.Fpu;
import vivarium.api.memory.Mmu;
import vivarium.api.memory.NearMemory;

/** Guest code as a method; extended by hidden classes only. */
abstract class Region {
  /**
   * Instructions that may throw, by number: their addresses, and how many of their trace are
   * complete before them.
   */
  private final long[] pcs;

  private final int[] completed;

  /** How often accesses that were not near have made it leave, of late. */
  int fars;

  /** The step at which that was last so. */
  long lastFar;

  /** Least budget that it may be entered with. */
  private int need;

  /** The trace that it begins with, once it is in place. */
  @Nullable FlatTrace head;

  Region(long[] pcs, int[] completed, int need) {
    this.pcs = pcs;
    this.completed = completed;
    this.need = need;
  }

  /**
   * Runs from the region's head while pc and budget allow.
   *
   * @param x the registers, right again when it returns
   * @param frame its budget is one that it {@linkplain #mayRun may run} with
   * @return what an access threw; registers and frame are those before its instruction
   */
  abstract @Nullable RuntimeException run(long[] x, Mmu mmu, NearMemory near, Fpu fpu, Frame frame);

  /** Whether it may be entered with a budget. */
  final boolean mayRun(long budget) {
    return need <= budget;
  }

  /** It is not to be entered any more. */
  final void giveUp() {
    need = Integer.MAX_VALUE;
  }

  /** Called by generated code after an exception, with the budget at the head of the trace. */
  final RuntimeException thrown(RuntimeException exception, Frame frame, long budget, int at) {
    frame.pc = pcs[at];
    frame.budget = budget - completed[at];
    return exception;
  }
}
