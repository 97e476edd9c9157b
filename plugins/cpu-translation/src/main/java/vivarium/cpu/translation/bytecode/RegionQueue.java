package vivarium.cpu.translation.bytecode;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
  private static final Logger LOG = System.getLogger(RegionQueue.class.getName());

  /** What is done: the region of {@code members}, or none if it was refused. */
  private record Done(List<FlatTrace> members, @Nullable Region region) {}

  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("vivarium-translation").factory());
  private final Queue<Done> done = new ConcurrentLinkedQueue<>();
  private final boolean inBackground;
  private volatile boolean warned;

  RegionQueue(boolean inBackground) {
    this.inBackground = inBackground;
  }

  /** Has a region compiled, of the head and its neighbours. */
  void request(List<FlatTrace> members) {
    members.get(0).requested = true;
    if (!inBackground) {
      compile(members);
      return;
    }
    try {
      worker.execute(() -> compile(members));
    } catch (RejectedExecutionException closed) {
      members.get(0).requested = true;
    }
  }

  private void compile(List<FlatTrace> members) {
    try {
      done.add(new Done(members, RegionCompiler.compile(members)));
    } catch (ReflectiveOperationException | LinkageError | IllegalArgumentException e) {
      if (!warned) {
        warned = true;
        LOG.log(
            Level.WARNING,
            "code at 0x{0} stays interpreted: {1}",
            Long.toHexString(members.get(0).pc),
            e);
      }
    }
  }

  /** Puts finished regions in place; the hart's thread. */
  void collect() {
    for (Done one = done.poll(); one != null; one = done.poll()) {
      List<FlatTrace> members = one.members;
      if (members.stream().anyMatch(member -> member.dropped)) {
        members.get(0).requested = false;
        members.get(0).runs = 0;
        continue;
      }
      members.get(0).region = one.region;
      for (FlatTrace member : members.subList(1, members.size())) {
        member.partOf.add(members.get(0));
      }
    }
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
