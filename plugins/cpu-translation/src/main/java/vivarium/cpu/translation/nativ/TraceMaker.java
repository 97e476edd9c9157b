package vivarium.cpu.translation.nativ;

import java.util.ArrayList;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.Trap;
import vivarium.cpu.translation.graph.CodeSource;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Templates;
import vivarium.cpu.translation.graph.TraceBuilder;
import vivarium.cpu.translation.x64.X64Assembler;

/** Makes traces of guest code in one code memory, plainly or of a graph, and keeps them. */
final class TraceMaker implements AutoCloseable {
  /**
   * Most instructions in a trace, if no option says otherwise. Longer ones gain nothing where code
   * is hot, and where it is cold they are left before their end: more is translated in vain.
   */
  static final int TRACE_STEPS = 16;

  /** Code of at least this size is assumed when room is looked for. */
  private static final int SPARE_BYTES = 64;

  /** Guest code, of which parts may have to be fetched by the stepper. */
  interface Source extends CodeSource {
    /** Whether physical memory protection splits a page of what was looked for last. */
    boolean isSplit();
  }

  private final InstructionSet instructionSet;
  private final Templates templates;
  private final Prepared prepared;
  private final CodeArea area;
  private final TraceCache traces;
  private final TraceBuilder builder;
  private final @Nullable CodeDump dump;

  /** Whether code is made plainly first. */
  private final boolean plainly;

  /** Made with the first trace. */
  private @Nullable PlainCompiler plainCompiler;

  /** Made with the first trace of a graph, for the builder's one. */
  private @Nullable TraceCompiler compiler;

  private int generation;

  TraceMaker(
      InstructionSet instructionSet,
      Map<String, String> options,
      Prepared prepared,
      TraceCache traces) {
    this.instructionSet = instructionSet;
    this.prepared = prepared;
    this.traces = traces;
    area = prepared.area();
    templates = Templates.of(instructionSet.table());
    int steps = NativeBackEnd.traceSteps(options);
    builder = new TraceBuilder(instructionSet, templates, HartBlock.MAX_REGISTERS, steps);
    plainly = NativeBackEnd.plainly(options);
    dump = CodeDump.to(options.get("dump-code"));
  }

  /** What has been made. */
  TraceCache traces() {
    return traces;
  }

  /** Host address of a trace's code. */
  long address(Trace trace) {
    return area.address(trace.code);
  }

  /** Changes when everything has been forgotten: no jump table may lead to what was. */
  int generation() {
    return generation;
  }

  /**
   * Makes the trace at a pc, plainly if there is such code.
   *
   * @return {@code null} if physical memory protection splits its page
   * @throws Trap of the fetch from a second page
   */
  @Nullable Trace make(Source source, Contexts contexts, long pc, long gpa) throws Trap {
    Trace trace = plainly ? plain(source, contexts, pc, gpa) : null;
    return trace != null ? trace : optimized(source, contexts, pc, gpa);
  }

  /**
   * Makes anew what has proved hot: as a loop, if it is one; if not, plain code of a graph.
   *
   * @return {@code null} if there is no better code for it
   */
  @Nullable Trace remake(Source source, Contexts contexts, Trace trace) throws Trap {
    Graph loop = builder.buildLoop(source, trace.pc, trace.gpa, contexts.ready());
    if (loop != null && !source.isSplit()) {
      return compiled(loop, contexts, trace.pc, trace.gpa);
    }
    return trace.plain ? optimized(source, contexts, trace.pc, trace.gpa) : null;
  }

  private @Nullable Trace plain(Source source, Contexts contexts, long pc, long gpa) {
    PlainCompiler made = plainCompiler;
    if (made == null) {
      int steps = builder.maxSteps();
      made = new PlainCompiler(instructionSet, templates, prepared, traces.sites(), steps);
      plainCompiler = made;
    }
    if (!made.read(source, pc, gpa, contexts.ready(), contexts.uniform())) {
      return null;
    }
    PlainCompiler plain = made;
    return enter(() -> compile(plain, contexts, pc, gpa), plain.code(), plain);
  }

  private @Nullable Trace optimized(Source source, Contexts contexts, long pc, long gpa)
      throws Trap {
    Graph graph = builder.build(source, pc, gpa, contexts.ready());
    return source.isSplit() ? null : compiled(graph, contexts, pc, gpa);
  }

  private Trace compiled(Graph graph, Contexts contexts, long pc, long gpa) {
    TraceCompiler made = compiler;
    if (made == null) {
      made =
          new TraceCompiler(
              graph, prepared.layout(), prepared.stubs(), traces.sites(), prepared.features());
      compiler = made;
    }
    TraceCompiler optimizing = made;
    return enter(() -> compile(optimizing, graph, contexts, pc, gpa), optimizing.code(), graph);
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
      dump.write(trace, meaning, code, address(trace));
    }
    area.append(code);
    traces.add(trace);
    return trace;
  }

  private Trace compile(TraceCompiler made, Graph graph, Contexts contexts, long pc, long gpa) {
    Trace trace = new Trace(gpa, pc, contexts.key(), graph.secondPage(), area.next());
    made.compile(trace, contexts.uniform(), contexts.roundingMode());
    trace.settled = trace.secondPage >= 0 || graph.leadsTo(pc);
    return trace;
  }

  private Trace compile(PlainCompiler made, Contexts contexts, long pc, long gpa) {
    Trace trace = new Trace(gpa, pc, contexts.key(), -1, area.next());
    made.compile(trace);
    return trace;
  }

  /**
   * The graph and the code of the one instruction at a pc, as they would be made now, and its plain
   * code.
   *
   * @throws Trap of the fetch from a second page
   */
  String explain(Source source, Contexts contexts, long pc, long gpa) throws Trap {
    TraceBuilder single = new TraceBuilder(instructionSet, templates, HartBlock.MAX_REGISTERS, 1);
    Graph graph = single.build(source, pc, gpa, contexts.ready());
    TraceCompiler once =
        new TraceCompiler(
            graph, prepared.layout(), prepared.stubs(), new ArrayList<>(), prepared.features());
    Trace trace = compile(once, graph, contexts, pc, gpa);
    String text = CodeDump.text(trace, graph, once.code(), address(trace));
    return text + explainPlain(source, contexts, pc, gpa);
  }

  private String explainPlain(Source source, Contexts contexts, long pc, long gpa) {
    PlainCompiler once =
        new PlainCompiler(instructionSet, templates, prepared, new ArrayList<>(), 1);
    if (!plainly || !once.read(source, pc, gpa, contexts.ready(), contexts.uniform())) {
      return "";
    }
    Trace trace = compile(once, contexts, pc, gpa);
    String heading = "plainly:" + System.lineSeparator();
    return CodeDump.text(trace, heading, once.code(), address(trace));
  }

  /** Forgets all code. */
  void clear() {
    traces.clear();
    generation++;
  }

  /** Forgets all code for good. */
  @Override
  public void close() {
    clear();
    if (dump != null) {
      dump.close();
    }
  }
}
