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

/**
 * Executes traces node by node: for code that does not run often enough to be compiled. What
 * computes nothing is put in place first, without looking at each node.
 */
final class ColdRunner {
  private final Mmu mmu;
  private final Fpu fpu;
  private final long[] values = new long[Graph.CAPACITY];

  /** The last node that may have thrown. */
  private int position;

  ColdRunner(Mmu mmu, Fpu fpu) {
    this.mmu = mmu;
    this.fpu = fpu;
  }

  /** As {@link Region#run}. */
  @Nullable RuntimeException run(FlatTrace trace, long[] x, Frame frame) {
    System.arraycopy(trace.values, 0, values, 0, trace.constants);
    for (int read = trace.constants; read < trace.given; read++) {
      values[read] = x[trace.aux(read)];
    }
    position = trace.given;
    try {
      int last = execute(trace, x, frame);
      frame.budget -= trace.completed(last);
      return null;
    } catch (Trap | LeaveBlock thrown) {
      int step = trace.stepOf[position];
      frame.pc = trace.pcs[step];
      frame.budget -= step;
      return thrown;
    }
  }

  /** Executes what computes something; the node at which the trace is left. */
  private int execute(FlatTrace trace, long[] x, Frame frame) {
    long[] value = values;
    long[] immediate = trace.values;
    int[] code = trace.code;
    for (int node = trace.given; ; node++) {
      int base = node * FlatTrace.STRIDE;
      int op = code[base + FlatTrace.OP];
      int aux = code[base + FlatTrace.AUX];
      int a = code[base + FlatTrace.A];
      int b = code[base + FlatTrace.B];
      switch (op) {
        case Op.WRITE -> x[aux] = value[a];
        case Op.ADD | FlatTrace.WIDE -> value[node] = value[a] + value[b];
        case Op.ADD -> value[node] = (int) (value[a] + value[b]);
        case Op.SUB | FlatTrace.WIDE -> value[node] = value[a] - value[b];
        case Op.AND | FlatTrace.WIDE -> value[node] = value[a] & value[b];
        case Op.OR | FlatTrace.WIDE -> value[node] = value[a] | value[b];
        case Op.XOR | FlatTrace.WIDE -> value[node] = value[a] ^ value[b];
        case Op.SHL | FlatTrace.WIDE -> value[node] = value[a] << value[b];
        case Op.SHR | FlatTrace.WIDE -> value[node] = value[a] >> value[b];
        case Op.USHR | FlatTrace.WIDE -> value[node] = value[a] >>> value[b];
        case Op.SEXT32 | FlatTrace.WIDE, Op.TRUNC -> value[node] = (int) value[a];
        case Op.ZEXT32 | FlatTrace.WIDE -> value[node] = value[a] & 0xffff_ffffL;
        case Op.CMP -> value[node] = Condition.holds(aux, value[a], value[b]) ? 1 : 0;
        case Op.LOAD, Op.LOAD | FlatTrace.WIDE -> {
          position = node;
          value[node] = load(aux, value[a] + immediate[node]);
        }
        case Op.STORE -> {
          position = node;
          store(Graph.widthOf(aux), value[a] + immediate[node], value[b]);
        }
        case Op.BRANCH -> {
          if (value[a] != 0) {
            frame.pc = immediate[node];
            return node;
          }
        }
        case Op.END -> {
          frame.pc = immediate[node];
          return node;
        }
        case Op.JUMP -> {
          frame.pc = value[a];
          return node;
        }
        default -> {
          position = node;
          value[node] = other(trace, node, base, op, a);
        }
      }
    }
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
