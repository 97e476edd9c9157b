package vivarium.distribution.terminal;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * What is typed, without the commands to the monitor: {@code Ctrl-A} and a key. {@code Ctrl-A}
 * typed twice goes to the guest once; with any key that is no command it is dropped. The one thread
 * that reads the console.
 */
public final class EscapeKeys extends FilterInputStream {
  private static final int CTRL_A = 1;

  private final Map<Character, Runnable> commands;
  private boolean afterCtrlA;

  /**
   * Makes a filter.
   *
   * @param commands what each key does, on the reading thread
   */
  public EscapeKeys(InputStream typed, Map<Character, Runnable> commands) {
    super(typed);
    this.commands = Map.copyOf(commands);
  }

  /** A key for the guest; waits past commands. */
  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /** At least one byte for the guest; waits past commands. */
  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      int count = super.read(buffer, offset, length);
      if (count < 0) {
        return count;
      }
      int kept = 0;
      for (int i = 0; i < count; i++) {
        byte key = buffer[offset + i];
        if (isForGuest(key)) {
          buffer[offset + kept++] = key;
        }
      }
      if (kept > 0) {
        return kept;
      }
    }
  }

  private boolean isForGuest(int key) {
    if (!afterCtrlA) {
      afterCtrlA = key == CTRL_A;
      return !afterCtrlA;
    }
    afterCtrlA = false;
    Runnable command = commands.get((char) Character.toLowerCase(key));
    if (command != null) {
      command.run();
    }
    return key == CTRL_A;
  }
}
