package vivarium.memory.shadow;

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
import vivarium.api.memory.TableFrames;
import vivarium.api.memory.TableMemory;
import vivarium.api.memory.Translation;
import vivarium.api.memory.TranslationContext;
import vivarium.api.memory.Walk;
import vivarium.api.memory.WalkerProtection;

/**
 * Translation by shadow tables: a TLB miss walks V2M, the monitor's own; only where that has no
 * answer the guest's V2P is walked, which sets accessed and dirty bits and finds the guest's
 * faults, and the answer goes into V2M.
 *
 * <p>The guest's table writes are trapped and carried over at once, so that V2M is never behind V2P
 * and a fence finds nothing to do here; only with {@code out-of-sync} may a table wait for the next
 * fence or root switch. TLBs are not told of table writes: until the guest's fence they may be
 * stale, as under every other strategy, and be so in the same places.
 */
final class ShadowPaging implements Paging {
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;
  private static final int ANY_ACCESS =
      Access.LOAD.mask() | Access.STORE.mask() | Access.FETCH.mask();

  private final GuestMemory memory;
  private final WalkerProtection protection;
  private final ShadowTables tables;
  private final CountedFrames shadows;
  private final GuestPath path;
  private final GuestTables guestTables;
  private final Walk walk = new Walk();

  /** Harts say so by a fence of everything. */
  private boolean protectionMayDiffer;

  private @Nullable Hart lastHart;
  private @Nullable PageTableFormat lastFormat;
  private long lastRoot;
  private int lastAsid;

  ShadowPaging(PagingEnvironment environment, boolean outOfSync) {
    memory = environment.memory();
    Counters counters = environment.counters();
    protection = new WalkerProtection(memory);
    tables = new ShadowTables(memory, environment.frames(), counters, protection, outOfSync);
    shadows = new CountedFrames(environment.frames(), counters);
    path = new GuestPath(memory, tables);
    guestTables = new GuestTables(path, walker -> walker.fillReferences++);
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
    if (protectionMayDiffer || !context.hart().equals(lastHart)) {
      slowCheckProtection(context);
    }
    Counters counters = context.hart().counters();
    counters.walks++;
    ShadowTable root = tables.root(format, context.root());
    if (root != null) {
      shadows.counters = counters;
      format.walk(context, shadows, root.ma(), va, access, walk);
      if (walk.outcome() == Walk.Outcome.MAPPED) {
        long span = tables.guestSpan(format, walk.level(), walk.entryAddress());
        long gpa = memory.guestAddress(walk.address());
        result.set(gpa, walk.permissions(), walk.global(), span);
        return null;
      }
    }
    return slowTranslate(context, format, va, access, result);
  }

  private void slowCheckProtection(TranslationContext context) {
    boolean isNew = protection.addWalker(context);
    if (isNew || protectionMayDiffer) {
      tables.dropForbidden();
    }
    lastHart = context.hart();
    protectionMayDiffer = false;
  }

  private @Nullable Trap slowTranslate(
      TranslationContext context,
      PageTableFormat format,
      long va,
      Access access,
      Translation result)
      throws Trap {
    context.hart().counters().shadowMisses++;
    path.begin();
    guestTables.walkFor(context, va, access);
    format.walk(context, guestTables, context.root(), va, access, walk);
    if (walk.outcome() == Walk.Outcome.MAPPED) {
      long span = (long) PAGE_BYTES << format.indexBits() * walk.level();
      result.set(walk.address(), walk.permissions(), walk.global(), span);
      if (memory.isRam(walk.address() & -PAGE_BYTES, PAGE_BYTES)) {
        tables.fill(format, path, walk);
      }
    }
    return walk.trap(context, access, va);
  }

  /** Another address space need not be fenced to be seen as it is. */
  @Override
  public void switchTo(TranslationContext context) {
    PageTableFormat format = context.format();
    if (format == null) {
      return;
    }
    if (!format.equals(lastFormat) || context.root() != lastRoot || context.asid() != lastAsid) {
      lastFormat = format;
      lastRoot = context.root();
      lastAsid = context.asid();
      tables.synchronize();
    }
  }

  @Override
  public void fence(long va, boolean allAddresses, int asid, boolean allSpaces) {
    protectionMayDiffer |= allAddresses && allSpaces;
    tables.synchronize();
  }

  @Override
  public void close() {
    tables.clear();
  }

  /** The monitor's tables, each reference counted for the hart that walks. */
  private static final class CountedFrames implements TableMemory {
    private final TableFrames frames;
    private Counters counters;

    CountedFrames(TableFrames frames, Counters counters) {
      this.frames = frames;
      this.counters = counters;
    }

    @Override
    public long read(long ma) {
      counters.monitorTableReferences++;
      return frames.read(ma);
    }

    @Override
    public boolean compareAndSet(long ma, long expected, long value) {
      counters.monitorTableReferences++;
      return frames.compareAndSet(ma, expected, value);
    }
  }
}
