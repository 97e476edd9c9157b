package vivarium.distribution.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import vivarium.api.VivariumException;
import vivarium.core.Monitor;
import vivarium.core.console.RelayConsole;
import vivarium.core.machine.Outcome;
import vivarium.core.machine.VirtualMachine;

/**
 * Several machines, from their power-on until the last has ended. All are assembled before the
 * first is started: what is wrong with one is told before anything runs.
 */
final class FleetSession {
  private final Host host;
  private final Monitor monitor;
  private final List<Seat> seats = new ArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);

  FleetSession(Host host, Monitor monitor) {
    this.host = host;
    this.monitor = monitor;
  }

  /**
   * Runs machines to their ends.
   *
   * @return the exit status
   * @throws VivariumException in one line, if one of them cannot be had
   */
  int run(List<Wishes> all) {
    checkTogether(all);
    try {
      for (Wishes wishes : all) {
        seats.add(assemble(wishes));
      }
      FleetConsole console =
          host.terminal().getAsBoolean()
              ? new Switcher(host, seats, this::leave)
              : new LineConsole(host, seats);
      long start = System.nanoTime();
      try (console;
          StatsSocket _ =
              new StatsSocket(
                  host.stats().get(), out -> printAll(System.nanoTime() - start, out))) {
        start(console);
        over.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      seats.forEach(Seat::close);
    }
    report(all);
    return status();
  }

  private static void checkTogether(List<Wishes> all) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < all.size(); i++) {
      Wishes one = all.get(i);
      if (!names.add(name(one))) {
        throw new VivariumException("two machines are called '" + name(one) + "'");
      }
      for (Wishes other : all.subList(0, i)) {
        if (place(one).collides(place(other))) {
          throw new VivariumException(
              "machines %s and %s want their console at the same place"
                  .formatted(name(other), name(one)));
        }
      }
    }
  }

  private static String name(Wishes wishes) {
    return Objects.requireNonNullElse(wishes.name, "vm");
  }

  private static ConsolePlace place(Wishes wishes) {
    return Objects.requireNonNullElse(wishes.console, new ConsolePlace.Here());
  }

  private Seat assemble(Wishes wishes) {
    RelayConsole console = new RelayConsole();
    ConsolePlace.Offer offer = place(wishes).offer(console);
    try {
      VirtualMachine machine =
          monitor.create(RunCommand.configure(wishes).console(console).build());
      return new Seat(name(wishes), console, offer, place(wishes).isHere(), machine);
    } catch (RuntimeException e) {
      offer.close();
      throw e;
    }
  }

  private void start(FleetConsole console) {
    for (Seat seat : seats) {
      if (!seat.isHere()) {
        host.say(seat.name() + " has its console at " + seat.where());
      }
      seat.machine().onEnd(outcome -> ended(seat, outcome, console));
      seat.machine().start();
    }
  }

  /** On a thread of the scheduler, so it waits for nothing. */
  private void ended(Seat seat, Outcome outcome, FleetConsole console) {
    seat.ended(outcome);
    console.ended(seat);
    if (seats.stream().allMatch(each -> each.outcome().isPresent())) {
      over.countDown();
    }
  }

  private void leave() {
    seats.forEach(seat -> seat.machine().stop());
    over.countDown();
  }

  private void printAll(long nanos, PrintStream out) {
    for (Seat seat : seats) {
      out.println(seat.name());
      MachineStats.print(seat.machine(), nanos, null, out);
    }
  }

  private void report(List<Wishes> all) {
    for (int i = 0; i < seats.size(); i++) {
      Seat seat = seats.get(i);
      seat.outcome()
          .filter(outcome -> ExitStatus.of(outcome) != ExitStatus.OK)
          .ifPresent(outcome -> host.say(seat.name() + " " + Seat.describe(outcome)));
      if (all.get(i).stats) {
        host.err().println(seat.name());
        MachineStats.print(seat.machine(), 0, null, host.err());
      }
    }
  }

  private int status() {
    return seats.stream()
        .flatMap(seat -> seat.outcome().stream())
        .mapToInt(ExitStatus::of)
        .filter(status -> status != ExitStatus.OK)
        .findFirst()
        .orElse(ExitStatus.OK);
  }
}
