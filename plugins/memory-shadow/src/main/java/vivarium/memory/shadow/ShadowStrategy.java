package vivarium.memory.shadow;

import java.util.Map;
import vivarium.api.VivariumException;
import vivarium.api.memory.MemoryStrategy;
import vivarium.api.memory.Paging;
import vivarium.api.memory.PagingEnvironment;

/**
 * The strategy {@code shadow}. Its one option, {@code out-of-sync} ({@code true} or {@code false},
 * the default), lets the guest write its busiest tables untrapped until its next fence.
 */
public final class ShadowStrategy implements MemoryStrategy {
  private static final String OUT_OF_SYNC = "out-of-sync";

  /** For the service loader. */
  public ShadowStrategy() {}

  @Override
  public String name() {
    return "shadow";
  }

  @Override
  public String description() {
    return "walks tables of its own (V2M) and traps the guest's writes to V2P";
  }

  @Override
  public Paging create(PagingEnvironment environment) {
    return new ShadowPaging(environment, outOfSync(environment.options()));
  }

  private static boolean outOfSync(Map<String, String> options) {
    for (String option : options.keySet()) {
      if (!option.equals(OUT_OF_SYNC)) {
        throw new VivariumException(
            "memory strategy shadow has no option %s, only %s".formatted(option, OUT_OF_SYNC));
      }
    }
    String value = options.getOrDefault(OUT_OF_SYNC, "false");
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new VivariumException(
              "memory strategy shadow: %s is true or false, not %s".formatted(OUT_OF_SYNC, value));
    };
  }
}
