package vivarium.testkit.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Counters;
import vivarium.api.device.BlockStorage;
import vivarium.api.device.DeviceContext;
import vivarium.api.device.InterruptLine;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.HartEnvironment;
import vivarium.api.memory.DeviceMemory;
import vivarium.api.memory.GuestMemory;

/** What a device under test is lent; everything it does can be seen from outside. */
public final class FakeDeviceContext implements DeviceContext {
  /** Where RAM begins. */
  public static final long RAM_BASE = 0x8000_0000L;

  /** Bytes of RAM. */
  public static final long RAM_BYTES = 1 << 20;

  private static final long DEVICE_MEMORY_BYTES = 2 << 20;

  private static final long SEED = 42;

  private final Map<String, String> properties = new HashMap<>();
  private final ManualClock clock = new ManualClock();
  private final FakeConsole console = new FakeConsole();
  private final FakeControl control = new FakeControl(console);
  private final GuestMemory memory = newMemory();
  private final List<FakeHart> harts = new ArrayList<>();
  private final RandomGenerator random = new SplittableRandom(SEED);
  private @Nullable BlockStorage storage;
  private @Nullable DeviceMemory deviceMemory;
  private boolean interrupt;

  /** Makes a machine with a number of harts. */
  public FakeDeviceContext(int harts) {
    for (int id = 0; id < harts; id++) {
      HartBlock block = new HartBlock(Arena.ofAuto().allocate(HartBlock.BYTES, 64));
      this.harts.add(
          new FakeHart(
              new HartEnvironment(
                  id, block, memory, new EmptyBus(), clock, control, new Counters())));
    }
  }

  /** Neighbouring pages of RAM lie in frames that are none, as a device may not rely on it. */
  private static GuestMemory newMemory() {
    MemorySegment machine =
        Arena.ofAuto().allocate(RAM_BYTES + DEVICE_MEMORY_BYTES, GuestMemory.PAGE_BYTES);
    long last = RAM_BYTES + DEVICE_MEMORY_BYTES - GuestMemory.PAGE_BYTES;
    return new GuestMemory(
        machine, RAM_BASE, RAM_BYTES, page -> last - (long) page * GuestMemory.PAGE_BYTES);
  }

  /** Sets a property of the device to be made. */
  public FakeDeviceContext with(String property, String value) {
    properties.put(property, value);
    return this;
  }

  /** Gives the device to be made a storage. */
  public FakeDeviceContext with(BlockStorage newStorage) {
    storage = newStorage;
    return this;
  }

  /**
   * Gives the device to be made memory of its own.
   *
   * @param gpa where it is
   * @param bytes of all devices together, at most 2 MiB
   */
  public FakeDeviceContext withDeviceMemory(long gpa, long bytes) {
    deviceMemory = memory.addDeviceMemory(gpa, bytes);
    return this;
  }

  /** The level of the device's interrupt output. */
  public boolean interruptRaised() {
    return interrupt;
  }

  /** A hart, to see its interrupt inputs. */
  public FakeHart hart(int id) {
    return harts.get(id);
  }

  @Override
  public Map<String, String> properties() {
    return properties;
  }

  @Override
  public InterruptLine interrupt() {
    return level -> interrupt = level;
  }

  @Override
  public List<Hart> harts() {
    return List.copyOf(harts);
  }

  @Override
  public GuestMemory memory() {
    return memory;
  }

  @Override
  public ManualClock clock() {
    return clock;
  }

  @Override
  public FakeControl control() {
    return control;
  }

  @Override
  public FakeConsole console() {
    return console;
  }

  @Override
  public Optional<BlockStorage> storage() {
    return Optional.ofNullable(storage);
  }

  @Override
  public Optional<DeviceMemory> deviceMemory() {
    return Optional.ofNullable(deviceMemory);
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  /** Runs the task at once: a test has one thread. */
  @Override
  public void post(Runnable task) {
    task.run();
  }
}
