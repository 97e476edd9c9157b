package vivarium.cpu.translation.nativ;

import java.util.ArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Activity;
import vivarium.api.cpu.Counters;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.Trap;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.Mmu;
import vivarium.cpu.translation.graph.CodeSource;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Templates;
import vivarium.cpu.translation.graph.TraceBuilder;
import vivarium.cpu.translation.x64.X64Assembler;

/** Finds the emitted code for a pc, or has it made; drops what the guest overwrites. */
final class Translator implements CodeSource {
  /**
   * Most instructions in a trace, if no option says otherwise. Longer ones gain nothing where code
   * is hot, and where it is cold they are left before their end: more is translated in vain.
   */
  static final int TRACE_STEPS = 16;

  /**
   * So many slices of the budget end at the head of a trace that is hot. To make it anew takes a
   * millisecond while HotSpot has not compiled what makes it: the time of twenty slices.
   */
  private static final int HOT_SLICES = 4;

  /** Code of at least this size is assumed when room is looked for. */
  private static final int SPARE_BYTES = 64;

  private final Mmu mmu;
  private final GuestMemory memory;
  private final Counters counters;
  private final InstructionSet instructionSet;
  private final Templates templates;
  private final int parcel;
  private final CodeArea area;
  private final Contexts contexts;
  private final TraceCache traces;
  private final TraceBuilder builder;
  private final Prepared prepared;
  private final @Nullable CodeDump dump;

  /** Whether physical memory protection splits a page of what was looked for last. */
  private boolean split;

  /** Whether code is made plainly first. */
  private final boolean plainly;

  /** Made with the first trace. */
  private @Nullable PlainCompiler plainCompiler;

  /** Made with the first trace of a graph, for the builder's one. */
  private @Nullable TraceCompiler compiler;

  Translator(CpuEnvironment environment, Prepared prepared, Contexts contexts) {
    mmu = environment.hart().mmu();
    memory = environment.memory();
    counters = environment.hart().counters();
    instructionSet = environment.instructionSet();
    parcel = instructionSet.instructionAlignment();
    area = prepared.area();
    this.contexts = contexts;
    traces = new TraceCache(memory, area);
    templates = Templates.of(instructionSet.table());
    int steps = NativeBackEnd.traceSteps(environment.options());
    builder = new TraceBuilder(instructionSet, templates, HartBlock.MAX_REGISTERS, steps);
    this.prepared = prepared;
    plainly = NativeBackEnd.plainly(environment.options());
    dump = CodeDump.to(environment.options().get("dump-code"));
  }

  @Override
  public long load(long gpa, int bytes) {
    return memory.load(gpa, bytes);
  }

  @Override
  public long secondPage(long va) throws Trap {
    long gpa = mmu.resolveFetch(va, parcel);
    split |= !mmu.fetchMayBeKept();
    return gpa & -GuestMemory.PAGE_BYTES;
  }

  @Override
  public boolean isHead(long gpa) {
    return traces.isHead(gpa);
  }

  /** The site that emitted code gave the number of. */
  Site site(int number) {
    Site site = traces.sites().get(number);
    if (site == null) {
      throw new IllegalStateException("left at a site that is gone");
    }
    return site;
  }

  /** How many sites there are, those of dropped traces included. */
  int siteCount() {
    return traces.sites().size();
  }

  /** Host address of the code for a pc in the current context; 0 if there can be none. */
  long codeFor(long pc) {
    JumpTable jumps = contexts.jumps();
    long code = jumps.get(pc);
    if (code == 0) {
      Trace trace = traceFor(pc);
      if (trace != null) {
        code = area.address(trace.code);
        jumps.put(pc, code, trace.secondPage >= 0);
      }
    }
    return code;
  }

  /** Finds the code that a site goes on with, and links it if that may be; 0 if there is none. */
  long chain(LinkSite site) {
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
    long code = area.address(target.code);
    if (linkable && !site.trace.dropped && target.secondPage < 0) {
      traces.link(site, target);
    } else {
      contexts.jumps().put(site.pc, code, target.secondPage >= 0);
    }
    return code;
  }

