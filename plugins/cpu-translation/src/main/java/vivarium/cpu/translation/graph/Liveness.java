package vivarium.cpu.translation.graph;

import java.util.Arrays;

/**
 * Who uses what until when: one backward pass over a {@link Graph}. Reused; nothing is allocated.
 *
 * <p><b>Dead nodes.</b> A WRITE is dead if its register is written again with no node between at
 * which registers are exposed ({@link Op#exposes}). A pure node is dead if nothing that lives uses
 * it. Back ends skip dead nodes: {@link #isDead}.
 *
 * <p><b>Two kinds of use.</b> {@link #lastUse} is the last node that computes with a value; a WRITE
 * counts as a use at its own place, so a back end that stores registers at WRITE needs this one
 * only. A back end that stores registers late (in the cold code of faults and exits) must keep a
 * value, somewhere, until {@link #lastExposed}: the last exposing node at which it is the current
 * value of a register that was written.
 *
 * <p><b>What emits nothing</b> passes its uses on: a TRUNC's users count as users of its operand,
 * and if all users of a CMP are BRANCH and SELECT conditions ({@link #isFused}), the comparison is
 * made again at each of them and its operands live until there.
 */
public final class Liveness {
  private final int[] lastUse = new int[Graph.CAPACITY];
  private final int[] lastExposed = new int[Graph.CAPACITY];
  private final int[] uses = new int[Graph.CAPACITY];
  private final boolean[] live = new boolean[Graph.CAPACITY];
  private final boolean[] valueUse = new boolean[Graph.CAPACITY];
  private final int[] nextWrite;
  private final int[] exposureBefore = new int[Graph.CAPACITY];

  private final boolean fpuExposes;

  /**
   * Makes one for graphs of harts with so many registers.
   *
   * @param registers all banks together
   */
  public Liveness(int registers) {
    this(registers, false);
  }

  /**
   * Makes one for a back end that may leave the trace before an operation of the FPU.
   *
   * @param fpuExposes whether registers must be right there too
   */
  public Liveness(int registers, boolean fpuExposes) {
    nextWrite = new int[registers];
    this.fpuExposes = fpuExposes;
  }

  /** Whether a node is to be skipped. */
  public boolean isDead(int node) {
    return !live[node];
  }

  /**
   * The last node that computes with a value, WRITEs included; -1 if there is none. For the address
   * and data of a memory access that is the access itself.
   */
  public int lastUse(int node) {
    return lastUse[node];
  }

  /**
   * The last exposing node at which the value is a written register's; -1 if there is none.
   * Registers still as at entry need not be kept.
   */
  public int lastExposed(int node) {
    return lastExposed[node];
  }

  /** How many operands of live nodes a value is; TRUNC and fused CMP pass theirs on. */
  public int uses(int node) {
    return uses[node];
  }

  /** Whether a CMP serves only as condition of BRANCH and SELECT, and so is compared there. */
  public boolean isFused(int node) {
    return !valueUse[node];
  }

  /** Analyses a closed graph; what it said of another is gone. */
  public void analyse(Graph graph) {
    int count = graph.count();
    Arrays.fill(lastUse, 0, count, -1);
    Arrays.fill(lastExposed, 0, count, -1);
    Arrays.fill(uses, 0, count, 0);
    Arrays.fill(live, 0, count, false);
    Arrays.fill(valueUse, 0, count, false);
    Arrays.fill(nextWrite, count);
    int exposure = -1;
    for (int node = 0; node < count; node++) {
      exposureBefore[node] = exposure;
      int op = graph.op(node);
      if (Op.exposes(op) || fpuExposes && op == Op.FPU) {
        exposure = node;
      }
    }
    for (int node = count - 1; node >= 0; node--) {
      visit(graph, node, exposure);
    }
  }

  private void visit(Graph graph, int node, int lastExposure) {
    int op = graph.op(node);
    int a = graph.a(node);
    if (op == Op.WRITE) {
      write(graph.aux(node), node, a, lastExposure, graph.count());
      return;
    }
    if (Op.pure(op) && uses[node] == 0) {
      return;
    }
    live[node] = true;
    boolean passesOn = op == Op.TRUNC || op == Op.CMP && !valueUse[node];
    int at = passesOn ? lastUse[node] : node;
    if (a >= 0) {
      use(a, at, (op == Op.BRANCH || op == Op.SELECT));
    }
    if (graph.b(node) >= 0) {
      use(graph.b(node), at, false);
    }
    if (graph.c(node) >= 0) {
      use(graph.c(node), at, false);
    }
  }

  private void use(int operand, int at, boolean asCondition) {
    uses[operand]++;
    if (at > lastUse[operand]) {
      lastUse[operand] = at;
    }
    if (!asCondition) {
      valueUse[operand] = true;
    }
  }

  /** Seen backward, so the next write of the same register is known. */
  private void write(int register, int node, int value, int lastExposure, int count) {
    int next = nextWrite[register];
    nextWrite[register] = node;
    int exposed = next == count ? lastExposure : exposureBefore[next];
    if (exposed < node) {
      return;
    }
    live[node] = true;
    use(value, node, false);
    if (exposed > lastExposed[value]) {
      lastExposed[value] = exposed;
    }
  }
}
