package vivarium.core.machine;

import java.util.function.Supplier;
import vivarium.api.VivariumException;
import vivarium.core.memory.Extent;
import vivarium.core.memory.MachineMemory;
import vivarium.core.plugin.PluginCatalog;

/**
 * What of a machine outlasts a reset: its plugins, its disks, its claim on machine memory; and the
 * machine that is assembled from them at the time. Guarded by whoever holds it.
 */
final class Chassis implements AutoCloseable {
  private final MachineConfig config;
  private final Parts parts;
  private final MachineMemory machineMemory;
  private final Cleanup opened;
  private final Storages storages;
  private Extent extent;
  private volatile Machine machine;

  private Chassis(
      MachineConfig config,
      Parts parts,
      MachineMemory machineMemory,
      Cleanup opened,
      Storages storages,
      Extent extent) {
    this.config = config;
    this.parts = parts;
    this.machineMemory = machineMemory;
    this.opened = opened;
    this.storages = storages;
    this.extent = extent;
    machine = Assembly.assemble(config, parts, extent, storages);
  }

  /**
   * Makes a machine. Nothing is left behind when it cannot be made.
   *
   * @param memory asked once the configuration has been found sound
   * @throws VivariumException in one line, if it cannot be had
   */
  static Chassis create(
      MachineConfig config, PluginCatalog catalog, Supplier<MachineMemory> memory) {
    Parts parts = Parts.find(config, catalog);
    Cleanup opened = new Cleanup();
    Extent extent = null;
    try {
      Storages storages = Storages.open(config, opened);
      MachineMemory machineMemory = memory.get();
      extent = give(config, machineMemory, storages);
      return new Chassis(config, parts, machineMemory, opened, storages, extent);
    } catch (Throwable e) {
      opened.close();
      if (extent != null) {
        extent.close();
      }
      throw e;
    }
  }

  /** Frames for RAM, and behind them for what is in flash. */
  private static Extent give(MachineConfig config, MachineMemory memory, Storages storages) {
    long flashBytes = storages.flash().size() * Board.FLASH_BANK_BYTES;
    return memory.give(config.name(), config.memoryBytes() + flashBytes);
  }

  MachineConfig config() {
    return config;
  }

  /** The machine as it is since the last reset. */
  Machine machine() {
    return machine;
  }

  /** Its part of machine memory, since the last reset. */
  Extent extent() {
    return extent;
  }

  /**
   * Makes the machine anew, with empty memory.
   *
   * @throws VivariumException if an image can no longer be loaded
   */
  void reassemble() {
    machine.close();
    extent.close();
    extent = give(config, machineMemory, storages);
    machine = Assembly.assemble(config, parts, extent, storages);
  }

  /** Frees memory and disks. */
  @Override
  public void close() {
    machine.close();
    opened.close();
    extent.close();
  }
}
