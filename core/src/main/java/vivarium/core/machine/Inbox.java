package vivarium.core.machine;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import vivarium.api.isa.HartBlock;

/**
 * What other threads want done on the machine's own thread: the only way in from outside. Tasks are
 * done between two runs, in order.
 */
final class Inbox implements Executor {
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final List<HartBlock> harts;
  private volatile Runnable waker = () -> {};

  /**
   * Makes an inbox.
   *
   * @param harts whose runs are ended when something comes
   */
  Inbox(List<HartBlock> harts) {
    this.harts = List.copyOf(harts);
  }

  /** Sets what wakes the machine's thread when it waits. */
  void onPost(Runnable newWaker) {
    waker = newWaker;
  }

  /** Posts a task; from any thread. */
  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    endRun();
    waker.run();
  }

  /** Ends the run at hand soon; from any thread. */
  void endRun() {
    for (HartBlock hart : harts) {
      hart.requestAttention(HartBlock.ATTENTION_STOP);
    }
  }

  /** Whether there is nothing to do; from any thread. */
  boolean isEmpty() {
    return tasks.isEmpty();
  }

  /** Does what is there; the machine's own thread. */
  void drain() {
    for (@Nullable Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }
}
