package vivarium.cpu.translation.bytecode;

import org.jspecify.annotations.Nullable;
import vivarium.api.fp.Fpu;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Atomic;
import vivarium.api.memory.LeaveBlock;
import vivarium.api.memory.Mmu;
import vivarium.cpu.translation.graph.Condition;
import vivarium.cpu.translation.graph.Evaluator;
import vivarium.cpu.translation.graph.FpuOp;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Op;

/** Executes traces node by node: for code that does not run often enough to be compiled. */
final class ColdRunner {
  private final Mmu mmu;
  private final Fpu fpu;
  private final long[] values = new long[Graph.CAPACITY];

  ColdRunner(Mmu mmu, Fpu fpu) {
    this.mmu = mmu;
    this.fpu = fpu;
  }

  /** As {@link Region#run}. */
  @Nullable RuntimeException run(FlatTrace trace, long[] x, Frame frame) {
    int node = 0;
    try {
      while (!execute(trace, node, x, frame)) {
        node++;
      }
      frame.budget -= trace.completed(node);
      return null;
    } catch (Trap | LeaveBlock thrown) {
      int step = trace.stepOf[node];
      frame.pc = trace.pcs[step];
      frame.budget -= step;
      return thrown;
    }
  }

  /** Executes a node; whether the trace is left there. */
  private boolean execute(FlatTrace trace, int node, long[] x, Frame frame) {
    int[] code = trace.code;
    int base = node * FlatTrace.STRIDE;
    int op = code[base + FlatTrace.OP];
    int aux = code[base + FlatTrace.AUX];
    int a = code[base + FlatTrace.A];
    switch (op & FlatTrace.OP_MASK) {
      case Op.CONST -> values[node] = trace.values[node];
      case Op.READ -> values[node] = x[aux];
      case Op.WRITE -> x[aux] = values[a];
      case Op.ADD -> values[node] = sized(op, values[a] + values[code[base + FlatTrace.B]]);
      case Op.CMP -> {
        boolean holds = Condition.holds(aux, values[a], values[code[base + FlatTrace.B]]);
        values[node] = holds ? 1 : 0;
      }
      case Op.LOAD -> values[node] = load(aux, values[a] + trace.values[node]);
      case Op.STORE ->
          store(
              Graph.widthOf(aux), values[a] + trace.values[node], values[code[base + FlatTrace.B]]);
      case Op.BRANCH, Op.END -> {
        frame.pc = trace.values[node];
        return a < 0 || values[a] != 0;
      }
      case Op.JUMP -> {
        frame.pc = values[a];
        return true;
      }
      default -> values[node] = other(trace, node, base, op, a);
    }
    return false;
  }

  private static long sized(int op, long value) {
    return (op & FlatTrace.WIDE) != 0 ? value : (int) value;
  }

  private long other(FlatTrace trace, int node, int base, int op, int a) {
    int aux = trace.code[base + FlatTrace.AUX];
    int b = trace.code[base + FlatTrace.B];
    int c = trace.code[base + FlatTrace.C];
    long first = values[a];
    long second = b < 0 ? 0 : values[b];
    long third = c < 0 ? 0 : values[c];
    boolean word = Graph.widthOf(aux) == 4;
    return switch (op & FlatTrace.OP_MASK) {
      case Op.FPU -> FpuOp.of(aux).apply(fpu, first, second, third, (int) trace.values[node]);
      case Op.ATOMIC -> {
        Atomic operation = Graph.atomicOf(aux);
        yield word
            ? mmu.atomic32(first, second, operation)
            : mmu.atomic64(first, second, operation);
      }
      case Op.LOAD_RESERVED -> word ? mmu.loadReserved32(first) : mmu.loadReserved64(first);
      case Op.STORE_CONDITIONAL ->
          word ? mmu.storeConditional32(first, second) : mmu.storeConditional64(first, second);
      default ->
          Evaluator.evaluate(
              op & FlatTrace.OP_MASK, (op & FlatTrace.WIDE) != 0, aux, first, second, third);
    };
  }

  private long load(int aux, long va) {
    boolean signed = Graph.signedLoadOf(aux);
    return switch (Graph.widthOf(aux)) {
      case 1 -> signed ? (byte) mmu.load8(va) : mmu.load8(va);
      case 2 -> signed ? (short) mmu.load16(va) : mmu.load16(va);
      case 4 -> signed ? (int) mmu.load32(va) : mmu.load32(va);
      default -> mmu.load64(va);
    };
  }

  private void store(int width, long va, long value) {
    switch (width) {
      case 1 -> mmu.store8(va, value);
      case 2 -> mmu.store16(va, value);
      case 4 -> mmu.store32(va, value);
      default -> mmu.store64(va, value);
    }
  }
}
