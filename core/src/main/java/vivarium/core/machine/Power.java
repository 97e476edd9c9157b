package vivarium.core.machine;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.api.device.ConsolePort;
import vivarium.api.device.MachineControl;

/** The machine's power switch and its voice. The machine's own thread. */
final class Power implements MachineControl {
  private static final Logger LOG = LoggerFactory.getLogger(Power.class);

  /** A guest that finds ever new oddities to do must not fill the host's memory with them. */
  private static final int MOST_COMPLAINTS = 256;

  private final String machine;
  private final ConsolePort console;
  private final Set<String> complaints = new HashSet<>();
  private Runnable onSwitch = () -> {};
  private @Nullable Outcome outcome;

  Power(String machine, ConsolePort console) {
    this.machine = machine;
    this.console = console;
  }

  /** Sets who ends the run at hand when the switch is used. */
  void onSwitch(Runnable listener) {
    onSwitch = listener;
  }

  /** What the guest wanted; {@code null} while it wants to go on. */
  @Nullable Outcome outcome() {
    return outcome;
  }

  private void end(Outcome wanted) {
    if (outcome == null) {
      outcome = wanted;
      onSwitch.run();
    }
  }

  @Override
  public void powerOff() {
    end(Outcome.POWERED_OFF);
  }

  @Override
  public void reset() {
    end(Outcome.RESET);
  }

  @Override
  public void fail(int code) {
    end(Outcome.failed(code));
  }

  @Override
  public void complain(String message) {
    if (complaints.size() < MOST_COMPLAINTS && complaints.add(message)) {
      LOG.warn("{}: {}", machine, message);
    }
  }

  @Override
  public ConsolePort console() {
    return console;
  }
}
