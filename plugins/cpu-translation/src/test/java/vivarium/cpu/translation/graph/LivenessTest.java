package vivarium.cpu.translation.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What lives, how long, and what is fused. */
class LivenessTest {
  private static final int A0 = 10;

  private final Pair pair = new Pair();
  private final Liveness liveness = new Liveness(Pair.REGISTERS);

  private Graph analysed(String source) {
    pair.byGraph.assemble(Pair.CODE, source);
    Graph graph = pair.builder(64).build(pair.source(), Pair.CODE, Pair.CODE, Pair.ALL_UNITS);
    liveness.analyse(graph);
    return graph;
  }

  private static int[] all(Graph graph, int op) {
    return IntStream.range(0, graph.count()).filter(node -> graph.op(node) == op).toArray();
  }

  @Test
  void aWriteThatNobodyCanSeeIsDeadAndSoIsItsValue() {
    Graph graph = analysed("mul a0, a1, a2\naddi a0, a1, 2\necall\n");
    int[] writes = all(graph, Op.WRITE);
    assertThat(liveness.isDead(writes[0])).isTrue();
    assertThat(liveness.isDead(writes[1])).isFalse();
    assertThat(liveness.isDead(all(graph, Op.MUL)[0])).isTrue();
  }

  @Test
  void aWriteLivesThatAFaultWouldShow() {
    Graph graph = analysed("mul a0, a1, a2\nld a3, 0(a4)\naddi a0, a1, 2\necall\n");
    int mul = all(graph, Op.MUL)[0];
    assertThat(liveness.isDead(all(graph, Op.WRITE)[0])).isFalse();
    assertThat(liveness.lastExposed(mul)).isEqualTo(all(graph, Op.LOAD)[0]);
  }

  @Test
  void aWriteLivesThatAnExitShows() {
    Graph graph = analysed("addi a0, a1, 1\nbeq a1, a2, 16\naddi a0, a1, 2\necall\n");
    int first = graph.a(all(graph, Op.WRITE)[0]);
    int second = graph.a(all(graph, Op.WRITE)[1]);
    assertThat(liveness.lastExposed(first)).isEqualTo(all(graph, Op.BRANCH)[0]);
    assertThat(liveness.lastExposed(second)).isEqualTo(graph.count() - 1);
    assertThat(graph.definition(A0, all(graph, Op.BRANCH)[0])).isEqualTo(first);
  }

  @Test
  void aComparisonOnlyBranchedOnIsFusedAndItsOperandsLiveUntilThere() {
    Graph graph = analysed("blt a0, a1, 16\necall\n");
    int compared = all(graph, Op.CMP)[0];
    int branch = all(graph, Op.BRANCH)[0];
    assertThat(liveness.isFused(compared)).isTrue();
    assertThat(liveness.lastUse(graph.a(compared))).isEqualTo(branch);
    assertThat(liveness.lastUse(graph.b(compared))).isEqualTo(branch);
  }

  @Test
  void aComparisonThatIsANumberTooIsNotFused() {
    Graph graph = analysed("slt a2, a0, a1\nbnez a2, 16\necall\n");
    assertThat(all(graph, Op.CMP)).hasSize(1);
    assertThat(liveness.isFused(all(graph, Op.CMP)[0])).isFalse();
  }

  @Test
  void truncationPassesItsUsesOn() {
    Graph graph = analysed("addi a3, a3, 1\naddw a0, a1, a2\naddi a3, a3, 1\necall\n");
    int sum =
        IntStream.of(all(graph, Op.ADD))
            .filter(node -> !graph.wide(node))
            .findFirst()
            .orElseThrow();
    int place = graph.plain(graph.a(sum));
    assertThat(graph.op(place)).isEqualTo(Op.READ);
    assertThat(liveness.lastUse(place)).isEqualTo(sum);
  }

  @Test
  void aLoadLivesWithoutAUse() {
    Graph graph = analysed("ld zero, 0(a0)\necall\n");
    assertThat(liveness.isDead(all(graph, Op.LOAD)[0])).isFalse();
  }
}
