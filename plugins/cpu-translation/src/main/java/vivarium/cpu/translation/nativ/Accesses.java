package vivarium.cpu.translation.nativ;

import static vivarium.cpu.translation.nativ.Layout.ADDEND;
import static vivarium.cpu.translation.nativ.Layout.BLOCK;
import static vivarium.cpu.translation.nativ.Layout.TLB;
import static vivarium.cpu.translation.nativ.Layout.at;
import static vivarium.cpu.translation.x64.X64.RAX;

import vivarium.api.isa.HartBlock;
import vivarium.api.memory.Atomic;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Op;
import vivarium.cpu.translation.x64.CpuFeatures;
import vivarium.cpu.translation.x64.X64;
import vivarium.cpu.translation.x64.X64Assembler;
import vivarium.cpu.translation.x64.X64Op;

/**
 * Selects instructions for memory accesses: the TLB check in line, and a site for the miss. All
 * registers that the access needs are found before {@link Suspension#retryAt}, and nothing is
 * allocated between there and {@link Suspension#doneAt}, so that Java may go on at either.
 */
final class Accesses {
  private static final int PAGE_BYTES = 4096;

  private final X64Assembler asm;
  private final Graph graph;
  private final Places places;
  private final Leaving leaving;
  private final Floats floats;
  private final CpuFeatures features;
  private boolean uniform;
  private int base;

  Accesses(
      X64Assembler asm,
      Graph graph,
      Places places,
      Leaving leaving,
      Floats floats,
      CpuFeatures features) {
    this.asm = asm;
    this.graph = graph;
    this.places = places;
    this.leaving = leaving;
    this.floats = floats;
    this.features = features;
  }

  /**
   * Begins a trace.
   *
   * @param isUniform whether the data TLB has one addend, in {@link Layout#ADDEND}
   */
  void begin(boolean isUniform) {
    uniform = isUniform;
  }

