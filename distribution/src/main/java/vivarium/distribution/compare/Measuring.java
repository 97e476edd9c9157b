package vivarium.distribution.compare;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import vivarium.api.VivariumException;
import vivarium.core.machine.ActivitySampler;
import vivarium.core.machine.BufferConsole;
import vivarium.core.machine.MachineConfig;
import vivarium.core.machine.Outcome;
import vivarium.core.machine.VirtualMachine;
import vivarium.core.memory.MachineMemory;
import vivarium.core.plugin.PluginCatalog;

/**
 * Runs one guest under several combinations, one after the other, on the calling thread. Machines
 * are deterministic, so that they have to do and print the same.
 */
public final class Measuring {
  private final Supplier<MachineConfig.Builder> guest;
  private final PluginCatalog plugins;
  private final MachineMemory memory;

  /**
   * Makes ready to measure.
   *
   * @param guest describes the machine anew for each run, all but its strategies and console
   */
  public Measuring(
      Supplier<MachineConfig.Builder> guest, PluginCatalog plugins, MachineMemory memory) {
    this.guest = guest;
    this.plugins = plugins;
    this.memory = memory;
  }

  /**
   * Runs them all, in rounds: what counts is the last one, when HotSpot knows the monitor's code
   * and the order of the combinations matters no more.
   *
   * @param name the guest's, for people
   * @param rounds how often each is run, at least once
   * @param heard told of each measurement when it has been made
   */
  public Comparison run(
      String name, List<Combination> combinations, int rounds, Consumer<Measurement> heard) {
    List<Measurement> measurements = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      measurements.clear();
      for (Combination combination : combinations) {
        Measurement made = measure(combination);
        measurements.add(made);
        heard.accept(made);
      }
    }
    return new Comparison(name, measurements);
  }

  private Measurement measure(Combination combination) {
    BufferConsole console = new BufferConsole();
    MachineConfig config =
        guest
            .get()
            .cpu(combination.cpu())
            .memoryStrategy(combination.memory())
            .console(console)
            .build();
    try (VirtualMachine machine = VirtualMachine.create(config, plugins, memory);
        ActivitySampler sampler = new ActivitySampler(machine)) {
      long cpuBefore = cpuNanos();
      long start = System.nanoTime();
      Outcome outcome = machine.run();
      long wall = System.nanoTime() - start;
      return new Measurement.Ran(
          combination,
          outcome,
          wall,
          cpuNanos() - cpuBefore,
          machine.machine().statistics(),
          sampler.shares(0),
          console.text());
    } catch (VivariumException e) {
      return new Measurement.Refused(combination, String.valueOf(e.getMessage()));
    }
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }
}
