package vivarium.cpu.translation.nativ;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Decoded;
import vivarium.cpu.translation.graph.InstructionTemplate;
import vivarium.cpu.translation.graph.StepBuilder;

/** The {@linkplain Snippet snippets} of a table's instructions, each made when first asked for. */
final class Snippets {
  private final StepBuilder builder = new StepBuilder();
  private final TraceCompiler compiler;
  private final List<@Nullable Site> sites = new ArrayList<>();

  /** By instruction, with data TLBs of one addend for each page and of one for all. */
  private final @Nullable Snippet[] mixed;

  private final @Nullable Snippet[] uniform;

  Snippets(Prepared prepared, int instructions) {
    compiler =
        new TraceCompiler(
            builder.graph(), prepared.layout(), prepared.stubs(), sites, prepared.features());
    mixed = new Snippet[instructions];
    uniform = new Snippet[instructions];
  }

  /** What host registers hold where no instruction is a loop: the pinned ones. */
  Residents residents() {
    return compiler.residents();
  }

  /**
   * The snippet of an instruction.
   *
   * @param uniformTlb whether the data TLB has one addend
   */
  Snippet of(InstructionTemplate template, Decoded example, boolean uniformTlb) {
    @Nullable Snippet[] made = uniformTlb ? uniform : mixed;
    int number = example.instruction().number();
    Snippet known = made[number];
    if (known == null) {
      known = make(template, example, uniformTlb);
      made[number] = known;
    }
    return known;
  }

  private Snippet make(InstructionTemplate template, Decoded example, boolean uniformTlb) {
    sites.clear();
    if (!Snippet.hasInputs(template.parameters()) || builder.build(template, example) == null) {
      return Snippet.NONE;
    }
    int outcome = compiler.compileBody(template, uniformTlb);
    List<Leaving.Cold> cold = compiler.cold();
    if (outcome == TraceCompiler.COMPUTES_FLOATS
        || !cold.stream().allMatch(one -> one.site() instanceof Suspension)) {
      return Snippet.NONE;
    }
    Snippet.Kind kind =
        switch (template.kind()) {
          case NONE, REGISTER -> Snippet.Kind.BODY;
          case BRANCH -> Snippet.Kind.BRANCH;
          case JUMP -> Snippet.Kind.INDIRECT;
        };
    return new Snippet(
        kind,
        compiler.code().copy(),
        compiler.immediates().toArray(Snippet.Immediate[]::new),
        pauses(cold),
        outcome);
  }

  private Snippet.Place[] pauses(List<Leaving.Cold> cold) {
    Snippet.Place[] pauses = new Snippet.Place[cold.size()];
    for (int i = 0; i < pauses.length; i++) {
      if (cold.get(i).site() instanceof Suspension site) {
        int[] misses = compiler.code().waitingFor(cold.get(i).label());
        pauses[i] = new Snippet.Place(site.pause, site.retryAt, misses);
      }
    }
    return pauses;
  }
}
