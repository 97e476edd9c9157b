package vivarium.distribution.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Locale;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets logback up without reading files, which would cost a good part of the start-up time: one
 * line to standard error for each message, warnings and errors only unless {@link #use} says
 * otherwise. logback finds it by {@code ServiceLoader} and calls it once, on the thread that logs
 * first.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogConfigurator extends ContextAwareBase implements Configurator {
  private static volatile Level level = Level.WARN;

  /** For {@code ServiceLoader}. */
  public LogConfigurator() {}

  /** Says how much is logged, from now on. Logging need not have been used before. */
  static void use(LogLevel wanted) {
    if (level.equals(wanted.level())) {
      return;
    }
    level = wanted.level();
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (factory instanceof LoggerContext context) {
      setLevels(context);
    }
  }

  /** What PF4J calls information is about itself: for those who want details. */
  private static void setLevels(LoggerContext context) {
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(level);
    context.getLogger("org.pf4j").setLevel(level.equals(Level.INFO) ? Level.WARN : level);
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    StandardError appender = new StandardError();
    appender.setContext(context);
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    setLevels(context);
    root.addAppender(appender);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Prints what is logged; where and why only when the user wants details. */
  private static final class StandardError extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      StringBuilder line = new StringBuilder("vivarium: ");
      if (!event.getLevel().equals(Level.INFO)) {
        line.append(word(event.getLevel())).append(": ");
      }
      boolean details = !level.isGreaterOrEqual(Level.INFO);
      if (details) {
        line.append(event.getLoggerName()).append(": ");
      }
      line.append(event.getFormattedMessage());
      if (details && event.getThrowableProxy() != null) {
        line.append('\n').append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
      System.err.println(line);
    }

    private static String word(Level level) {
      return level.equals(Level.WARN) ? "warning" : level.toString().toLowerCase(Locale.ROOT);
    }
  }
}
