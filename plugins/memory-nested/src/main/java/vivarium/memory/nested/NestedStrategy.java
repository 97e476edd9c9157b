package vivarium.memory.nested;

import vivarium.api.memory.MemoryStrategy;
import vivarium.api.memory.Paging;
import vivarium.api.memory.PagingEnvironment;

/** The strategy {@code nested}: two-stage translation on each TLB miss, and nothing kept. */
public final class NestedStrategy implements MemoryStrategy {
  /** For the service loader. */
  public NestedStrategy() {}

  @Override
  public String name() {
    return "nested";
  }

  @Override
  public String description() {
    return "walks the guest's tables and P2M on each TLB miss";
  }

  @Override
  public Paging create(PagingEnvironment environment) {
    return new NestedPaging(environment);
  }
}
