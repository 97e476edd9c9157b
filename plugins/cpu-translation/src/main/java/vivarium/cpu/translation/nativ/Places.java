package vivarium.cpu.translation.nativ;

import static vivarium.cpu.translation.nativ.Layout.BLOCK;
import static vivarium.cpu.translation.nativ.Layout.at;
import static vivarium.cpu.translation.x64.X64Op.MOV64;
import static vivarium.cpu.translation.x64.X64Op.MOVQ;
import static vivarium.cpu.translation.x64.X64Op.MOVQ_TO_GPR;
import static vivarium.cpu.translation.x64.X64Op.MOVSD;
import static vivarium.cpu.translation.x64.X64Op.XORPD;

import java.util.Arrays;
import vivarium.api.isa.HartBlock;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Liveness;
import vivarium.cpu.translation.graph.Op;
import vivarium.cpu.translation.x64.X64Assembler;
import vivarium.cpu.translation.x64.X64Op;

/**
 * Where each value of a graph is while code for it is emitted: in a temporary, in an XMM register,
 * in the home of a guest register whose current value it is, in a spill slot, or nowhere yet (a
 * constant, the entry value of a register). A live value has a place.
 *
 * <p>Allocation and emission are one forward pass. Temporaries are caches: one whose value is also
 * at home is taken without a move; otherwise the one that is used last goes to a spill slot. What
 * {@link #use} and {@link #define} return stays locked until {@link #begin} of the next node.
 *
 * <p>In a trace that is a loop, {@link Residents} hold further guest registers in host registers,
 * whose places in the hart block are brought up to date where the loop is left.
 */
final class Places {
  static final int NONE = -1;

  /** No displacement: 0 is one. */
  static final int NOWHERE = Integer.MIN_VALUE;

  private static final int XMM_COUNT = 16;

  private final X64Assembler asm;
  private final Graph graph;
  private final Liveness liveness;
  private final Hints hints;

  /** A temporary, or a pin claimed ahead of the WRITE. */
  private final int[] gpr = new int[Graph.CAPACITY];

  private final int[] xmm = new int[Graph.CAPACITY];
  private final int[] home = new int[Graph.CAPACITY];
  private final int[] spill = new int[Graph.CAPACITY];

  /** The node that each guest register's home holds, or -1. */
  private final int[] current = new int[HartBlock.MAX_REGISTERS];

  /** The host register that holds each guest register throughout the trace, or -1. */
  private final int[] pin = new int[HartBlock.MAX_REGISTERS];

  /** As {@link #pin}, for XMM registers. */
  private final int[] xmmPin = new int[HartBlock.MAX_REGISTERS];

  private final int[] holder = new int[16];
  private final int[] xmmHolder = new int[XMM_COUNT];
  private final int[] spillHolder = new int[Layout.SPILL_SLOTS];
  private int position;
  private Residents residents;
  private int temps;
  private int locked;
  private int xmmLocked;

  Places(Layout layout, X64Assembler asm, Graph graph, Liveness liveness) {
    this.asm = asm;
    this.graph = graph;
    this.liveness = liveness;
    hints = new Hints(graph, liveness);
    residents = new Residents(layout, graph, liveness);
  }

  /** Begins a graph: every guest register is at home, no value has a place. */
  void reset(Residents chosen) {
    residents = chosen;
    temps = chosen.temps();
    for (int register = 0; register < pin.length; register++) {
      pin[register] = chosen.gpr(register);
      xmmPin[register] = chosen.xmm(register);
    }
    int count = graph.count();
    Arrays.fill(gpr, 0, count, NONE);
    Arrays.fill(xmm, 0, count, NONE);
    Arrays.fill(home, 0, count, NONE);
    Arrays.fill(spill, 0, count, NONE);
    Arrays.fill(current, NONE);
    Arrays.fill(holder, NONE);
    Arrays.fill(xmmHolder, NONE);
    Arrays.fill(spillHolder, NONE);
    hints.find(chosen);
  }

  /** Begins a node: unlocks all. */
  void begin(int node) {
    position = node;
    locked = 0;
    xmmLocked = 0;
  }

  /** Whether a value is used by no node after the current one. */
  boolean dies(int node) {
    return liveness.lastUse(graph.plain(node)) <= position;
  }

  /** The host register that holds a value, loaded if need be; locked. */
  int use(int operand) {
    int node = graph.plain(operand);
    int register = find(node);
    if (register < 0) {
      register = allocate();
      load(node, register);
      gpr[node] = register;
      holder[register] = node;
    }
    locked |= 1 << register;
    return register;
  }

  /** The host register that holds a value now, or -1. */
  int find(int operand) {
    int node = graph.plain(operand);
    return gpr[node] >= 0 ? gpr[node] : home[node] >= 0 ? pin[home[node]] : NONE;
  }

