package vivarium.cpu.translation.graph;

import vivarium.api.fp.Fpu;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.memory.Mmu;

/**
 * Executes graphs node by node on a hart: slow, plain, and so the judge between an instruction's
 * method and a back end. One thread.
 */
public final class GraphInterpreter {
  private final HartBlock block;
  private final Mmu mmu;
  private final Fpu fpu;
  private final int registers;
  private final long[] values = new long[Graph.CAPACITY];

  /**
   * Makes one for a hart.
   *
   * @param registers registers of the hart, all banks together
   */
  public GraphInterpreter(Hart hart, int registers) {
    block = hart.block();
    mmu = hart.mmu();
    fpu = hart.fpu();
    this.registers = registers;
  }

  /**
   * Executes a trace from the registers in the hart block, and leaves registers and pc there. If an
   * access throws, they are those before its instruction, and the pc is that instruction's.
   *
   * @return the node at which the trace was left; {@link Graph#steps} of it were completed
   * @throws vivarium.api.isa.Trap from an access
   * @throws vivarium.api.memory.LeaveBlock from an access
   */
  public int run(Graph graph) {
    int node = 0;
    try {
      while (!execute(graph, node)) {
        node++;
      }
      return node;
    } catch (RuntimeException e) {
      block.setPc(graph.pc(graph.step(node)));
      throw e;
    } finally {
      store(graph, node);
    }
  }

  private void store(Graph graph, int node) {
    for (int register = 0; register < registers; register++) {
      int definition = graph.definition(register, node);
      if (definition >= 0) {
        block.setRegister(register, values[definition]);
      }
    }
  }

  /** Executes a node; whether the trace is left there. */
  private boolean execute(Graph graph, int node) {
    int op = graph.op(node);
    int a = graph.a(node);
    switch (op) {
      case Op.BRANCH -> {
        block.setPc(graph.value(node));
        return values[a] != 0;
      }
      case Op.JUMP -> {
        block.setPc(values[a]);
        return true;
      }
      case Op.END -> {
        block.setPc(graph.value(node));
        return true;
      }
      case Op.WRITE -> {
        return false;
      }
      default -> values[node] = value(graph, node, op, a);
    }
    return false;
  }

  private long value(Graph graph, int node, int op, int a) {
    long first = a < 0 ? 0 : values[a];
    long second = graph.b(node) < 0 ? 0 : values[graph.b(node)];
    long third = graph.c(node) < 0 ? 0 : values[graph.c(node)];
    return switch (op) {
      case Op.CONST -> graph.value(node);
      case Op.READ -> block.register(graph.aux(node));
      case Op.FPU -> graph.fpuOp(node).apply(fpu, first, second, third, (int) graph.value(node));
      case Op.LOAD -> load(graph, node, first + graph.value(node));
      case Op.STORE -> store(graph.width(node), first + graph.value(node), second);
      case Op.ATOMIC ->
          graph.width(node) == 4
              ? mmu.atomic32(first, second, graph.atomic(node))
              : mmu.atomic64(first, second, graph.atomic(node));
      case Op.LOAD_RESERVED ->
          graph.width(node) == 4 ? mmu.loadReserved32(first) : mmu.loadReserved64(first);
      case Op.STORE_CONDITIONAL ->
          graph.width(node) == 4
              ? mmu.storeConditional32(first, second)
              : mmu.storeConditional64(first, second);
      default -> Evaluator.evaluate(op, graph.wide(node), graph.aux(node), first, second, third);
    };
  }

  private long load(Graph graph, int node, long va) {
    boolean signed = graph.signedLoad(node);
    return switch (graph.width(node)) {
      case 1 -> signed ? (byte) mmu.load8(va) : mmu.load8(va);
      case 2 -> signed ? (short) mmu.load16(va) : mmu.load16(va);
      case 4 -> signed ? (int) mmu.load32(va) : mmu.load32(va);
      default -> mmu.load64(va);
    };
  }

  private long store(int width, long va, long value) {
    switch (width) {
      case 1 -> mmu.store8(va, value);
      case 2 -> mmu.store16(va, value);
      case 4 -> mmu.store32(va, value);
      default -> mmu.store64(va, value);
    }
    return 0;
  }
}
