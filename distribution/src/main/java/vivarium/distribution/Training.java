package vivarium.distribution;

import java.util.ArrayList;
import java.util.List;
import vivarium.distribution.cli.CommandTree;

/**
 * Runs several command lines one after the other in one JVM. The start-up cache is made from such a
 * run: what it has seen no guest do, the JVM learns anew at every start.
 */
public final class Training {
  /** The argument that ends one command line and begins the next. */
  private static final String AND = "+";

  private Training() {}

  /**
   * Runs all and ends the process with the first status that is not 0.
   *
   * @param args command lines, a {@code +} between two
   */
  public static void main(String[] args) {
    int status = 0;
    List<String> line = new ArrayList<>();
    for (String arg : args) {
      if (arg.equals(AND)) {
        status = status == 0 ? run(line) : status;
        line.clear();
      } else {
        line.add(arg);
      }
    }
    status = status == 0 ? run(line) : status;
    Main.end(status);
  }

  private static int run(List<String> line) {
    return CommandTree.execute(line.toArray(String[]::new));
  }
}
