package vivarium.distribution.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import vivarium.api.VivariumException;

/** {@code vivarium stats}: what has happened so far in machines that run. */
@Command(
    name = "stats",
    description = {
      "Prints what has happened how often in each machine that a running 'vivarium run' of the same"
          + " user keeps, as 'run --stats' does at the end.",
      "While machines run, counters are approximate."
    },
    mixinStandardHelpOptions = true)
final class StatsCommand implements Runnable {
  private final Host host;

  @Parameters(
      paramLabel = "PID",
      arity = "0..1",
      description = "The process that runs them; need not be said if there is only one")
  private @Nullable Long process;

  StatsCommand(Host host) {
    this.host = host;
  }

  @Override
  public void run() {
    StatsSocket.Place place = host.stats().get();
    host.out().print(StatsSocket.ask(place, process == null ? onlyOne(place) : process));
    host.out().flush();
  }

  private static long onlyOne(StatsSocket.Place place) {
    List<Long> processes = StatsSocket.processes(place);
    return switch (processes.size()) {
      case 0 -> throw new VivariumException("no 'vivarium run' of this user runs");
      case 1 -> processes.getFirst();
      default ->
          throw new VivariumException(
              "several run; say which: "
                  + String.join(", ", processes.stream().map(String::valueOf).toList()));
    };
  }
}
