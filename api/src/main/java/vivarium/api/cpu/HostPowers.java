package vivarium.api.cpu;

import java.lang.foreign.MemorySegment;

/** What of the host's own powers the core lends to engines. */
public interface HostPowers {
  /**
   * Executable memory, never writable and executable at one address.
   *
   * @param bytes size, rounded up to the host's page size
   * @throws vivarium.api.VivariumException if the host refuses, with the reason
   */
  CodeMemory codeMemory(long bytes);

  /**
   * Zeroed off-heap memory for an engine's tables, 64-byte aligned, freed with the machine.
   *
   * @param bytes size
   */
  MemorySegment tables(long bytes);

  /**
   * A hart to execute guest code on directly: the one that the option {@code hart} names, or the
   * best there is.
   *
   * @param environment of the virtual hart
   * @throws vivarium.api.VivariumException in one line, if there is none, or none for this
   *     instruction set
   */
  default HardwareHart hart(CpuEnvironment environment) {
    throw new vivarium.api.VivariumException("there is no hart to execute guest code on directly");
  }
}