  /** Emits a node; false if it is of another family. */
  boolean emit(int node) {
    switch (graph.op(node)) {
      case Op.LOAD -> load(node);
      case Op.STORE -> store(node);
      case Op.ATOMIC -> atomic(node);
      case Op.LOAD_RESERVED -> loadReserved(node);
      case Op.STORE_CONDITIONAL -> storeConditional(node);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The virtual address, in a register that stays as it is; locked. */
  private int address(int node) {
    long displacement = graph.value(node);
    int a = graph.plain(graph.a(node));
    if (graph.isConstant(a)) {
      int va = places.scratch();
      asm.movImm64(va, graph.value(a) + displacement);
      return va;
    }
    int from = places.use(a);
    if (displacement == 0) {
      return from;
    }
    places.unlock(from);
    int va;
    if (Places.isImm32(displacement)) {
      va = places.scratchNot(from);
      asm.rm(X64Op.LEA64, va, from, (int) displacement);
    } else {
      va = places.scratchNot(from);
      asm.movImm64(va, displacement);
      asm.rr(X64Op.ADD64, va, from);
    }
    return va;
  }

  /**
   * The check; leaves {@link #base} such that the host address is base plus va. Scratch registers
   * are given; with a uniform TLB the second may be -1.
   */
  private Suspension check(int node, Pause.Access access, int va, int index, int tag) {
    int width = graph.width(node);
    Suspension site = suspension(node);
    site.pause.access = access;
    site.pause.width = width;
    site.pause.address = va;
    site.pause.floats = floats.computes() || places.xmmLive();
    int miss = leaving.coldLabel(site);
    int entries = SoftTlb.entries(uniform);
    boolean stores = access == Pause.Access.STORE || access == Pause.Access.MODIFY;
    if (features.bmi2()) {
      asm.rri(X64Op.RORX32, index, va, 9);
    } else {
      asm.rr(X64Op.MOV32, index, va);
      asm.ri(X64Op.SHR32, index, 9);
    }
    asm.ri(X64Op.AND32, index, entries - 1 << 3);
    int tags = stores ? SoftTlb.storeTags(uniform) : 0;
    int checked = uniform ? index : tag;
    asm.rm(X64Op.MOV64, checked, TLB, index, 1, tags);
    asm.rr(X64Op.XOR64, checked, va);
    asm.ri(X64Op.CMP64, checked, PAGE_BYTES - width);
    asm.jcc(X64.CC_A, miss);
    if (access == Pause.Access.RESERVE || access == Pause.Access.MODIFY) {
      asm.ri(X64Op.TEST32, va, width - 1);
      asm.jcc(X64.CC_NE, miss);
    }
    if (uniform) {
      base = ADDEND;
    } else {
      asm.rm(X64Op.MOV64, index, TLB, index, 1, SoftTlb.addends(false));
      base = index;
    }
    return site;
  }

  private Suspension suspension(int node) {
    int step = graph.step(node);
    int unmade = graph.stepCount() - step;
    return leaving.newSuspension(
        Site.Kind.ACCESS, graph.pc(step), unmade, new Pause(), leaving.here());
  }

  private void load(int node) {
    int va = address(node);
    int index = places.scratch();
    int tag = uniform ? Places.NONE : places.scratch();
    int width = graph.width(node);
    boolean signed = graph.signedLoad(node);
    if (!signed && width >= 4 && floats.wantsXmm(node)) {
      int x = places.defineXmm(node);
      Suspension site = check(node, Pause.Access.LOAD, va, index, tag);
      site.pause.data = x;
      site.pause.dataInXmm = true;
      site.pause.floats = true;
      asm.rm(width == 8 ? X64Op.MOVSD : X64Op.MOVSS, x, base, va, 1, 0);
      leaving.done(site);
      return;
    }
    int d = places.defineIn(node, index);
    Suspension site = check(node, Pause.Access.LOAD, va, index, tag);
    site.pause.data = d;
    site.pause.signed = signed;
    int op =
        switch (width) {
          case 1 -> signed ? X64Op.MOVSX64_8 : X64Op.MOVZX32_8;
          case 2 -> signed ? X64Op.MOVSX64_16 : X64Op.MOVZX32_16;
          case 4 -> signed ? X64Op.MOVSXD : X64Op.MOV32;
          default -> X64Op.MOV64;
        };
    asm.rm(op, d, base, va, 1, 0);
    leaving.done(site);
  }

  private void store(int node) {
    int va = address(node);
    int b = graph.plain(graph.b(node));
    int width = graph.width(node);
    boolean immediate = graph.isConstant(b) && Places.isImm32(graph.value(b));
    boolean fromXmm = !immediate && width >= 4 && places.isOnlyInXmm(b);
    int data = immediate ? Places.NONE : fromXmm ? places.useXmm(b) : places.use(b);
    int index = places.scratch();
    int tag = uniform ? Places.NONE : places.scratch();
    Suspension site = check(node, Pause.Access.STORE, va, index, tag);
    site.pause.data = data;
    if (immediate) {
      site.pause.constant = graph.value(b);
      asm.mi(moveOf(width), base, va, 1, 0, (int) graph.value(b));
    } else if (fromXmm) {
      site.pause.dataInXmm = true;
      site.pause.floats = true;
      asm.mr(width == 8 ? X64Op.MOVSD : X64Op.MOVSS, base, va, 1, 0, data);
    } else {
      asm.mr(moveOf(width), base, va, 1, 0, data);
    }
    leaving.done(site);
  }

  private static int moveOf(int width) {
    return switch (width) {
      case 1 -> X64Op.MOV8;
      case 2 -> X64Op.MOV16;
      case 4 -> X64Op.MOV32;
      default -> X64Op.MOV64;
    };
  }

  /** An atomic access never resumes after the miss: it is tried again, or executed alone. */
  private void atomic(int node) {
    boolean wide = graph.width(node) == 8;
    Atomic operation = graph.atomic(node);
    if (operation != Atomic.SWAP && operation != Atomic.ADD) {
      atomicLoop(node, wide, operation);
      return;
    }
    int va = address(node);
    int value = places.scratch();
    places.load(graph.b(node), value);
    int index = places.scratch();
    int tag = uniform ? Places.NONE : places.scratch();
    check(node, Pause.Access.MODIFY, va, index, tag);
    if (operation == Atomic.SWAP) {
      asm.mr(wide ? X64Op.XCHG64 : X64Op.XCHG32, base, va, 1, 0, value);
    } else {
      asm.lock();
      asm.mr(wide ? X64Op.XADD64 : X64Op.XADD32, base, va, 1, 0, value);
    }
    if (!wide) {
      asm.rr(X64Op.MOV32, value, value);
    }
    places.bind(node, value);
  }

  /** The operand, the host address, the new value, and in rax the old one. */
  private void atomicLoop(int node, boolean wide, Atomic operation) {
    places.take(RAX);
    int va = address(node);
    int operand = places.use(graph.b(node));
    int index = places.scratch();
    int tag = places.scratch();
    check(node, Pause.Access.MODIFY, va, index, tag);
    asm.rm(X64Op.LEA64, index, base, va, 1, 0);
    asm.rm(wide ? X64Op.MOV64 : X64Op.MOV32, RAX, index, 0);
    int again = asm.newLabel();
    asm.bind(again);
    apply(operation, wide, tag, operand);
    asm.lock();
    asm.mr(wide ? X64Op.CMPXCHG64 : X64Op.CMPXCHG32, index, 0, tag);
    asm.jcc(X64.CC_NE, again);
    if (!wide) {
      asm.rr(X64Op.MOV32, RAX, RAX);
    }
    places.bind(node, RAX);
  }

  private void apply(Atomic operation, boolean wide, int result, int operand) {
    asm.rr(X64Op.MOV64, result, operand);
    int compare = wide ? X64Op.CMP64 : X64Op.CMP32;
    int move = wide ? X64Op.CMOV64 : X64Op.CMOV32;
    switch (operation) {
      case SWAP -> {}
      case ADD -> asm.rr(wide ? X64Op.ADD64 : X64Op.ADD32, result, RAX);
      case AND -> asm.rr(wide ? X64Op.AND64 : X64Op.AND32, result, RAX);
      case OR -> asm.rr(wide ? X64Op.OR64 : X64Op.OR32, result, RAX);
      case XOR -> asm.rr(wide ? X64Op.XOR64 : X64Op.XOR32, result, RAX);
      case MIN -> keepOld(compare, move | X64.CC_L, result);
      case MAX -> keepOld(compare, move | X64.CC_G, result);
      case MIN_UNSIGNED -> keepOld(compare, move | X64.CC_B, result);
      case MAX_UNSIGNED -> keepOld(compare, move | X64.CC_A, result);
    }
  }

  private void keepOld(int compare, int moveIf, int result) {
    asm.rr(compare, RAX, result);
    asm.rr(moveIf, result, RAX);
  }

  private void loadReserved(int node) {
    boolean wide = graph.width(node) == 8;
    int va = address(node);
    int index = places.scratch();
    int tag = places.scratch();
    check(node, Pause.Access.RESERVE, va, index, tag);
    asm.rm(X64Op.LEA64, tag, base, va, 1, 0);
    asm.rm(wide ? X64Op.MOV64 : X64Op.MOV32, index, tag, 0);
    asm.mr(X64Op.MOV64, BLOCK, at(HartBlock.RESERVATION), tag);
    asm.mr(X64Op.MOV64, BLOCK, at(HartBlock.RESERVED_VALUE), index);
    places.bind(node, index);
  }

  private void storeConditional(int node) {
    boolean wide = graph.width(node) == 8;
    places.take(RAX);
    int va = address(node);
    int value = places.use(graph.b(node));
    int index = places.scratch();
    int tag = places.scratch();
    check(node, Pause.Access.MODIFY, va, index, tag);
    int failed = asm.newLabel();
    asm.rm(X64Op.LEA64, index, base, va, 1, 0);
    asm.rm(X64Op.MOV64, RAX, BLOCK, at(HartBlock.RESERVED_VALUE));
    asm.rm(X64Op.CMP64, index, BLOCK, at(HartBlock.RESERVATION));
    asm.mi(X64Op.MOV64, BLOCK, at(HartBlock.RESERVATION), 0);
    asm.mi(X64Op.MOV64, BLOCK, at(HartBlock.RESERVED_VALUE), 0);
    asm.jcc(X64.CC_NE, failed);
    asm.lock();
    asm.mr(wide ? X64Op.CMPXCHG64 : X64Op.CMPXCHG32, index, 0, value);
    asm.bind(failed);
    asm.r(X64Op.SETCC | X64.CC_NE, RAX);
    asm.rr(X64Op.MOVZX32_8, RAX, RAX);
    places.bind(node, RAX);
  }
}
