package vivarium.memory.nested;

import java.util.Map;
import vivarium.api.VivariumException;
import vivarium.api.memory.MemoryStrategy;
import vivarium.api.memory.Paging;
import vivarium.api.memory.PagingEnvironment;

/**
 * The strategy {@code nested}: two-stage translation on each TLB miss. Its one option, {@code
 * large-pages} ({@code true} or {@code false}, the default), maps 2 MiB and 1 GiB of machine memory
 * by one entry of P2M where they lie together: shorter walks, but RAM is given by as much at once.
 */
public final class NestedStrategy implements MemoryStrategy {
  private static final String LARGE_PAGES = "large-pages";

  /** For the service loader. */
  public NestedStrategy() {}

  @Override
  public String name() {
    return "nested";
  }

  @Override
  public String description() {
    return "walks the guest's tables and P2M's on each TLB miss";
  }

  @Override
  public Paging create(PagingEnvironment environment) {
    return new NestedPaging(environment, largePages(environment.options()));
  }

  private static boolean largePages(Map<String, String> options) {
    for (String option : options.keySet()) {
      if (!option.equals(LARGE_PAGES)) {
        throw new VivariumException(
            "memory strategy nested has no option %s, only %s".formatted(option, LARGE_PAGES));
      }
    }
    String value = options.getOrDefault(LARGE_PAGES, "false");
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new VivariumException(
              "memory strategy nested: %s is true or false, not %s".formatted(LARGE_PAGES, value));
    };
  }
}
