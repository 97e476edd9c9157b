package vivarium.cpu.translation.nativ;

import static vivarium.cpu.translation.nativ.Layout.BLOCK;
import static vivarium.cpu.translation.nativ.Layout.BUDGET;
import static vivarium.cpu.translation.nativ.Layout.at;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.HartBlock;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.x64.X64;
import vivarium.cpu.translation.x64.X64Assembler;
import vivarium.cpu.translation.x64.X64Op;

/**
 * Emits the ways out of a trace: side exits, its end, and the cold code behind them. A jump within
 * the trace's page is a place to patch, so that it leads from trace to trace; others look the pc up
 * in the jump table.
 */
final class Leaving {
  /**
   * Code after the trace's own, reached by a jump: leaves at a site; or goes back, after making an
   * XMM register the NaN at {@code nan}, or, the register being -1, taking the guest's MXCSR.
   */
  record Cold(int label, @Nullable Site site, int xmm, int nan, int back) {}

  /** Most bytes of one piece of cold code: all residents stored, all pins fetched. */
  private static final int COLD_BYTES = 512;

  /** Odd, and such that its constant is eight bytes long. */
  private static final long NO_ADDRESS = Long.MIN_VALUE | 1;

  private final X64Assembler asm;
  private final Residents residents;
  private final Stubs stubs;
  private final List<@Nullable Site> sites;
  private final List<Cold> cold = new ArrayList<>();
  private Trace trace;
  private int head;

  /**
   * @param sites all sites of the engine, by number
   */
  Leaving(
      X64Assembler asm, Residents residents, Stubs stubs, List<@Nullable Site> sites, Trace none) {
    this.asm = asm;
    this.residents = residents;
    this.stubs = stubs;
    this.sites = sites;
    trace = none;
  }

  /**
   * Begins a trace: where it is entered, and its head, where it goes on if it is a loop.
   *
   * @param steps its instructions
   * @param floats whether it computes with floats
   */
  void begin(Trace newTrace, int steps, boolean floats) {
    beginBody(newTrace);
    trace.borrowed = residents.borrowed();
    if (floats) {
      int label = asm.newLabel();
      int back = asm.newLabel();
      asm.mi(X64Op.CMP32, BLOCK, at(Layout.GUEST_FLOATS), 0);
      asm.jcc(X64.CC_E, label);
      asm.bind(back);
      cold.add(new Cold(label, null, -1, 0, back));
    }
    residents.enter(asm, this);
    head = asm.newLabel();
    asm.bind(head);
    trace.steps = steps;
    if (steps > 0) {
      Site site = newSite(Site.Kind.BUDGET, trace.pc);
      site.unmade = steps;
      asm.ri(X64Op.SUB64, BUDGET, steps);
      asm.jcc(X64.CC_S, coldLabel(site));
    }
  }

  /** Begins without a head, for code that will become part of traces. */
  void beginBody(Trace newTrace) {
    trace = newTrace;
    cold.clear();
  }

  /** The cold code that is still to be emitted. */
  List<Cold> cold() {
    return cold;
  }

  private Site newSite(Site.Kind kind, long pc) {
    return entered(new Site(kind, trace, sites.size(), pc));
  }

  private LinkSite newLink(Site.Kind kind, long pc) {
    return entered(new LinkSite(kind, trace, sites.size(), pc));
  }

  private <S extends Site> S entered(S site) {
    sites.add(site);
    site.nextOfTrace = trace.sites;
    trace.sites = site;
    return site;
  }

  /**
   * A site where code is suspended.
   *
   * @param pc of the instruction
   * @param unmade that instruction and those after it in the trace
   * @param tried offset in code memory where what may suspend it is tried
   */
  Suspension newSuspension(Site.Kind kind, long pc, int unmade, Pause pause, int tried) {
    Suspension site = new Suspension(kind, trace, sites.size(), pc, pause, tried);
    site.unmade = unmade;
    return entered(site);
  }

  /** Offset in code memory of what is emitted next. */
  int here() {
    return trace.code + asm.position();
  }

  /** What the site is for has been done here. */
  void done(Suspension site) {
    site.pause.doneAfter = here() - site.retryAt;
  }

  /** The label of cold code that leaves at a site. */
  int coldLabel(Site site) {
    int label = asm.newLabel();
    cold.add(new Cold(label, site, 0, 0, 0));
    return label;
  }

  /** If the condition holds, makes an XMM register the NaN at an offset of the block. */
  void nanIf(int cc, int xmm, int nan) {
    int label = asm.newLabel();
    int back = asm.newLabel();
    asm.jcc(cc, label);
    asm.bind(back);
    cold.add(new Cold(label, null, xmm, nan, back));
  }

  /**
   * A branch, its condition tested: leaves under a host's condition.
   *
   * @param unmade instructions after it
   */
  void branch(long pc, int unmade, int cc) {
    if (unmade == 0 && pc == trace.pc && trace.secondPage < 0) {
      asm.jcc(cc, head);
      return;
    }
    LinkSite site = newLink(Site.Kind.CHAIN, pc);
    site.unmade = unmade;
    asm.jcc(cc, coldLabel(site));
    if (unmade == 0 && residents.leavesFreely() && isLinkable(pc)) {
      site.patchAt = trace.code + asm.position() - Integer.BYTES;
    }
  }

