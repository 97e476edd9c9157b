package vivarium.distribution;

import vivarium.distribution.cli.CommandTree;

/** Where {@code bin/vivarium} enters. */
public final class Main {
  private Main() {}

  /**
   * Runs one command and ends the process with its status.
   *
   * @param args the command line, as the shell split it
   */
  public static void main(String[] args) {
    end(CommandTree.execute(args));
  }

  /** Ends the process. */
  static void end(int status) {
    System.out.flush();
    System.exit(status);
  }
}
