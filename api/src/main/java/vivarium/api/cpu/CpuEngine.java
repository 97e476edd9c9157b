package vivarium.api.cpu;

/**
 * What runs one virtual processor. All calls come from one thread, the hart's own; another thread
 * stops it by {@link vivarium.api.isa.HartBlock#requestAttention}.
 */
public interface CpuEngine extends AutoCloseable {
  /**
   * Runs from the state in the hart block until there is something to say, and leaves the state
   * there. Exactly {@code budget} steps are made, or fewer for another exit. Takes pending
   * interrupts first, and whenever attention is requested.
   *
   * @param budget steps, at least 1; rather hundreds of thousands
   */
  Exit run(long budget);

  /**
   * What the engine makes of the instruction at an address, in the hart's current state: for people
   * who look for its mistakes, some lines. Empty, as here, if it only calls the instruction's
   * method.
   */
  default String explain(long pc) {
    return "";
  }

  /**
   * Gives back code memory and leaves the lists of watchers. The hart can be run by another engine.
   */
  @Override
  void close();
}
