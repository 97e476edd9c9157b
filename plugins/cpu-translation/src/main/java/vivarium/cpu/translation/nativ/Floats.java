package vivarium.cpu.translation.nativ;

import static vivarium.cpu.translation.nativ.Layout.BLOCK;
import static vivarium.cpu.translation.nativ.Layout.at;

import vivarium.api.fp.Fpu;
import vivarium.cpu.translation.graph.FpuOp;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Op;
import vivarium.cpu.translation.x64.CpuFeatures;
import vivarium.cpu.translation.x64.X64;
import vivarium.cpu.translation.x64.X64Assembler;
import vivarium.cpu.translation.x64.X64Op;

/**
 * Selects instructions for floating-point nodes. The host computes; its sticky flags in MXCSR are
 * the guest's (both find tininess after rounding). Java is called, through a site, for what the
 * host does otherwise: NaNs of fused operations and minima, conversions out of range, a rounding
 * mode that is not in MXCSR. What such a call raises again has been raised already.
 */
final class Floats {
  private final X64Assembler asm;
  private final Graph graph;
  private final Places places;
  private final Leaving leaving;
  private final CpuFeatures features;
  private final boolean[] wantsXmm = new boolean[Graph.CAPACITY];
  private int frm;
  private boolean computes;

  Floats(X64Assembler asm, Graph graph, Places places, Leaving leaving, CpuFeatures features) {
    this.asm = asm;
    this.graph = graph;
    this.places = places;
    this.leaving = leaving;
    this.features = features;
  }

  /**
   * Begins a trace.
   *
   * @param roundingMode the dynamic one, for which the trace is made
   */
  void begin(int roundingMode) {
    frm = roundingMode;
    int count = graph.count();
    java.util.Arrays.fill(wantsXmm, 0, count, false);
    computes = false;
    for (int node = count - 1; node >= 0; node--) {
      int op = graph.op(node);
      if (op == Op.FPU) {
        computes = true;
        if (!fromInteger(graph.fpuOp(node))) {
          want(graph.a(node));
          want(graph.b(node));
          want(graph.c(node));
        }
      } else if (wantsXmm[node]
          && (op == Op.BOX32 || op == Op.UNBOX32 || op == Op.TRUNC || isSignFlip(node))) {
        want(graph.a(node));
      }
    }
  }

  private void want(int node) {
    if (node >= 0) {
      wantsXmm[graph.plain(node)] = true;
      wantsXmm[node] = true;
    }
  }

  /** Whether the trace computes with floats, so that the guest's MXCSR is in force in all of it. */
  boolean computes() {
    return computes;
  }

  /** Whether a value is better made in an XMM register. */
  boolean wantsXmm(int node) {
    return wantsXmm[node];
  }

  private boolean isSignFlip(int node) {
    int b = graph.b(node);
    return graph.op(node) == Op.XOR
        && graph.isConstant(b)
        && graph.value(b) == (graph.wide(node) ? Long.MIN_VALUE : Integer.MIN_VALUE);
  }

  private static boolean fromInteger(FpuOp op) {
    return switch (op) {
      case INT32_TO64,
          UINT32_TO64,
          INT64_TO64,
          UINT64_TO64,
          INT32_TO32,
          UINT32_TO32,
          INT64_TO32,
          UINT64_TO32 ->
          true;
      default -> false;
    };
  }

