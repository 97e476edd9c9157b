package vivarium.core.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import vivarium.api.VivariumException;
import vivarium.core.memory.MachineMemory;
import vivarium.core.plugin.PluginCatalog;
import vivarium.core.schedule.Schedulable;
import vivarium.core.schedule.Scheduler;
import vivarium.core.schedule.Share;

/**
 * A virtual machine as an embedder holds it: assembled, then run by the monitor's scheduler ({@link
 * #start}) or on the caller's thread ({@link #run()}). All methods from any thread, but {@link
 * #machine}, whose parts belong to whoever runs the machine at the time.
 */
public final class VirtualMachine implements AutoCloseable {
  /** What it is doing. */
  public enum State {
    /** Assembled, and not running. */
    READY,
    /** Running, or waiting for an interrupt. */
    RUNNING,
    /** Held by {@link VirtualMachine#pause}. */
    PAUSED,
    /** Powered off, failed or asking for a reset. */
    ENDED,
    /** Given up: its memory and disks are free. */
    CLOSED
  }

  /** What another thread wants of the machine's own. */
  private enum Request {
    STOP,
    POWER_OFF,
    RESET,
    TRIM
  }

  private final Chassis chassis;
  private final @Nullable Scheduler scheduler;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Request> requests = new ArrayList<>();
  private State state = State.READY;
  private boolean pauseWanted;

  /** Whether it is held: the scheduler may wake it all the same, with a wake that came late. */
  private volatile boolean held;

  private volatile boolean disturbed;
  private @Nullable Outcome outcome;
  private volatile @Nullable Thread runner;
  private Scheduler.@Nullable Ticket ticket;
  private Share share;
  private Optional<Scheduler.Usage> usage = Optional.empty();
  private volatile Consumer<Outcome> onEnd = end -> {};

  private VirtualMachine(Chassis chassis, @Nullable Scheduler scheduler) {
    this.chassis = chassis;
    this.scheduler = scheduler;
    share = chassis.config().share();
    listen();
  }

  /**
   * Assembles a machine, ready to run. Nothing is left behind when it cannot be.
   *
   * @throws VivariumException in one line, if the configuration is contradictory or impossible, a
   *     plugin or file is missing or wrong, or there is not memory enough
   */
  public static VirtualMachine create(
      MachineConfig config, PluginCatalog catalog, MachineMemory machineMemory) {
    return create(config, catalog, () -> machineMemory, null);
  }

  /**
   * The same, where machine memory may still be in the making, and with a scheduler.
   *
   * @param memory asked once the configuration has been found sound
   * @param scheduler runs it once it is started; with none it then has a thread of its own
   */
  public static VirtualMachine create(
      MachineConfig config,
      PluginCatalog catalog,
      Supplier<MachineMemory> memory,
      @Nullable Scheduler scheduler) {
    return new VirtualMachine(Chassis.create(config, catalog, memory), scheduler);
  }

  private void listen() {
    machine().inbox().onPost(this::signal);
  }

  /** What it was made of. */
  public MachineConfig config() {
    return chassis.config();
  }

  /** The machine as it is since the last reset; to be looked at between runs. */
  public Machine machine() {
    return chassis.machine();
  }

