package vivarium.api.device;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import vivarium.api.isa.Hart;
import vivarium.api.memory.DeviceMemory;
import vivarium.api.memory.GuestMemory;

/** What the core lends to a device that is being made. */
public interface DeviceContext {
  /** What the user set for the device, name to value. */
  Map<String, String> properties();

  /** The device's own interrupt output. */
  InterruptLine interrupt();

  /** The harts, for interrupt controllers and timers; in order. */
  List<Hart> harts();

  /**
   * Guest-physical memory for DMA. Guest-given addresses are to be checked by {@code isRam} first.
   */
  GuestMemory memory();

  /** The machine's time. */
  Clock clock();

  /** Power and messages. */
  MachineControl control();

  /** The console that the user gave the device; one that swallows output if none. */
  ConsolePort console();

  /** The storage that the user gave the device. */
  Optional<BlockStorage> storage();

  /**
   * Memory of the device's own at its place on the bus, as large as its region, where the board has
   * such.
   */
  default Optional<DeviceMemory> deviceMemory() {
    return Optional.empty();
  }

  /** Randomness: the host's, or a seeded generator in deterministic mode. */
  RandomGenerator random();

  /**
   * Runs a task on the machine's own thread, between two runs, soon, waking the machine if it
   * waits; from any thread.
   */
  void post(Runnable task);
}