  /** Whether a value is in an XMM register and in no general one. */
  boolean isOnlyInXmm(int operand) {
    int node = graph.plain(operand);
    return xmm[node] >= 0 && find(node) < 0;
  }

  /** Displacement from the block if a value can be a memory operand now, else {@link #NOWHERE}. */
  int memoryOperand(int operand) {
    int node = graph.plain(operand);
    if (gpr[node] >= 0 || xmm[node] >= 0) {
      return NOWHERE;
    }
    if (home[node] >= 0) {
      return pin[home[node]] >= 0 ? NOWHERE : Layout.register(home[node]);
    }
    return spill[node] >= 0 ? at(Layout.SPILLS + 8 * spill[node]) : NOWHERE;
  }

  /** Copies a value to a given host register, whatever is in it; the value's places stay. */
  void load(int operand, int register) {
    int node = graph.plain(operand);
    int from = find(node);
    if (from >= 0) {
      if (from != register) {
        asm.rr(MOV64, register, from);
      }
    } else if (graph.isConstant(node)) {
      asm.movImm64(register, graph.value(node));
    } else if (xmm[node] >= 0) {
      asm.rr(MOVQ_TO_GPR, register, xmm[node]);
    } else {
      int memory = memoryOperand(node);
      assert memory != NOWHERE : "a live value has a place: " + node;
      asm.rm(MOV64, register, BLOCK, memory);
    }
  }

  /** A scratch register; locked. */
  int scratch() {
    int register = allocate();
    locked |= 1 << register;
    return register;
  }

  /** As {@link #scratch}, but for one register that is still to be read. */
  int scratchNot(int register) {
    int was = locked;
    locked |= 1 << register;
    int chosen = scratch();
    locked = was | 1 << chosen;
    return chosen;
  }

  /** Makes a given temporary free for the current node; locked. */
  void take(int register) {
    int node = holder[register];
    locked |= 1 << register;
    if (node >= 0) {
      holder[register] = NONE;
      gpr[node] = NONE;
      if (liveness.lastUse(node) >= position && !hasPlace(node)) {
        gpr[node] = register;
        int other = freeTemporary();
        if (other >= 0) {
          asm.rr(MOV64, other, register);
          gpr[node] = other;
          holder[other] = node;
        } else {
          spill(node, register);
          gpr[node] = NONE;
        }
      }
    }
  }

  /**
   * The register in which the current node's value is to be made: the pin it is meant for, or a
   * temporary. It may be that of an operand that dies here: {@code reusable} is that operand's
   * register, or -1.
   */
  int define(int node, int reusable) {
    int claimed = claimPin(node);
    if (claimed >= 0) {
      gpr[node] = claimed;
      locked |= 1 << claimed;
      return claimed;
    }
    int register;
    if (reusable >= 0 && holder[reusable] >= 0 && dies(holder[reusable])) {
      register = reusable;
      gpr[holder[reusable]] = NONE;
    } else {
      register = allocate();
    }
    bind(node, register);
    return register;
  }

  /** As {@link #define}, in a locked scratch register where no pin is meant. */
  int defineIn(int node, int scratch) {
    int claimed = claimPin(node);
    if (claimed >= 0) {
      gpr[node] = claimed;
      locked |= 1 << claimed;
      return claimed;
    }
    bind(node, scratch);
    return scratch;
  }

  /** Gives a register free that is not needed for the rest of the current node. */
  void unlock(int register) {
    locked &= ~(1 << register);
  }

  /** Says that a temporary, locked and of no other value, holds the current node's value. */
  void bind(int node, int register) {
    gpr[node] = register;
    holder[register] = node;
    locked |= 1 << register;
  }

  private int claimPin(int node) {
    int register = hints.of(node);
    if (register < 0 || pin[register] < 0) {
      return NONE;
    }
    int old = current[register];
    if (old >= 0) {
      if (liveness.lastUse(old) > position) {
        return NONE;
      }
      leaveHome(old, register);
    }
    current[register] = NONE;
    return pin[register];
  }

  /** A WRITE: the value goes to the register's home. */
  void write(int register, int value) {
    int node = graph.plain(value);
    int old = current[register];
    if (old == node) {
      return;
    }
    if (xmmPin[register] >= 0) {
      writeXmm(register, node);
      return;
    }
    if (old >= 0) {
      leaveHome(old, register);
      if (liveness.lastUse(old) > position && !hasPlace(old)) {
        int kept = allocate();
        int pinned = pin[register];
        if (pinned >= 0) {
          asm.rr(MOV64, kept, pinned);
        } else {
          asm.rm(MOV64, kept, BLOCK, Layout.register(register));
        }
        bind(old, kept);
      }
    }
    store(register, node);
    current[register] = node;
    if (home[node] < 0 || pin[register] >= 0) {
      home[node] = register;
    }
  }

