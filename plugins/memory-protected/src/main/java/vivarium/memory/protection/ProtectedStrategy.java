package vivarium.memory.protection;

import java.util.Map;
import vivarium.api.VivariumException;
import vivarium.api.memory.MemoryStrategy;
import vivarium.api.memory.Paging;
import vivarium.api.memory.PagingEnvironment;

/**
 * The strategy {@code protected}. Its one option, {@code roots}, is how many root tables stay
 * translated when others are in use; the one not used for longest goes first.
 */
public final class ProtectedStrategy implements MemoryStrategy {
  private static final String ROOTS = "roots";
  private static final int DEFAULT_ROOTS = 128;
  private static final int MOST_ROOTS = 1 << 16;

  /** For the service loader. */
  public ProtectedStrategy() {}

  @Override
  public String name() {
    return "protected";
  }

  @Override
  public String description() {
    return "keeps machine addresses in the guest's own tables, which it can only reach by traps";
  }

  @Override
  public Paging create(PagingEnvironment environment) {
    return new ProtectedPaging(environment, roots(environment.options()));
  }

  private static int roots(Map<String, String> options) {
    for (String option : options.keySet()) {
      if (!option.equals(ROOTS)) {
        throw new VivariumException(
            "memory strategy protected has no option %s, only %s".formatted(option, ROOTS));
      }
    }
    String value = options.get(ROOTS);
    if (value == null) {
      return DEFAULT_ROOTS;
    }
    if (!value.matches("[0-9]{1,6}")
        || Integer.parseInt(value) < 1
        || Integer.parseInt(value) > MOST_ROOTS) {
      throw new VivariumException(
          "memory strategy protected: %s is a number from 1 to %d, not %s"
              .formatted(ROOTS, MOST_ROOTS, value));
    }
    return Integer.parseInt(value);
  }
}
