package vivarium.core.machine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import vivarium.api.device.BlockStorage;
import vivarium.api.device.Clock;
import vivarium.api.device.ConsolePort;
import vivarium.api.device.DeviceContext;
import vivarium.api.device.InterruptLine;
import vivarium.api.device.MachineControl;
import vivarium.api.isa.Hart;
import vivarium.api.memory.DeviceMemory;
import vivarium.api.memory.GuestMemory;

/** What one device is lent. */
record LentContext(
    Map<String, String> properties,
    InterruptLine interrupt,
    List<Hart> harts,
    GuestMemory memory,
    Clock clock,
    MachineControl control,
    ConsolePort console,
    Optional<BlockStorage> storage,
    Optional<DeviceMemory> deviceMemory,
    RandomGenerator random,
    Inbox inbox)
    implements DeviceContext {

  @Override
  public void post(Runnable task) {
    inbox.execute(task);
  }
}
