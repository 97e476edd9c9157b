package vivarium.cpu.translation.bytecode;

import java.util.List;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Activity;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.Trap;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.Mmu;
import vivarium.api.memory.TlbHolder;
import vivarium.api.memory.TranslationContext;
import vivarium.cpu.translation.graph.CodeSource;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Liveness;
import vivarium.cpu.translation.graph.Templates;
import vivarium.cpu.translation.graph.TraceBuilder;

/** Finds or makes the trace for a pc, and chooses what is compiled together. */
final class TraceFinder implements CodeSource, TlbHolder, AutoCloseable {
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;

  /** Most instructions in a trace. */
  private static final int MAX_STEPS = 48;

  /** A guest that has more than so many traces starts over. */
  private static final int MAX_TRACES = 1 << 17;

  /** Accesses that are not near make a region leave; so many of them make it another one. */
  private static final int MOST_FARS = 32;

  /** Those with more steps between them do not matter. */
  private static final long FAR_APART = 20_000;

  private final Hart hart;
  private final Mmu mmu;
  private final GuestMemory memory;
  private final int parcel;
  private final int hotRuns;
  private final int maxRegions;
  private final TraceStore store;
  private final TraceBuilder builder;
  private final RegionPlanner planner;
  private final Liveness liveness = new Liveness(HartBlock.MAX_REGISTERS, true);
  private final RegionQueue queue;
  private final @Nullable FetchTable[] tables = new FetchTable[TranslationContext.MAX_CONTEXTS];
  private FetchTable fetch = new FetchTable();
  private int ready;

  TraceFinder(CpuEnvironment environment, BytecodeOptions options, RegionQueue queue) {
    hart = environment.hart();
    mmu = hart.mmu();
    memory = environment.memory();
    parcel = environment.instructionSet().instructionAlignment();
    hotRuns = options.hotRuns();
    maxRegions = options.maxRegions();
    this.queue = queue;
    store = new TraceStore(memory);
    Templates templates = Templates.of(environment.instructionSet().table());
    builder =
        new TraceBuilder(
            environment.instructionSet(), templates, HartBlock.MAX_REGISTERS, MAX_STEPS);
    planner = new RegionPlanner(store, builder, this, hotRuns, parcel);
  }

  @Override
  public long load(long gpa, int bytes) {
    return memory.load(gpa, bytes);
  }

  @Override
  public long secondPage(long va) throws Trap {
    return mmu.resolveFetch(va, parcel) & -PAGE_BYTES;
  }

  /** Makes the present fetch context and units current. */
  void select() {
    ready = hart.ready();
    int index = mmu.fetchContext().index();
    FetchTable selected = tables[index];
    if (selected == null) {
      selected = new FetchTable();
      tables[index] = selected;
    }
    selected.useFor(ready);
    fetch = selected;
  }

  /** The region that begins at a pc, if it has been {@linkplain #enter entered} of late. */
  @Nullable Region region(long pc) {
    return fetch.region(pc);
  }

  /** Notes that a region is entered, whose head has just been found. */
  void enter(long pc, Region region) {
    fetch.put(pc, region);
  }

  /**
   * The trace that begins at a pc; {@code null} if its first instruction cannot be fetched, or
   * physical memory protection does not treat its page as one.
   */
  @Nullable FlatTrace find(long pc) {
    TracePage page = fetch.get(pc);
    if (page != null) {
      FlatTrace found = page.get(pc, ready);
      if (found != null && (found.secondPage < 0 || leadsTo(pageAfter(pc), found.secondPage))) {
        return found;
      }
    }
    return slowFind(pc);
  }

  private boolean leadsTo(long va, long gpa) {
    TracePage page = fetch.get(va);
    return page != null && page.gpa == gpa;
  }

  private static long pageAfter(long va) {
    return (va | PAGE_BYTES - 1) + 1;
  }

  private @Nullable FlatTrace slowFind(long pc) {
    if (store.size() >= MAX_TRACES) {
      startOver();
    }
    try {
      TracePage page = page(pc);
      FlatTrace found = page == null ? null : page.get(pc, ready);
      if (page == null || found != null && found.secondPage < 0) {
        return found;
      }
      if (found != null) {
        TracePage second = page(pageAfter(pc));
        if (second != null && second.gpa == found.secondPage) {
          return found;
        }
        store.drop(found);
      }
      found = make(pc, page.gpa + (pc & PAGE_BYTES - 1));
      return found.secondPage < 0 || mmu.fetchMayBeKept() ? found : null;
    } catch (Trap trap) {
      return null;
    }
  }

