package vivarium.distribution.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import org.slf4j.LoggerFactory;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import vivarium.api.VivariumException;
import vivarium.core.HeadStart;
import vivarium.distribution.Version;

/** All commands, and what becomes of their failures. */
@Command(
    name = "vivarium",
    description = "Keeps whole machines, each with an unmodified operating system inside.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Version.class)
public final class CommandTree {
  private static final String RUN = "run";

  private final Host host;

  @Spec private CommandSpec spec = CommandSpec.create();

  private CommandTree(Host host) {
    this.host = host;
  }

  /**
   * Does in this process what a command line says, and tells the exit status.
   *
   * @param args the command line, as the shell split it
   */
  public static int execute(String... args) {
    return execute(Host.ofProcess(), args);
  }

  /** The same on any host. */
  static int execute(Host host, String... args) {
    if (args.length == 0 || !args[0].equals(RUN)) {
      return execute(host, all(host), args);
    }
    // A machine is to start at once, and picocli takes its time for each command it is shown.
    HeadStart.begin();
    CommandLine run = new CommandLine(new RunCommand(host)).setCommandName("vivarium " + RUN);
    return execute(host, run, Arrays.copyOfRange(args, 1, args.length));
  }

  private static CommandLine all(Host host) {
    return new CommandLine(new CommandTree(host))
        .addSubcommand(new RunCommand(host))
        .addSubcommand(new GuestsCommand(host))
        .addSubcommand(new VerifyCommand(host))
        .addSubcommand(new CompareCommand(host))
        .addSubcommand(new StatsCommand(host))
        .addSubcommand(new PluginsCommand(host))
        .addSubcommand(new IsaCommand(host));
  }

  private static int execute(Host host, CommandLine line, String... args) {
    line.setOut(new PrintWriter(host.out(), true));
    line.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, host));
    line.setParameterExceptionHandler((mistake, unread) -> misunderstood(mistake, host));
    return line.execute(args);
  }

  @Command(name = "version", description = "Prints the version.")
  void version() {
    host.out().println(Version.line());
  }

  @Command(
      name = "completion",
      description = "Prints a script that completes commands: source <(vivarium completion)")
  void completion() {
    host.out().print(AutoComplete.bash("vivarium", spec.commandLine()));
  }

  private static int failed(Exception failure, Host host) {
    LoggerFactory.getLogger(CommandTree.class).debug("the command failed", failure);
    if (failure instanceof VivariumException) {
      host.say(String.valueOf(failure.getMessage()));
      return ExitStatus.BAD_INPUT;
    }
    host.say("internal error: " + failure);
    return ExitStatus.BROKEN;
  }

  private static int misunderstood(ParameterException mistake, Host host) {
    String command = mistake.getCommandLine().getCommandSpec().qualifiedName();
    String message = String.valueOf(mistake.getMessage()).lines().findFirst().orElse("");
    host.say(message + " ('" + command + " --help' tells more)");
    return ExitStatus.USAGE;
  }
}
