package vivarium.cpu.translation.nativ;

import static vivarium.cpu.translation.nativ.Layout.BLOCK;
import static vivarium.cpu.translation.nativ.Layout.BUDGET;
import static vivarium.cpu.translation.nativ.Layout.at;
import static vivarium.cpu.translation.x64.X64.R13;
import static vivarium.cpu.translation.x64.X64.RAX;
import static vivarium.cpu.translation.x64.X64.RBX;
import static vivarium.cpu.translation.x64.X64.RCX;
import static vivarium.cpu.translation.x64.X64.RDI;
import static vivarium.cpu.translation.x64.X64.RDX;
import static vivarium.cpu.translation.x64.X64.RSI;
import static vivarium.cpu.translation.x64.X64.RSP;
import static vivarium.cpu.translation.x64.X64Op.ADD64;
import static vivarium.cpu.translation.x64.X64Op.CMOV64;
import static vivarium.cpu.translation.x64.X64Op.CMP32;
import static vivarium.cpu.translation.x64.X64Op.LDMXCSR;
import static vivarium.cpu.translation.x64.X64Op.LEA64;
import static vivarium.cpu.translation.x64.X64Op.MOV32;
import static vivarium.cpu.translation.x64.X64Op.MOV64;
import static vivarium.cpu.translation.x64.X64Op.MOVSD;
import static vivarium.cpu.translation.x64.X64Op.OR32;
import static vivarium.cpu.translation.x64.X64Op.STMXCSR;
import static vivarium.cpu.translation.x64.X64Op.SUB64;
import static vivarium.cpu.translation.x64.X64Op.TEST64;
import static vivarium.cpu.translation.x64.X64Op.XOR32;

import vivarium.api.isa.HartBlock;
import vivarium.cpu.translation.x64.X64;
import vivarium.cpu.translation.x64.X64Assembler;

/**
 * The ways between Java and emitted code, at the start of code memory:
 *
 * <ul>
 *   <li>{@link #enter}: {@code int enter(long code, long block)} by the System V convention; loads
 *       what lives in registers from a hart block and jumps to {@code code}. Returns the number of
 *       the site where code was left, and {@link #FLOATS_USED} where the guest's MXCSR was in
 *       force. Of the budget, code gets a slice at a time, so that the attention word is looked at
 *       every so often.
 *   <li>{@link #leave}: jumped to at the end of a trace; stores all that back and returns.
 *   <li>{@link #suspend}, {@link #suspendFloats}: as leave, but temporaries are kept for {@link
 *       #resume}, which is entered as code and goes on at {@link Layout#RESUME}.
 * </ul>
 */
final class Stubs {
  private static final int[] CALLEE_SAVED = {RBX, BLOCK, X64.R12, R13, X64.R14, X64.R15};

  /** Keeps the stack 16-byte aligned beneath a return address and six registers. */
  private static final int PADDING = 8;

  private static final int XMM_REGISTERS = 16;

  /** In what {@link #enter} returns: {@link Layout#GUEST_MXCSR} may hold new exceptions. */
  static final int FLOATS_USED = Integer.MIN_VALUE;

  /** Steps between two looks at the attention word: some twenty microseconds. */
  private static final int SLICE = 50_000;

  final int enter;
  final int leave;
  final int suspend;
  final int suspendFloats;
  final int resume;
  final int resumeFloats;

  /** Emits all of them at offset 0 of code memory. */
  Stubs(X64Assembler asm, Layout layout) {
    asm.reserve(4096);
    enter = asm.position();
    emitEnter(asm, layout);
    resumeFloats = asm.position();
    takeGuestFloats(asm);
    for (int xmm = 0; xmm < XMM_REGISTERS; xmm++) {
      asm.rm(MOVSD, xmm, BLOCK, at(Layout.SAVED_XMM + 8 * xmm));
    }
    resume = asm.position();
    for (int temp : Layout.TEMPS) {
      asm.rm(MOV64, temp, BLOCK, at(Layout.SAVED + 8 * temp));
    }
    asm.jmpM(BLOCK, at(Layout.RESUME));
    suspendFloats = asm.position();
    for (int xmm = 0; xmm < XMM_REGISTERS; xmm++) {
      asm.mr(MOVSD, BLOCK, at(Layout.SAVED_XMM + 8 * xmm), xmm);
    }
    suspend = asm.position();
    for (int temp : Layout.TEMPS) {
      asm.mr(MOV64, BLOCK, at(Layout.SAVED + 8 * temp), temp);
    }
    leave = asm.position();
    emitLeave(asm, layout);
  }

  /**
   * Puts the guest's rounding mode and sticky flags in force. Code that computes with floats sees
   * to it, because most that leaves and comes back does not, and MXCSR is slow.
   */
  static void takeGuestFloats(X64Assembler asm) {
    asm.m(STMXCSR, BLOCK, at(Layout.HOST_MXCSR));
    asm.m(LDMXCSR, BLOCK, at(Layout.GUEST_MXCSR));
    asm.mi(MOV32, BLOCK, at(Layout.GUEST_FLOATS), 1);
  }

  private static void emitEnter(X64Assembler asm, Layout layout) {
    for (int saved : CALLEE_SAVED) {
      asm.push(saved);
    }
    asm.ri(SUB64, RSP, PADDING);
    asm.rr(MOV64, RAX, RDI);
    asm.rm(LEA64, BLOCK, RSI, Layout.BIAS);
    asm.rm(MOV64, Layout.TLB, BLOCK, at(Layout.CURRENT_TLB));
    asm.rm(MOV64, Layout.ADDEND, BLOCK, at(Layout.CURRENT_ADDEND));
    asm.rm(MOV64, BUDGET, BLOCK, at(HartBlock.BUDGET));
    asm.rr(XOR32, RCX, RCX);
    asm.rm(LEA64, RDX, BUDGET, -SLICE);
    asm.rr(TEST64, RDX, RDX);
    asm.rr(CMOV64 | X64.CC_G, RCX, RDX);
    asm.mr(MOV64, BLOCK, at(Layout.RESERVE), RCX);
    asm.rr(SUB64, BUDGET, RCX);
    for (int register : layout.pinned()) {
      asm.rm(MOV64, layout.pin(register), BLOCK, Layout.register(register));
    }
    asm.jmpR(RAX);
  }

  private static void emitLeave(X64Assembler asm, Layout layout) {
    for (int register : layout.pinned()) {
      asm.mr(MOV64, BLOCK, Layout.register(register), layout.pin(register));
    }
    asm.rm(ADD64, BUDGET, BLOCK, at(Layout.RESERVE));
    asm.mr(MOV64, BLOCK, at(HartBlock.BUDGET), BUDGET);
    asm.rm(MOV32, RAX, BLOCK, at(Layout.EXIT_SITE));
    int hosts = asm.newLabel();
    asm.mi(CMP32, BLOCK, at(Layout.GUEST_FLOATS), 0);
    asm.jcc(X64.CC_E, hosts);
    asm.m(STMXCSR, BLOCK, at(Layout.GUEST_MXCSR));
    asm.m(LDMXCSR, BLOCK, at(Layout.HOST_MXCSR));
    asm.mi(MOV32, BLOCK, at(Layout.GUEST_FLOATS), 0);
    asm.ri(OR32, RAX, FLOATS_USED);
    asm.bind(hosts);
    asm.ri(ADD64, RSP, PADDING);
    for (int i = CALLEE_SAVED.length - 1; i >= 0; i--) {
      asm.pop(CALLEE_SAVED[i]);
    }
    asm.ret();
  }
}
