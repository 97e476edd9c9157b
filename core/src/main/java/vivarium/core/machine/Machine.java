package vivarium.core.machine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private final MachineClock clock;
  private final SystemBus bus;
  private final Inbox inbox;
  private final MachineRunner runner;
  private final Cleanup cleanup;

  Machine(
      InstructionSet instructionSet,
      List<Hart> harts,
      GuestMemory memory,
      MachineClock clock,
      SystemBus bus,
      Inbox inbox,
      MachineRunner runner,
      Cleanup cleanup) {
    this.instructionSet = instructionSet;
    this.harts = List.copyOf(harts);
    this.memory = memory;
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
    return harts.stream().mapToLong(hart -> hart.block().steps()).sum();
  }

  /** What happened how often: all harts' counters added up, then accesses by device. */
  public Map<String, Long> counters() {
    Map<String, Long> sum = new LinkedHashMap<>();
    sum.put("steps", steps());
    for (Hart hart : harts) {
      hart.counters().snapshot().forEach((name, count) -> sum.merge(name, count, Long::sum));
    }
    bus.accesses()
        .forEach(
            (device, count) -> {
              sum.merge("device-accesses", count, Long::sum);
              sum.put("device " + device, count);
            });
    return sum;
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
