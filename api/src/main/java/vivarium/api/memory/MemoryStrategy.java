package vivarium.api.memory;

/**
 * A way of virtualizing memory (shadow, protected, nested page tables), chosen by name. Provided by
 * plugins; one instance per JVM, stateless.
 */
public interface MemoryStrategy {
  /** The name by which it is chosen, such as {@code nested}. */
  String name();

  /** One line for {@code vivarium plugins}. */
  String description();

  /** Makes the strategy's state for one machine. Called once when a machine is assembled. */
  Paging create(PagingEnvironment environment);
}
