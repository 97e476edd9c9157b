package vivarium.distribution.cli;

import ch.qos.logback.classic.Level;

/** How much the monitor says on standard error. */
enum LogLevel {
  /** Nothing but the line that ends the process. */
  off(Level.OFF),
  /** What keeps something from working. */
  error(Level.ERROR),
  /** What is probably not as the user wants it. */
  warn(Level.WARN),
  /** What happens. */
  info(Level.INFO),
  /** What happens inside, and stack traces. */
  debug(Level.DEBUG),
  /** All there is. */
  trace(Level.TRACE);

  private final Level level;

  LogLevel(Level level) {
    this.level = level;
  }

  Level level() {
    return level;
  }
}
