package vivarium.api.isa;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import vivarium.api.device.Clock;
import vivarium.api.device.MachineControl;
import vivarium.api.memory.GuestMemory;

/**
 * What a machine is to boot. With {@code firmware} and no kernel it is a bare-metal program in the
 * most privileged mode; with a kernel and no firmware the instruction set's built-in firmware
 * serves it.
 *
 * @param firmware an ELF file or raw image that runs first, in the most privileged mode
 * @param kernel an ELF file or raw image of an operating system
 * @param initrd the initial RAM disk
 * @param resident where code stands that is there without being loaded, as in flash: without a
 *     kernel it is run in its place
 * @param deviceTree makes the flattened device tree once it is known where the initrd lies
 * @param harts all harts, in order, in reset
 * @param memory guest-physical memory to load into
 * @param control power and console of last resort, for built-in firmware
 * @param clock the machine's time, for built-in firmware
 */
public record BootRequest(
    Optional<Image> firmware,
    Optional<Image> kernel,
    Optional<Image> initrd,
    OptionalLong resident,
    DeviceTreeSource deviceTree,
    List<Hart> harts,
    GuestMemory memory,
    MachineControl control,
    Clock clock) {

  /** Copies the list of harts. */
  public BootRequest {
    harts = List.copyOf(harts);
  }

  /**
   * A file's content and the name to use in messages.
   *
   * @param name as the user wrote it
   * @param content all of it, less than 2 GiB; not to be changed, and not to be had any more once
   *     {@link InstructionSet#boot} has returned
   */
  public record Image(String name, MemorySegment content) {}

  /** Makes the flattened device tree. */
  @FunctionalInterface
  public interface DeviceTreeSource {
    /**
     * The device tree blob, with {@code /chosen} naming the initial RAM disk.
     *
     * @param initrdStart guest-physical address of its first byte
     * @param initrdEnd address after its last byte; equal to the start if there is none
     */
    byte[] build(long initrdStart, long initrdEnd);
  }
}
