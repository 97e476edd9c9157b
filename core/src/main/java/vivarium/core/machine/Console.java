package vivarium.core.machine;

import java.util.concurrent.Executor;
import vivarium.api.device.ConsolePort;

/** The host's side of a machine's serial console. */
public interface Console extends ConsolePort, AutoCloseable {
  /**
   * Tells how to reach the machine's own thread, for {@link #onInput}'s listener; once for each
   * time a machine is assembled, before anything else. The last one counts.
   */
  void attach(Executor machineThread);

  @Override
  void close();

  /** A console that swallows output and has no input. */
  static Console nowhere() {
    return new BufferConsole(0);
  }
}
