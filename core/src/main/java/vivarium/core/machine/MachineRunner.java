package vivarium.core.machine;

import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.api.VivariumException;
import vivarium.api.cpu.Activity;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.Exit;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.core.memory.HostLoan;

/**
 * Runs a machine's harts in turns: does what other threads posted, expires timers, gives one hart a
 * budget, and looks at how its run ended. It has no thread of its own, and does not wait: whoever
 * schedules machines calls {@link #turn}, always from one thread at a time.
 */
final class MachineRunner {
  private static final Logger LOG = LoggerFactory.getLogger(MachineRunner.class);
  private static final long LEAST_QUANTUM = 20_000;
  private static final long MOST_QUANTUM = 2_000_000;
  private static final double RUN_NANOS = 1_000_000;

  /** A run shorter than this says little of how fast the machine is. */
  private static final long TELLING_STEPS = 10_000;

  /**
   * A deadline nearer than this is run up to, since an estimate of fewer steps is worth nothing.
   */
  private static final long LEAST_ESTIMATE = 1_000;

  private static final double NEW_RATE_WEIGHT = 0.25;

  /** Makes an engine of what it may borrow of the host, for a machine at rest or not. */
  interface EngineMaker {
    CpuEngine make(HostLoan host, boolean resting);
  }

  /** One virtual processor and what runs it. */
  static final class VirtualProcessor implements AutoCloseable {
    final Hart hart;
    private final EngineMaker maker;
    private HostLoan loan = new HostLoan();
    private @Nullable CpuEngine engine;
    private boolean waiting;

    /**
     * Makes a processor and its engine.
     *
     * @param maker asked again when the engine has been given up
     */
    VirtualProcessor(Hart hart, EngineMaker maker) {
      this.hart = hart;
      this.maker = maker;
      try {
        engine = maker.make(loan, false);
      } catch (Throwable e) {
        loan.close();
        throw e;
      }
    }

    private CpuEngine engine(boolean resting) {
      CpuEngine there = engine;
      if (there == null) {
        loan = new HostLoan();
        there = maker.make(loan, resting);
        engine = there;
      }
      return there;
    }

    @Override
    public void close() {
      giveUpEngine();
    }

    /** Gives back what the engine has, code and tables; the next run makes another. */
    private void giveUpEngine() {
      CpuEngine there = engine;
      engine = null;
      try (HostLoan _ = loan) {
        if (there != null) {
          there.close();
        }
      }
    }
  }

  /** What came of a turn. */
  sealed interface Turn {
    /** Something was done; there may be more to do. */
    record Ran() implements Turn {}

    /**
     * Nothing can run any more before something is posted, or so much of the host's time is over.
     *
     * @param nanos how long to wait at most
     * @param slackNanos how much longer it may be
     */
    record Idle(long nanos, long slackNanos) implements Turn {}

    /** The machine is at its end. */
    record Ended(Outcome outcome) implements Turn {}
  }

  private static final Turn RAN = new Turn.Ran();

  private final String name;
  private final List<VirtualProcessor> processors;
  private final MachineClock clock;
  private final Inbox inbox;
  private final Power power;
  private final Console console;
  private final Rest rest;
  private final long fixedQuantum;
  private final LongSupplier nanoTime;
  private double stepsPerNano = 0.02;
  private int next;
  private @Nullable Hart running;
  private long runEndTicks;
  private @Nullable Outcome end;

  /**
   * Makes a runner.
   *
   * @param fixedQuantum most steps of a run; 0 for as many as take a millisecond
   */
  MachineRunner(
      String name,
      List<VirtualProcessor> processors,
      MachineClock clock,
      Inbox inbox,
      Power power,
      Console console,
      Rest rest,
      long fixedQuantum) {
    this.name = name;
    this.processors = List.copyOf(processors);
    this.clock = clock;
    this.inbox = inbox;
    this.power = power;
    this.console = console;
    this.rest = rest;
    this.fixedQuantum = fixedQuantum;
    this.nanoTime = System::nanoTime;
    clock.onEarlier(this::deadlineMoved);
    power.onSwitch(this::endRun);
  }

  /**
   * One turn: at most one run of one hart.
   *
   * @param maxSteps most steps to make, at least 1
   * @param nanos about how long at most; a millisecond even if it is more
   */
  Turn turn(long maxSteps, long nanos) {
    if (end != null) {
      return new Turn.Ended(end);
    }
    try {
      Turn turn = tryTurn(maxSteps, nanos);
      console.flush();
      Outcome wanted = power.outcome();
      return wanted == null ? turn : ended(wanted);
    } catch (VivariumException e) {
      return ended(Outcome.broken(String.valueOf(e.getMessage())));
    } catch (Throwable e) { // whatever a plugin throws ends this machine, and no other
      LOG.debug("machine {}", name, e);
      return ended(Outcome.broken("internal error: " + e));
    } finally {
      running = null;
    }
  }

