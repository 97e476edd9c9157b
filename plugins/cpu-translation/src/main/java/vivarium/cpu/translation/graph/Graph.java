package vivarium.cpu.translation.graph;

import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Decoded;
import vivarium.api.memory.Atomic;

/**
 * What a trace of guest instructions computes: nodes in flat arrays, a node's number being its
 * place in the schedule. One entry, no joins, side exits only, so every node dominates those after
 * it. Nodes are folded and hash-consed when they are made: {@link #make}.
 *
 * <p><b>Reading it.</b> A back end walks from 0 to {@link #count()}. CONST, TRUNC and WRITE emit
 * nothing by themselves. Guest registers are values: {@link Op#READ} is a register's value at the
 * entry of the trace, and {@link Op#WRITE} says which node a register is from then on. Hence the
 * registers that the guest would see at node n (a fault, an exit) are, for each register, its last
 * WRITE before n, or the value at entry; a walk that notes each WRITE as it passes has that map at
 * hand, {@link #definition} finds it for one register. The WRITE of an instruction always follows
 * its memory access, so at a fault the map is that before the instruction.
 *
 * <p><b>Instructions.</b> {@link #step} numbers the instruction that a node belongs to, from 0:
 * {@link #pc} is its address, and the instructions completed before it are as many as its number. A
 * common subexpression belongs to the first instruction that needed it.
 *
 * <p>Reused from trace to trace; nothing is allocated per node. One thread.
 */
public final class Graph {
  /** A 32-bit integer, as Java's {@code int}: what lies above it in its place is undefined. */
  public static final int I32 = 0;

  /** A 64-bit integer. */
  public static final int I64 = 1;

  /** No value. */
  public static final int VOID = 2;

  /** {@link Op#END}: goes on at a direct target, which may be the trace's own start. */
  public static final int CHAIN = 0;

  /**
   * {@link Op#END}: the instruction at its pc is to be called as a method; {@link #opaque()} is it.
   */
  public static final int OPAQUE = 1;

  /** {@link Op#END}: the instruction at its pc is to be executed alone by the engine's stepper. */
  public static final int STEP = 2;

  /** Most nodes. */
  public static final int CAPACITY = 4096;

  /** Most instructions in one trace. */
  public static final int MAX_STEPS = 256;

  private static final int SLOTS = 2 * CAPACITY;
  private static final int SIGNED = 0x100;
  private static final int WIDTH = 0xf;
  private static final int ATOMIC_SHIFT = 4;
  private static final Atomic[] ATOMICS = Atomic.values();

  private final int[] ops = new int[CAPACITY];
  private final byte[] types = new byte[CAPACITY];
  private final int[] auxes = new int[CAPACITY];
  private final int[] as = new int[CAPACITY];
  private final int[] bs = new int[CAPACITY];
  private final int[] cs = new int[CAPACITY];
  private final long[] values = new long[CAPACITY];
  private final int[] steps = new int[CAPACITY];
  private final int[] slots = new int[CAPACITY];
  private final int[] table = new int[SLOTS];
  private final int[] definitions;
  private final int[] lastWrites;
  private final long[] pcs = new long[MAX_STEPS + 1];
  private final @Nullable Decoded[] instructions = new Decoded[MAX_STEPS + 1];
  private final Folder folder = new Folder(this);
  private int count;
  private int stepCount;
  private int step;
  private long secondPage;
  private boolean closed;
  private @Nullable Decoded opaque;

  /**
   * Makes an empty graph.
   *
   * @param registers registers of a hart, all banks together
   */
  public Graph(int registers) {
    definitions = new int[registers];
    lastWrites = new int[registers];
    java.util.Arrays.fill(definitions, -1);
    java.util.Arrays.fill(lastWrites, -1);
    secondPage = -1;
  }

  /** Forgets everything. */
  public void reset() {
    for (int node = 0; node < count; node++) {
      if (slots[node] >= 0) {
        table[slots[node]] = 0;
      }
    }
    for (int i = 0; i < definitions.length; i++) {
      definitions[i] = -1;
      lastWrites[i] = -1;
    }
    count = 0;
    stepCount = 0;
    step = 0;
    secondPage = -1;
    closed = false;
    opaque = null;
  }

  // ---- what back ends read ----

  /** How many nodes there are. */
  public int count() {
    return count;
  }

