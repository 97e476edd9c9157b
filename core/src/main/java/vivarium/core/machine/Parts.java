package vivarium.core.machine;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.device.DeviceType;
import vivarium.api.isa.ExtendedInstructionSet;
import vivarium.api.isa.InstructionSet;
import vivarium.api.memory.MemoryStrategy;
import vivarium.core.plugin.PluginCatalog;
import vivarium.core.plugin.PluginKind;

/**
 * The plugins of one machine, found in the catalog, after the configuration has been found sound:
 * what is wrong is told before anything is opened, reserved or started.
 *
 * @param devices by the name of their kind
 * @param catalog where further plugins are found that these ask for
 */
record Parts(
    InstructionSet isa,
    CpuStrategy cpu,
    MemoryStrategy memory,
    Map<String, DeviceType> devices,
    PluginCatalog catalog) {
  /** The kind of device that makes a disk of a storage. */
  static final String DISK = "virtio-blk";

  /** The kind of device that gives a guest entropy. */
  static final String ENTROPY = "virtio-rng";

  private static final int MOST_HARTS = 8;
  private static final long LEAST_MEMORY = 1L << 20;
  private static final long PAGE_BYTES = 4096;

  /** The CPU strategies among which one is chosen if none is named, fastest first. */
  private static final List<String> FASTEST = List.of("translation", "interpretation");

  /**
   * Checks a configuration and finds its plugins.
   *
   * @throws VivariumException in one line, if it is contradictory or impossible
   */
  static Parts find(MachineConfig config, PluginCatalog catalog) {
    checkNumbers(config);
    checkImages(config);
    Map<String, DeviceType> devices = new HashMap<>();
    for (Board.Place place :
        new Board.Place[] {Board.PLIC, Board.CLINT, Board.SYSCON, Board.RTC, Board.UART}) {
      devices.put(place.device(), catalog.device(place.device()));
    }
    if (!config.disks().isEmpty()) {
      devices.put(DISK, catalog.device(DISK));
    }
    if (!config.flash().isEmpty()) {
      String flash = Board.flash(0).device();
      devices.put(flash, catalog.device(flash));
    }
    if (config.entropy()) {
      devices.put(ENTROPY, catalog.device(ENTROPY));
    }
    for (MachineConfig.ExtraDevice extra : config.devices()) {
      devices.put(extra.type(), catalog.device(extra.type()));
    }
    return new Parts(
        instructionSet(config, catalog),
        catalog.cpu(config.cpu().orElseGet(() -> fastest(catalog.names(PluginKind.CPU)))),
        catalog.memory(config.memoryStrategy()),
        Map.copyOf(devices),
        catalog);
  }

  /** The fastest of some CPU strategies, of which there is at least one unless none is found. */
  static String fastest(Collection<String> names) {
    return FASTEST.stream()
        .filter(names::contains)
        .findFirst()
        .or(() -> names.stream().findFirst())
        .orElseThrow(() -> new VivariumException("there is no CPU strategy"));
  }

  /** A kind of device that {@link #find} found. */
  DeviceType device(String name) {
    return java.util.Objects.requireNonNull(devices.get(name), name);
  }

  private static InstructionSet instructionSet(MachineConfig config, PluginCatalog catalog) {
    return ExtendedInstructionSet.of(
        catalog.isa(config.isa()),
        config.isaExtensions().stream().map(catalog::extension).toList());
  }

  private static void checkNumbers(MachineConfig config) {
    require(
        config.memoryBytes() >= LEAST_MEMORY && config.memoryBytes() % PAGE_BYTES == 0,
        "memory must be a multiple of 4 KiB and at least 1 MiB, not "
            + config.memoryBytes()
            + " bytes");
    require(
        config.harts() >= 1 && config.harts() <= MOST_HARTS,
        "a machine has 1 to " + MOST_HARTS + " harts, not " + config.harts());
    require(
        config.maxSteps().orElse(1) > 0,
        "the most steps must be positive, not " + config.maxSteps().orElse(0));
    require(config.quantumSteps().orElse(1) > 0, "the quantum must be positive");
    require(
        config.flash().size() <= Board.FLASH_BANKS,
        "the board has %d banks of flash, but %d are wanted"
            .formatted(Board.FLASH_BANKS, config.flash().size()));
    int slots = config.disks().size() + config.devices().size() + (config.entropy() ? 1 : 0);
    require(
        slots <= Board.VIRTIO_SLOTS,
        "the board has " + Board.VIRTIO_SLOTS + " virtio slots, but " + slots + " are wanted");
  }

  private static void checkImages(MachineConfig config) {
    boolean hasKernel = config.kernel().isPresent();
    require(
        hasKernel || config.firmware().isPresent() || !config.flash().isEmpty(),
        "nothing to boot: no kernel, no firmware, no flash");
    require(hasKernel || config.initrd().isEmpty(), "an initrd needs a kernel");
    require(hasKernel || config.append().isEmpty(), "a kernel command line needs a kernel");
    Images.check("firmware", config.firmware(), config.memoryBytes());
    Images.check("kernel", config.kernel(), config.memoryBytes());
    Images.check("initrd", config.initrd(), config.memoryBytes());
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new VivariumException(otherwise);
    }
  }
}
