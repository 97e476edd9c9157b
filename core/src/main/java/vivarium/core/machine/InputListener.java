package vivarium.core.machine;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Whoever in a machine wants to know of input at its console, told on the machine's own thread: the
 * part that all consoles have in common. All methods from any thread.
 */
public final class InputListener {
  private volatile @Nullable Executor machineThread;
  private volatile @Nullable Runnable listener;

  /** Makes one that nobody has been named to yet. */
  public InputListener() {}

  /** As {@link Console#attach}; who listened before belongs to a machine that is no more. */
  public void attach(Executor newMachineThread) {
    listener = null;
    machineThread = newMachineThread;
  }

  /** As {@link vivarium.api.device.ConsolePort#onInput}. */
  public void set(Runnable newListener) {
    listener = newListener;
  }

  /** There is input: tells so, once the machine gets round to it. */
  public void tell() {
    Executor thread = machineThread;
    if (thread != null) {
      thread.execute(this::run);
    }
  }

  private void run() {
    Runnable told = listener;
    if (told != null) {
      told.run();
    }
  }
}
