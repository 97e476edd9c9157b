package vivarium.cpu.translation.nativ;

import static vivarium.cpu.translation.nativ.Layout.BLOCK;
import static vivarium.cpu.translation.nativ.Layout.at;
import static vivarium.cpu.translation.x64.X64Op.MOV64;
import static vivarium.cpu.translation.x64.X64Op.MOVSD;

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
  private final int[] reads = new int[HartBlock.MAX_REGISTERS];

  /** Pinned guest registers whose host registers the loop may use; as many are in use. */
  private final int[] lenders = new int[16];

  private int lenderCount;
  private int borrowedCount;
  private int borrowed;
  private int xmmSet;
  private int temps;

  Residents(Layout layout, Graph graph, Liveness liveness) {
    this.layout = layout;
    this.graph = graph;
    this.liveness = liveness;
    pinned();
  }

  /** Chooses for the graph, which has been analysed. */
  void choose(Floats floats, boolean loop) {
    pinned();
    if (!loop) {
      return;
    }
    boolean atomic = look();
    lenderCount = 0;
    for (int register : layout.pinned()) {
      if (!touched[register]) {
        lenders[lenderCount++] = register;
      }
    }
    boolean spare = !atomic;
    int nextXmm = FIRST_XMM;
    for (int pass = 0; pass < 2; pass++) {
      boolean carried = pass == 0;
      for (int register = 0; register < gpr.length; register++) {
        int read = reads[register];
        if (read < 0 || layout.pin(register) >= 0 || written[register] != carried) {
          continue;
        }
        if (floats.wantsXmm(read)) {
          if (nextXmm < FIRST_XMM + MAX_XMM) {
            xmmSet |= 1 << nextXmm;
            xmm[register] = nextXmm++;
          }
        } else if (spare) {
          spare = false;
          temps &= ~(1 << SPARE_TEMP);
          gpr[register] = SPARE_TEMP;
        } else if (carried && borrowedCount < lenderCount) {
          int host = layout.pin(lenders[borrowedCount++]);
          borrowed |= 1 << host;
          gpr[register] = host;
        }
      }
    }
  }

  private void pinned() {
    for (int register = 0; register < gpr.length; register++) {
      gpr[register] = layout.pin(register);
    }
    Arrays.fill(xmm, NONE);
    borrowedCount = 0;
    borrowed = 0;
    xmmSet = 0;
    temps = 0;
    for (int temp : Layout.TEMPS) {
      temps |= 1 << temp;
    }
  }

  /** Notes what the trace reads and writes; whether it has atomic accesses. */
  private boolean look() {
    Arrays.fill(touched, false);
    Arrays.fill(written, false);
    Arrays.fill(reads, NONE);
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
      }
      atomic |= op == Op.ATOMIC || op == Op.LOAD_RESERVED || op == Op.STORE_CONDITIONAL;
    }
    return atomic;
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

  /** At the head of the trace: puts pins by, and fetches what the loop holds. */
  void enter(X64Assembler asm) {
    for (int i = 0; i < borrowedCount; i++) {
      asm.mr(MOV64, BLOCK, Layout.register(lenders[i]), layout.pin(lenders[i]));
    }
    for (int register = 0; register < gpr.length; register++) {
      if (gpr[register] >= 0 && layout.pin(register) < 0) {
        asm.rm(MOV64, gpr[register], BLOCK, Layout.register(register));
      }
      if (xmm[register] >= 0) {
        asm.rm(MOVSD, xmm[register], BLOCK, Layout.register(register));
      }
    }
  }

  /** Where the trace is left: the pins are as all code expects them. */
  void giveBack(X64Assembler asm) {
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
