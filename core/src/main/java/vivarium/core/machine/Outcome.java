package vivarium.core.machine;

/**
 * How a machine's run ended.
 *
 * @param kind what happened
 * @param code the guest's own code for {@link Kind#FAILED}, else 0
 * @param message one line for people; empty where the kind says it all
 */
public record Outcome(Kind kind, int code, String message) {
  /** What happened. */
  public enum Kind {
    /** The guest, or the user, turned the power off. */
    POWERED_OFF,
    /** The guest asked for a reset; whoever runs it decides whether it gets one. */
    RESET,
    /** The guest reported a failure. */
    FAILED,
    /** The monitor could not go on: a bug in a plugin or in itself, or memory exhausted. */
    BROKEN,
    /** The user stopped the run; it can be taken up again. */
    STOPPED,
    /** As many steps were made as asked for; it can be taken up again. */
    STEPS_DONE
  }

  static final Outcome POWERED_OFF = new Outcome(Kind.POWERED_OFF, 0, "");
  static final Outcome RESET = new Outcome(Kind.RESET, 0, "");
  static final Outcome STOPPED = new Outcome(Kind.STOPPED, 0, "");
  static final Outcome STEPS_DONE = new Outcome(Kind.STEPS_DONE, 0, "");

  static Outcome failed(int code) {
    return new Outcome(Kind.FAILED, code, "the guest reports failure " + code);
  }

  static Outcome broken(String message) {
    return new Outcome(Kind.BROKEN, 0, message);
  }

  /** Whether the machine is at its end: only a reset makes it run again. */
  public boolean isFinal() {
    return switch (kind) {
      case POWERED_OFF, RESET, FAILED, BROKEN -> true;
      case STOPPED, STEPS_DONE -> false;
    };
  }
}
