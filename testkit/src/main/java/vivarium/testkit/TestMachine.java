package vivarium.testkit;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import vivarium.api.cpu.Counters;
import vivarium.api.cpu.Stepper;
import vivarium.api.isa.BootRequest;
import vivarium.api.isa.BootRequest.Image;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.HartEnvironment;
import vivarium.api.isa.InstructionSet;
import vivarium.api.memory.DeviceMemory;
import vivarium.api.memory.GuestMemory;
import vivarium.testkit.device.SwitchedMemory;

/**
 * The smallest machine: harts and RAM, without devices but for memory of one, driven instruction by
 * instruction. RAM is contiguous and its memory strategy walks the guest's own tables. For one
 * thread.
 */
public final class TestMachine {
  /** Guest-physical address of the first byte of RAM. */
  public static final long RAM_BASE = 0x8000_0000L;

  private static final int DEVICE_MEMORY_BYTES = 4 * GuestMemory.PAGE_BYTES;

  /** Ends with the last machine that uses it. */
  private final Arena arena = Arena.ofAuto();

  private final InstructionSet instructionSet;
  private final GuestMemory memory;
  private final SwitchedMemory bus = new SwitchedMemory();
  private final FakeClock clock = new FakeClock();
  private final FakeControl control = new FakeControl();
  private final List<Hart> harts = new ArrayList<>();
  private final List<Stepper> steppers = new ArrayList<>();

  /**
   * Makes a machine with its harts in reset.
   *
   * @param ramBytes a multiple of the page size
   */
  public TestMachine(InstructionSet instructionSet, int hartCount, long ramBytes) {
    this.instructionSet = instructionSet;
    MemorySegment machine = arena.allocate(ramBytes + DEVICE_MEMORY_BYTES, GuestMemory.PAGE_BYTES);
    memory =
        new GuestMemory(machine, RAM_BASE, ramBytes, page -> (long) page << GuestMemory.PAGE_SHIFT);
    for (int id = 0; id < hartCount; id++) {
      HartBlock block = new HartBlock(arena.allocate(HartBlock.BYTES, 64));
      Hart hart =
          instructionSet.createHart(
              new HartEnvironment(id, block, memory, bus, clock, control, new Counters()));
      hart.mmu().setPaging(new WalkingPaging(memory));
      harts.add(hart);
      steppers.add(new Stepper(instructionSet, hart, memory));
    }
  }

  /** The instruction set. */
  public InstructionSet instructionSet() {
    return instructionSet;
  }

  /** The first hart. */
  public Hart hart() {
    return harts.get(0);
  }

  /** All harts. */
  public List<Hart> harts() {
    return List.copyOf(harts);
  }

  /** RAM. */
  public GuestMemory memory() {
    return memory;
  }

  /** The clock, which stands still. */
  public FakeClock clock() {
    return clock;
  }

  /** What guests asked of the machine. */
  public FakeControl control() {
    return control;
  }

  /** Assembles a program to an address, and returns its labels. */
  public Map<String, Long> assemble(long address, String source) {
    Assembler assembler = Assembler.of(instructionSet).at(address).text(source);
    memory.write(address, MemorySegment.ofArray(assembler.bytes()));
    return assembler.labels();
  }

  /** Adds a device whose memory, readable at first, holds a program; before the first engine. */
  public DeviceMemory addDeviceMemory(String source) {
    DeviceMemory device = memory.addDeviceMemory(SwitchedMemory.BASE, DEVICE_MEMORY_BYTES);
    Assembler assembler = Assembler.of(instructionSet).at(SwitchedMemory.BASE).text(source);
    device.write(0, MemorySegment.ofArray(assembler.bytes()));
    device.setReadable(true);
    bus.connect(device);
    return device;
  }

  /**
   * Makes a machine of one hart that is about to run a program.
   *
   * @param ramBytes a multiple of the page size
   * @param source assembly, put at the start of RAM
   */
  public static TestMachine running(InstructionSet instructionSet, long ramBytes, String source) {
    TestMachine machine = new TestMachine(instructionSet, 1, ramBytes);
    machine.program(source);
    return machine;
  }

  /** Assembles a program to the start of RAM and sets the first hart's pc to it. */
  public Map<String, Long> program(String source) {
    Map<String, Long> labels = assemble(RAM_BASE, source);
    hart().block().setPc(RAM_BASE);
    return labels;
  }

  /** Boots as a machine would, with a device tree that only names the initial RAM disk. */
  public void boot(Optional<Image> firmware, Optional<Image> kernel, Optional<Image> initrd) {
    boot(firmware, kernel, initrd, OptionalLong.empty());
  }

  /** The same, where code may stand in flash. */
  public void boot(
      Optional<Image> firmware,
      Optional<Image> kernel,
      Optional<Image> initrd,
      OptionalLong resident) {
    instructionSet.boot(
        new BootRequest(
            firmware,
            kernel,
            initrd,
            resident,
            (start, end) -> "%016x-%016x".formatted(start, end).getBytes(),
            harts,
            memory,
            control,
            clock));
  }

  /** Makes one step of the first hart, after taking an interrupt if one is due. */
  public void step() {
    run(0, 1);
  }

  /**
   * Makes steps of a hart, as an engine does; ends early when the hart waits. An interrupt that the
   * last step made due is taken.
   *
   * @return the steps made
   */
  public long run(int hartId, long steps) {
    Hart hart = harts.get(hartId);
    HartBlock block = hart.block();
    block.grantBudget(steps);
    block.requestAttention(HartBlock.ATTENTION_INTERRUPT);
    while (true) {
      if ((block.attention() & HartBlock.ATTENTION_INTERRUPT) != 0) {
        block.clearAttention(HartBlock.ATTENTION_INTERRUPT);
        hart.takeInterrupt();
      }
      if (block.budget() <= 0) {
        return steps;
      }
      if ((block.attention() & HartBlock.ATTENTION_WAIT) != 0) {
        block.clearAttention(HartBlock.ATTENTION_WAIT);
        if (!hart.wakes()) {
          return steps - block.budget();
        }
      }
      steppers.get(hartId).step();
    }
  }
}