  /**
   * The end of a trace.
   *
   * @param kind one of {@link Graph}'s
   * @param pc where to go on
   * @param opaque what to call, if that is its kind
   */
  void end(int kind, long pc, @Nullable Decoded opaque) {
    switch (kind) {
      case Graph.CHAIN -> chain(newLink(Site.Kind.CHAIN, pc));
      case Graph.OPAQUE -> {
        Decoded called = Objects.requireNonNull(opaque);
        leave(entered(new OpaqueSite(trace, sites.size(), pc, called)));
      }
      case Graph.STEP -> leave(newSite(Site.Kind.STEP, pc));
      default -> throw new IllegalArgumentException("end " + kind);
    }
  }

  /** A jump to the address in a register, not a borrowed one; two more are overwritten. */
  void jump(int pc, int slot, int table) {
    residents.giveBack(asm);
    int miss = asm.newLabel();
    LinkSite site = newLink(Site.Kind.INDIRECT, 0);
    expect(site, pc, slot, miss);
    asm.rm(X64Op.MOV64, table, BLOCK, at(Layout.CURRENT_JUMPS));
    asm.rr(X64Op.MOV32, slot, pc);
    asm.ri(X64Op.AND32, slot, JumpTable.SLOT_MASK);
    asm.rm(X64Op.CMP64, pc, table, slot, 8, 0);
    asm.jcc(X64.CC_NE, miss);
    asm.jmpM(table, slot, 8, 8);
    asm.bind(miss);
    asm.mr(X64Op.MOV64, BLOCK, at(HartBlock.PC), pc);
    out(site);
  }

  /**
   * The first address that the jump leads to, if it is in this page, is expected from then on and
   * jumped to directly. Until then the site is left for any address.
   */
  private void expect(LinkSite site, int pc, int scratch, int first) {
    asm.movImm64(scratch, NO_ADDRESS);
    site.expectedAt = trace.code + asm.position() - Long.BYTES;
    asm.rr(X64Op.CMP64, pc, scratch);
    asm.jcc(X64.CC_NE, first);
    site.otherwiseAt = trace.code + asm.position() - Integer.BYTES;
    asm.jmpRel32(0);
    site.patchAt = trace.code + asm.position() - Integer.BYTES;
    site.unlinkedAt = trace.code + asm.position();
  }

  /**
   * Goes on at the site's pc, the budget being right. What may be an instruction across the page's
   * end is looked up, because its second page may be another one tomorrow.
   */
  private void chain(LinkSite site) {
    long pc = site.pc;
    if (pc == trace.pc && trace.secondPage < 0) {
      asm.jmp(head);
      return;
    }
    residents.giveBack(asm);
    if (site.patchAt >= 0) {
      site.unlinkedAt = trace.code + asm.position();
    } else if (isLinkable(pc)) {
      asm.jmpRel32(0);
      site.patchAt = trace.code + asm.position() - 4;
      site.unlinkedAt = trace.code + asm.position();
    } else {
      int miss = asm.newLabel();
      asm.rm(X64Op.MOV64, X64.RCX, BLOCK, at(Layout.CURRENT_JUMPS));
      asm.movImm64(X64.RAX, pc);
      int slot = 8 * JumpTable.twiceSlot(pc);
      asm.rm(X64Op.CMP64, X64.RAX, X64.RCX, slot);
      asm.jcc(X64.CC_NE, miss);
      asm.jmpM(X64.RCX, slot + 8);
      asm.bind(miss);
    }
    out(site);
  }

  /** Whether a jump to a pc may be patched: it is in the trace's page, and surely all of it. */
  private boolean isLinkable(long pc) {
    return isLinkable(trace, pc);
  }

  static boolean isLinkable(Trace trace, long pc) {
    return (pc ^ trace.pc) >>> 12 == 0 && (pc & 4095) + Integer.BYTES <= 4096;
  }

  private void leave(Site site) {
    residents.giveBack(asm);
    out(site);
  }

  private void out(Site site) {
    asm.mi(X64Op.MOV32, BLOCK, at(Layout.EXIT_SITE), site.number);
    jumpTo(stubs.leave);
  }

  /** Suspends at a site; its pause says whether XMM registers are kept. */
  void suspend(Suspension site) {
    residents.suspend(asm);
    asm.mi(X64Op.MOV32, BLOCK, at(Layout.EXIT_SITE), site.number);
    jumpTo(site.pause.floats ? stubs.suspendFloats : stubs.suspend);
  }

  private void jumpTo(int stub) {
    asm.jmpRel32(stub - (trace.code + asm.position() + 5));
  }

  /** Emits the cold code. */
  void finish() {
    for (Cold one : cold) {
      asm.reserve(COLD_BYTES);
      asm.bind(one.label);
      Site site = one.site;
      if (site == null) {
        if (one.xmm < 0) {
          Stubs.takeGuestFloats(asm);
        } else {
          asm.rm(X64Op.MOVSD, one.xmm, BLOCK, at(one.nan));
        }
        asm.jmp(one.back);
        continue;
      }
      switch (site.kind) {
        case CHAIN -> {
          returnSteps(site.unmade);
          chain((LinkSite) site);
        }
        case BUDGET -> {
          returnSteps(site.unmade);
          leave(site);
        }
        case ACCESS, CALL -> suspend((Suspension) site);
        case INDIRECT, OPAQUE, STEP -> throw new IllegalStateException("cold " + site.kind);
      }
    }
    if (trace.borrowed != 0) {
      asm.reserve(COLD_BYTES);
      trace.reborrow = trace.code + asm.position();
      residents.resume(asm);
    }
  }

  private void returnSteps(int steps) {
    if (steps > 0) {
      asm.ri(X64Op.ADD64, BUDGET, steps);
    }
  }
}
