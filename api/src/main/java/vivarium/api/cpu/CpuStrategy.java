package vivarium.api.cpu;

import java.util.List;
import vivarium.api.isa.InstructionTable;

/**
 * A way of virtualizing the processor (interpretation, direct execution, binary translation),
 * chosen by name. Provided by plugins; one instance per JVM, stateless.
 */
public interface CpuStrategy {
  /** The name by which it is chosen, such as {@code interpretation}. */
  String name();

  /** One line for {@code vivarium plugins}. */
  String description();

  /**
   * Makes an engine for one hart. Called when a machine is assembled and when a live machine's
   * strategy is swapped.
   *
   * @throws vivarium.api.VivariumException if this host or this instruction set is not served, with
   *     the reason
   */
  CpuEngine create(CpuEnvironment environment);

  /**
   * How this strategy runs each instruction of a table, in the table's order: a few words for
   * {@code vivarium isa}, such as {@code translated}, or {@code opaque: } and why. Empty, as here,
   * if it runs all of them alike.
   */
  default List<String> treatments(InstructionTable table) {
    return List.of();
  }
}
