package vivarium.api.cpu;

import java.util.Objects;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.DeprivilegedHart;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.memory.Mmu;

/**
 * A hart in software: any strategy's engine, which is given a {@link DeprivilegedHart} to run. The
 * engine executes unprivileged instructions as it always does, at its full speed; whatever needs
 * privilege comes to the deprivileged hart, which stops the engine.
 */
public final class SoftwareHart implements HardwareHart {
  private final HartBlock block;
  private final Mmu mmu;
  private final DeprivilegedHart hart;
  private final CpuEngine engine;

  private SoftwareHart(DeprivilegedHart hart, CpuEngine engine) {
    this.hart = hart;
    this.engine = engine;
    block = hart.block();
    mmu = hart.mmu();
  }

  /**
   * Makes a hart.
   *
   * @param strategy makes the engine
   * @param environment the virtual hart's; the engine gets it with the deprivileged hart in place
   *     of the virtual one
   * @throws vivarium.api.VivariumException if the instruction set has no user mode, or the strategy
   *     refuses
   */
  public static SoftwareHart create(CpuStrategy strategy, CpuEnvironment environment) {
    Hart guest = environment.hart();
    DeprivilegedHart hart =
        new DeprivilegedHart(guest, environment.instructionSet().createUserHart(guest));
    CpuEnvironment below =
        new CpuEnvironment(
            environment.instructionSet(),
            hart,
            environment.memory(),
            environment.host(),
            environment.options());
    return new SoftwareHart(hart, strategy.create(below));
  }

  @Override
  public HartEvent run(long budget) {
    hart.enter();
    mmu.setDeprivileged(true);
    Exit exit;
    try {
      exit = engine.run(budget);
    } finally {
      mmu.setDeprivileged(false);
    }
    HartEvent kept = hart.left();
    if (kept != null) {
      hart.counters().budgetExits--;
    }
    HartEvent event =
        switch (exit) {
          case Exit.BudgetSpent spent -> HartEvent.TIMER;
          case Exit.Stopped stopped -> requestAgain(HartBlock.ATTENTION_STOP);
          case Exit.Waiting waiting -> requestAgain(HartBlock.ATTENTION_WAIT);
        };
    return kept == null ? event : kept;
  }

  /** What the engine looked at and cleared is the monitor's to look at. */
  private HartEvent requestAgain(int attention) {
    block.requestAttention(attention);
    return HartEvent.INTERRUPT;
  }

  @Override
  public Decoded instruction() {
    return Objects.requireNonNull(hart.instruction(), "no instruction came to the monitor");
  }

  @Override
  public long cause() {
    return hart.cause();
  }

  @Override
  public long value() {
    return hart.value();
  }

  @Override
  public void close() {
    engine.close();
  }
}
