package vivarium.memory.nested;

import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Counters;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.GuestTables;
import vivarium.api.memory.PageTableFormat;
import vivarium.api.memory.Paging;
import vivarium.api.memory.PagingEnvironment;
import vivarium.api.memory.TableMemory;
import vivarium.api.memory.Translation;
import vivarium.api.memory.TranslationContext;
import vivarium.api.memory.Walk;

/**
 * Two-stage translation: V2P by a walk of the guest's own tables, each of whose entries is found by
 * a walk of P2M's; then P2M once more for the page itself. Three levels of each make fifteen
 * references. It keeps nothing of the guest's between misses, so that fences and root switches cost
 * nothing and cannot be got wrong.
 */
final class NestedPaging implements Paging {
  private static final int ANY_ACCESS =
      Access.LOAD.mask() | Access.STORE.mask() | Access.FETCH.mask();

  private final GuestMemory memory;
  private final P2mTables p2m;
  private final GuestEntries entries;
  private final GuestTables tables;
  private final Walk walk = new Walk();

  NestedPaging(PagingEnvironment environment, boolean largePages) {
    memory = environment.memory();
    Counters shared = environment.counters();
    p2m = new P2mTables(memory, environment.frames(), shared, largePages);
    entries = new GuestEntries(memory, p2m, shared);
    tables = new GuestTables(entries, walker -> walker.guestTableReferences++);
  }

  @Override
  public @Nullable Trap translate(
      TranslationContext context, long va, Access access, Translation result) throws Trap {
    PageTableFormat format = context.format();
    if (format == null) {
      result.set(va, ANY_ACCESS, true, GuestMemory.PAGE_BYTES);
      return null;
    }
    Counters walker = context.hart().counters();
    walker.walks++;
    entries.walker = walker;
    tables.walkFor(context, va, access);
    format.walk(context, tables, context.root(), va, access, walk);
    if (walk.outcome() == Walk.Outcome.MAPPED) {
      p2m.reaches(walk.address(), walker);
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
  public void close() {
    p2m.clear();
  }

  /** The guest's entries, each found by way of P2M. */
  private static final class GuestEntries implements TableMemory {
    private final GuestMemory memory;
    private final P2mTables p2m;
    private Counters walker;

    GuestEntries(GuestMemory memory, P2mTables p2m, Counters walker) {
      this.memory = memory;
      this.p2m = p2m;
      this.walker = walker;
    }

    @Override
    public long read(long gpa) {
      return p2m.reaches(gpa, walker) ? memory.read(gpa) : MISSING;
    }

    @Override
    public boolean compareAndSet(long gpa, long expected, long value) {
      return memory.compareAndSet(gpa, expected, value);
    }
  }
}