  /** The page that an address is fetched from, or {@code null} if that may not be kept. */
  private @Nullable TracePage page(long va) throws Trap {
    TracePage known = fetch.get(va);
    if (known != null) {
      return known;
    }
    long gpa = mmu.resolveFetch(va, parcel);
    if (!mmu.fetchMayBeKept()) {
      return null;
    }
    TracePage page = store.page(gpa);
    fetch.put(va, page);
    return page;
  }

  private FlatTrace make(long pc, long gpa) throws Trap {
    int before = hart.counters().begin(Activity.CODE);
    try {
      return tryMake(pc, gpa);
    } finally {
      hart.counters().end(before);
    }
  }

  private FlatTrace tryMake(long pc, long gpa) throws Trap {
    Graph graph = builder.build(this, pc, gpa, ready);
    liveness.analyse(graph);
    FlatTrace trace = new FlatTrace(graph, liveness, gpa, pc, ready, parcel);
    store.add(trace);
    hart.counters().instructionsTranslated += Math.max(1, trace.steps);
    return trace;
  }

  /** The first steps of a trace, fewer than all, as a trace of its own that no one else finds. */
  FlatTrace beginning(FlatTrace whole, int steps) {
    FlatTrace made = whole.beginning(steps);
    if (made == null) {
      try {
        made = cut(whole, steps);
      } catch (Trap trap) {
        throw new IllegalStateException("a trace of several steps leaves its page", trap);
      }
      whole.setBeginning(steps, made);
    }
    return made;
  }

  private FlatTrace cut(FlatTrace whole, int steps) throws Trap {
    Graph graph = builder.build(this, whole.pc, whole.gpa, whole.ready, steps);
    liveness.analyse(graph);
    return new FlatTrace(graph, liveness, whole.gpa, whole.pc, whole.ready, parcel);
  }

  /** Counts a cold run that went on at a pc, and has the trace compiled if it proves hot. */
  void ranCold(FlatTrace trace, long next) {
    trace.wentTo(next);
    if (++trace.runs - trace.coldRuns >= hotRuns && trace.mayBecomeHot()) {
      if (store.regions() + queue.awaited() >= maxRegions) {
        startOver();
      } else {
        request(trace);
      }
    }
  }

  private void request(FlatTrace trace) {
    try {
      queue.request(planner.plan(trace));
    } catch (Trap trap) {
      trace.requested = true;
    }
  }

  /** A region was left for an access that was not near: it is made anew if that is often so. */
  void wentFar(FlatTrace head, Region region, long steps) {
    region.fars =
        steps - region.lastFar < FAR_APART ? region.fars + 1 : Math.max(0, region.fars - 1);
    region.lastFar = steps;
    if (region.fars > MOST_FARS && !head.reachesFar) {
      head.reachesFar = true;
      store.replace(head);
      request(head);
    }
  }

  /** Puts compiled regions in place. */
  void collect() {
    queue.collect(store);
  }

  /** Forgets all code: the guest has more of it, or changes it faster, than is kept. */
  private void startOver() {
    store.clear();
    forgetPages();
  }

  /** Regions that there are. */
  int regions() {
    return store.regions();
  }

  /** The graph and the bytecode of the instruction at a pc; empty if it cannot be fetched. */
  String explain(long pc) {
    try {
      long gpa = mmu.resolveFetch(pc, parcel);
      Graph graph = builder.build(this, pc, gpa, ready, 1);
      liveness.analyse(graph);
      FlatTrace single = new FlatTrace(graph, liveness, gpa, pc, ready, parcel);
      List<FlatTrace> alone = List.of(single);
      return graph + RegionCompiler.listing(new RegionPlan(alone, alone, true));
    } catch (Trap trap) {
      return "";
    }
  }

  boolean holds(long gpa, int length) {
    return !store.touching(gpa, length).isEmpty();
  }

  /** The range was written: drops what was made from it. */
  void drop(long gpa, int length) {
    for (FlatTrace trace : store.touching(gpa, length)) {
      hart.counters().codeInvalidations++;
      store.drop(trace);
    }
  }

  private void forgetPages() {
    for (FetchTable table : tables) {
      if (table != null) {
        table.clear();
      }
    }
  }

  @Override
  public void dropStores(long gpaPage) {}

  /** Traces are found by guest-physical address, which has not changed its meaning. */
  @Override
  public void dropPage(long gpaPage) {
    forgetPages();
  }

  @Override
  public void dropContext(int contextIndex, boolean allAddresses, long va) {
    FetchTable table = tables[contextIndex];
    if (table != null && allAddresses) {
      table.clear();
    } else if (table != null) {
      table.drop(va);
    }
  }

  @Override
  public void close() {
    store.clear();
    forgetPages();
    queue.close();
  }
}
