package vivarium.api.memory;

/** Gives a machine's RAM its machine frames, on first touch; implemented by the core. */
@FunctionalInterface
public interface RamFrames {
  /**
   * The machine address of the frame that is to back a page of RAM; asked once per page. Neighbours
   * are as contiguous as can be.
   *
   * @param page number of the page within RAM, from 0
   * @throws vivarium.api.VivariumException if the machine's memory is exhausted
   */
  long give(int page);
}
