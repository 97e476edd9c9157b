package vivarium.distribution.cli;

import vivarium.core.machine.Outcome;

/** What the process tells its caller. The foot of {@code run --help} lists them. */
final class ExitStatus {
  /** The guest powered off, or the user left. */
  static final int OK = 0;

  /** A request that cannot be met. */
  static final int BAD_INPUT = 1;

  /** The command line cannot be understood. */
  static final int USAGE = 2;

  /** The guest asked for a reset, as after a panic. */
  static final int RESET = 64;

  /** The steps asked for have been made. */
  static final int STEPS_DONE = 65;

  /** A fault of the monitor or of a plugin. */
  static final int BROKEN = 70;

  private static final int MOST = 255;

  private ExitStatus() {}

  /** The status for how a run ended. */
  static int of(Outcome outcome) {
    return switch (outcome.kind()) {
      case POWERED_OFF, STOPPED -> OK;
      case RESET -> RESET;
      case FAILED -> Math.clamp(outcome.code(), 1, MOST);
      case BROKEN -> BROKEN;
      case STEPS_DONE -> STEPS_DONE;
    };
  }
}
