package vivarium.core.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Processors and machines that exist on paper only: time passes when the test says so. */
final class VirtualHost {
  static final long MILLI = 1_000_000;
  static final long SECOND = 1000 * MILLI;

  /** How long a machine that is told to stop goes on. */
  private static final long REACTION_NANOS = 20_000;

  private final Dispatcher dispatcher;
  private final List<Paper> machines = new ArrayList<>();
  private final List<Paper> running = new ArrayList<>();
  private long now;

  VirtualHost(int processors) {
    dispatcher = new Dispatcher(processors);
  }

  /** A machine on paper: runs for a burst, sleeps, and again. */
  final class Paper implements Schedulable {
    final Entity entity;
    private final LongSupplier burst;
    private final LongSupplier sleep;
    private final boolean deaf;
    private long left;
    private long end;
    private long readySince;
    private boolean interrupted;
    int starts;
    long longestSlice;
    long longestWait;

    private Paper(Share share, LongSupplier burst, LongSupplier sleep, boolean deaf) {
      this.burst = burst;
      this.sleep = sleep;
      this.deaf = deaf;
      entity = new Entity("paper " + machines.size(), share, this);
      left = burst.getAsLong();
    }

    @Override
    public Progress advance(long nanos) {
      throw new UnsupportedOperationException("the virtual host runs it");
    }

    @Override
    public void interrupt() {
      interrupted = true;
      end = Math.min(end, now + REACTION_NANOS);
    }

    private void start() {
      starts++;
      interrupted = false;
      long granted = deaf ? Long.MAX_VALUE / 2 : entity.sliceEndNanos;
      end = Math.min(granted, left == Long.MAX_VALUE ? Long.MAX_VALUE : now + left);
      longestWait = Math.max(longestWait, now - readySince);
    }

    private void stop() {
      long ran = now - entity.sliceStartNanos;
      longestSlice = Math.max(longestSlice, ran);
      left -= left == Long.MAX_VALUE ? 0 : ran;
      if (left > 0) {
        readySince = now;
        dispatcher.finished(entity, now, Progress.RAN);
      } else {
        long nanos = sleep.getAsLong();
        left = burst.getAsLong();
        readySince = now + nanos;
        dispatcher.finished(entity, now, new Progress.Waits(nanos, 0));
      }
    }

    /** How much of the time since then it has had a processor. */
    double shareSince(long thenNanos, long ranThen) {
      return (double) (entity.ranNanos - ranThen) / (now - thenNanos);
    }

    void wake(boolean urgent) {
      readySince = now;
      dispatcher.wake(entity, now, urgent);
    }

    void setShare(Share share) {
      dispatcher.setShare(entity, share);
    }

    boolean wasInterrupted() {
      return interrupted;
    }
  }

  long now() {
    return now;
  }

  /** A machine that always wants to run. */
  Paper hog(int weight) {
    return hog(new Share(weight, Share.NO_CAP));
  }

  Paper hog(Share share) {
    return add(new Paper(share, () -> Long.MAX_VALUE, () -> 0, false));
  }

  /** A machine that runs and waits. */
  Paper sleeper(int weight, LongSupplier burst, LongSupplier sleep) {
    return add(new Paper(new Share(weight, Share.NO_CAP), burst, sleep, false));
  }

  /** A machine that runs on at the end of its slice until it is interrupted. */
  Paper deaf() {
    return add(new Paper(Share.DEFAULT, () -> Long.MAX_VALUE, () -> 0, true));
  }

  private Paper add(Paper machine) {
    machines.add(machine);
    machine.readySince = now;
    dispatcher.add(machine.entity, now);
    return machine;
  }

  List<Paper> machines() {
    return machines;
  }

  /** Lets so much time pass. */
  void pass(long nanos) {
    long until = now + nanos;
    while (true) {
      dispatcher.expire(now);
      for (@Nullable Entity next = dispatcher.next(now);
          next != null;
          next = dispatcher.next(now)) {
        Paper machine = (Paper) next.machine;
        running.add(machine);
        machine.start();
      }
      long event = dispatcher.nextEventNanos();
      for (Paper machine : running) {
        event = Math.min(event, machine.end);
      }
      if (event > until) {
        now = until;
        return;
      }
      now = Math.max(now, event);
      for (Paper machine : List.copyOf(running)) {
        if (machine.end <= now) {
          running.remove(machine);
          machine.stop();
        }
      }
    }
  }
}
