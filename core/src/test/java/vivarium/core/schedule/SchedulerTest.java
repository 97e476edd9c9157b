package vivarium.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import vivarium.api.VivariumException;

/** The threads; what they decide is {@link DispatcherTest}'s. */
@Timeout(60)
class SchedulerTest {
  /** A machine that does what a function says, and notices when it is run twice at once. */
  private static final class Fake implements Schedulable {
    final AtomicBoolean inside = new AtomicBoolean();
    final CountDownLatch ended = new CountDownLatch(1);
    final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    final Supplier<Progress> guest;
    volatile boolean twice;
    volatile boolean interrupted;

    Fake(Supplier<Progress> guest) {
      this.guest = guest;
    }

    @Override
    public Progress advance(long nanos) {
      twice |= !inside.compareAndSet(false, true);
      threads.add(Thread.currentThread());
      Progress progress = guest.get();
      if (progress instanceof Progress.Ended) {
        ended.countDown();
      }
      inside.set(false);
      return progress;
    }

    @Override
    public void interrupt() {
      interrupted = true;
    }
  }

  @Test
  void eachMachineRunsToItsEndOnOneThreadAtATime() throws InterruptedException {
    try (Scheduler scheduler = new Scheduler(2)) {
      Fake[] machines = new Fake[9];
      for (int i = 0; i < machines.length; i++) {
        AtomicInteger steps = new AtomicInteger();
        machines[i] =
            new Fake(
                () ->
                    switch (steps.incrementAndGet() % 7) {
                      case 0 -> new Schedulable.Progress.Waits(100_000, 0);
                      default ->
                          steps.get() < 5000
                              ? Schedulable.Progress.RAN
                              : Schedulable.Progress.ENDED;
                    });
        scheduler.add("fake", Share.DEFAULT, machines[i]);
      }
      for (Fake machine : machines) {
        machine.ended.await();
        assertThat(machine.twice).isFalse();
      }
    }
  }

  @Test
  void aWaitingMachineRunsWhenItIsWoken() throws InterruptedException {
    try (Scheduler scheduler = new Scheduler(1)) {
      CountDownLatch waits = new CountDownLatch(1);
      AtomicBoolean wanted = new AtomicBoolean();
      Fake machine =
          new Fake(
              () -> {
                waits.countDown();
                return wanted.get()
                    ? Schedulable.Progress.ENDED
                    : Schedulable.Progress.WAITS_TO_BE_WOKEN;
              });
      Scheduler.Ticket ticket = scheduler.add("fake", Share.DEFAULT, machine);
      waits.await();
      wanted.set(true);
      ticket.wake();
      machine.ended.await();
      assertThat(ticket.usage().ranNanos()).isPositive();
    }
  }

  @Test
  void aTimerWakesAMachineBesideAHogThatNeverReturnsByItself() throws InterruptedException {
    try (Scheduler scheduler = new Scheduler(1)) {
      AtomicBoolean over = new AtomicBoolean();
      Fake[] hog = new Fake[1];
      hog[0] =
          new Fake(
              () -> {
                while (!hog[0].interrupted && !over.get()) {
                  Thread.onSpinWait();
                }
                hog[0].interrupted = false;
                return over.get() ? Schedulable.Progress.ENDED : Schedulable.Progress.RAN;
              });
      AtomicInteger wakes = new AtomicInteger();
      Fake timed =
          new Fake(
              () ->
                  wakes.incrementAndGet() == 20
                      ? Schedulable.Progress.ENDED
                      : new Schedulable.Progress.Waits(1_000_000, 0));
      scheduler.add("hog", Share.DEFAULT, hog[0]);
      scheduler.add("timed", Share.DEFAULT, timed);
      timed.ended.await();
      over.set(true);
      hog[0].ended.await();
      assertThat(wakes).hasValue(20);
    }
  }

  @Test
  void aMachineThatThrowsIsGivenUpAndOthersGoOn() throws InterruptedException {
    try (Scheduler scheduler = new Scheduler(1)) {
      CountDownLatch thrown = new CountDownLatch(1);
      Fake broken =
          new Fake(
              () -> {
                thrown.countDown();
                throw new IllegalStateException("bug");
              });
      scheduler.add("broken", Share.DEFAULT, broken);
      thrown.await();
      Fake other = new Fake(() -> Schedulable.Progress.ENDED);
      scheduler.add("other", Share.DEFAULT, other);
      other.ended.await();
      assertThat(broken.threads).hasSize(1);
    }
  }

  @Test
  void withoutProcessorsOrAfterItsEndNothingIsRun() {
    assertThatThrownBy(() -> new Scheduler(0))
        .isInstanceOf(VivariumException.class)
        .hasMessage("machines need at least 1 core to run on, not 0");
    Scheduler closed = new Scheduler(1);
    closed.close();
    assertThatThrownBy(
            () -> closed.add("late", Share.DEFAULT, new Fake(() -> Schedulable.Progress.ENDED)))
        .hasMessage("the scheduler is closed");
  }
}
