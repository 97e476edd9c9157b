package vivarium.memory.nested;

import vivarium.api.cpu.Counters;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.GuestTables;
import vivarium.api.memory.PageTableFormat;
import vivarium.api.memory.Paging;
import vivarium.api.memory.PagingEnvironment;
import vivarium.api.memory.Translation;
import vivarium.api.memory.TranslationContext;
import vivarium.api.memory.Walk;

/**
 * Two-stage translation: V2P by a walk of the guest's own tables, whose entries are read through
 * P2M; then P2M again, when the caller reaches the page. It keeps nothing between misses, so that
 * fences and root switches cost nothing and cannot be got wrong.
 */
final class NestedPaging implements Paging {
  private static final int ANY_ACCESS =
      Access.LOAD.mask() | Access.STORE.mask() | Access.FETCH.mask();

  private final GuestTables tables;
  private final Walk walk = new Walk();

  NestedPaging(PagingEnvironment environment) {
    tables = new GuestTables(environment.memory(), NestedPaging::count);
  }

  /** An entry, and its way through P2M. */
  private static void count(Counters counters) {
    counters.guestTableReferences++;
    counters.p2mReferences++;
  }

  @Override
  public void translate(TranslationContext context, long va, Access access, Translation result)
      throws Trap {
    PageTableFormat format = context.format();
    if (format == null) {
      result.set(va, ANY_ACCESS, true, GuestMemory.PAGE_BYTES);
      return;
    }
    Counters counters = context.hart().counters();
    counters.walks++;
    tables.walkFor(context, va, access);
    format.walk(context, tables, context.root(), va, access, walk);
    switch (walk.outcome()) {
      case MAPPED -> {
        // The page's own way through P2M, which the caller goes.
        counters.p2mReferences++;
        long span = (long) GuestMemory.PAGE_BYTES << format.indexBits() * walk.level();
        result.set(walk.address(), walk.permissions(), walk.global(), span);
      }
      case PAGE_FAULT -> throw context.hart().pageFault(access, va);
      case ACCESS_FAULT -> throw context.hart().accessFault(access, va);
    }
  }

  @Override
  public void switchTo(TranslationContext context) {}

  @Override
  public void fence(long va, boolean allAddresses, int asid, boolean allSpaces) {}

  @Override
  public void close() {}
}
