package vivarium.core.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.cpu.Exit;
import vivarium.api.device.Device;
import vivarium.api.device.DeviceContext;
import vivarium.api.device.DevicePlacement;
import vivarium.api.device.DeviceTreeNode;
import vivarium.api.device.DeviceType;
import vivarium.api.device.InterruptController;
import vivarium.api.device.InterruptLine;
import vivarium.api.isa.BootRequest;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.HartEnvironment;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.InstructionTable;
import vivarium.api.isa.RegisterBank;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.MemoryStrategy;
import vivarium.api.memory.Paging;
import vivarium.api.memory.PagingEnvironment;
import vivarium.api.memory.Translation;
import vivarium.api.memory.TranslationContext;
import vivarium.core.plugin.PluginCatalog;

/** Plugins that are nothing but their seams: what a "guest" does is a Java function. */
final class FakeParts {
  /** The device contexts in the order in which devices were made. */
  final List<DeviceContext> contexts = new ArrayList<>();

  /** What was to be booted, one for each time a machine was assembled. */
  final List<BootRequest> boots = new ArrayList<>();

  final List<String> closed = new ArrayList<>();
  private final BiFunction<FakeHart, Long, Exit> guest;

  FakeParts(BiFunction<FakeHart, Long, Exit> guest) {
    this.guest = guest;
  }

  /**
   * The parts in a catalog.
   *
   * @param more other providers in it
   */
  PluginCatalog catalog(Object... more) {
    List<Object> providers = new ArrayList<>(List.of(more));
    providers.addAll(List.of(new Isa(), new Cpu(), new Memory()));
    for (String device :
        List.of(
            "plic", "clint", "syscon", "goldfish-rtc", "ns16550a", "virtio-blk", "virtio-rng")) {
      providers.add(new Kind(device));
    }
    return PluginCatalog.of(providers.toArray());
  }

  /** Makes all steps of a budget at once. */
  static Exit spend(Hart hart, long budget) {
    HartBlock block = hart.block();
    block.grantBudget(budget);
    block.setBudget(0);
    return Exit.BUDGET_SPENT;
  }

  /** Makes some of the steps of a budget. */
  static void spend(Hart hart, long budget, long steps) {
    hart.block().grantBudget(budget);
    hart.block().setBudget(budget - steps);
  }

  DeviceContext context(String device) {
    int board = List.of("plic", "clint", "syscon", "goldfish-rtc", "ns16550a").indexOf(device);
    return contexts.get(board);
  }

  private final class Isa implements InstructionSet {
    @Override
    public String name() {
      return "rv64gc";
    }

    @Override
    public InstructionTable table() {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<RegisterBank> banks() {
      return List.of();
    }

    @Override
    public int instructionAlignment() {
      return 2;
    }

    @Override
    public int length(int firstParcel) {
      return 4;
    }

    @Override
    public int requiredUnits(Decoded instruction) {
      return 0;
    }

    @Override
    public Hart createHart(HartEnvironment environment) {
      return new FakeHart(environment);
    }

    @Override
    public List<DeviceTreeNode> describe(DeviceTreeNode cpus, int harts, long timebaseHz) {
      cpus.cells("timebase-frequency", (int) timebaseHz);
      return java.util.stream.IntStream.range(0, harts)
          .mapToObj(id -> cpus.child("cpu@" + id).child("interrupt-controller"))
          .toList();
    }

    @Override
    public void boot(BootRequest request) {
      boots.add(request);
    }
  }

  private final class Cpu implements CpuStrategy {
    @Override
    public String name() {
      return "interpretation";
    }

    @Override
    public String description() {
      return "";
    }

    @Override
    public CpuEngine create(CpuEnvironment environment) {
      return new CpuEngine() {
        @Override
        public Exit run(long budget) {
          FakeHart hart = (FakeHart) environment.hart();
          if ((hart.block().attention() & HartBlock.ATTENTION_STOP) != 0) {
            hart.block().clearAttention(HartBlock.ATTENTION_STOP);
            return Exit.STOPPED;
          }
          return guest.apply(hart, budget);
        }

        @Override
        public void close() {
          closed.add("engine");
        }
      };
    }
  }

  private static final class Memory implements MemoryStrategy {
    @Override
    public String name() {
      return "nested";
    }

    @Override
    public String description() {
      return "";
    }

    @Override
    public Paging create(PagingEnvironment environment) {
      return new Paging() {
        @Override
        public @Nullable Trap translate(
            TranslationContext context, long va, Access access, Translation result) {
          return null;
        }

        @Override
        public void switchTo(TranslationContext context) {}

        @Override
        public void fence(long va, boolean allAddresses, int asid, boolean allSpaces) {}

        @Override
        public void close() {}
      };
    }
  }

  private final class Kind implements DeviceType {
    private final String name;

    Kind(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String description() {
      return "";
    }

    @Override
    public Device create(DeviceContext context) {
      contexts.add(context);
      return new FakeDevice(name);
    }
  }

  /** Reads its offset. */
  private final class FakeDevice implements InterruptController {
    private final String name;

    FakeDevice(String name) {
      this.name = name;
    }

    @Override
    public long size() {
      return 0x1000;
    }

    @Override
    public long load(long offset, int width) {
      return -1 - offset;
    }

    @Override
    public void store(long offset, int width, long value) {}

    @Override
    public void reset() {}

    @Override
    public void describe(DeviceTreeNode soc, DevicePlacement placement) {
      soc.child(name + "@" + Long.toHexString(placement.base()))
          .longs("reg", placement.base(), size())
          .cells("interrupts", placement.interrupt());
    }

    @Override
    public InterruptLine line(int source) {
      return level -> {};
    }

    @Override
    public DeviceTreeNode node() {
      return new DeviceTreeNode();
    }

    @Override
    public void close() {
      closed.add(name);
    }
  }
}