  /** An indirect jump has led to an address: the site expects it again, if it may be linked. */
  void expect(LinkSite site, long pc) {
    if (site.trace.dropped || site.target != null) {
      return;
    }
    area.patch(site.otherwiseAt, site.unlinkedAt);
    if (Leaving.isLinkable(site.trace, pc)) {
      Trace target = traceFor(pc);
      if (target != null && target.secondPage < 0 && !site.trace.dropped) {
        area.patchLong(site.expectedAt, pc);
        traces.link(site, target);
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
      Trace found = traces.find(gpa, pc, contexts.key());
      if (found != null
          && found.secondPage >= 0
          && secondPage((pc | GuestMemory.PAGE_BYTES - 1) + 1) != found.secondPage) {
        forget(found);
        found = null;
      }
      if (split) {
        return null;
      }
      return found != null ? found : translate(pc, gpa);
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

  private @Nullable Trace translate(long pc, long gpa) throws Trap {
    int before = counters.begin(Activity.CODE);
    try {
      return tryTranslate(pc, gpa);
    } finally {
      counters.end(before);
    }
  }

  private @Nullable Trace tryTranslate(long pc, long gpa) throws Trap {
    Trace trace = plainly ? plain(pc, gpa) : null;
    return trace != null ? trace : optimized(pc, gpa);
  }

  /** Makes plain code; {@code null} if there can be none. */
  private @Nullable Trace plain(long pc, long gpa) {
    PlainCompiler made = plainCompiler;
    if (made == null) {
      int steps = builder.maxSteps();
      made = new PlainCompiler(instructionSet, templates, prepared, traces.sites(), steps);
      plainCompiler = made;
    }
    if (!made.read(this, pc, gpa, contexts.ready(), contexts.uniform())) {
      return null;
    }
    PlainCompiler plain = made;
    return enter(() -> compile(plain, pc, gpa), plain.code(), plain);
  }

  /** Makes code of a graph; {@code null} if physical memory protection splits its page. */
  private @Nullable Trace optimized(long pc, long gpa) throws Trap {
    Graph graph = builder.build(this, pc, gpa, contexts.ready());
    return split ? null : compiled(graph, pc, gpa);
  }

  private Trace compiled(Graph graph, long pc, long gpa) {
    TraceCompiler made = compiler;
    if (made == null) {
      made =
          new TraceCompiler(
              graph, prepared.layout(), prepared.stubs(), traces.sites(), prepared.features());
      compiler = made;
    }
    TraceCompiler optimizing = made;
    return enter(() -> compile(optimizing, graph, pc, gpa), optimizing.code(), graph);
  }

  /**
   * Has a trace compiled, once more if it takes the room that all others have, and enters it.
   *
   * @param compile makes it for the next place in code memory
   * @param code where it is made
   * @param meaning what it is made from, as its text
   */
  private Trace enter(Supplier<Trace> compile, X64Assembler code, Object meaning) {
    Trace trace = compile.get();
    if (!area.hasRoom(code.position() + SPARE_BYTES)) {
      clear();
      trace = compile.get();
    }
    if (dump != null) {
      dump.write(trace, meaning, code, area.address(trace.code));
    }
    area.append(code);
    traces.add(trace);
    counters.instructionsTranslated += Math.max(1, trace.steps);
    return trace;
  }

  /**
   * The hart was at the head of a trace when a slice of the budget was spent, which happens the
   * more often the hotter it is: in the end it is made anew as a loop, if it is one; if not, plain
   * code is.
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
      Graph loop = builder.buildLoop(this, trace.pc, trace.gpa, contexts.ready());
      Trace made =
          loop != null && !split
              ? compiled(loop, trace.pc, trace.gpa)
              : trace.plain ? optimized(trace.pc, trace.gpa) : null;
      if (made != null && !trace.dropped) {
        made.settled = true;
        traces.replace(trace, made);
        contexts.dropJumps(trace.pc, area.address(trace.code));
      }
    } catch (Trap trap) {
      throw new IllegalStateException("what is made anew lies in one page", trap);
    } finally {
      counters.end(before);
    }
  }

  private Trace compile(TraceCompiler made, Graph graph, long pc, long gpa) {
    Trace trace = new Trace(gpa, pc, contexts.key(), graph.secondPage(), area.next());
    made.compile(trace, contexts.uniform(), contexts.roundingMode());
    trace.settled = trace.secondPage >= 0 || graph.leadsTo(pc);
    return trace;
  }

  private Trace compile(PlainCompiler made, long pc, long gpa) {
    Trace trace = new Trace(gpa, pc, contexts.key(), -1, area.next());
    made.compile(trace);
    return trace;
  }

  /**
   * The graph and the code of the one instruction at a pc, as they would be made now, and its plain
   * code.
   */
  String explain(long pc) {
    try {
      long gpa = mmu.resolveFetch(pc, parcel);
      TraceBuilder single = new TraceBuilder(instructionSet, templates, HartBlock.MAX_REGISTERS, 1);
      Graph graph = single.build(this, pc, gpa, contexts.ready());
      TraceCompiler once =
          new TraceCompiler(
              graph, prepared.layout(), prepared.stubs(), new ArrayList<>(), prepared.features());
      Trace trace = compile(once, graph, pc, gpa);
      String text = CodeDump.text(trace, graph, once.code(), area.address(trace.code));
      return text + explainPlain(pc, gpa);
    } catch (Trap trap) {
      return "";
    }
  }

  private String explainPlain(long pc, long gpa) {
    PlainCompiler once =
        new PlainCompiler(instructionSet, templates, prepared, new ArrayList<>(), 1);
    if (!plainly || !once.read(this, pc, gpa, contexts.ready(), contexts.uniform())) {
      return "";
    }
    Trace trace = compile(once, pc, gpa);
    String heading = "plainly:" + System.lineSeparator();
    return CodeDump.text(trace, heading, once.code(), area.address(trace.code));
  }

  boolean holds(long gpa, int length) {
    return traces.holds(gpa, length);
  }

  /** The range was written: drops what was made from it. */
  void drop(long gpa, int length) {
    for (Trace trace = traces.touching(gpa, length);
        trace != null;
        trace = traces.touching(gpa, length)) {
      counters.codeInvalidations++;
      forget(trace);
    }
    traces.noteStore(gpa);
  }

  private void forget(Trace trace) {
    traces.drop(trace);
    contexts.dropJumps(trace.pc, area.address(trace.code));
  }

  /** Forgets all code for good. */
  void close() {
    clear();
    if (dump != null) {
      dump.close();
    }
  }

  /** Forgets all code. */
  void clear() {
    traces.clear();
    contexts.forgetJumps();
  }
}
