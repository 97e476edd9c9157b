package vivarium.api;

/**
 * Something a person can put right: a bad file, flag, plugin or image. Whoever finds it throws this
 * with one clear line as message; the launcher prints that line on standard error and ends with a
 * non-zero status, so the message names the thing at fault and what is wrong with it.
 */
public class VivariumException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message one line, without a trailing full stop or line break
   */
  public VivariumException(String message) {
    super(message);
  }

  /**
   * @param message one line, without a trailing full stop or line break
   * @param cause what was caught; shown only in logs, never to the person
   */
  public VivariumException(String message, Throwable cause) {
    super(message, cause);
  }
}
