package vivarium.api.cpu;

import java.lang.foreign.MemorySegment;
import java.util.function.Function;

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
   * Something that engines of several machines have in common, each of which may be run by a thread
   * of its own: made by the first that asks, and closed when the last that asked is gone.
   *
   * @param key equal for all that may have it in common; its class tells it from other things
   * @param maker makes it of what it borrows of the host, which is its own and ends with it
   * @return the same for equal keys
   */
  <T extends AutoCloseable> T common(Object key, Function<HostPowers, T> maker);

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
