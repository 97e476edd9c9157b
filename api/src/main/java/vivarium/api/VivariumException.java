package vivarium.api;

/**
 * A request that cannot be met, told to the person who made it.
 *
 * <p>The message is one line that says what is wrong and, where it helps, what would be right. The
 * launcher prints the message alone, without a stack trace, and ends with a non-zero exit status.
 */
public final class VivariumException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception whose message is the one line that the user reads. */
  public VivariumException(String message) {
    super(message);
  }

  /** The same, keeping the cause for the debug log. */
  public VivariumException(String message, Throwable cause) {
    super(message, cause);
  }
}
