package vivarium.core.machine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A console in memory: keeps what the guest wrote, and is fed what the user types. For tests and
 * embedders; all methods from any thread.
 */
public final class BufferConsole implements Console {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition written = lock.newCondition();
  private final StringBuilder output = new StringBuilder();
  private final Queue<Integer> input = new ArrayDeque<>();
  private final int capacity;
  private final InputListener listener = new InputListener();

  /** A console that keeps everything. */
  public BufferConsole() {
    this(Integer.MAX_VALUE);
  }

  /**
   * A console that keeps a limited part of what is written.
   *
   * @param capacity bytes kept, the first ones
   */
  public BufferConsole(int capacity) {
    this.capacity = capacity;
  }

  /** What the guest has written, a character per byte. */
  public String text() {
    lock.lock();
    try {
      return output.toString();
    } finally {
      lock.unlock();
    }
  }

  /** Types something. */
  public void feed(String text) {
    lock.lock();
    try {
      for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
        input.add(value & 0xff);
      }
      listener.tell();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the guest has written something.
   *
   * @return whether it did in time
   */
  public boolean awaitText(String wanted, long timeoutMillis) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    lock.lock();
    try {
      while (output.indexOf(wanted) < 0) {
        if (left <= 0) {
          return false;
        }
        left = written.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void attach(Executor newMachineThread) {
    lock.lock();
    try {
      listener.attach(newMachineThread);
      if (!input.isEmpty()) {
        listener.tell();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(int value) {
    lock.lock();
    try {
      if (output.length() < capacity) {
        output.append((char) (value & 0xff));
        if (value == '\n') {
          written.signalAll();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() {
    lock.lock();
    try {
      Integer value = input.poll();
      return value == null ? -1 : value;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean available() {
    lock.lock();
    try {
      return !input.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onInput(Runnable newListener) {
    listener.set(newListener);
  }

  @Override
  public void flush() {
    lock.lock();
    try {
      written.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {}
}
