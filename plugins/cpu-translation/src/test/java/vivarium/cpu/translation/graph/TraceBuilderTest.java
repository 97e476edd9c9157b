package vivarium.cpu.translation.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;

/** Where traces go and where they end. */
class TraceBuilderTest {
  private static final int A0 = 10;
  private static final int A1 = 11;

  private final Pair pair = new Pair();

  private Graph trace(String source) {
    pair.byGraph.assemble(Pair.CODE, source);
    return pair.builder(64).build(pair.source(), Pair.CODE, Pair.CODE, Pair.ALL_UNITS);
  }

  private static int last(Graph graph) {
    return graph.count() - 1;
  }

  private static void assertEnd(Graph graph, int kind, long pc) {
    assertThat(graph.op(last(graph))).as("%s", graph).isEqualTo(Op.END);
    assertThat(graph.aux(last(graph))).as("%s", graph).isEqualTo(kind);
    assertThat(graph.value(last(graph))).isEqualTo(pc);
  }

  private static List<Integer> all(Graph graph, int op) {
    return IntStream.range(0, graph.count()).filter(n -> graph.op(n) == op).boxed().toList();
  }

  @Test
  void itEndsWhereAnotherBeginsUnlessItIsShortYet() {
    pair.byGraph.assemble(Pair.CODE, "addi a0, a0, 1\n".repeat(8));
    long[] heads = {Pair.CODE + 8, Pair.CODE + 20};
    Graph graph = pair.builder(64).build(pair.source(heads), Pair.CODE, Pair.CODE, Pair.ALL_UNITS);
    assertEnd(graph, Graph.CHAIN, heads[1]);
    assertThat(graph.stepCount()).isEqualTo(5);
  }

  @Test
  void aBranchForwardIsPassedAndOneBackwardEnds() {
    Graph graph =
        trace(
            """
            again: addi a0, a0, 1
            beq a0, a1, out
            addi a2, a2, 2
            blt a0, a2, again
            out: ecall
            """);
    assertThat(graph.stepCount()).isEqualTo(4);
    List<Integer> branches = all(graph, Op.BRANCH);
    assertThat(branches).hasSize(2);
    assertThat(graph.value(branches.get(0))).isEqualTo(Pair.CODE + 16);
    assertThat(graph.steps(branches.get(0))).isEqualTo(2);
    assertThat(graph.aux(branches.get(0))).isZero();
    assertThat(graph.value(branches.get(1))).isEqualTo(Pair.CODE);
    assertThat(graph.aux(branches.get(1))).isEqualTo(1);
    assertEnd(graph, Graph.CHAIN, Pair.CODE + 16);
    assertThat(graph.steps(last(graph))).isEqualTo(4);
  }

  private @Nullable Graph loop(String source, int at, long... heads) {
    pair.byGraph.assemble(Pair.CODE, source);
    long start = Pair.CODE + at;
    return pair.builder(4).buildLoop(pair.source(heads), start, start, Pair.ALL_UNITS);
  }

  @Test
  void aLoopGoesThroughOtherHeadsAndTakesBranchesBackward() {
    Graph graph =
        loop(
            """
            again: addi a0, a0, 1
            beq a0, a3, out
            addi a2, a2, 2
            middle: addi a1, a1, 1
            add a2, a2, a1
            blt a0, a2, again
            out: ecall
            """,
            12,
            Pair.CODE,
            Pair.CODE + 4);
    assertThat(graph).isNotNull();
    assertThat(graph.stepCount()).isEqualTo(6);
    List<Integer> branches = all(graph, Op.BRANCH);
    assertThat(branches).hasSize(2);
    assertThat(graph.value(branches.get(0))).as("left where not taken").isEqualTo(Pair.CODE + 24);
    assertThat(graph.aux(graph.a(branches.get(0)))).as("%s", graph).isEqualTo(Condition.GE);
    assertThat(graph.value(branches.get(1))).isEqualTo(Pair.CODE + 24);
    assertEnd(graph, Graph.CHAIN, Pair.CODE + 12);
  }

  @Test
  void whatDoesNotComeBackIsNoLoop() {
    String source =
        """
        addi a0, a0, 1
        inner: addi a1, a1, 1
        blt a1, a2, inner
        ecall
        """;
    assertThat(loop(source, 0)).isNull();
    assertThat(loop(source, 4)).isNotNull();
    assertThat(loop("again: addi a0, a0, 1\n" + "addi a1, a1, 1\n".repeat(16) + "j again", 0))
        .as("more than four times as long as a trace")
        .isNull();
  }

  @Test
  void aCallAndItsReturnAreFollowed() {
    Graph graph =
        trace(
            """
            jal f
            addi a1, a1, 1
            ecall
            f: addi a0, a0, 1
            ret
            """);
    assertThat(graph.stepCount()).isEqualTo(4);
    assertThat(all(graph, Op.JUMP)).isEmpty();
    assertEnd(graph, Graph.OPAQUE, Pair.CODE + 8);
    assertThat(graph.opaque().instruction().name()).isEqualTo("ecall");
    assertThat(graph.pc(3)).isEqualTo(Pair.CODE + 4);
  }

  @Test
  void anUnknownTargetEndsTheTraceWithAJump() {
    Graph graph = trace("addi a0, a0, 4\njalr ra, 0(a0)\n");
    assertThat(graph.op(last(graph))).isEqualTo(Op.JUMP);
    assertThat(graph.steps(last(graph))).isEqualTo(2);
    assertThat(graph.value(graph.definition(1, last(graph)))).isEqualTo(Pair.CODE + 8);
  }