  private Turn ended(Outcome outcome) {
    end = outcome;
    rest.close();
    return new Turn.Ended(outcome);
  }

  private Turn tryTurn(long maxSteps, long nanos) {
    if (!inbox.isEmpty()) {
      inbox.drain();
      rest.attended();
    }
    clock.expire();
    if (power.outcome() != null) {
      return RAN;
    }
    VirtualProcessor processor = nextReady();
    if (processor == null) {
      return clock.skipToEarliest() ? RAN : rest();
    }
    run(processor, Math.min(maxSteps, budget(nanos)));
    rest.ran(steps(), this::giveUpEngines);
    return clock instanceof RealClock && allWait() ? rest() : RAN;
  }

  private boolean allWait() {
    for (VirtualProcessor processor : processors) {
      if (!processor.waiting || processor.hart.wakes()) {
        return false;
      }
    }
    return true;
  }

  private Turn rest() {
    if (!(clock instanceof RealClock)) {
      return new Turn.Idle(clock.nanosToEarliest(), 0);
    }
    long steps = steps();
    rest.waits(steps, this::giveUpEngines);
    return new Turn.Idle(
        Math.min(clock.nanosToEarliest(), rest.nanosToNextLook(steps)), rest.slackNanos());
  }

  private long steps() {
    long steps = 0;
    for (VirtualProcessor processor : processors) {
      steps += processor.hart.block().steps();
    }
    return steps;
  }

  private @Nullable VirtualProcessor nextReady() {
    for (int i = 0; i < processors.size(); i++) {
      VirtualProcessor processor = processors.get((next + i) % processors.size());
      if (processor.waiting && processor.hart.wakes()) {
        processor.hart.block().clearAttention(HartBlock.ATTENTION_WAIT);
        processor.waiting = false;
      }
      if (!processor.waiting) {
        next = (next + i + 1) % processors.size();
        return processor;
      }
    }
    return null;
  }

  private long budget(long nanos) {
    long quantum =
        fixedQuantum > 0
            ? fixedQuantum
            : Math.clamp(
                (long) (stepsPerNano * Math.min(nanos, RUN_NANOS)), LEAST_QUANTUM, MOST_QUANTUM);
    long toDeadline = clock.stepsToEarliest(stepsPerNano);
    return switch (clock) {
      case StepClock exact -> Math.max(1, Math.min(quantum, toDeadline));
      case RealClock estimate -> Math.min(quantum, Math.max(LEAST_ESTIMATE, toDeadline));
    };
  }

  private void run(VirtualProcessor processor, long budget) {
    Hart hart = processor.hart;
    HartBlock block = hart.block();
    long stepsBefore = block.steps();
    long start = nanoTime.getAsLong();
    runEndTicks = clock.ticks() + ticksOf(budget);
    running = hart;
    int before = hart.counters().begin(Activity.GUEST);
    Exit exit;
    try {
      exit = processor.engine(rest.isResting()).run(budget);
    } finally {
      hart.counters().end(before);
    }
    running = null;
    long made = block.steps() - stepsBefore;
    if (made >= TELLING_STEPS) {
      double rate = (double) made / Math.max(1, nanoTime.getAsLong() - start);
      stepsPerNano += NEW_RATE_WEIGHT * (rate - stepsPerNano);
    }
    processor.waiting =
        switch (exit) {
          case Exit.BudgetSpent spent -> false;
          case Exit.Waiting waiting -> true;
          case Exit.Stopped stopped -> {
            hart.counters().stops++;
            yield false;
          }
        };
  }

  /** When a run of so many steps will be over, in ticks from its start. */
  private long ticksOf(long budget) {
    return switch (clock) {
      case StepClock exact -> budget / StepClock.STEPS_PER_TICK + 1;
      case RealClock estimate ->
          (long) (budget / stepsPerNano * Board.TIMEBASE_HZ / 1_000_000_000L) + 1;
    };
  }

  /** The running hart set a deadline that may lie within the run: its budget is found anew. */
  private void deadlineMoved(long deadlineTicks) {
    if (running != null && Long.compareUnsigned(deadlineTicks, runEndTicks) <= 0) {
      endRun();
    }
  }

  private void endRun() {
    if (running != null) {
      running.block().requestAttention(HartBlock.ATTENTION_STOP);
    }
  }

  /** Gives up all engines at once: pages are known to hold no code when the last is gone. */
  void giveUpEngines() {
    processors.forEach(VirtualProcessor::giveUpEngine);
  }

  /** What a processor's engine makes of the instruction that it executes next. */
  String explainNext(int processor) {
    VirtualProcessor one = processors.get(processor);
    return one.engine(rest.isResting()).explain(one.hart.block().pc());
  }
}
