package vivarium.testkit.device;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import vivarium.api.device.ConsolePort;

/** A console whose user is the test. */
public final class FakeConsole implements ConsolePort {
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final Queue<Byte> input = new ArrayDeque<>();
  private Runnable listener = () -> {};

  /** Makes a console with nothing typed. */
  public FakeConsole() {}

  /** Types something. */
  public void type(String text) {
    for (byte value : text.getBytes(StandardCharsets.ISO_8859_1)) {
      input.add(value);
    }
    listener.run();
  }

  /** What the guest has written, a character per byte. */
  public String output() {
    return output.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void write(int value) {
    output.write(value);
  }

  @Override
  public int read() {
    Byte next = input.poll();
    return next == null ? -1 : next & 0xff;
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
