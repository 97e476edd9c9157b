package vivarium.core.machine;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import vivarium.api.VivariumException;
import vivarium.api.cpu.Counters;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.HostPowers;
import vivarium.api.device.BlockStorage;
import vivarium.api.device.Device;
import vivarium.api.device.DevicePlacement;
import vivarium.api.device.DeviceTreeNode;
import vivarium.api.device.InterruptController;
import vivarium.api.device.InterruptLine;
import vivarium.api.isa.BootRequest;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.HartEnvironment;
import vivarium.api.memory.DeviceMemory;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.Paging;
import vivarium.api.memory.PagingEnvironment;
import vivarium.core.memory.Extent;
import vivarium.core.memory.HostLoan;

/**
 * Puts a machine together, from power-on reset to the point where its harts can run: {@link
 * #assemble} reads in the order in which it happens. Used once per machine and reset.
 */
final class Assembly {
  private static final long DETERMINISTIC_QUANTUM = 100_000;

  private final MachineConfig config;
  private final Parts parts;
  private final Extent extent;
  private final Storages storages;
  private final Cleanup cleanup = new Cleanup();
  private final SystemBus bus = new SystemBus();
  private final RandomGenerator random;
  private final Power power;
  private final MachineClock clock;
  private final GuestMemory memory;
  private final Counters shared = new Counters();
  private final List<HartBlock> blocks = new ArrayList<>();
  private final List<Hart> harts = new ArrayList<>();
  private final List<Placed> devices = new ArrayList<>();
  private final Inbox inbox;

  /** A device and its place. */
  private record Placed(Board.Place place, Device device) {}

  private Assembly(MachineConfig config, Parts parts, Extent extent, Storages storages) {
    this.config = config;
    this.parts = parts;
    this.extent = extent;
    this.storages = storages;
    random = config.deterministic() ? new Random(config.seed()) : new HostRandom();
    power = new Power(config.name(), config.console());
    memory = new GuestMemory(extent.machine(), Board.RAM_BASE, config.memoryBytes(), extent.ram());
    for (int id = 0; id < config.harts(); id++) {
      blocks.add(new HartBlock(Arena.ofAuto().allocate(HartBlock.BYTES, 64)));
    }
    clock =
        config.deterministic()
            ? new StepClock(() -> blocks.stream().mapToLong(HartBlock::steps).sum())
            : new RealClock();
    inbox = new Inbox(blocks);
  }

  /**
   * Assembles a machine and loads what it boots.
   *
   * @param extent its RAM, zeroed
   * @param storages its disks and flash; they outlive the machine
   */
  static Machine assemble(MachineConfig config, Parts parts, Extent extent, Storages storages) {
    Assembly assembly = new Assembly(config, parts, extent, storages);
    try {
      return assembly.assemble();
    } catch (Throwable e) {
      assembly.cleanup.close();
      throw e;
    }
  }

  private Machine assemble() {
    config.console().attach(inbox);
    makeHarts();
    Paging paging = makePaging();
    cleanup.add(paging::close);
    InterruptController controller = makeDevices();
    List<MachineRunner.VirtualProcessor> processors = makeEngines();
    try (Arena images = Arena.ofConfined()) {
      parts.isa().boot(bootRequest(controller, images));
    }
    MachineRunner runner =
        new MachineRunner(
            config.name(),
            processors,
            clock,
            inbox,
            power,
            config.console(),
            cleanup.add(
                new Rest(
                    config.name(),
                    extent,
                    TimeUnit.MILLISECONDS.toNanos(config.timerSlackMillis()),
                    System::nanoTime,
                    Leftovers.ofProcess())),
            quantum());
    return new Machine(parts.isa(), harts, memory, shared, clock, bus, inbox, runner, cleanup);
  }

  /** Harts take turns by the clock on the wall, but for deterministic ones: they count steps. */
  private long quantum() {
    boolean counted = config.deterministic() && config.harts() > 1;
    return config.quantumSteps().orElse(counted ? DETERMINISTIC_QUANTUM : 0);
  }

  private void makeHarts() {
    for (int id = 0; id < config.harts(); id++) {
      HartEnvironment environment =
          new HartEnvironment(id, blocks.get(id), memory, bus, clock, power, new Counters());
      harts.add(parts.isa().createHart(environment));
    }
  }

  private Paging makePaging() {
    PagingEnvironment environment =
        new PagingEnvironment(memory, extent.tables(), shared, config.memoryOptions());
    Paging paging = parts.memory().create(environment);
    harts.forEach(hart -> hart.mmu().setPaging(paging));
    return paging;
  }

  private InterruptController makeDevices() {
    Device plic = place(Board.PLIC, Map.of(), Optional.empty(), null);
    if (!(plic instanceof InterruptController controller)) {
      throw new VivariumException("device " + Board.PLIC.device() + " is no interrupt controller");
    }
    place(Board.CLINT, Map.of(), Optional.empty(), controller);
    place(Board.SYSCON, Map.of(), Optional.empty(), controller);
    place(Board.RTC, Map.of(), Optional.empty(), controller);
    place(Board.UART, Map.of(), Optional.empty(), controller);
    placeFlash(controller);
    int slot = 0;
    for (BlockStorage storage : storages.disks()) {
      Board.Place disk = Board.virtio(slot++, Parts.DISK);
      place(disk, Map.of(), Optional.of(storage), controller);
    }
    if (config.entropy()) {
      place(Board.virtio(slot++, Parts.ENTROPY), Map.of(), Optional.empty(), controller);
    }
    for (MachineConfig.ExtraDevice extra : config.devices()) {
      Board.Place place = Board.virtio(slot++, extra.type());
      Device device = place(place, extra.properties(), Optional.empty(), controller);
      if (device.size() > Board.VIRTIO_SLOT_BYTES) {
        throw new VivariumException("device " + extra.type() + " is too large for a virtio slot");
      }
    }
    for (; slot < Board.VIRTIO_SLOTS; slot++) {
      Board.Place empty = Board.virtio(slot, "virtio-empty");
      bus.add(empty.device(), empty.base(), new EmptySlot());
    }
    return controller;
  }

