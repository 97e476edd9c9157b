package vivarium.cpu.translation.nativ;

import static vivarium.cpu.translation.nativ.Layout.BLOCK;
import static vivarium.cpu.translation.nativ.Layout.at;
import static vivarium.cpu.translation.x64.X64Op.CMP32;
import static vivarium.cpu.translation.x64.X64Op.MOV64;
import static vivarium.cpu.translation.x64.X64Op.MOVSD;
import static vivarium.cpu.translation.x64.X64Op.MOVSS;

import java.util.Arrays;
import vivarium.api.isa.HartBlock;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Liveness;
import vivarium.cpu.translation.graph.Op;
import vivarium.cpu.translation.x64.X64;
import vivarium.cpu.translation.x64.X64Assembler;

/**
 * Which host register holds which guest register throughout a trace: the pinned ones, and, in a
 * trace that is a loop, what it carries from one round to the next. For those it takes a temporary,
 * and borrows the host registers of pinned guest registers that the loop does not touch: their
 * values are in the hart block meanwhile, and are fetched from there wherever the trace is left.
 * What the loop writes is stored to the hart block there, too, and not before.
 */
final class Residents {
  private static final int NONE = -1;

  /** The temporary that no instruction needs in particular, and atomic accesses need all of. */
  private static final int SPARE_TEMP = X64.R12;

  /** An operation takes four registers; some more are good to have. */
  private static final int MAX_XMM = 10;

  private static final int FIRST_XMM = 6;

  private final Layout layout;
  private final Graph graph;
  private final Liveness liveness;
  private final int[] gpr = new int[HartBlock.MAX_REGISTERS];
  private final int[] xmm = new int[HartBlock.MAX_REGISTERS];
  private final boolean[] touched = new boolean[HartBlock.MAX_REGISTERS];
  private final boolean[] written = new boolean[HartBlock.MAX_REGISTERS];

  /** Registers whose value at the head is unboxed, and those whose value is used as a whole. */
  private final boolean[] unboxed = new boolean[HartBlock.MAX_REGISTERS];

  private final boolean[] usedWhole = new boolean[HartBlock.MAX_REGISTERS];

  /** Registers that only values made in XMM registers are written to. */
  private final boolean[] madeInXmm = new boolean[HartBlock.MAX_REGISTERS];

  /** Residents that are in the hart block only once the trace is left. */
  private final boolean[] lazy = new boolean[HartBlock.MAX_REGISTERS];

  private final int[] reads = new int[HartBlock.MAX_REGISTERS];

  /** Pinned guest registers whose host registers the loop may use; as many are in use. */
  private final int[] lenders = new int[16];

  private int lenderCount;
  private int borrowedCount;
  private int borrowed;
  private int xmmSet;
  private int nextXmm;
  private boolean anyLazy;
  private int temps;

  /** Whether there may be others than the pinned. */
  private boolean chosen;

  Residents(Layout layout, Graph graph, Liveness liveness) {
    this.layout = layout;
    this.graph = graph;
    this.liveness = liveness;
    pinned();
  }

  /** Chooses for the graph, which has been analysed. */
  void choose(Floats floats, boolean loop) {
    if (chosen) {
      pinned();
    }
    chosen = loop;
    if (!loop) {
      return;
    }
    boolean atomic = look(floats);
    lenderCount = 0;
    for (int register : layout.pinned()) {
      if (!touched[register]) {
        lenders[lenderCount++] = register;
      }
    }
    nextXmm = FIRST_XMM;
    boolean spare = !atomic;
    for (int pass = 0; pass < 2; pass++) {
      boolean carried = pass == 0;
      for (int register = 0; register < gpr.length; register++) {
        int read = reads[register];
        if (read < 0 || layout.pin(register) >= 0 || written[register] != carried) {
          continue;
        }
        if (floats.wantsXmm(read)) {
          // The upper half of what is unboxed each round is looked at in the hart block.
          takeXmm(register, carried && !unboxed[register]);
          unboxed[register] &= !carried && !usedWhole[register];
        } else if (spare) {
          spare = false;
          temps &= ~(1 << SPARE_TEMP);
          gpr[register] = SPARE_TEMP;
          lazy[register] = carried;
        } else if (carried && borrowedCount < lenderCount) {
          int host = layout.pin(lenders[borrowedCount++]);
          borrowed |= 1 << host;
          gpr[register] = host;
          lazy[register] = true;
        }
      }
    }
    for (int register = 0; register < gpr.length; register++) {
      if (reads[register] < 0 && written[register] && madeInXmm[register]) {
        takeXmm(register, true);
      }
    }
    chooseLazy();
  }

  /**
   * Where nothing else has to be done at an exit, a jump leads from trace to trace directly, and
   * one register is better stored in each round.
   */
  private void chooseLazy() {
    for (int register = 0; register < gpr.length; register++) {
      anyLazy |= lazy[register] && (borrowed != 0 || xmm[register] >= 0);
    }
    if (!anyLazy) {
      Arrays.fill(lazy, false);
    }
  }

  private void takeXmm(int register, boolean lazily) {
    if (nextXmm < FIRST_XMM + MAX_XMM) {
      xmmSet |= 1 << nextXmm;
      xmm[register] = nextXmm++;
      lazy[register] = lazily;
    }
  }

