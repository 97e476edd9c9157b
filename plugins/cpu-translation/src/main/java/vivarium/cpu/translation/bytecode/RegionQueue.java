package vivarium.cpu.translation.bytecode;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Compiles in the background. The hart's thread asks, goes on, and collects what is done; what
 * changed meanwhile is thrown away then.
 */
final class RegionQueue implements AutoCloseable {
  /** Makes the region of some traces, the head first. */
  interface Maker {
    /**
     * Makes it.
     *
     * @throws RegionRefused if it cannot be made
     */
    Region make(List<FlatTrace> members) throws RegionRefused;
  }

  /** What is done: the region of {@code members}, or none if it was refused. */
  private record Done(List<FlatTrace> members, @Nullable Region region) {}

  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("vivarium-translation").factory());
  private final Queue<Done> done = new ConcurrentLinkedQueue<>();
  private final Maker maker;
  private final Refusals refusals;
  private final boolean inBackground;
  private int awaited;

  RegionQueue(Maker maker, Refusals refusals, boolean inBackground) {
    this.maker = maker;
    this.refusals = refusals;
    this.inBackground = inBackground;
  }

  /** Has a region compiled, of the head and its neighbours. */
  void request(List<FlatTrace> members) {
    members.get(0).requested = true;
    awaited++;
    if (!inBackground) {
      compile(members);
      return;
    }
    try {
      worker.execute(() -> compile(members));
    } catch (RejectedExecutionException closed) {
      awaited--;
    }
  }

  /** How many regions have been requested and not collected. */
  int awaited() {
    return awaited;
  }

  private void compile(List<FlatTrace> members) {
    Region region = null;
    try {
      region = maker.make(members);
    } catch (RegionRefused refused) {
      refusals.report(members, refused);
    }
    done.add(new Done(members, region));
  }

  /** Puts finished regions in place; the hart's thread. */
  void collect(TraceStore store) {
    for (Done one = done.poll(); one != null; one = done.poll()) {
      awaited--;
      List<FlatTrace> members = one.members;
      if (members.stream().anyMatch(member -> member.dropped)) {
        members.get(0).requested = false;
        members.get(0).runs = 0;
      } else if (one.region != null) {
        store.install(members, one.region);
      }
    }
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
