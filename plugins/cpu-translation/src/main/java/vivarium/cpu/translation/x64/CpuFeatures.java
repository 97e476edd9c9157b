package vivarium.cpu.translation.x64;

import static vivarium.cpu.translation.x64.X64.CC_B;
import static vivarium.cpu.translation.x64.X64.CC_E;
import static vivarium.cpu.translation.x64.X64.RAX;
import static vivarium.cpu.translation.x64.X64.RBX;
import static vivarium.cpu.translation.x64.X64.RCX;
import static vivarium.cpu.translation.x64.X64.RDI;
import static vivarium.cpu.translation.x64.X64.RDX;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the host's processor, and for VEX on XMM registers its operating system, can do beyond
 * x86-64-v1 (Intel SDM volume 2, CPUID). Found once at start: {@linkplain #emitProbe emit} the
 * routine, run it as {@code void probe(byte[RECORD_SIZE] *rdi)} from executable memory, and decode
 * the record by {@link #of(MemorySegment)}.
 *
 * @param sse3 {@code sse3}, part of x86-64-v2
 * @param sse41 SSE4.1: {@code roundsd}, {@code blendvpd}
 * @param sse42 SSE4.2
 * @param popcnt {@code popcnt}
 * @param cmpxchg16b {@code cmpxchg16b}
 * @param movbe {@code movbe}
 * @param lzcnt {@code lzcnt}; elsewhere its bytes silently mean {@code bsr}
 * @param bmi1 {@code andn}, {@code bextr}, {@code blsr}, {@code tzcnt}
 * @param bmi2 {@code shlx}, {@code rorx}, {@code mulx} and so on
 * @param avx AVX, with the operating system saving its registers
 * @param fma FMA3, usable only with {@code avx} and false without it
 * @param fsgsbase the processor has {@code wrgsbase}; whether the kernel allows it is another
 *     matter (Linux from 5.9 does)
 */
public record CpuFeatures(
    boolean sse3,
    boolean sse41,
    boolean sse42,
    boolean popcnt,
    boolean cmpxchg16b,
    boolean movbe,
    boolean lzcnt,
    boolean bmi1,
    boolean bmi2,
    boolean avx,
    boolean fma,
    boolean fsgsbase) {

  /** Nothing but x86-64-v1: what to assume where the probe cannot run, and for tests. */
  public static final CpuFeatures BASELINE = of(0, 0, 0, 0);

  /** Bytes that the probe writes. */
  public static final int RECORD_SIZE = 56;

  /** Leaf 1: eax, ebx, ecx, edx. */
  private static final int LEAF_1 = 0;

  /** Leaf 7, subleaf 0; zeros if the processor has no such leaf. */
  private static final int LEAF_7 = 16;

  /** Leaf 8000_0001h; zeros if the processor has no such leaf. */
  private static final int LEAF_EXTENDED_1 = 32;

  /** XCR0; zero if the operating system has not enabled {@code xgetbv}. */
  private static final int XCR0 = 48;

  private static final int EBX = 4;
  private static final int ECX = 8;
  private static final int EXTENDED = 0x8000_0000;
  private static final int OSXSAVE_BIT = 27;

  /** XCR0 state components that AVX needs: SSE and AVX. */
  private static final int XCR0_SSE_AVX = 6;

  /** Decodes the record that the probe wrote. */
  public static CpuFeatures of(MemorySegment probed) {
    return of(
        probed.get(ValueLayout.JAVA_INT, LEAF_1 + ECX),
        probed.get(ValueLayout.JAVA_INT, LEAF_7 + EBX),
        probed.get(ValueLayout.JAVA_INT, LEAF_EXTENDED_1 + ECX),
        probed.get(ValueLayout.JAVA_LONG, XCR0));
  }

  /**
   * Decodes register values.
   *
   * @param leaf1Ecx ecx of leaf 1
   * @param leaf7Ebx ebx of leaf 7, subleaf 0, or 0 if there is none
   * @param extended1Ecx ecx of leaf 8000_0001h, or 0 if there is none
   * @param xcr0 {@code xgetbv} of register 0, or 0 if ecx of leaf 1 has no OSXSAVE
   */
  public static CpuFeatures of(int leaf1Ecx, int leaf7Ebx, int extended1Ecx, long xcr0) {
    boolean osSavesAvx = bit(leaf1Ecx, OSXSAVE_BIT) && (xcr0 & XCR0_SSE_AVX) == XCR0_SSE_AVX;
    boolean avx = bit(leaf1Ecx, 28) && osSavesAvx;
    return new CpuFeatures(
        bit(leaf1Ecx, 0),
        bit(leaf1Ecx, 19),
        bit(leaf1Ecx, 20),
        bit(leaf1Ecx, 23),
        bit(leaf1Ecx, 13),
        bit(leaf1Ecx, 22),
        bit(extended1Ecx, 5),
        bit(leaf7Ebx, 3),
        bit(leaf7Ebx, 8),
        avx,
        bit(leaf1Ecx, 12) && avx,
        bit(leaf7Ebx, 0));
  }

  /**
   * Appends the routine: System V calling convention, {@value #RECORD_SIZE} bytes written at rdi,
   * nothing returned.
   */
  public static void emitProbe(X64Assembler asm) {
    asm.reserve(256);
    asm.push(RBX);
    asm.zero(RAX);
    for (int offset = 0; offset < RECORD_SIZE; offset += Long.BYTES) {
      asm.mr(X64Op.MOV64, RDI, offset, RAX);
    }
    emitLeaf(asm, 0, 1, LEAF_1);
    emitLeaf(asm, 0, 7, LEAF_7);
    emitLeaf(asm, EXTENDED, EXTENDED + 1, LEAF_EXTENDED_1);
    int done = asm.newLabel();
    asm.mi(X64Op.TEST32, RDI, LEAF_1 + ECX, 1 << OSXSAVE_BIT);
    asm.jcc(CC_E, done);
    asm.zero(RCX);
    asm.xgetbv();
    asm.mr(X64Op.MOV32, RDI, XCR0, RAX);
    asm.mr(X64Op.MOV32, RDI, XCR0 + Integer.BYTES, RDX);
    asm.bind(done);
    asm.pop(RBX);
    asm.ret();
  }

  /** A leaf beyond the highest reads as the highest basic one on Intel: so ask first. */
  private static void emitLeaf(X64Assembler asm, int range, int leaf, int offset) {
    int absent = asm.newLabel();
    asm.movImm32(RAX, range);
    asm.cpuid();
    asm.ri(X64Op.CMP32, RAX, leaf);
    asm.jcc(CC_B, absent);
    asm.movImm32(RAX, leaf);
    asm.zero(RCX);
    asm.cpuid();
    asm.mr(X64Op.MOV32, RDI, offset, RAX);
    asm.mr(X64Op.MOV32, RDI, offset + EBX, RBX);
    asm.mr(X64Op.MOV32, RDI, offset + ECX, RCX);
    asm.mr(X64Op.MOV32, RDI, offset + 12, RDX);
    asm.bind(absent);
  }

  private static boolean bit(int register, int number) {
    return (register >>> number & 1) != 0;
  }
}
