package vivarium.distribution.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vivarium.core.console.RelayConsole;
import vivarium.core.machine.Outcome;
import vivarium.core.machine.VirtualMachine;
import vivarium.core.schedule.Scheduler;

/** One of several machines, with its console. Any thread. */
final class Seat {
  private final String name;
  private final RelayConsole console;
  private final ConsolePlace.Offer offer;
  private final boolean here;
  private final VirtualMachine machine;
  private volatile @Nullable Outcome outcome;

  Seat(
      String name,
      RelayConsole console,
      ConsolePlace.Offer offer,
      boolean here,
      VirtualMachine machine) {
    this.name = name;
    this.console = console;
    this.offer = offer;
    this.here = here;
    this.machine = machine;
  }

  String name() {
    return name;
  }

  RelayConsole console() {
    return console;
  }

  VirtualMachine machine() {
    return machine;
  }

  /** Whether its console is the terminal of this process. */
  boolean isHere() {
    return here;
  }

  /** Where its console is. */
  String where() {
    return offer.where();
  }

  /** How it ended, if it has. */
  Optional<Outcome> outcome() {
    return Optional.ofNullable(outcome);
  }

  /** Notes how it ended. */
  void ended(Outcome how) {
    outcome = how;
  }

  /** Makes it run from power-on, whatever it does at the moment. */
  void reset() {
    machine.reset();
    if (machine.state() == VirtualMachine.State.READY) {
      outcome = null;
      machine.start();
    }
  }

  /** Holds it, or lets it go on. */
  void pauseOrResume() {
    if (machine.state() == VirtualMachine.State.PAUSED) {
      machine.resume();
    } else {
      machine.pause();
    }
  }

  /** For people: what it is doing, in a few words. */
  String state() {
    Outcome end = outcome;
    if (end != null) {
      return describe(end);
    }
    return switch (machine.state()) {
      case READY -> "ready";
      case RUNNING -> "running";
      case PAUSED -> "paused";
      case ENDED, CLOSED -> "ended";
    };
  }

  /** Seconds that it had a core. */
  double seconds() {
    return machine.usage().map(Scheduler.Usage::ranNanos).orElse(0L) / 1e9;
  }

  /** For people: how a machine ended. */
  static String describe(Outcome end) {
    return switch (end.kind()) {
      case POWERED_OFF -> "powered off";
      case STOPPED -> "stopped";
      case RESET -> "asks for a reset";
      case FAILED, BROKEN -> end.message();
      case STEPS_DONE -> "has done as many steps as wanted";
    };
  }

  /** Takes the console away, and frees the machine. */
  void close() {
    machine.close();
    console.close();
    offer.close();
  }
}