  /** A WRITE of a register that lives in an XMM register, too: the value moves there. */
  private void writeXmm(int register, int node) {
    int resident = xmmPin[register];
    int old = current[register];
    if (old >= 0) {
      leaveHome(old, register);
    }
    int evicted = xmmHolder[resident];
    if (evicted >= 0 && evicted != node) {
      forgetXmm(resident);
      if (liveness.lastUse(evicted) > position && !hasPlace(evicted)) {
        int kept = allocateXmm();
        asm.rr(X64Op.MOVAPS, kept, resident);
        bindXmm(evicted, kept);
        xmmLocked |= 1 << kept;
      }
    }
    int from = xmm[node];
    if (from != resident) {
      loadXmm(node, resident);
      boolean moves = from < 0 || (residents.xmmSet() >>> from & 1) == 0;
      if (moves && from >= 0) {
        xmmHolder[from] = NONE;
      }
      if (moves) {
        bindXmm(node, resident);
      }
    }
    current[register] = node;
    if (!residents.isLazy(register)) {
      asm.mr(MOVSD, BLOCK, Layout.register(register), resident);
      home[node] = home[node] < 0 ? register : home[node];
    }
  }

  private void store(int register, int node) {
    int pinned = pin[register];
    if (pinned >= 0) {
      if (gpr[node] == pinned) {
        gpr[node] = NONE;
      } else {
        load(node, pinned);
      }
      if (residents.isStoredAtOnce(register)) {
        asm.mr(MOV64, BLOCK, Layout.register(register), pinned);
      }
    } else if (graph.isConstant(node) && gpr[node] < 0 && isImm32(graph.value(node))) {
      asm.mi(MOV64, BLOCK, Layout.register(register), (int) graph.value(node));
    } else if (isOnlyInXmm(node)) {
      asm.mr(MOVSD, BLOCK, Layout.register(register), xmm[node]);
    } else {
      asm.mr(MOV64, BLOCK, Layout.register(register), use(node));
    }
  }

  /** Notes a READ: the value is at the register's home. */
  void read(int register, int node) {
    current[register] = node;
    if (!residents.isLazy(register) || pin[register] >= 0) {
      home[node] = register;
    }
    if (xmmPin[register] >= 0) {
      bindXmm(node, xmmPin[register]);
    }
  }

  /** Displacement from the block of a register's place that holds the value, if there is one. */
  int homeOperand(int operand) {
    int node = graph.plain(operand);
    return home[node] >= 0 && pin[home[node]] < 0 ? Layout.register(home[node]) : NOWHERE;
  }

  /** Whether an operand is a register that the loop holds unboxed; then a node is its value. */
  boolean unboxed(int operand, int node) {
    if (graph.op(operand) != Op.READ || !residents.isUnboxed(graph.aux(operand))) {
      return false;
    }
    bindXmm(node, xmmPin[graph.aux(operand)]);
    return true;
  }

  /** The XMM register that holds a value now, or -1. */
  int findXmm(int operand) {
    return xmm[graph.plain(operand)];
  }

  private void leaveHome(int node, int register) {
    if (home[node] == register) {
      home[node] = NONE;
      for (int other = 0; other < current.length; other++) {
        if (other != register && current[other] == node) {
          home[node] = other;
          return;
        }
      }
    }
  }

  private boolean hasPlace(int node) {
    return gpr[node] >= 0
        || home[node] >= 0
        || spill[node] >= 0
        || xmm[node] >= 0
        || graph.isConstant(node);
  }

  private int allocate() {
    int register = freeTemporary();
    if (register >= 0) {
      return register;
    }
    int best = NONE;
    int bestUse = NONE;
    for (int temp : Layout.TEMPS) {
      if (((locked | ~temps) >>> temp & 1) == 0) {
        int node = holder[temp];
        int use = liveness.lastUse(node) + (isElsewhere(node) ? Graph.CAPACITY : 0);
        if (use > bestUse) {
          best = temp;
          bestUse = use;
        }
      }
    }
    if (best < 0) {
      throw new IllegalStateException("no temporary left at node " + position);
    }
    int node = holder[best];
    if (!isElsewhere(node)) {
      spill(node, best);
    }
    gpr[node] = NONE;
    holder[best] = NONE;
    return best;
  }

  private boolean isElsewhere(int node) {
    return home[node] >= 0 || spill[node] >= 0 || xmm[node] >= 0 || graph.isConstant(node);
  }

