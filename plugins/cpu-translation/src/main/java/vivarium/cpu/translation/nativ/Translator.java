package vivarium.cpu.translation.nativ;

import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Activity;
import vivarium.api.cpu.Counters;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.isa.Trap;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.Mmu;

/**
 * Finds the emitted code for a pc of one hart, or has it made; lets jumps lead there, and no longer
 * when the guest overwrites what it was made from. Subclasses say whose code it is.
 */
abstract class Translator implements TraceMaker.Source, AutoCloseable {
  /**
   * So many slices of the budget end at the head of a trace that is hot. To make it anew takes a
   * millisecond while HotSpot has not compiled what makes it: the time of twenty slices.
   */
  private static final int HOT_SLICES = 4;

  final Counters counters;
  final Contexts contexts;
  final TraceMaker maker;
  final TraceCache traces;
  final int parcel;
  private final Mmu mmu;

  /** {@link TraceMaker#generation} when the jump tables were last known to be right. */
  private int generation;

  private boolean split;

  Translator(CpuEnvironment environment, TraceMaker maker, Contexts contexts) {
    mmu = environment.hart().mmu();
    counters = environment.hart().counters();
    parcel = environment.instructionSet().instructionAlignment();
    this.contexts = contexts;
    this.maker = maker;
    traces = maker.traces();
    generation = maker.generation();
  }

  /**
   * Where the instruction at a pc is found by {@link #load}, under which address traces of it are
   * kept: within a page at the offset that the pc has.
   *
   * @throws Trap of the fetch from a second page
   */
  abstract long placeOf(long pc, long gpa) throws Trap;

  /** Whether any byte of a range within a guest-physical page has been translated. */
  abstract boolean holds(long gpa, int length);

  /** The range of guest-physical memory was written: drops what was made from it. */
  abstract void drop(long gpa, int length);

  /** The guest-physical page in which an instruction goes on at the start of a virtual page. */
  final long guestSecondPage(long va) throws Trap {
    long gpa = mmu.resolveFetch(va, parcel);
    split |= !mmu.fetchMayBeKept();
    return gpa & -GuestMemory.PAGE_BYTES;
  }

  @Override
  public final boolean isSplit() {
    return split;
  }

  @Override
  public final boolean isHead(long gpa) {
    return traces.isHead(gpa);
  }

  /** The site that emitted code gave the number of. */
  final Site site(int number) {
    Site site = traces.sites().get(number);
    if (site == null) {
      throw new IllegalStateException("left at a site that is gone");
    }
    return site;
  }

  /** How many sites there are, those of dropped traces included. */
  final int siteCount() {
    return traces.sites().size();
  }

  /** Host address of the code for a pc in the current context; 0 if there can be none. */
  final long codeFor(long pc) {
    long code = contexts.jumps().get(pc);
    if (code == 0) {
      Trace trace = traceFor(pc);
      if (trace != null) {
        code = maker.address(trace);
        contexts.jumps().put(pc, code, trace.secondPage >= 0);
      }
    }
    return code;
  }

  /** Finds the code that a site goes on with, and links it if that may be; 0 if there is none. */
  final long chain(LinkSite site) {
    boolean linkable = site.patchAt >= 0;
    if (!linkable) {
      long known = contexts.jumps().get(site.pc);
      if (known != 0) {
        return known;
      }
    }
    Trace target = traceFor(site.pc);
    if (target == null) {
      return 0;
    }
    long code = maker.address(target);
    if (linkable && !site.trace.dropped && target.secondPage < 0) {
      traces.link(site, target);
    } else {
      contexts.jumps().put(site.pc, code, target.secondPage >= 0);
    }
    return code;
  }

  /** An indirect jump has led to an address: the site expects it again, if it may be linked. */
  final void expect(LinkSite site, long pc) {
    if (site.trace.dropped || site.target != null) {
      return;
    }
    traces.jumpOtherwise(site);
    if (Leaving.isLinkable(site.trace, pc)) {
      Trace target = traceFor(pc);
      if (target != null && target.secondPage < 0 && !site.trace.dropped) {
        traces.linkExpected(site, pc, target);
      }
    }
  }

  /**
   * A trap of the fetch is left to the stepper, which will meet it again; so is code in a page that
   * physical memory protection splits, each fetch of which must be asked for.
   */
  private @Nullable Trace traceFor(long pc) {
    split = false;
    try {
      long page = contexts.fetchPage(pc);
      long gpa = page < 0 ? resolve(pc) : page + (pc & GuestMemory.PAGE_BYTES - 1);
      if (split) {
        return null;
      }
      long place = placeOf(pc, gpa);
      Trace found = traces.find(place, pc, contexts.key());
      if (found != null
          && found.secondPage >= 0
          && secondPage((pc | GuestMemory.PAGE_BYTES - 1) + 1) != found.secondPage) {
        forget(found);
        found = null;
      }
      if (split) {
        return null;
      }
      return found != null ? found : translate(pc, place);
    } catch (Trap trap) {
      return null;
    }
  }

  private long resolve(long pc) throws Trap {
    long gpa = mmu.resolveFetch(pc, parcel);
    split = !mmu.fetchMayBeKept();
    if (!split) {
      contexts.noteFetchPage(pc, gpa);
    }
    return gpa;
  }

  private @Nullable Trace translate(long pc, long place) throws Trap {
    int before = counters.begin(Activity.CODE);
    try {
      return counted(maker.make(this, contexts, pc, place));
    } finally {
      counters.end(before);
    }
  }

  private @Nullable Trace counted(@Nullable Trace made) {
    if (made != null) {
      counters.instructionsTranslated += Math.max(1, made.steps);
    }
    catchUp();
    return made;
  }

  /** If all code has been forgotten since it was last asked, lets no jump lead there any more. */
  final void catchUp() {
    if (generation != maker.generation()) {
      generation = maker.generation();
      contexts.forgetJumps();
    }
  }

  /**
   * The hart was at the head of a trace when a slice of the budget was spent, which happens the
   * more often the hotter it is: in the end it is made anew.
   */
  void noteHot(Trace trace) {
    if (trace.settled
        || trace.dropped
        || trace.key != contexts.key()
        || ++trace.slices < HOT_SLICES) {
      return;
    }
    int before = counters.begin(Activity.CODE);
    try {
      split = false;
      trace.settled = true;
      Trace made = counted(maker.remake(this, contexts, trace));
      if (made != null && !trace.dropped) {
        made.settled = true;
        traces.replace(trace, made);
        contexts.dropJumps(trace.pc, maker.address(trace));
      }
    } catch (Trap trap) {
      throw new IllegalStateException("what is made anew lies in one page", trap);
    } finally {
      counters.end(before);
    }
  }

  /** What the instruction at a pc would be made into now; empty if it cannot be fetched. */
  final String explain(long pc) {
    try {
      split = false;
      return maker.explain(this, contexts, pc, placeOf(pc, mmu.resolveFetch(pc, parcel)));
    } catch (Trap trap) {
      return "";
    }
  }

  /** Nothing leads to a trace any more. */
  final void forget(Trace trace) {
    traces.drop(trace);
    contexts.dropJumps(trace.pc, maker.address(trace));
  }

  @Override
  public abstract void close();
}