  /** What a node does: one of {@link Op}. */
  public int op(int node) {
    return ops[node];
  }

  /** {@link #I32}, {@link #I64} or {@link #VOID}. */
  public int type(int node) {
    return types[node];
  }

  /** Whether the node is an I64. */
  public boolean wide(int node) {
    return types[node] == I64;
  }

  /** First operand, a smaller number, or -1. */
  public int a(int node) {
    return as[node];
  }

  /** Second operand, or -1. */
  public int b(int node) {
    return bs[node];
  }

  /** Third operand, or -1. */
  public int c(int node) {
    return cs[node];
  }

  /** A small number whose meaning is the operation's: a register, a condition, a kind of end. */
  public int aux(int node) {
    return auxes[node];
  }

  /** A constant whose meaning is the operation's: a value, a displacement, a pc, a mode. */
  public long value(int node) {
    return values[node];
  }

  /** Whether a branch, or the end, goes on at an address. */
  public boolean leadsTo(long pc) {
    for (int node = 0; node < count; node++) {
      boolean chains = ops[node] == Op.END && auxes[node] == CHAIN;
      if ((chains || ops[node] == Op.BRANCH) && values[node] == pc) {
        return true;
      }
    }
    return false;
  }

  /** Bytes accessed by a memory operation: 1, 2, 4 or 8. */
  public int width(int node) {
    return widthOf(auxes[node]);
  }

  /** Whether a LOAD sign-extends. */
  public boolean signedLoad(int node) {
    return signedLoadOf(auxes[node]);
  }

  /** {@link #width} from a kept {@link #aux}. */
  public static int widthOf(int aux) {
    return aux & WIDTH;
  }

  /** {@link #signedLoad} from a kept {@link #aux}. */
  public static boolean signedLoadOf(int aux) {
    return (aux & SIGNED) != 0;
  }

  /** {@link #atomic} from a kept {@link #aux}. */
  public static Atomic atomicOf(int aux) {
    return ATOMICS[aux >> ATOMIC_SHIFT];
  }

  /** The operation of an ATOMIC. */
  public Atomic atomic(int node) {
    return atomicOf(auxes[node]);
  }

  /** The operation of an FPU. */
  public FpuOp fpuOp(int node) {
    return FpuOp.of(auxes[node]);
  }

  /** Whether it is this constant. */
  public boolean isConstant(int node) {
    return ops[node] == Op.CONST;
  }

  /** The node whose place holds this node's value: itself, or the operand of TRUNCs. */
  public int plain(int node) {
    int at = node;
    while (ops[at] == Op.TRUNC) {
      at = as[at];
    }
    return at;
  }

  /** The instruction a node was made for: its number in the trace, from 0. */
  public int step(int node) {
    return steps[node];
  }

  /** Instructions that are complete when the trace is left at this node, itself included. */
  public int steps(int node) {
    int op = ops[node];
    return op == Op.BRANCH || op == Op.JUMP ? steps[node] + 1 : steps[node];
  }

  /** Instructions in the trace; an opaque one at its end is not counted. */
  public int stepCount() {
    return stepCount;
  }

  /** Address of an instruction by its number; with {@link #stepCount()}, that of the end. */
  public long pc(int stepNumber) {
    return pcs[stepNumber];
  }

  /** Address of the first instruction. */
  public long start() {
    return pcs[0];
  }

  /** An instruction by its number, for dumps. */
  public @Nullable Decoded instruction(int stepNumber) {
    return instructions[stepNumber];
  }

  /** The instruction to call where END is {@link #OPAQUE}; its address is the END's value. */
  public @Nullable Decoded opaque() {
    return opaque;
  }

  /**
   * Guest-physical address of the second page that holds code of this trace, or -1: an instruction
   * that crosses a page makes a trace of its own.
   */
  public long secondPage() {
    return secondPage;
  }

  /** Number of registers, all banks together. */
  public int registers() {
    return definitions.length;
  }

  /** The last WRITE of a register in the trace, or -1. */
  public int lastWrite(int register) {
    return lastWrites[register];
  }

  /**
   * The node that a register is where {@code node} executes, or -1 if it still is what it was at
   * entry.
   */
  public int definition(int register, int node) {
    int write = lastWrites[register];
    while (write >= node) {
      write = bs[write];
    }
    return write < 0 ? -1 : as[write];
  }

