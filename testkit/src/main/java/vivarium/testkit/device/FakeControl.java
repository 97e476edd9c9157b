package vivarium.testkit.device;

import java.util.ArrayList;
import java.util.List;
import vivarium.api.device.ConsolePort;
import vivarium.api.device.MachineControl;

/** Notes what a guest asks of its machine. */
public final class FakeControl implements MachineControl {
  private final List<String> requests = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();
  private final ConsolePort console;

  FakeControl(ConsolePort console) {
    this.console = console;
  }

  /** {@code "power off"}, {@code "reset"}, {@code "fail 3"}, in order. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Everything that was complained of, in order. */
  public List<String> complaints() {
    return List.copyOf(complaints);
  }

  @Override
  public void powerOff() {
    requests.add("power off");
  }

  @Override
  public void reset() {
    requests.add("reset");
  }

  @Override
  public void fail(int code) {
    requests.add("fail " + code);
  }

  @Override
  public void complain(String message) {
    complaints.add(message);
  }

  @Override
  public ConsolePort console() {
    return console;
  }
}
