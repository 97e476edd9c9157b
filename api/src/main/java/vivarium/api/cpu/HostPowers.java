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
}