  /** Emits a node in XMM registers; false if it is better, or only, made elsewhere. */
  boolean emit(int node) {
    switch (graph.op(node)) {
      case Op.FPU -> operation(node);
      case Op.XOR -> {
        return wantsXmm[node] && isSignFlip(node) && flipSign(node);
      }
      case Op.BOX32 -> {
        return places.isOnlyInXmm(graph.a(node)) && box(node);
      }
      case Op.UNBOX32 -> {
        return wantsXmm[node] && unbox(node);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Whether a value will be made in an XMM register, as far as its node tells. */
  boolean makesInXmm(int operand) {
    int node = graph.plain(operand);
    return switch (graph.op(node)) {
      case Op.BOX32 -> makesInXmm(graph.a(node));
      case Op.LOAD -> wantsXmm[node] && !graph.signedLoad(node) && graph.width(node) >= 4;
      case Op.FPU -> graph.fpuOp(node).makesFloat();
      case Op.XOR -> wantsXmm[node] && isSignFlip(node);
      default -> false;
    };
  }

  private boolean flipSign(int node) {
    int d = places.defineXmm(node);
    places.loadXmm(graph.a(node), d);
    asm.rm(X64Op.XORPD, d, BLOCK, at(graph.wide(node) ? Layout.SIGN_64 : Layout.SIGN_32));
    return true;
  }

  private boolean box(int node) {
    int d = places.defineXmm(node);
    places.loadXmm(graph.a(node), d);
    asm.rm(X64Op.ORPD, d, BLOCK, at(Layout.BOX));
    return true;
  }

  private boolean unbox(int node) {
    int a = graph.a(node);
    if (places.unboxed(a, node)) {
      return true;
    }
    int memory = places.homeOperand(a);
    if (memory == Places.NOWHERE) {
      return false;
    }
    int from = places.findXmm(a);
    int d = places.defineXmm(node);
    if (from >= 0) {
      asm.rr(X64Op.MOVAPS, d, from);
    } else {
      asm.rm(X64Op.MOVSS, d, BLOCK, memory);
    }
    asm.mi(X64Op.CMP32, BLOCK, memory + 4, -1);
    leaving.nanIf(X64.CC_NE, d, Layout.NAN_32);
    return true;
  }

  private void operation(int node) {
    FpuOp op = graph.fpuOp(node);
    boolean truncates = false;
    if (op.rounds()) {
      int mode = (int) graph.value(node);
      int effective = mode == Fpu.DYN ? frm : mode;
      truncates = effective == Fpu.RTZ && toInteger(op);
      if (!truncates && (effective != frm || effective > Fpu.RUP)) {
        call(node);
        return;
      }
    }
    select(node, op, truncates);
  }

  /** Emits an operation whose rounding mode is in force, or that rounds toward zero by itself. */
  private void select(int node, FpuOp op, boolean truncates) {
    switch (op) {
      case ADD64 -> arithmetic(node, X64Op.ADDSD, X64Op.VADDSD, true);
      case SUB64 -> arithmetic(node, X64Op.SUBSD, X64Op.VSUBSD, true);
      case MUL64 -> arithmetic(node, X64Op.MULSD, X64Op.VMULSD, true);
      case DIV64 -> arithmetic(node, X64Op.DIVSD, X64Op.VDIVSD, true);
      case ADD32 -> arithmetic(node, X64Op.ADDSS, X64Op.VADDSS, false);
      case SUB32 -> arithmetic(node, X64Op.SUBSS, X64Op.VSUBSS, false);
      case MUL32 -> arithmetic(node, X64Op.MULSS, X64Op.VMULSS, false);
      case DIV32 -> arithmetic(node, X64Op.DIVSS, X64Op.VDIVSS, false);
      case SQRT64 -> unary(node, X64Op.SQRTSD, true);
      case SQRT32 -> unary(node, X64Op.SQRTSS, false);
      case TO32_FROM64 -> unary(node, X64Op.CVTSD2SS, false);
      case TO64_FROM32 -> unary(node, X64Op.CVTSS2SD, true);
      case FMA64 -> fused(node, X64Op.VFMADD213SD, true);
      case FMA32 -> fused(node, X64Op.VFMADD213SS, false);
      case MIN64 -> extreme(node, X64Op.MINSD, X64Op.ORPD, true);
      case MAX64 -> extreme(node, X64Op.MAXSD, X64Op.ANDPD, true);
      case MIN32 -> extreme(node, X64Op.MINSS, X64Op.ORPD, false);
      case MAX32 -> extreme(node, X64Op.MAXSS, X64Op.ANDPD, false);
      case EQ64 -> equal(node, X64Op.UCOMISD);
      case EQ32 -> equal(node, X64Op.UCOMISS);
      case LT64 -> less(node, X64Op.COMISD, X64.CC_A);
      case LT32 -> less(node, X64Op.COMISS, X64.CC_A);
      case LE64 -> less(node, X64Op.COMISD, X64.CC_AE);
      case LE32 -> less(node, X64Op.COMISS, X64.CC_AE);
      case TO_INT32_FROM64 ->
          toSigned(node, truncates ? X64Op.CVTTSD2SI32 : X64Op.CVTSD2SI32, false);
      case TO_INT64_FROM64 ->
          toSigned(node, truncates ? X64Op.CVTTSD2SI64 : X64Op.CVTSD2SI64, true);
      case TO_INT32_FROM32 ->
          toSigned(node, truncates ? X64Op.CVTTSS2SI32 : X64Op.CVTSS2SI32, false);
      case TO_INT64_FROM32 ->
          toSigned(node, truncates ? X64Op.CVTTSS2SI64 : X64Op.CVTSS2SI64, true);
      case INT32_TO64 -> fromSigned(node, X64Op.CVTSI2SD32);
      case INT64_TO64 -> fromSigned(node, X64Op.CVTSI2SD64);
      case INT32_TO32 -> fromSigned(node, X64Op.CVTSI2SS32);
      case INT64_TO32 -> fromSigned(node, X64Op.CVTSI2SS64);
      case UINT32_TO64 -> fromUnsigned(node, X64Op.CVTSI2SD64);
      case UINT32_TO32 -> fromUnsigned(node, X64Op.CVTSI2SS64);
      case CLASS64,
          CLASS32,
          UINT64_TO64,
          UINT64_TO32,
          TO_UINT32_FROM64,
          TO_UINT64_FROM64,
          TO_UINT32_FROM32,
          TO_UINT64_FROM32 ->
          call(node);
    }
  }

  private static boolean toInteger(FpuOp op) {
    return switch (op) {
      case TO_INT32_FROM64, TO_INT64_FROM64, TO_INT32_FROM32, TO_INT64_FROM32 -> true;
      default -> false;
    };
  }

  /** With AVX, the operation that leaves its operands as they are. */
  private void arithmetic(int node, int op, int avxOp, boolean wide) {
    int b = places.useXmm(graph.b(node));
    int d;
    if (features.avx()) {
      int a = places.useXmm(graph.a(node));
      d = places.defineXmm(node);
      asm.rrr(avxOp, d, a, b);
    } else {
      d = places.defineXmm(node);
      places.loadXmm(graph.a(node), d);
      asm.rr(op, d, b);
    }
    canonical(d, wide);
  }

  private void unary(int node, int op, boolean wide) {
    int a = places.useXmm(graph.a(node));
    int d = places.defineXmm(node);
    asm.rr(X64Op.XORPD, d, d);
    asm.rr(op, d, a);
    canonical(d, wide);
  }

  /** A result that is a NaN becomes the canonical one; it is quiet, so the test raises nothing. */
  private void canonical(int d, boolean wide) {
    asm.rr(wide ? X64Op.UCOMISD : X64Op.UCOMISS, d, d);
    leaving.nanIf(X64.CC_P, d, wide ? Layout.NAN_64 : Layout.NAN_32);
  }

  private void fused(int node, int op, boolean wide) {
    if (!features.fma()) {
      call(node);
      return;
    }
    int a = places.useXmm(graph.a(node));
    int b = places.useXmm(graph.b(node));
    int c = places.useXmm(graph.c(node));
    int d = places.defineXmm(node);
    Suspension site = slowSite(node, a, b, c, d, true);
    asm.rr(X64Op.MOVAPS, d, a);
    asm.rrr(op, d, b, c);
    asm.rr(wide ? X64Op.UCOMISD : X64Op.UCOMISS, d, d);
    asm.jcc(X64.CC_P, leaving.coldLabel(site));
    leaving.done(site);
  }

  /** Equal operands are the same or zeros: the lesser zero is the or, the greater one the and. */
  private void extreme(int node, int op, int ofEqual, boolean wide) {
    int a = places.useXmm(graph.a(node));
    int b = places.useXmm(graph.b(node));
    int d = places.defineXmm(node);
    Suspension site = slowSite(node, a, b, Places.NONE, d, true);
    int differ = asm.newLabel();
    int done = asm.newLabel();
    asm.rr(X64Op.MOVAPS, d, a);
    asm.rr(wide ? X64Op.UCOMISD : X64Op.UCOMISS, a, b);
    asm.jcc(X64.CC_P, leaving.coldLabel(site));
    asm.jcc(X64.CC_NE, differ);
    asm.rr(ofEqual, d, b);
    asm.jmp(done);
    asm.bind(differ);
    asm.rr(op, d, b);
    asm.bind(done);
    leaving.done(site);
  }

  private void equal(int node, int op) {
    int a = places.useXmm(graph.a(node));
    int b = places.useXmm(graph.b(node));
    int ordered = places.scratch();
    int d = places.define(node, Places.NONE);
    asm.rr(op, a, b);
    asm.r(X64Op.SETCC | X64.CC_NP, ordered);
    asm.r(X64Op.SETCC | X64.CC_E, d);
    asm.rr(X64Op.AND32, d, ordered);
    asm.rr(X64Op.MOVZX32_8, d, d);
  }

  /** Unordered sets the carry flag: neither above nor equal, with the operands swapped. */
  private void less(int node, int op, int cc) {
    int a = places.useXmm(graph.a(node));
    int b = places.useXmm(graph.b(node));
    int d = places.define(node, Places.NONE);
    asm.rr(op, b, a);
    asm.r(X64Op.SETCC | cc, d);
    asm.rr(X64Op.MOVZX32_8, d, d);
  }

  /** Out of range and NaN give the least integer, and so does that itself: Java tells. */
  private void toSigned(int node, int op, boolean wide) {
    int a = places.useXmm(graph.a(node));
    int d = places.define(node, Places.NONE);
    Suspension site = slowSite(node, a, Places.NONE, Places.NONE, d, false);
    asm.rr(op, d, a);
    asm.ri(wide ? X64Op.CMP64 : X64Op.CMP32, d, 1);
    asm.jcc(X64.CC_O, leaving.coldLabel(site));
    if (!wide) {
      asm.rr(X64Op.MOVSXD, d, d);
    }
    leaving.done(site);
  }

  private void fromSigned(int node, int op) {
    int a = places.use(graph.a(node));
    int d = places.defineXmm(node);
    asm.rr(X64Op.XORPD, d, d);
    asm.rr(op, d, a);
  }

  private void fromUnsigned(int node, int op) {
    int a = places.use(graph.a(node));
    int t = places.scratch();
    int d = places.defineXmm(node);
    asm.rr(X64Op.MOV32, t, a);
    asm.rr(X64Op.XORPD, d, d);
    asm.rr(op, d, t);
  }

  private Suspension suspension(int node) {
    int step = graph.step(node);
    int unmade = graph.stepCount() - step;
    return leaving.newSuspension(
        Site.Kind.CALL, graph.pc(step), unmade, new Pause(), leaving.here());
  }

  /** A site for doing the node in Java after all, its operands being in XMM registers. */
  private Suspension slowSite(int node, int a, int b, int c, int d, boolean dataInXmm) {
    Suspension site = suspension(node);
    site.pause.fpuOp = graph.fpuOp(node);
    site.pause.roundingMode = (int) graph.value(node);
    site.pause.setOperand(0, a);
    site.pause.setOperand(1, b);
    site.pause.setOperand(2, c);
    site.pause.operandsInXmm = true;
    site.pause.data = d;
    site.pause.dataInXmm = dataInXmm;
    site.pause.floats = true;
    return site;
  }

  /** Suspends emitted code, has Java compute the node, and goes on with the result. */
  private void call(int node) {
    FpuOp op = graph.fpuOp(node);
    Suspension site = suspension(node);
    site.pause.fpuOp = op;
    site.pause.roundingMode = (int) graph.value(node);
    int[] operands = {graph.a(node), graph.b(node), graph.c(node)};
    for (int i = 0; i < op.operands(); i++) {
      site.pause.setOperand(i, places.use(operands[i]));
    }
    site.pause.data = places.define(node, Places.NONE);
    site.pause.floats = true;
    leaving.suspend(site);
    leaving.done(site);
  }
}
