package vivarium.distribution.cli;

import java.io.PrintStream;
import vivarium.core.machine.VirtualMachine;

/** What happened how often in a machine, for people. */
final class MachineStats {
  private MachineStats() {}

  /**
   * Prints the counters that are not zero. While the machine runs they are approximate.
   *
   * @param nanos how long it has run; 0 if not known
   */
  static void print(VirtualMachine machine, long nanos, PrintStream out) {
    StringBuilder lines = new StringBuilder();
    if (nanos > 0) {
      double seconds = nanos / 1e9;
      double mips = machine.machine().steps() / seconds / 1e6;
      lines.append("%-28s %,18.3f%n".formatted("seconds", seconds));
      lines.append("%-28s %,18.1f%n".formatted("million steps per second", mips));
    }
    machine
        .machine()
        .counters()
        .forEach(
            (name, count) -> {
              if (count != 0) {
                lines.append("%-28s %,18d%n".formatted(name, count));
              }
            });
    out.print(lines);
  }
}
