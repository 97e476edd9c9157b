package vivarium.distribution;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Where {@code bin/vivarium} enters. */
@Command(
    name = "vivarium",
    description = "Keeps whole machines, each with an unmodified operating system inside",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class Main {
  private Main() {}

  /**
   * Runs one command and ends the process with its status.
   *
   * @param args the command line, as the shell split it
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Command(name = "version", description = "Prints the version")
  void version() {
    System.out.println(Version.line());
  }
}
