package vivarium.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import vivarium.api.device.ConsolePort;
import vivarium.api.device.MachineControl;

/** Notes what a guest asks of its machine, and is its console. */
public final class FakeControl implements MachineControl {
  private final List<String> events = new ArrayList<>();
  private final StringBuilder output = new StringBuilder();
  private final Deque<Integer> input = new ArrayDeque<>();
  private Runnable listener = () -> {};
  private final ConsolePort port = new Port();

  /** Nothing has happened yet. */
  public FakeControl() {}

  /** What happened, in order: {@code power-off}, {@code reset}, {@code fail 3}, complaints. */
  public List<String> events() {
    return events;
  }

  /** What was written to the console. */
  public String output() {
    return output.toString();
  }

  /** Types at the console. */
  public void type(String text) {
    text.chars().forEach(input::add);
    listener.run();
  }

  @Override
  public void powerOff() {
    events.add("power-off");
  }

  @Override
  public void reset() {
    events.add("reset");
  }

  @Override
  public void fail(int code) {
    events.add("fail " + code);
  }

  @Override
  public void complain(String message) {
    events.add(message);
  }

  @Override
  public ConsolePort console() {
    return port;
  }

  private final class Port implements ConsolePort {
    @Override
    public void write(int value) {
      output.append((char) (value & 0xff));
    }

    @Override
    public int read() {
      return input.isEmpty() ? -1 : input.remove();
    }

    @Override
    public boolean available() {
      return !input.isEmpty();
    }

    @Override
    public void onInput(Runnable newListener) {
      listener = newListener;
    }

    @Override
    public void flush() {}
  }
}
