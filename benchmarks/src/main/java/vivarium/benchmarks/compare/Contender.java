package vivarium.benchmarks.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who runs a workload: a name for the table, and the way to launch it. */
public sealed interface Contender {
  /** RAM of the machine, in the notation that both launchers take. */
  String MEMORY = "256M";

  /** For the table. */
  String name();

  /** The command that runs a workload to its end. */
  List<String> command(Workload workload);

  /**
   * QEMU.
   *
   * @param program the emulator
   */
  record Qemu(String program) implements Contender {
    @Override
    public String name() {
      return "qemu";
    }

    @Override
    public List<String> command(Workload workload) {
      List<String> command =
          new ArrayList<>(List.of(program, "-M", "virt", "-m", MEMORY, "-nographic"));
      switch (workload) {
        case Workload.BareMetal guest -> command.addAll(List.of("-bios", guest.image().toString()));
        case Workload.KernelBoot boot -> addKernel(command, "-", boot);
      }
      return command;
    }
  }

  /**
   * Vivarium, as its user launches it.
   *
   * @param launcher bin/vivarium
   * @param cpu CPU strategy
   * @param memoryStrategy memory strategy, if not the default one
   */
  record Vivarium(Path launcher, String cpu, Optional<String> memoryStrategy) implements Contender {
    /**
     * Reads {@code CPU} or {@code CPU:MEMORY}.
     *
     * @param engine what the user typed
     */
    public static Vivarium of(Path launcher, String engine) {
      int colon = engine.indexOf(':');
      return colon < 0
          ? new Vivarium(launcher, engine, Optional.empty())
          : new Vivarium(
              launcher, engine.substring(0, colon), Optional.of(engine.substring(colon + 1)));
    }

    @Override
    public String name() {
      return memoryStrategy.map(memory -> cpu + ":" + memory).orElse(cpu);
    }

    @Override
    public List<String> command(Workload workload) {
      List<String> command =
          new ArrayList<>(List.of(launcher.toString(), "run", "--cpu", cpu, "--memory", MEMORY));
      memoryStrategy.ifPresent(memory -> command.addAll(List.of("--memory-strategy", memory)));
      switch (workload) {
        case Workload.BareMetal guest ->
            command.addAll(List.of("--firmware", guest.image().toString()));
        case Workload.KernelBoot boot -> addKernel(command, "--", boot);
      }
      return command;
    }
  }

  private static void addKernel(List<String> command, String dash, Workload.KernelBoot boot) {
    command.addAll(List.of(dash + "kernel", boot.kernel().toString()));
    command.addAll(List.of(dash + "initrd", boot.initrd().toString()));
    command.addAll(List.of(dash + "append", boot.append()));
  }
}
