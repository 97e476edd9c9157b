package vivarium.core;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.api.VivariumException;
import vivarium.core.machine.MachineConfig;
import vivarium.core.machine.VirtualMachine;
import vivarium.core.memory.MachineMemory;
import vivarium.core.plugin.PluginCatalog;
import vivarium.core.schedule.Scheduler;

/**
 * The monitor: owns machine memory, the plugins and the scheduler, and makes virtual machines. What
 * an embedder begins with. Safe from any thread.
 *
 * {@snippet :
 * try (Monitor monitor = Monitor.load(List.of(Path.of("plugins")))) {
 *   BufferConsole console = new BufferConsole();
 *   VirtualMachine busy =
 *       monitor.create(MachineConfig.builder().name("busy").kernel(one).build());
 *   VirtualMachine quick =
 *       monitor.create(
 *           MachineConfig.builder()
 *               .name("quick")
 *               .kernel(other)
 *               .console(console)
 *               .share(new Share(300, 50)) // three times the weight, at most half a core
 *               .build());
 *   busy.start(); // both run at once, on the cores there are
 *   quick.start();
 *   Outcome outcome = quick.await();
 *   busy.powerOff();
 * }
 * }
 */
public final class Monitor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Monitor.class);

  private final PluginCatalog catalog;
  private final CompletableFuture<MachineMemory> memory;
  private final Scheduler scheduler;
  private final List<VirtualMachine> machines = new ArrayList<>();
  private boolean closed;

  private Monitor(
      PluginCatalog catalog, CompletableFuture<MachineMemory> memory, Scheduler scheduler) {
    this.catalog = catalog;
    this.memory = memory;
    this.scheduler = scheduler;
  }

  /**
   * Maps memory on another thread: the first call into the host's C library takes as long as
   * finding the plugins, and nothing needs it before a machine is made.
   */
  private static CompletableFuture<MachineMemory> hostMemory() {
    LOG.debug("maps machine memory"); // so that the logger exists before there are two threads
    return CompletableFuture.supplyAsync(MachineMemory::ofHost);
  }

  /** A monitor of the whole host's memory with given plugins. */
  public static Monitor of(PluginCatalog catalog) {
    return new Monitor(catalog, hostMemory(), Scheduler.ofHost());
  }

  /**
   * A monitor with given plugins and so much memory for all machines together.
   *
   * @param memoryLimit bytes
   */
  public static Monitor of(PluginCatalog catalog, long memoryLimit) {
    return of(catalog, memoryLimit, Scheduler.ofHost());
  }

  /**
   * The same, on given processors.
   *
   * @param scheduler runs the machines; closed with the monitor
   */
  public static Monitor of(PluginCatalog catalog, long memoryLimit, Scheduler scheduler) {
    return new Monitor(
        catalog, CompletableFuture.completedFuture(MachineMemory.ofBytes(memoryLimit)), scheduler);
  }

  /** A monitor of the whole host's memory on given processors; they are closed with it. */
  public static Monitor of(PluginCatalog catalog, Scheduler scheduler) {
    return new Monitor(catalog, hostMemory(), scheduler);
  }

  /**
   * A monitor of the whole host's memory with the plugins of some directories.
   *
   * @param pluginDirectories as {@link PluginCatalog#load} takes them
   */
  public static Monitor load(List<Path> pluginDirectories) {
    CompletableFuture<MachineMemory> memory = hostMemory();
    return new Monitor(PluginCatalog.load(pluginDirectories), memory, Scheduler.ofHost());
  }

  /** What can be chosen by name. */
  public PluginCatalog catalog() {
    return catalog;
  }

  /** What all machines share. */
  public MachineMemory memory() {
    try {
      return memory.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** What runs the machines that are started. */
  public Scheduler scheduler() {
    return scheduler;
  }

  /**
   * Assembles a machine, ready to run.
   *
   * @throws VivariumException in one line, if it cannot be had; nothing is left behind then
   */
  public VirtualMachine create(MachineConfig config) {
    VirtualMachine machine = VirtualMachine.create(config, catalog, this::memory, scheduler);
    synchronized (this) {
      if (closed) {
        machine.close();
        throw new VivariumException("the monitor is closed");
      }
      machines.removeIf(other -> other.state() == VirtualMachine.State.CLOSED);
      machines.add(machine);
    }
    return machine;
  }

  /** The machines that are not closed, in the order in which they were made. */
  public synchronized List<VirtualMachine> machines() {
    return machines.stream()
        .filter(machine -> machine.state() != VirtualMachine.State.CLOSED)
        .toList();
  }

  /** Powers off and closes every machine, then gives machine memory back to the host. */
  @Override
  public void close() {
    List<VirtualMachine> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(machines);
      machines.clear();
    }
    left.forEach(VirtualMachine::close);
    scheduler.close();
    memory().close();
  }
}