  /** What it is doing. */
  public State state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Runs by the scheduler, or, without one, on a thread of its own; {@link #await} tells how it
   * ended.
   *
   * @throws VivariumException if it is not ready
   */
  public void start() {
    lock.lock();
    try {
      begin();
      Run run = new Run(maxSteps());
      if (scheduler == null) {
        Thread.ofPlatform().name("vm " + config().name()).start(() -> runUntilEnd(run));
      } else {
        ticket = scheduler.add(config().name(), share, run);
      }
    } catch (Throwable e) {
      state = isRunning() ? State.READY : state;
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Runs on the calling thread until the machine ends, is stopped, or has made the configured
   * number of steps. After {@link Outcome.Kind#STOPPED} and {@link Outcome.Kind#STEPS_DONE} it can
   * be called again.
   *
   * @throws VivariumException if it is not ready
   */
  public Outcome run() {
    return run(maxSteps());
  }

  /**
   * The same for at most so many steps: exactly as many, unless it ends before.
   *
   * @param steps of all harts together
   */
  public Outcome run(long steps) {
    lock.lock();
    try {
      begin();
    } finally {
      lock.unlock();
    }
    return runUntilEnd(new Run(steps));
  }

  private long maxSteps() {
    return config().maxSteps().orElse(Long.MAX_VALUE);
  }

  private void begin() {
    switch (state) {
      case READY -> {
        state = State.RUNNING;
        outcome = null;
      }
      case RUNNING, PAUSED -> throw refuse("runs already");
      case ENDED -> throw refuse("has ended; only a reset makes it run again");
      case CLOSED -> throw refuse("is closed");
    }
  }

  private VivariumException refuse(String reason) {
    return new VivariumException("machine " + config().name() + " " + reason);
  }

  private Outcome runUntilEnd(Run run) {
    while (true) {
      switch (run.advance(Long.MAX_VALUE)) {
        case Schedulable.Progress.Ran ran -> {}
        case Schedulable.Progress.Waits wait -> waitForEvent(wait.nanos());
        case Schedulable.Progress.Ended ended -> {
          return run.end;
        }
      }
    }
  }

  /** A run from start to end. */
  private final class Run implements Schedulable {
    private long left;
    private Outcome end = Outcome.broken("internal error");

    Run(long steps) {
      left = steps;
    }

    @Override
    public Progress advance(long nanos) {
      Progress progress = Progress.ENDED;
      runner = Thread.currentThread();
      try {
        progress = disturbed ? obey() : held ? Progress.WAITS_TO_BE_WOKEN : turn(nanos);
        return progress;
      } finally {
        runner = null;
        if (progress instanceof Progress.Ended) {
          finish(end);
        }
      }
    }

    private Progress turn(long nanos) {
      if (left <= 0) {
        return ended(Outcome.STEPS_DONE);
      }
      Machine current = machine();
      long before = current.steps();
      MachineRunner.Turn turn = current.runner().turn(left, nanos);
      left -= current.steps() - before;
      return switch (turn) {
        case MachineRunner.Turn.Ran ran -> Progress.RAN;
        case MachineRunner.Turn.Idle idle ->
            left > 0 ? new Progress.Waits(idle.nanos(), idle.slackNanos()) : Progress.RAN;
        case MachineRunner.Turn.Ended ended -> ended(ended.outcome());
      };
    }

    private Progress ended(Outcome outcome) {
      end = outcome;
      return Progress.ENDED;
    }

    /** Does what other threads asked for. */
    private Progress obey() {
      lock.lock();
      try {
        while (!requests.isEmpty()) {
          Outcome wanted =
              switch (requests.removeFirst()) {
                case STOP -> Outcome.STOPPED;
                case POWER_OFF -> Outcome.POWERED_OFF;
                case RESET -> reassemble();
                case TRIM -> {
                  machine().runner().giveUpEngines();
                  yield null;
                }
              };
          if (wanted != null) {
            return ended(wanted);
          }
        }
        disturbed = false;
        return hold(pauseWanted) ? Progress.WAITS_TO_BE_WOKEN : Progress.RAN;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void interrupt() {
      machine().inbox().endRun();
    }
  }

  private boolean hold(boolean wanted) {
    if (wanted) {
      machine().machineClock().pause();
    } else {
      machine().machineClock().resume();
    }
    held = wanted;
    state = wanted ? State.PAUSED : State.RUNNING;
    changed.signalAll();
    return wanted;
  }

  private void waitForEvent(long nanos) {
    lock.lock();
    try {
      if (!disturbed && (state == State.PAUSED || machine().inbox().isEmpty())) {
        long _ = changed.awaitNanos(nanos); // why it ended, the next turn will find out
      }
    } catch (InterruptedException e) {
      requests.add(Request.STOP);
      disturbed = true;
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Outcome reassemble() {
    try {
      chassis.reassemble();
      listen();
      return null;
    } catch (VivariumException e) {
      return Outcome.broken(String.valueOf(e.getMessage()));
    }
  }

  private void finish(Outcome end) {
    lock.lock();
    try {
      outcome = end;
      usage = ticket == null ? Optional.empty() : Optional.of(ticket.usage());
      ticket = null;
      requests.clear();
      pauseWanted = false;
      held = false;
      disturbed = false;
      state = end.isFinal() ? State.ENDED : State.READY;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    onEnd.accept(end);
  }

  /**
   * Sets who is told how a run ends; one listener, before the machine is started. It is called on
   * the thread that ran the machine, and must be quick.
   */
  public void onEnd(Consumer<Outcome> listener) {
    onEnd = listener;
  }

  /** What it may have of the processors. */
  public Share share() {
    lock.lock();
    try {
      return share;
    } finally {
      lock.unlock();
    }
  }

  /** Changes what it may have of the processors, running or not. */
  public void setShare(Share wanted) {
    lock.lock();
    try {
      share = wanted;
      if (ticket != null) {
        ticket.setShare(wanted);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * What it has had of the processors since it was started last; empty where no scheduler ran it.
   */
  public Optional<Scheduler.Usage> usage() {
    lock.lock();
    try {
      return ticket == null ? usage : Optional.of(ticket.usage());
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of its RAM that the host has given pages to. */
  public long residentBytes() {
    lock.lock();
    try {
      return chassis.extent().residentBytes();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a started machine's run has ended, and tells how. */
  public Outcome await() throws InterruptedException {
    lock.lock();
    try {
      while (outcome == null) {
        if (state == State.READY || state == State.CLOSED) {
          throw refuse("has not been started");
        }
        changed.await();
      }
      return outcome;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the run at hand, with outcome {@code STOPPED}; nothing if there is none. */
  public void stop() {
    request(Request.STOP);
  }

  /** Turns the power off, as if the cable were pulled; nothing if the machine does not run. */
  public void powerOff() {
    request(Request.POWER_OFF);
  }

  private void request(Request request) {
    lock.lock();
    try {
      if (isRunning()) {
        requests.add(request);
        disturb();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Back to the state after power-on: RAM is empty, images are loaded anew, disks stay as they are.
   * A running machine goes on from there; one that has ended is ready to run.
   *
   * @throws VivariumException if an image can no longer be loaded
   */
  public void reset() {
    lock.lock();
    try {
      switch (state) {
        case RUNNING, PAUSED -> {
          requests.add(Request.RESET);
          disturb();
        }
        case READY, ENDED -> {
          Outcome failure = reassemble();
          if (failure != null) {
            state = State.ENDED;
            throw new VivariumException(failure.message());
          }
          state = State.READY;
          outcome = null;
        }
        case CLOSED -> throw refuse("is closed");
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives back what the engines have made of the guest's code; they make it again when they need
   * it, and nothing else changes. A machine that hardly runs does so by itself.
   */
  public void trim() {
    lock.lock();
    try {
      switch (state) {
        case RUNNING, PAUSED -> {
          requests.add(Request.TRIM);
          disturb();
        }
        case READY, ENDED -> machine().runner().giveUpEngines();
        case CLOSED -> throw refuse("is closed");
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Holds the machine between two instructions, its time standing still; returns when it is held.
   * Nothing if it does not run.
   */
  public void pause() {
    lock.lock();
    try {
      if (isRunning()) {
        pauseWanted = true;
        disturb();
        while (state == State.RUNNING && pauseWanted && !Thread.currentThread().equals(runner)) {
          changed.awaitUninterruptibly();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets a paused machine go on. */
  public void resume() {
    lock.lock();
    try {
      if (pauseWanted) {
        pauseWanted = false;
        disturb();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isRunning() {
    return state == State.RUNNING || state == State.PAUSED;
  }

  private void disturb() {
    disturbed = true;
    machine().inbox().endRun();
    changed.signalAll();
    if (ticket != null) {
      ticket.wakeAtOnce();
    }
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
      if (ticket != null) {
        ticket.wake();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Powers off if need be, and frees memory and disks. */
  @Override
  public void close() {
    lock.lock();
    try {
      while (isRunning()) {
        request(Request.POWER_OFF);
        changed.awaitUninterruptibly();
      }
      if (state != State.CLOSED) {
        state = State.CLOSED;
        chassis.close();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }
}