  @Override
  public String toString() {
    return GraphPrinter.print(this);
  }

  // ---- making it ----

  /** While a method is read: see {@link Folder#setNarrowing}. */
  void setNarrowing(boolean on) {
    folder.setNarrowing(on);
  }

  /** Begins the next instruction; nodes made from now on belong to it. */
  void beginStep(long pc, @Nullable Decoded instruction) {
    step = stepCount;
    pcs[step] = pc;
    instructions[step] = instruction;
    stepCount++;
  }

  void setSecondPage(long gpa) {
    secondPage = gpa;
  }

  /** Whether JUMP or END has been made. */
  public boolean closed() {
    return closed;
  }

  /** Whether so many more nodes fit. */
  boolean hasRoom(int nodes) {
    return count + nodes <= CAPACITY;
  }

  /** A constant. */
  public int constant(int type, long value) {
    return share(Op.CONST, type, 0, -1, -1, -1, type == I32 ? (int) value : value);
  }

  /** What a register is now: its last WRITE's node, or its READ. */
  public int read(int register) {
    int node = definitions[register];
    if (node < 0) {
      node = share(Op.READ, I64, register, -1, -1, -1, 0);
      definitions[register] = node;
    }
    return node;
  }

  /** From here on a register is a node, an I64. */
  public void write(int register, int node) {
    if (read(register) != node) {
      lastWrites[register] = append(Op.WRITE, VOID, register, node, lastWrites[register], -1, 0);
      definitions[register] = node;
    }
  }

  /** Whether a condition does not hold. */
  int not(int condition) {
    return make(Op.CMP, I32, Condition.EQ, condition, constant(I32, 0), -1, 0);
  }

  /** Leaves for {@code pc} if {@code condition} is not 0. */
  void branch(int condition, long pc, boolean likely) {
    append(Op.BRANCH, VOID, likely ? 1 : 0, condition, -1, -1, pc);
  }

  /** Ends with an indirect jump. */
  void jump(int target) {
    append(Op.JUMP, VOID, 0, target, -1, -1, 0);
    closed = true;
  }

  /** Ends at a known address, all instructions begun being complete. */
  void end(int kind, long pc, @Nullable Decoded opaqueInstruction) {
    step = stepCount;
    pcs[step] = pc;
    opaque = opaqueInstruction;
    append(Op.END, VOID, kind, -1, -1, -1, pc);
    closed = true;
  }

  static int loadAux(int width, boolean signed) {
    return signed ? width | SIGNED : width;
  }

  static int atomicAux(int width, Atomic operation) {
    return width | operation.ordinal() << ATOMIC_SHIFT;
  }

  /**
   * Makes a node of a pure operation or of FPU or memory, folding what is known; the result may be
   * an older node or a constant.
   *
   * @param type of the result
   * @param aux see {@link #aux}
   * @param value see {@link #value}
   */
  public int make(int op, int type, int aux, int a, int b, int c, long value) {
    return folder.make(op, type, aux, a, b, c, value);
  }

  /** A pure node, or the equal one that is there. */
  int share(int op, int type, int aux, int a, int b, int c, long value) {
    int hash = op + 31 * (aux + 31 * (a + 31 * (b + 31 * c))) + type;
    hash += (int) (value ^ value >>> 32) * 0x85eb_ca6b;
    hash = (hash * 0x9e37_79b9) >>> 16;
    int slot = hash & SLOTS - 1;
    for (int found = table[slot]; found != 0; found = table[slot]) {
      int node = found - 1;
      if (ops[node] == op
          && values[node] == value
          && as[node] == a
          && bs[node] == b
          && cs[node] == c
          && auxes[node] == aux
          && types[node] == type) {
        return node;
      }
      slot = slot + 1 & SLOTS - 1;
    }
    int node = append(op, type, aux, a, b, c, value);
    table[slot] = node + 1;
    slots[node] = slot;
    return node;
  }

  /** A node with an effect. */
  int append(int op, int type, int aux, int a, int b, int c, long value) {
    int node = count++;
    ops[node] = op;
    types[node] = (byte) type;
    auxes[node] = aux;
    as[node] = a;
    bs[node] = b;
    cs[node] = c;
    values[node] = value;
    steps[node] = step;
    slots[node] = -1;
    return node;
  }
}
