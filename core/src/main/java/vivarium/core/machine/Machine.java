package vivarium.core.machine;

import java.util.List;
import vivarium.api.cpu.Counters;
import vivarium.api.device.Clock;
import vivarium.api.isa.Hart;
import vivarium.api.isa.InstructionSet;
import vivarium.api.memory.GuestMemory;

/**
 * An assembled machine, from power-on to power-off: a reset makes a new one. For looking at;
 * between runs, or on the machine's own thread.
 */
public final class Machine {
  private final InstructionSet instructionSet;
  private final List<Hart> harts;
  private final GuestMemory memory;
  private final Counters shared;
  private final MachineClock clock;
  private final SystemBus bus;
  private final Inbox inbox;
  private final MachineRunner runner;
  private final Cleanup cleanup;

  Machine(
      InstructionSet instructionSet,
      List<Hart> harts,
      GuestMemory memory,
      Counters shared,
      MachineClock clock,
      SystemBus bus,
      Inbox inbox,
      MachineRunner runner,
      Cleanup cleanup) {
    this.instructionSet = instructionSet;
    this.harts = List.copyOf(harts);
    this.memory = memory;
    this.shared = shared;
    this.clock = clock;
    this.bus = bus;
    this.inbox = inbox;
    this.runner = runner;
    this.cleanup = cleanup;
  }

  /** What its processors speak. */
  public InstructionSet instructionSet() {
    return instructionSet;
  }

  /** The virtual processors, in order. */
  public List<Hart> harts() {
    return harts;
  }

  /** Guest-physical memory. */
  public GuestMemory memory() {
    return memory;
  }

  /** The machine's time. */
  public Clock clock() {
    return clock;
  }

  /** Steps made since power-on by all harts together. */
  public long steps() {
    long steps = 0;
    for (Hart hart : harts) {
      steps += hart.block().steps();
    }
    return steps;
  }

  /**
   * What happened how often to all of it: to the virtual processors together, to page tables and
   * devices. While the machine runs, approximately.
   */
  public Statistics statistics() {
    Statistics sum = Statistics.of(instructionSet, 0, shared).withDevices(bus.accesses());
    for (int hart = harts.size() - 1; hart >= 0; hart--) {
      sum = statistics(hart).plus(sum);
    }
    return sum;
  }

  /**
   * What happened how often to one virtual processor: of the machine's all but accesses to devices
   * and what a memory strategy does for all.
   */
  public Statistics statistics(int hart) {
    Hart one = harts.get(hart);
    return Statistics.of(instructionSet, one.block().steps(), one.counters());
  }

  /** What a virtual processor's engine makes of the instruction it executes next, some lines. */
  public String explainNext(int hart) {
    return runner.explainNext(hart);
  }

  MachineClock machineClock() {
    return clock;
  }

  Inbox inbox() {
    return inbox;
  }

  MachineRunner runner() {
    return runner;
  }

  /** Frees all but the RAM. */
  void close() {
    cleanup.close();
  }
}
