package vivarium.isa.riscv.boot;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import vivarium.api.VivariumException;
import vivarium.api.isa.BootRequest;
import vivarium.api.isa.BootRequest.Image;
import vivarium.api.memory.GuestMemory;
import vivarium.isa.riscv.RiscvHart;
import vivarium.isa.riscv.boot.Loader.Loaded;
import vivarium.isa.riscv.sbi.SbiFirmware;

/**
 * Loads what is to be run and sets registers by RISC-V's boot protocols. RAM, from its base up:
 * firmware, at 2 MiB the kernel; from its end down: OpenSBI's information page, the device tree
 * with room to grow, the initial RAM disk.
 */
public final class Boot {
  private static final long KERNEL_OFFSET = 2 << 20;

  /** OpenSBI adds nodes to the device tree where it lies. */
  private static final long DEVICE_TREE_ROOM = 64 << 10;

  /** struct fw_dynamic_info of OpenSBI, include/sbi/fw_dynamic.h. */
  private static final long FW_DYNAMIC_INFO_MAGIC = 0x4942_534f;

  private static final long FW_DYNAMIC_INFO_VERSION_2 = 2;
  private static final long FW_DYNAMIC_INFO_NEXT_MODE_S = 1;
  private static final int FW_DYNAMIC_INFO_BYTES = 48;

  /** Where the device tree and the initial RAM disk lie. */
  private record Placement(long deviceTree, long info) {}

  private final BootRequest request;
  private final GuestMemory memory;
  private final Loader loader;

  private Boot(BootRequest request) {
    this.request = request;
    this.memory = request.memory();
    this.loader = new Loader(memory);
  }

  /**
   * Loads and starts; see {@link vivarium.api.isa.InstructionSet#boot}.
   *
   * @throws VivariumException if an image is damaged, of another architecture, or does not fit
   */
  public static void boot(BootRequest request) {
    new Boot(request).run();
  }

  private void run() {
    Optional<Loaded> firmware = request.firmware().map(loader::firmware);
    Optional<Loaded> kernel = request.kernel().map(image -> loader.kernel(image, KERNEL_OFFSET));
    OptionalLong next =
        kernel.isPresent() ? OptionalLong.of(kernel.get().entry()) : request.resident();
    if (firmware.isEmpty() && next.isEmpty()) {
      throw new VivariumException("nothing to boot: give a firmware or a kernel");
    }
    if (firmware.isPresent() && kernel.isPresent() && firmware.get().overlaps(kernel.get())) {
      throw new VivariumException(
          "%s and %s overlap in memory".formatted(firmware.get().name(), kernel.get().name()));
    }
    long end = Math.max(firmware.map(Loaded::end).orElse(0L), kernel.map(Loaded::end).orElse(0L));
    Placement placement = placeHigh(end);
    List<RiscvHart> harts = request.harts().stream().map(RiscvHart.class::cast).toList();
    if (firmware.isPresent()) {
      long info = next.isPresent() ? placeInfo(next.getAsLong(), placement.info) : 0;
      for (RiscvHart hart : harts) {
        hart.block().setPc(firmware.get().entry());
        hart.block().setRegister(RiscvHart.A0, hart.id());
        hart.block().setRegister(RiscvHart.A0 + 1, placement.deviceTree);
        hart.block().setRegister(RiscvHart.A0 + 2, info);
      }
    } else {
      SbiFirmware.start(request, harts, next.getAsLong(), placement.deviceTree);
    }
  }

  /** Places the device tree and the initial RAM disk below the end of RAM. */
  private Placement placeHigh(long imagesEnd) {
    MemorySegment initrd = request.initrd().map(Image::content).orElse(MemorySegment.NULL);
    long base = memory.base();
    long info = base + memory.size() - GuestMemory.PAGE_BYTES;
    // Built twice: first for its size, which does not depend on where the disk lies.
    int deviceTreeBytes = request.deviceTree().build(base, base + initrd.byteSize()).length;
    long deviceTree = pageDown(info - DEVICE_TREE_ROOM - deviceTreeBytes);
    long initrdStart = pageDown(deviceTree - initrd.byteSize());
    if (initrdStart < imagesEnd) {
      String what =
          initrd.byteSize() > 0 ? "the kernel with its initial RAM disk" : "what is booted";
      throw Loader.tooSmall(memory, what, memory.size() + imagesEnd - initrdStart);
    }
    byte[] tree = request.deviceTree().build(initrdStart, initrdStart + initrd.byteSize());
    loader.place(initrd, initrdStart);
    loader.place(MemorySegment.ofArray(tree), deviceTree);
    return new Placement(deviceTree, info);
  }

  private long placeInfo(long nextAddress, long at) {
    ByteBuffer info =
        ByteBuffer.allocate(FW_DYNAMIC_INFO_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(FW_DYNAMIC_INFO_MAGIC)
            .putLong(FW_DYNAMIC_INFO_VERSION_2)
            .putLong(nextAddress)
            .putLong(FW_DYNAMIC_INFO_NEXT_MODE_S)
            .putLong(0)
            .putLong(0);
    loader.place(MemorySegment.ofBuffer(info.flip()), at);
    return at;
  }

  private static long pageDown(long address) {
    return address & -GuestMemory.PAGE_BYTES;
  }
}
