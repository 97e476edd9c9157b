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
  /** Makes regions. */
  interface Maker {
    /**
     * Makes it.
     *
     * @throws RegionRefused if it cannot be made
     */
    Region make(RegionPlan plan) throws RegionRefused;
  }

  /** What is done: the region, or none if it was refused. */
  private record Done(RegionPlan plan, @Nullable Region region) {}

  /** So much oftener must a trace run cold that is in a region already. */
  private static final int OWNED_RUNS = 1000;

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

  /** Has a region compiled. */
  void request(RegionPlan plan) {
    plan.head().requested = true;
    plan.members().forEach(member -> member.awaited++);
    awaited++;
    if (!inBackground) {
      compile(plan);
      return;
    }
    try {
      worker.execute(() -> compile(plan));
    } catch (RejectedExecutionException closed) {
      awaited--;
    }
  }

  /** How many regions have been requested and not collected. */
  int awaited() {
    return awaited;
  }

  private void compile(RegionPlan plan) {
    Region region = null;
    try {
      region = maker.make(plan);
    } catch (RegionRefused refused) {
      refusals.report(plan.blocks(), refused);
    }
    done.add(new Done(plan, region));
  }

  /** Puts finished regions in place; the hart's thread. */
  void collect(TraceStore store) {
    for (Done one = done.poll(); one != null; one = done.poll()) {
      awaited--;
      List<FlatTrace> members = one.plan.members();
      for (FlatTrace member : members) {
        member.awaited--;
        member.coldRuns = member.runs + OWNED_RUNS;
      }
      if (members.stream().anyMatch(member -> member.dropped)) {
        one.plan.head().requested = false;
        one.plan.head().runs = 0;
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