  private void pinned() {
    for (int register = 0; register < gpr.length; register++) {
      gpr[register] = layout.pin(register);
    }
    Arrays.fill(xmm, NONE);
    Arrays.fill(unboxed, false);
    Arrays.fill(lazy, false);
    anyLazy = false;
    borrowedCount = 0;
    borrowed = 0;
    xmmSet = 0;
    temps = 0;
    for (int temp : Layout.TEMPS) {
      temps |= 1 << temp;
    }
  }

  /** Notes what the trace reads and writes; whether it has atomic accesses. */
  private boolean look(Floats floats) {
    Arrays.fill(touched, false);
    Arrays.fill(written, false);
    Arrays.fill(reads, NONE);
    Arrays.fill(usedWhole, false);
    Arrays.fill(madeInXmm, true);
    boolean atomic = false;
    for (int node = 0; node < graph.count(); node++) {
      int op = graph.op(node);
      if (liveness.isDead(node)) {
        continue;
      }
      if (op == Op.READ) {
        reads[graph.aux(node)] = node;
        touched[graph.aux(node)] = true;
      } else if (op == Op.WRITE) {
        written[graph.aux(node)] = true;
        touched[graph.aux(node)] = true;
        madeInXmm[graph.aux(node)] &= floats.makesInXmm(graph.a(node));
      }
      noteUse(graph.a(node), op == Op.UNBOX32);
      noteUse(graph.b(node), false);
      noteUse(graph.c(node), false);
      atomic |= op == Op.ATOMIC || op == Op.LOAD_RESERVED || op == Op.STORE_CONDITIONAL;
    }
    return atomic;
  }

  /** TRUNC passes its operand on, and counts as a use of the whole. */
  private void noteUse(int operand, boolean unboxes) {
    if (operand >= 0 && graph.op(operand) == Op.READ) {
      (unboxes ? unboxed : usedWhole)[graph.aux(operand)] = true;
    }
  }

  /** The host register that holds a guest register, or -1. */
  int gpr(int register) {
    return gpr[register];
  }

  /** The XMM register that holds a guest register, or -1. */
  int xmm(int register) {
    return xmm[register];
  }

  /** The XMM registers that hold guest registers. */
  int xmmSet() {
    return xmmSet;
  }

  /** The temporaries that are left. */
  int temps() {
    return temps;
  }

  /** The host registers that are borrowed. */
  int borrowed() {
    return borrowed;
  }

  /** Whether a guest register's place in the hart block is right only once the trace is left. */
  boolean isLazy(int register) {
    return lazy[register];
  }

  /** Whether a WRITE of a guest register stores it to its place, held in a host register or not. */
  boolean isStoredAtOnce(int register) {
    return layout.pin(register) < 0 && !lazy[register];
  }

  /** Whether nothing has to be done where the trace is left. */
  boolean leavesFreely() {
    return borrowed == 0 && !anyLazy;
  }

  /** Whether a guest register's XMM register holds a binary32 that is never written. */
  boolean isUnboxed(int register) {
    return xmm[register] >= 0 && unboxed[register];
  }

  /** At the head of the trace: puts pins by, and fetches what the loop holds. */
  void enter(X64Assembler asm, Leaving leaving) {
    for (int i = 0; i < borrowedCount; i++) {
      asm.mr(MOV64, BLOCK, Layout.register(lenders[i]), layout.pin(lenders[i]));
    }
    for (int register = 0; chosen && register < gpr.length; register++) {
      int place = Layout.register(register);
      if (gpr[register] >= 0 && layout.pin(register) < 0) {
        asm.rm(MOV64, gpr[register], BLOCK, place);
      }
      if (isUnboxed(register)) {
        asm.rm(MOVSS, xmm[register], BLOCK, place);
        asm.mi(CMP32, BLOCK, place + 4, -1);
        leaving.nanIf(X64.CC_NE, xmm[register], Layout.NAN_32);
      } else if (xmm[register] >= 0) {
        asm.rm(MOVSD, xmm[register], BLOCK, place);
      }
    }
  }

  /** Where the trace is left: the block and the pins are as all code expects them. */
  void giveBack(X64Assembler asm) {
    for (int register = 0; anyLazy && register < gpr.length; register++) {
      if (lazy[register] && gpr[register] >= 0) {
        asm.mr(MOV64, BLOCK, Layout.register(register), gpr[register]);
      } else if (lazy[register]) {
        asm.mr(MOVSD, BLOCK, Layout.register(register), xmm[register]);
      }
    }
    for (int i = 0; i < borrowedCount; i++) {
      asm.rm(MOV64, layout.pin(lenders[i]), BLOCK, Layout.register(lenders[i]));
    }
  }

  /** As {@link #giveBack}, where {@link #resume} will follow. */
  void suspend(X64Assembler asm) {
    for (int i = 0; i < borrowedCount; i++) {
      int host = layout.pin(lenders[i]);
      asm.mr(MOV64, BLOCK, at(Layout.SAVED + 8 * host), host);
    }
    giveBack(asm);
  }

  /** Takes up what {@link #suspend} left, and goes on. */
  void resume(X64Assembler asm) {
    for (int i = 0; i < borrowedCount; i++) {
      int host = layout.pin(lenders[i]);
      asm.rm(MOV64, host, BLOCK, at(Layout.SAVED + 8 * host));
    }
    asm.jmpM(BLOCK, at(Layout.RESUME_BORROWED));
  }
}