  private int freeTemporary() {
    for (int temp : Layout.TEMPS) {
      if (((locked | ~temps) >>> temp & 1) == 0) {
        int node = holder[temp];
        if (node < 0) {
          return temp;
        }
        if (liveness.lastUse(node) < position) {
          gpr[node] = NONE;
          holder[temp] = NONE;
          return temp;
        }
      }
    }
    return NONE;
  }

  private int spillSlot(int node) {
    for (int slot = 0; slot < Layout.SPILL_SLOTS; slot++) {
      int old = spillHolder[slot];
      if (old < 0 || liveness.lastUse(old) < position) {
        if (old >= 0) {
          spill[old] = NONE;
        }
        spillHolder[slot] = node;
        spill[node] = slot;
        return at(Layout.SPILLS + 8 * slot);
      }
    }
    throw new IllegalStateException("no spill slot left at node " + position);
  }

  private void spill(int node, int register) {
    asm.mr(MOV64, BLOCK, spillSlot(node), register);
  }

  /** The XMM register that holds a value, loaded if need be; locked. */
  int useXmm(int operand) {
    int node = graph.plain(operand);
    int register = xmm[node];
    if (register < 0) {
      register = allocateXmm();
      loadXmm(node, register);
      xmm[node] = register;
      xmmHolder[register] = node;
    }
    xmmLocked |= 1 << register;
    return register;
  }

  /** Copies a value to a given XMM register; the value's places stay. */
  void loadXmm(int operand, int register) {
    int node = graph.plain(operand);
    int from = find(node);
    int memory = memoryOperand(node);
    if (xmm[node] >= 0) {
      if (xmm[node] != register) {
        asm.rr(X64Op.MOVAPS, register, xmm[node]);
      }
    } else if (from >= 0) {
      asm.rr(MOVQ, register, from);
    } else if (memory != NOWHERE) {
      asm.rm(MOVSD, register, BLOCK, memory);
    } else if (graph.value(node) == 0) {
      asm.rr(XORPD, register, register);
    } else {
      asm.rr(MOVQ, register, use(node));
    }
  }

  /** A scratch XMM register; locked. */
  int scratchXmm() {
    int register = allocateXmm();
    xmmLocked |= 1 << register;
    return register;
  }

  /**
   * An XMM register, of no operand, in which the current node's value is to be made: that of the
   * guest register it is meant for, or a fresh one; locked.
   */
  int defineXmm(int node) {
    int claimed = claimXmm(node);
    int register = claimed >= 0 ? claimed : allocateXmm();
    bindXmm(node, register);
    xmmLocked |= 1 << register;
    return register;
  }

  private int claimXmm(int node) {
    int register = hints.of(node);
    if (register < 0 || xmmPin[register] < 0) {
      return NONE;
    }
    int resident = xmmPin[register];
    int old = xmmHolder[resident];
    if (old >= 0 && liveness.lastUse(old) >= position) {
      return NONE;
    }
    forgetXmm(resident);
    current[register] = NONE;
    return resident;
  }

  /** Says that a scratch XMM register, locked, holds the current node's value. */
  void bindXmm(int node, int register) {
    xmm[node] = register;
    xmmHolder[register] = node;
  }

  /** Whether any XMM register may hold a value that is needed after the current node. */
  boolean xmmLive() {
    if (residents.xmmSet() != 0) {
      return true;
    }
    for (int node : xmmHolder) {
      if (node >= 0 && liveness.lastUse(node) >= position) {
        return true;
      }
    }
    return false;
  }

  private int allocateXmm() {
    int best = NONE;
    int bestUse = NONE;
    for (int register = 0; register < XMM_COUNT; register++) {
      if (((xmmLocked | residents.xmmSet()) >>> register & 1) == 0) {
        int node = xmmHolder[register];
        if (node < 0 || liveness.lastUse(node) < position) {
          forgetXmm(register);
          return register;
        }
        boolean elsewhere = find(node) >= 0 || home[node] >= 0 || spill[node] >= 0;
        int use = liveness.lastUse(node) + (elsewhere ? Graph.CAPACITY : 0);
        if (use > bestUse) {
          best = register;
          bestUse = use;
        }
      }
    }
    if (best < 0) {
      throw new IllegalStateException("no XMM register left at node " + position);
    }
    if (bestUse < Graph.CAPACITY) {
      int node = xmmHolder[best];
      asm.mr(MOVSD, BLOCK, spillSlot(node), best);
    }
    forgetXmm(best);
    return best;
  }

  private void forgetXmm(int register) {
    int node = xmmHolder[register];
    if (node >= 0) {
      xmm[node] = NONE;
      xmmHolder[register] = NONE;
    }
  }

  static boolean isImm32(long value) {
    return value == (int) value;
  }
}
