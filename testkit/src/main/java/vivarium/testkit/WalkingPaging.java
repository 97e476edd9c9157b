package vivarium.testkit;

import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.PageTableFormat;
import vivarium.api.memory.Paging;
import vivarium.api.memory.Translation;
import vivarium.api.memory.TranslationContext;
import vivarium.api.memory.Walk;

/** The plainest memory strategy: walks the guest's own tables at each miss. */
public final class WalkingPaging implements Paging {
  private final GuestMemory memory;
  private final Walk walk = new Walk();

  /** Walks tables in a machine's RAM. */
  public WalkingPaging(GuestMemory memory) {
    this.memory = memory;
  }

  @Override
  public @Nullable Trap translate(
      TranslationContext context, long va, Access access, Translation result) {
    PageTableFormat format = context.format();
    if (format == null) {
      int all = Access.LOAD.mask() | Access.STORE.mask() | Access.FETCH.mask();
      result.set(va, all, true, GuestMemory.PAGE_BYTES);
      return null;
    }
    format.walk(context, memory, context.root(), va, access, walk);
    if (walk.outcome() == Walk.Outcome.MAPPED) {
      long span = (long) GuestMemory.PAGE_BYTES << format.indexBits() * walk.level();
      result.set(walk.address(), walk.permissions(), walk.global(), span);
    }
    return walk.trap(context, access, va);
  }

  @Override
  public void switchTo(TranslationContext context) {}

  @Override
  public void fence(long va, boolean allAddresses, int asid, boolean allSpaces) {}

  @Override
  public void close() {}
}
