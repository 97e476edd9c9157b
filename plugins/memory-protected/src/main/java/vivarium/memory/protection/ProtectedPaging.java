package vivarium.memory.protection;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Counters;
import vivarium.api.isa.Hart;
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
import vivarium.api.memory.WalkerProtection;

/**
 * Translation by the guest's own tables, which hold machine addresses: one walk, one reference a
 * level, and accessed and dirty bits where the guest looks for them. What such an entry says is the
 * guest's last word, faults too, but for entries that the frame cannot hold ({@link TablePages}):
 * devices, tables that stopped being such, pages that are tables of two levels. There the tables as
 * the guest wrote them decide.
 *
 * <p>Table writes are applied at once and TLBs not told: until the guest's fence they may be stale,
 * as under every other strategy, and be so in the same places. They never reach further than the
 * guest's own frames, and a page that becomes a table is dropped from them at once.
 */
final class ProtectedPaging implements Paging {
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;
  private static final int ANY_ACCESS =
      Access.LOAD.mask() | Access.STORE.mask() | Access.FETCH.mask();

  private final GuestMemory memory;
  private final WalkerProtection protection;
  private final TablePages tables;
  private final MachineView machineView;
  private final GuestTables guestView;
  private final LongAdder interpreted;
  private final Walk walk = new Walk();

  /** Harts say so by a fence of everything. */
  private boolean protectionMayDiffer;

  private @Nullable Hart lastHart;

  ProtectedPaging(PagingEnvironment environment, int mostRoots) {
    memory = environment.memory();
    protection = new WalkerProtection(memory);
    Counters counters = environment.counters();
    tables = new TablePages(memory, counters, protection, mostRoots);
    machineView = new MachineView(tables, counters);
    guestView = new GuestTables(tables, walker -> walker.guestTableReferences++);
    interpreted = counters.named("protected-walks-interpreted");
    memory.setTableGuard(tables);
  }

  @Override
  public @Nullable Trap translate(
      TranslationContext context, long va, Access access, Translation result) throws Trap {
    PageTableFormat format = context.format();
    if (format == null) {
      result.set(va, ANY_ACCESS, true, PAGE_BYTES);
      return null;
    }
    checkProtection(context);
    Counters counters = context.hart().counters();
    machineView.walkFor(counters);
    counters.walks++;
    TablePage root = tables.root(format, context.root());
    while (root != null) {
      format.walk(context, machineView, root.ma(), va, access, walk);
      if (walk.outcome() == Walk.Outcome.MAPPED) {
        return finish(context, format, va, access, memory.guestAddress(walk.address()), result);
      }
      switch (tables.resolve(walk.entryAddress())) {
        case AS_THE_GUEST_SAYS -> {
          return finish(context, format, va, access, 0, result);
        }
        case RESOLVED -> counters.shadowMisses++;
        case KEPT_ASIDE -> root = null;
      }
    }
    return slowTranslate(context, format, va, access, result);
  }

  private void checkProtection(TranslationContext context) {
    if (protectionMayDiffer || !context.hart().equals(lastHart)) {
      if (protection.addWalker(context) || protectionMayDiffer) {
        tables.dropForbidden();
      }
      lastHart = context.hart();
      protectionMayDiffer = false;
    }
  }

  /** The walk of the tables as the guest wrote them. */
  private @Nullable Trap slowTranslate(
      TranslationContext context,
      PageTableFormat format,
      long va,
      Access access,
      Translation result)
      throws Trap {
    interpreted.increment();
    guestView.walkFor(context, va, access);
    format.walk(context, guestView, context.root(), va, access, walk);
    return finish(context, format, va, access, walk.address(), result);
  }

  private @Nullable Trap finish(
      TranslationContext context,
      PageTableFormat format,
      long va,
      Access access,
      long gpa,
      Translation result) {
    if (walk.outcome() == Walk.Outcome.MAPPED) {
      long span = (long) PAGE_BYTES << format.indexBits() * walk.level();
      result.set(gpa, walk.permissions(), walk.global(), span);
    }
    return walk.trap(context, access, va);
  }

  @Override
  public void switchTo(TranslationContext context) {
    PageTableFormat format = context.format();
    if (format != null) {
      checkProtection(context);
      tables.root(format, context.root());
    }
  }

  /** Nothing is ever behind the guest's writes, but this may follow a change of protection. */
  @Override
  public void fence(long va, boolean allAddresses, int asid, boolean allSpaces) {
    protectionMayDiffer |= allAddresses && allSpaces;
  }

  @Override
  public void close() {
    tables.clear();
  }
}
