package vivarium.distribution.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import vivarium.core.machine.ActivitySampler;
import vivarium.core.machine.MachineConfig;
import vivarium.core.machine.Outcome;
import vivarium.core.machine.StreamConsole;
import vivarium.core.machine.VirtualMachine;
import vivarium.core.memory.MachineMemory;
import vivarium.core.plugin.PluginCatalog;
import vivarium.distribution.terminal.EscapeKeys;
import vivarium.distribution.terminal.Terminal;

/** One machine at the console, from power-on to power-off. It runs on the calling thread. */
final class MachineSession {
  private static final String KEYS =
      """
      Ctrl-A x       leaves: as if the cable were pulled
      Ctrl-A s       shows what happened how often
      Ctrl-A Ctrl-A  sends Ctrl-A to the guest
      Ctrl-A h       shows this\
      """;

  private final Host host;
  private final PluginCatalog plugins;
  private final boolean stats;
  private volatile @Nullable VirtualMachine machine;
  private volatile @Nullable ActivitySampler sampler;

  MachineSession(Host host, PluginCatalog plugins, boolean stats) {
    this.host = host;
    this.plugins = plugins;
    this.stats = stats;
  }

  /**
   * Runs a machine to its end.
   *
   * @param config everything but the console
   * @return the exit status
   * @throws vivarium.api.VivariumException if it cannot be assembled
   */
  int run(MachineConfig.Builder config) {
    boolean atTerminal = host.terminal().getAsBoolean();
    try (StreamConsole console = new StreamConsole(typed(atTerminal), host.console());
        MachineMemory memory = MachineMemory.ofHost();
        VirtualMachine assembled =
            VirtualMachine.create(config.console(console).build(), plugins, memory)) {
      machine = assembled;
      long start = System.nanoTime();
      ActivitySampler watching = stats ? new ActivitySampler(assembled) : null;
      sampler = watching;
      Outcome outcome;
      try (StatsSocket _ =
          new StatsSocket(host.stats().get(), out -> tell(assembled, start, out))) {
        outcome = atTerminal ? runAtTerminal(assembled) : assembled.run();
      }
      console.flush();
      report(outcome);
      if (watching != null) {
        watching.close();
        MachineStats.print(assembled, System.nanoTime() - start, watching, host.err());
      }
      return ExitStatus.of(outcome);
    }
  }

  private InputStream typed(boolean atTerminal) {
    return atTerminal
        ? new EscapeKeys(
            host.in(), Map.of('x', this::leave, 's', this::showStats, 'h', this::showKeys))
        : host.in();
  }

  private Outcome runAtTerminal(VirtualMachine assembled) {
    host.say("Ctrl-A x leaves, Ctrl-A h tells more");
    try (Terminal raw = Terminal.raw()) {
      return assembled.run();
    }
  }

  private void report(Outcome outcome) {
    switch (outcome.kind()) {
      case POWERED_OFF, STOPPED -> {}
      case RESET -> host.say("the guest asked for a reset");
      case FAILED, BROKEN -> host.say(outcome.message());
      case STEPS_DONE -> host.say("as many steps as wanted are done");
    }
  }

  private void leave() {
    VirtualMachine running = machine;
    if (running != null) {
      running.stop();
    }
  }

  private void showStats() {
    VirtualMachine running = machine;
    if (running != null) {
      MachineStats.print(running, 0, sampler, host.err());
    }
  }

  private void tell(VirtualMachine running, long start, PrintStream out) {
    out.println(running.config().name());
    MachineStats.print(running, System.nanoTime() - start, sampler, out);
  }

  private void showKeys() {
    host.err().println("\n" + KEYS);
  }
}
