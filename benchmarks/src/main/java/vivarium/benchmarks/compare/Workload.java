package vivarium.benchmarks.compare;

import java.nio.file.Path;
import java.util.Optional;

/** What is run under every contender. */
public sealed interface Workload {
  /** For the table. */
  String name();

  /**
   * The line that a right run prints, where it is known beforehand; else the first run's line of
   * the guest's own counts.
   */
  Optional<String> expected();

  /**
   * Finds the line that tells a right run from a wrong one.
   *
   * @param output everything that the machine's console showed
   */
  Optional<String> answer(String output);

  /**
   * A bare-metal guest.
   *
   * @param image its ELF file
   */
  record BareMetal(String name, Path image, Optional<String> expected) implements Workload {
    @Override
    public Optional<String> answer(String output) {
      return output.lines().map(String::strip).filter(ExpectedLines::isOne).findFirst();
    }
  }

  /**
   * A kernel that boots and powers off.
   *
   * @param append its command line
   * @param marker what it has printed at its end
   */
  record KernelBoot(String name, Path kernel, Path initrd, String append, String marker)
      implements Workload {
    @Override
    public Optional<String> expected() {
      return Optional.of(marker);
    }

    @Override
    public Optional<String> answer(String output) {
      return output.contains(marker) ? Optional.of(marker) : Optional.empty();
    }
  }
}
