package vivarium.core.console;

import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import vivarium.core.machine.Console;
import vivarium.core.machine.InputListener;

/**
 * A console that holds the last part of what the guest wrote for whoever comes to read it, and a
 * limited amount of what was typed until the guest takes it. The machine never waits for it. The
 * methods of {@link Console} belong to the machine, all others may be called from any thread.
 */
public final class RelayConsole implements Console {
  /** Bytes of output that are kept. */
  public static final int KEPT_BYTES = 64 << 10;

  private static final int TYPED_BYTES = 4096;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition taken = lock.newCondition();
  private final byte[] unflushed = new byte[1024];
  private int unflushedBytes;
  private final byte[] kept = new byte[KEPT_BYTES];
  private long end;
  private final byte[] typed = new byte[TYPED_BYTES];
  private long typedStart;
  private long typedEnd;
  private boolean closed;
  private final InputListener listener = new InputListener();
  private volatile Runnable onOutput = () -> {};

  /** Makes a console that nobody reads yet. */
  public RelayConsole() {}

  /**
   * A piece of output.
   *
   * @param bytes at least one, unless there was nothing
   * @param next the position after it
   * @param lost how many bytes before it are no longer kept
   */
  public record Piece(byte[] bytes, long next, long lost) {}

  /** Sets who is told that there is output: on the machine's thread, so it must be quick. */
  public void onOutput(Runnable newListener) {
    onOutput = newListener;
  }

  /** How many bytes the guest has written so far. */
  public long end() {
    lock.lock();
    try {
      return end;
    } finally {
      lock.unlock();
    }
  }

  /**
   * What the guest wrote from a position on.
   *
   * @param position counted in bytes from power-on
   * @param most bytes
   */
  public Piece read(long position, int most) {
    lock.lock();
    try {
      long from = Math.max(position, end - KEPT_BYTES);
      int count = (int) Math.min(most, end - from);
      byte[] bytes = new byte[Math.max(0, count)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = kept[(int) ((from + i) % KEPT_BYTES)];
      }
      return new Piece(bytes, from + bytes.length, from - position);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Types something, as far as there is room.
   *
   * @return how many bytes were taken
   */
  public int offer(byte[] bytes, int offset, int length) {
    lock.lock();
    try {
      int count = (int) Math.min(length, TYPED_BYTES - (typedEnd - typedStart));
      for (int i = 0; i < count; i++) {
        typed[(int) (typedEnd++ % TYPED_BYTES)] = bytes[offset + i];
      }
      if (count > 0) {
        listener.tell();
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  /** Types something, and waits while the guest does not take it; gives up when it is closed. */
  public void put(byte[] bytes, int offset, int length) throws InterruptedException {
    for (int done = 0; done < length; ) {
      done += offer(bytes, offset + done, length - done);
      lock.lock();
      try {
        if (closed) {
          return;
        }
        if (done < length && typedEnd - typedStart == TYPED_BYTES) {
          taken.await();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public void attach(Executor newMachineThread) {
    lock.lock();
    try {
      listener.attach(newMachineThread);
      if (typedEnd != typedStart) {
        listener.tell();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(int value) {
    if (unflushedBytes == unflushed.length) {
      flush();
    }
    unflushed[unflushedBytes++] = (byte) value;
  }

  @Override
  public void flush() {
    if (unflushedBytes > 0) {
      lock.lock();
      try {
        for (int i = 0; i < unflushedBytes; i++) {
          kept[(int) (end++ % KEPT_BYTES)] = unflushed[i];
        }
        unflushedBytes = 0;
      } finally {
        lock.unlock();
      }
      onOutput.run();
    }
  }

  @Override
  public int read() {
    lock.lock();
    try {
      if (typedStart == typedEnd) {
        return -1;
      }
      taken.signalAll();
      return typed[(int) (typedStart++ % TYPED_BYTES)] & 0xff;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean available() {
    lock.lock();
    try {
      return typedStart != typedEnd;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onInput(Runnable newListener) {
    listener.set(newListener);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      taken.signalAll();
    } finally {
      lock.unlock();
    }
    onOutput.run();
  }

  /** Whether no more output comes and no more input is taken. */
  public boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }
}