  @Test
  void aLoopWithoutABranchEndsAtItsStart() {
    assertEnd(trace("again: addi a0, a0, 1\nj again\n"), Graph.CHAIN, Pair.CODE);
  }

  @Test
  void aJumpToAnotherPageEnds() {
    assertEnd(trace("j 4096\n"), Graph.CHAIN, Pair.CODE + 4096);
  }

  @Test
  void whatIsNoInstructionIsLeftToTheStepper() {
    Graph graph = trace("nop\n.word 0\n");
    assertEnd(graph, Graph.STEP, Pair.CODE + 4);
    assertThat(graph.steps(last(graph))).isEqualTo(1);
  }

  @Test
  void anInstructionWhoseUnitIsNotReadyIsLeftToTheStepper() {
    pair.byGraph.assemble(Pair.CODE, "nop\nfadd.d fa0, fa0, fa1, rne\n");
    Graph graph = pair.builder(64).build(pair.source(), Pair.CODE, Pair.CODE, 0);
    assertEnd(graph, Graph.STEP, Pair.CODE + 4);
  }

  @Test
  void theEndOfThePageEnds() {
    long start = Pair.CODE + 4096 - 8;
    pair.byGraph.assemble(start, "nop\nnop\nnop\n");
    Graph graph = pair.builder(64).build(pair.source(), start, start, Pair.ALL_UNITS);
    assertEnd(graph, Graph.CHAIN, Pair.CODE + 4096);
    assertThat(graph.secondPage()).isEqualTo(-1);
  }

  @Test
  void anInstructionAcrossPagesIsATraceOfItsOwn() {
    long start = Pair.CODE + 4096 - 6;
    pair.byGraph.assemble(start, "nop\naddi a0, a0, 5\nnop\n");
    Graph before = pair.builder(64).build(pair.source(), start, start, Pair.ALL_UNITS);
    assertEnd(before, Graph.CHAIN, start + 4);
    Graph across = pair.builder(64).build(pair.source(), start + 4, start + 4, Pair.ALL_UNITS);
    assertEnd(across, Graph.CHAIN, start + 8);
    assertThat(across.stepCount()).isEqualTo(1);
    assertThat(across.secondPage()).isEqualTo(Pair.CODE + 4096);
    assertThat(across.lastWrite(A0)).isNotNegative();
  }

  @Test
  void theFaultOfTheSecondPageIsPassedOn() {
    long start = Pair.CODE + 4096 - 2;
    pair.byGraph.assemble(start, "addi a0, a0, 5\n");
    CodeSource broken =
        new CodeSource() {
          @Override
          public long load(long gpa, int bytes) {
            return pair.byGraph.memory().load(gpa, bytes);
          }

          @Override
          public long secondPage(long va) {
            throw pair.byGraph.hart().pageFault(Access.FETCH, va);
          }
        };
    TraceBuilder builder = pair.builder(64);
    assertThat(catchThrowable(() -> builder.build(broken, start, start, Pair.ALL_UNITS)))
        .isInstanceOf(Trap.class);
  }

  @Test
  void codeIsReadWhereItLiesAndAddressedWhereItRuns() {
    pair.byGraph.assemble(Pair.CODE, "auipc a0, 0\nj 8\nnop\necall\n");
    long va = 0x4000_0000L;
    Graph graph = pair.builder(64).build(pair.source(), va, Pair.CODE, Pair.ALL_UNITS);
    assertThat(graph.value(graph.definition(A0, last(graph)))).isEqualTo(va);
    assertEnd(graph, Graph.OPAQUE, va + 12);
  }

  @Test
  void registersAtAFaultAreThoseBeforeItsInstruction() {
    Graph graph = trace("addi a0, a0, 1\nld a0, 0(a0)\nld a1, 0(a0)\necall\n");
    List<Integer> loads = all(graph, Op.LOAD);
    int sum = graph.definition(A0, loads.get(0));
    assertThat(graph.op(sum)).isEqualTo(Op.ADD);
    assertThat(graph.definition(A0, loads.get(1))).isEqualTo(loads.get(0));
    assertThat(graph.definition(A1, loads.get(1))).isEqualTo(-1);
    assertThat(graph.step(loads.get(1))).isEqualTo(2);
  }

  @Test
  void longCodeEndsAfterTheMostSteps() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      lines.add("addi a0, a0, 1");
    }
    Graph graph = trace(String.join("\n", lines) + "\n");
    assertEnd(graph, Graph.CHAIN, Pair.CODE + 256);
    Liveness liveness = new Liveness(Pair.REGISTERS);
    liveness.analyse(graph);
    assertThat(all(graph, Op.WRITE).stream().filter(node -> !liveness.isDead(node))).hasSize(1);
  }

  @Test
  void aBranchWhoseWayIsKnownIsNone() {
    Graph graph = trace("addi a0, zero, 1\nbeqz a0, 8\nbnez a0, 8\nnop\necall\n");
    assertThat(all(graph, Op.BRANCH)).isEmpty();
    assertEnd(graph, Graph.OPAQUE, Pair.CODE + 16);
    assertThat(graph.stepCount()).isEqualTo(3);
  }
}