  private void placeFlash(InterruptController controller) {
    for (int bank = 0; bank < storages.flash().size(); bank++) {
      Board.Place place = Board.flash(bank);
      DeviceMemory cells = memory.addDeviceMemory(place.base(), Board.FLASH_BANK_BYTES);
      Optional<BlockStorage> storage = Optional.of(storages.flash().get(bank));
      place(place, Map.of(), storage, Optional.of(cells), controller);
    }
  }

  private Device place(
      Board.Place place,
      Map<String, String> properties,
      Optional<BlockStorage> storage,
      @Nullable InterruptController controller) {
    return place(place, properties, storage, Optional.empty(), controller);
  }

  private Device place(
      Board.Place place,
      Map<String, String> properties,
      Optional<BlockStorage> storage,
      Optional<DeviceMemory> deviceMemory,
      @Nullable InterruptController controller) {
    InterruptLine line =
        controller == null || place.interrupt() == 0
            ? level -> {}
            : controller.line(place.interrupt());
    boolean isConsole = place.device().equals(Board.UART.device());
    Device device =
        parts
            .device(place.device())
            .create(
                new LentContext(
                    properties,
                    line,
                    List.copyOf(harts),
                    memory,
                    clock,
                    power,
                    isConsole ? config.console() : Console.nowhere(),
                    storage,
                    deviceMemory,
                    random,
                    inbox));
    cleanup.add(device);
    bus.add(place.device(), place.base(), device);
    devices.add(new Placed(place, device));
    return device;
  }

  private List<MachineRunner.VirtualProcessor> makeEngines() {
    List<MachineRunner.VirtualProcessor> processors = new ArrayList<>();
    for (Hart hart : harts) {
      MachineRunner.VirtualProcessor processor =
          new MachineRunner.VirtualProcessor(
              hart, (host, resting) -> makeEngine(hart, host, resting));
      cleanup.add(processor);
      processors.add(processor);
    }
    return processors;
  }

  private CpuEngine makeEngine(Hart hart, HostLoan host, boolean resting) {
    HostPowers powers = new LentHarts(host, parts.catalog(), parts.cpu().name());
    return parts
        .cpu()
        .create(
            new CpuEnvironment(parts.isa(), hart, memory, powers, config.cpuOptions(), resting));
  }

  private BootRequest bootRequest(InterruptController controller, Arena images) {
    long ram = config.memoryBytes();
    return new BootRequest(
        Images.map("firmware", config.firmware(), ram, images),
        Images.map("kernel", config.kernel(), ram, images),
        Images.map("initrd", config.initrd(), ram, images),
        config.flash().isEmpty() ? OptionalLong.empty() : OptionalLong.of(Board.FLASH_BASE),
        (start, end) -> FlattenedDeviceTree.write(describe(controller, start, end)),
        harts,
        memory,
        power,
        clock);
  }

  private DeviceTreeNode describe(
      InterruptController controller, long initrdStart, long initrdEnd) {
    DeviceTreeNode root = new DeviceTreeNode();
    root.cells("#address-cells", 2).cells("#size-cells", 2);
    root.strings("compatible", "riscv-virtio").strings("model", "vivarium,virt");
    describeChosen(root.child("chosen"), initrdStart, initrdEnd);
    root.child("memory@" + Long.toHexString(Board.RAM_BASE))
        .strings("device_type", "memory")
        .longs("reg", Board.RAM_BASE, config.memoryBytes());
    DeviceTreeNode cpus = root.child("cpus");
    cpus.cells("#address-cells", 1).cells("#size-cells", 0);
    List<DeviceTreeNode> hartControllers =
        parts.isa().describe(cpus, config.harts(), Board.TIMEBASE_HZ);
    DeviceTreeNode soc = root.child("soc");
    soc.cells("#address-cells", 2).cells("#size-cells", 2);
    soc.strings("compatible", "simple-bus").flag("ranges");
    for (Placed placed : devices) {
      Board.Place place = placed.place();
      DeviceTreeNode above = placed.device().equals(controller) ? null : controller.node();
      placed
          .device()
          .describe(
              soc, new DevicePlacement(place.base(), place.interrupt(), above, hartControllers));
    }
    return root;
  }

  private void describeChosen(DeviceTreeNode chosen, long initrdStart, long initrdEnd) {
    chosen.strings("bootargs", config.append()).strings("stdout-path", Board.CONSOLE_PATH);
    chosen.longs(
        "rng-seed", random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    if (initrdEnd != initrdStart) {
      chosen.longs("linux,initrd-start", initrdStart).longs("linux,initrd-end", initrdEnd);
    }
  }
}
