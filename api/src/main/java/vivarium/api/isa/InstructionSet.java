package vivarium.api.isa;

import java.util.List;
import vivarium.api.device.DeviceTreeNode;

/**
 * An instruction set: a table of Java methods and the privileged architecture around it. Provided
 * by plugins ({@code provides InstructionSet with ...}); one instance per JVM, shared by all
 * machines, immutable, safe from any thread.
 */
public interface InstructionSet {
  /** The name by which it is chosen, such as {@code rv64gc}. */
  String name();

  /** The instructions; built on first use, then the same object always. */
  InstructionTable table();

  /** The register banks in the order of the hart block. */
  List<RegisterBank> banks();

  /**
   * Bytes to which instructions are aligned, and the size of a parcel that {@link #length} reads.
   */
  int instructionAlignment();

  /**
   * The length in bytes of the instruction that begins with these bits; only the first parcel is
   * looked at.
   */
  int length(int firstParcel);

  /**
   * The units that a decoded instruction needs, as in {@link Hart#ready()}; 0 for most. Called once
   * per instruction decoded.
   */
  int requiredUnits(Decoded instruction);

  /** What people call an exception, such as {@code load page fault}; from its number. */
  default String exceptionName(int cause) {
    return "exception " + cause;
  }

  /** What people call an interrupt, such as {@code timer}; from its number. */
  default String interruptName(int number) {
    return "interrupt " + number;
  }

  /** Makes a hart, in reset. Called once per virtual processor when a machine is assembled. */
  Hart createHart(HartEnvironment environment);

  /**
   * What code that runs in user mode sees of a hart, for direct execution: a hart of the same class
   * in the least privileged mode for good, made by {@link Hart#Hart(Hart)}. Only methods of
   * instructions that are not {@linkplain Instruction#privileged privileged} are given it. Control
   * bits by which an instruction set makes sensitive instructions trap (RISC-V: {@code mcounteren})
   * are taken to be set so that they do.
   *
   * @throws vivarium.api.VivariumException if there is no such mode, as here
   */
  default Hart createUserHart(Hart hart) {
    throw new vivarium.api.VivariumException(
        "code of " + name() + " cannot be executed directly: no hart here has a user mode for it");
  }

  /**
   * Writes the processors' nodes below {@code /cpus}, each with its interrupt controller, whose
   * phandles it returns in hart order.
   *
   * @param cpus the node {@code /cpus}
   * @param harts how many
   * @param timebaseHz ticks of the machine's clock in a second
   */
  List<DeviceTreeNode> describe(DeviceTreeNode cpus, int harts, long timebaseHz);

  /**
   * Loads what is to be run and sets every hart's pc and registers as the instruction set's boot
   * protocol says. Called once, after the devices exist and before the first run.
   *
   * @throws vivarium.api.VivariumException if an image is none of this instruction set's, is
   *     truncated, or does not fit
   */
  void boot(BootRequest request);
}
