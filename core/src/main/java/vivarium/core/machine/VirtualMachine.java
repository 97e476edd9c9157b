package vivarium.core.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.api.VivariumException;
import vivarium.api.device.BlockStorage;
import vivarium.core.memory.Extent;
import vivarium.core.memory.MachineMemory;
import vivarium.core.plugin.PluginCatalog;

/**
 * A virtual machine as an embedder holds it: assembled, then run on a thread of its own ({@link
 * #start}) or on the caller's ({@link #run()}). All methods from any thread, but {@link #machine},
 * whose parts belong to the machine's own thread while it runs.
 */
public final class VirtualMachine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VirtualMachine.class);

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
    RESET
  }

  private final MachineConfig config;
  private final Parts parts;
  private final MachineMemory machineMemory;
  private final Cleanup opened;
  private final List<BlockStorage> storages;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Request> requests = new ArrayList<>();
  private Extent extent;
  private volatile Machine machine;
  private State state = State.READY;
  private boolean pauseWanted;
  private volatile boolean disturbed;
  private @Nullable Outcome outcome;
  private @Nullable Thread runner;

  private VirtualMachine(
      MachineConfig config,
      Parts parts,
      MachineMemory machineMemory,
      Cleanup opened,
      List<BlockStorage> storages,
      Extent extent) {
    this.config = config;
    this.parts = parts;
    this.machineMemory = machineMemory;
    this.opened = opened;
    this.storages = storages;
    this.extent = extent;
    machine = assemble();
  }

  /**
   * Assembles a machine, ready to run. Nothing is left behind when it cannot be.
   *
   * @throws VivariumException in one line, if the configuration is contradictory or impossible, a
   *     plugin or file is missing or wrong, or there is not memory enough
   */
  public static VirtualMachine create(
      MachineConfig config, PluginCatalog catalog, MachineMemory machineMemory) {
    return create(config, catalog, () -> machineMemory);
  }

  /**
   * The same, where machine memory may still be in the making.
   *
   * @param memory asked once the configuration has been found sound
   */
  public static VirtualMachine create(
      MachineConfig config, PluginCatalog catalog, Supplier<MachineMemory> memory) {
    Parts parts = Parts.find(config, catalog);
    Cleanup opened = new Cleanup();
    Extent extent = null;
    try {
      List<BlockStorage> storages = new ArrayList<>();
      for (MachineConfig.Disk disk : config.disks()) {
        storages.add(opened.add(RawImage.open(disk.path(), disk.readOnly())));
      }
      MachineMemory machineMemory = memory.get();
      extent = machineMemory.give(config.name(), config.memoryBytes());
      return new VirtualMachine(config, parts, machineMemory, opened, storages, extent);
    } catch (Throwable e) {
      opened.close();
      if (extent != null) {
        extent.close();
      }
      throw e;
    }
  }

  private Machine assemble() {
    Machine assembled = Assembly.assemble(config, parts, extent, storages);
    assembled.inbox().onPost(this::signal);
    return assembled;
  }

  /** What it was made of. */
  public MachineConfig config() {
    return config;
  }

  /** The machine as it is since the last reset; to be looked at between runs. */
  public Machine machine() {
    return machine;
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
   * Runs on a thread of its own; {@link #await} tells how it ended.
   *
   * @throws VivariumException if it is not ready
   */
  public void start() {
    lock.lock();
    try {
      begin();
      Thread.ofPlatform().name("vm " + config.name()).start(() -> runUntilEnd(maxSteps()));
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
    return runUntilEnd(steps);
  }

  private long maxSteps() {
    return config.maxSteps().orElse(Long.MAX_VALUE);
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
    return new VivariumException("machine " + config.name() + " " + reason);
  }

  private Outcome runUntilEnd(long steps) {
    lock.lock();
    try {
      runner = Thread.currentThread();
    } finally {
      lock.unlock();
    }
    Outcome end = null;
    try {
      end = loop(steps);
      return end;
    } finally {
      finish(end == null ? Outcome.broken("internal error") : end);
    }
  }

  private Outcome loop(long steps) {
    long left = steps;
    while (true) {
      if (disturbed) {
        Outcome wanted = obey();
        if (wanted != null) {
          return wanted;
        }
      }
      if (left <= 0) {
        return Outcome.STEPS_DONE;
      }
      Machine current = machine;
      long before = current.steps();
      switch (current.runner().turn(left)) {
        case MachineRunner.Turn.Ran ran -> left -= current.steps() - before;
        case MachineRunner.Turn.Idle idle -> waitForEvent(current, idle.nanos());
        case MachineRunner.Turn.Ended ended -> {
          return ended.outcome();
        }
      }
    }
  }

  private void waitForEvent(Machine current, long nanos) {
    lock.lock();
    try {
      if (!disturbed && current.inbox().isEmpty()) {
        long left = changed.awaitNanos(nanos);
        LOG.trace("{} goes on with {} ns left", config.name(), left);
      }
    } catch (InterruptedException e) {
      requests.add(Request.STOP);
      disturbed = true;
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /** Does what other threads asked for; returns an outcome if the run is to end. */
  private @Nullable Outcome obey() {
    lock.lock();
    try {
      while (true) {
        while (!requests.isEmpty()) {
          Outcome wanted =
              switch (requests.removeFirst()) {
                case STOP -> Outcome.STOPPED;
                case POWER_OFF -> Outcome.POWERED_OFF;
                case RESET -> reassemble();
              };
          if (wanted != null) {
            return wanted;
          }
        }
        if (!pauseWanted) {
          disturbed = false;
          return null;
        }
        hold();
      }
    } finally {
      lock.unlock();
    }
  }

  private void hold() {
    machine.machineClock().pause();
    state = State.PAUSED;
    changed.signalAll();
    while (pauseWanted && requests.isEmpty()) {
      changed.awaitUninterruptibly();
    }
    state = State.RUNNING;
    machine.machineClock().resume();
  }

  private @Nullable Outcome reassemble() {
    try {
      machine.close();
      extent.close();
      extent = machineMemory.give(config.name(), config.memoryBytes());
      machine = assemble();
      return null;
    } catch (VivariumException e) {
      return Outcome.broken(String.valueOf(e.getMessage()));
    }
  }

  private void finish(Outcome end) {
    lock.lock();
    try {
      outcome = end;
      runner = null;
      requests.clear();
      pauseWanted = false;
      disturbed = false;
      state = end.isFinal() ? State.ENDED : State.READY;
      changed.signalAll();
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
      pauseWanted = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean isRunning() {
    return state == State.RUNNING || state == State.PAUSED;
  }

  private void disturb() {
    disturbed = true;
    machine.inbox().interruptRun();
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
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
        machine.close();
        opened.close();
        extent.close();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }
}
