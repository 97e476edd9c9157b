package vivarium.core.machine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A console on a pair of streams: the terminal, a pipe, a socket. A daemon thread reads the input;
 * it waits when the guest does not take what was typed. Output is gathered until {@link #flush},
 * which the machine calls after each run.
 */
public final class StreamConsole implements Console {
  private static final Logger LOG = LoggerFactory.getLogger(StreamConsole.class);
  private static final int INPUT_BYTES = 4096;
  private static final int OUTPUT_BYTES = 8192;

  private final InputStream in;
  private final OutputStream out;
  private final BlockingQueue<Byte> input = new ArrayBlockingQueue<>(INPUT_BYTES);
  private final byte[] output = new byte[OUTPUT_BYTES];
  private int outputBytes;
  private boolean outputBroken;
  private final InputListener listener = new InputListener();
  private @Nullable Thread reader;

  /** Makes a console; the streams stay open when it is closed. */
  public StreamConsole(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  @Override
  public void attach(Executor newMachineThread) {
    listener.attach(newMachineThread);
    if (reader == null) {
      reader = Thread.ofPlatform().daemon().name("console input").start(this::readInput);
    }
  }

  private void readInput() {
    byte[] chunk = new byte[INPUT_BYTES];
    try {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        for (int i = 0; i < count; i++) {
          if (!input.offer(chunk[i])) {
            listener.tell();
            input.put(chunk[i]);
          }
        }
        listener.tell();
      }
    } catch (IOException e) {
      LOG.debug("console input ends", e);
    } catch (InterruptedException e) {
      LOG.debug("console is closed");
    }
  }

  @Override
  public void write(int value) {
    if (outputBytes == output.length) {
      flush();
    }
    output[outputBytes++] = (byte) value;
  }

  @Override
  public int read() {
    Byte value = input.poll();
    return value == null ? -1 : value & 0xff;
  }

  @Override
  public boolean available() {
    return !input.isEmpty();
  }

  @Override
  public void onInput(Runnable newListener) {
    listener.set(newListener);
  }

  @Override
  public void flush() {
    if (outputBytes > 0) {
      try {
        if (!outputBroken) {
          out.write(output, 0, outputBytes);
          out.flush();
        }
      } catch (IOException e) {
        outputBroken = true;
        LOG.warn("console output is lost from here on: {}", e.getMessage());
      }
      outputBytes = 0;
    }
  }

  /** Ends the reading thread where the stream lets it. */
  @Override
  public void close() {
    flush();
    Thread thread = reader;
    if (thread != null) {
      thread.interrupt();
    }
  }
}
