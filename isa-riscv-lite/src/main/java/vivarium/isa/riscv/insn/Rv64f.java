package vivarium.isa.riscv.insn;

import vivarium.api.fp.Fpu;
import vivarium.api.isa.Extension;
import vivarium.api.isa.Insn;
import vivarium.api.memory.Mmu;

/**
 * F: binary32, NaN-boxed in 64-bit registers. The reserved rounding modes 5 and 6 are no encodings;
 * a dynamic one that is reserved is found by the instruction set's required units.
 */
@Extension("F")
public final class Rv64f {
  private Rv64f() {}

  /** Load. */
  @Insn(value = "imm rs1 010 fd 0000111", asm = "fd, imm(rs1)")
  public static long flw(Mmu mmu, long rs1, long imm) {
    return Fpu.box((int) mmu.load32(rs1 + imm));
  }

  /** Store the lower half of the register, whatever it is. */
  @Insn(value = "imm[11:5] fs2 rs1 010 imm[4:0] 0100111", asm = "fs2, imm(rs1)")
  public static void fsw(Mmu mmu, long rs1, long fs2, long imm) {
    mmu.store32(rs1 + imm, fs2);
  }

  /** fs1 * fs2 + fs3, rounded once. */
  @Insn(value = "fs3 00 fs2 fs1 rm fd 1000011", unless = "rm=5, rm=6", asm = "fd, fs1, fs2, fs3")
  public static long fmadd_s(Fpu fpu, long fs1, long fs2, long fs3, int rm) {
    return Fpu.box(fpu.fma32(Fpu.unbox(fs1), Fpu.unbox(fs2), Fpu.unbox(fs3), rm));
  }

  /** fs1 * fs2 - fs3, rounded once. */
  @Insn(value = "fs3 00 fs2 fs1 rm fd 1000111", unless = "rm=5, rm=6", asm = "fd, fs1, fs2, fs3")
  public static long fmsub_s(Fpu fpu, long fs1, long fs2, long fs3, int rm) {
    return Fpu.box(
        fpu.fma32(Fpu.unbox(fs1), Fpu.unbox(fs2), Fpu.unbox(fs3) ^ Integer.MIN_VALUE, rm));
  }

  /** -(fs1 * fs2) + fs3, rounded once. */
  @Insn(value = "fs3 00 fs2 fs1 rm fd 1001011", unless = "rm=5, rm=6", asm = "fd, fs1, fs2, fs3")
  public static long fnmsub_s(Fpu fpu, long fs1, long fs2, long fs3, int rm) {
    return Fpu.box(
        fpu.fma32(Fpu.unbox(fs1) ^ Integer.MIN_VALUE, Fpu.unbox(fs2), Fpu.unbox(fs3), rm));
  }

  /** -(fs1 * fs2) - fs3, rounded once. */
  @Insn(value = "fs3 00 fs2 fs1 rm fd 1001111", unless = "rm=5, rm=6", asm = "fd, fs1, fs2, fs3")
  public static long fnmadd_s(Fpu fpu, long fs1, long fs2, long fs3, int rm) {
    return Fpu.box(
        fpu.fma32(
            Fpu.unbox(fs1) ^ Integer.MIN_VALUE,
            Fpu.unbox(fs2),
            Fpu.unbox(fs3) ^ Integer.MIN_VALUE,
            rm));
  }

  /** Add. */
  @Insn(value = "0000000 fs2 fs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, fs1, fs2")
  public static long fadd_s(Fpu fpu, long fs1, long fs2, int rm) {
    return Fpu.box(fpu.add32(Fpu.unbox(fs1), Fpu.unbox(fs2), rm));
  }

  /** Subtract. */
  @Insn(value = "0000100 fs2 fs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, fs1, fs2")
  public static long fsub_s(Fpu fpu, long fs1, long fs2, int rm) {
    return Fpu.box(fpu.sub32(Fpu.unbox(fs1), Fpu.unbox(fs2), rm));
  }

  /** Multiply. */
  @Insn(value = "0001000 fs2 fs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, fs1, fs2")
  public static long fmul_s(Fpu fpu, long fs1, long fs2, int rm) {
    return Fpu.box(fpu.mul32(Fpu.unbox(fs1), Fpu.unbox(fs2), rm));
  }

  /** Divide. */
  @Insn(value = "0001100 fs2 fs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, fs1, fs2")
  public static long fdiv_s(Fpu fpu, long fs1, long fs2, int rm) {
    return Fpu.box(fpu.div32(Fpu.unbox(fs1), Fpu.unbox(fs2), rm));
  }

  /** Square root. */
  @Insn(value = "0101100 00000 fs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, fs1")
  public static long fsqrt_s(Fpu fpu, long fs1, int rm) {
    return Fpu.box(fpu.sqrt32(Fpu.unbox(fs1), rm));
  }

  /** fs1 with the sign of fs2. */
  @Insn("0010000 fs2 fs1 000 fd 1010011")
  public static long fsgnj_s(long fs1, long fs2) {
    return Fpu.box(Fpu.unbox(fs1) & Integer.MAX_VALUE | Fpu.unbox(fs2) & Integer.MIN_VALUE);
  }

  /** fs1 with the opposite of the sign of fs2. */
  @Insn("0010000 fs2 fs1 001 fd 1010011")
  public static long fsgnjn_s(long fs1, long fs2) {
    return Fpu.box(Fpu.unbox(fs1) & Integer.MAX_VALUE | ~Fpu.unbox(fs2) & Integer.MIN_VALUE);
  }

  /** fs1 with both signs multiplied. */
  @Insn("0010000 fs2 fs1 010 fd 1010011")
  public static long fsgnjx_s(long fs1, long fs2) {
    return Fpu.box(Fpu.unbox(fs1) ^ Fpu.unbox(fs2) & Integer.MIN_VALUE);
  }

  /** The lesser number. */
  @Insn("0010100 fs2 fs1 000 fd 1010011")
  public static long fmin_s(Fpu fpu, long fs1, long fs2) {
    return Fpu.box(fpu.min32(Fpu.unbox(fs1), Fpu.unbox(fs2)));
  }

  /** The greater number. */
  @Insn("0010100 fs2 fs1 001 fd 1010011")
  public static long fmax_s(Fpu fpu, long fs1, long fs2) {
    return Fpu.box(fpu.max32(Fpu.unbox(fs1), Fpu.unbox(fs2)));
  }

  /** Equal; quiet. */
  @Insn("1010000 fs2 fs1 010 rd 1010011")
  public static long feq_s(Fpu fpu, long fs1, long fs2) {
    return fpu.eq32(Fpu.unbox(fs1), Fpu.unbox(fs2));
  }

  /** Less; signaling. */
  @Insn("1010000 fs2 fs1 001 rd 1010011")
  public static long flt_s(Fpu fpu, long fs1, long fs2) {
    return fpu.lt32(Fpu.unbox(fs1), Fpu.unbox(fs2));
  }

  /** Less or equal; signaling. */
  @Insn("1010000 fs2 fs1 000 rd 1010011")
  public static long fle_s(Fpu fpu, long fs1, long fs2) {
    return fpu.le32(Fpu.unbox(fs1), Fpu.unbox(fs2));
  }

  /** Which of ten classes. */
  @Insn("1110000 00000 fs1 001 rd 1010011")
  public static long fclass_s(Fpu fpu, long fs1) {
    return fpu.class32(Fpu.unbox(fs1));
  }

  /** To a signed word. */
  @Insn(value = "1100000 00000 fs1 rm rd 1010011", unless = "rm=5, rm=6", asm = "rd, fs1")
  public static long fcvt_w_s(Fpu fpu, long fs1, int rm) {
    return fpu.toInt32From32(Fpu.unbox(fs1), rm);
  }

  /** From a signed word. */
  @Insn(value = "1101000 00000 rs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, rs1")
  public static long fcvt_s_w(Fpu fpu, long rs1, int rm) {
    return Fpu.box(fpu.int32To32(rs1, rm));
  }

  /** To a unsigned word, sign-extended. */
  @Insn(value = "1100000 00001 fs1 rm rd 1010011", unless = "rm=5, rm=6", asm = "rd, fs1")
  public static long fcvt_wu_s(Fpu fpu, long fs1, int rm) {
    return fpu.toUint32From32(Fpu.unbox(fs1), rm);
  }

  /** From a unsigned word. */
  @Insn(value = "1101000 00001 rs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, rs1")
  public static long fcvt_s_wu(Fpu fpu, long rs1, int rm) {
    return Fpu.box(fpu.uint32To32(rs1, rm));
  }

  /** To a signed doubleword. */
  @Insn(value = "1100000 00010 fs1 rm rd 1010011", unless = "rm=5, rm=6", asm = "rd, fs1")
  public static long fcvt_l_s(Fpu fpu, long fs1, int rm) {
    return fpu.toInt64From32(Fpu.unbox(fs1), rm);
  }

  /** From a signed doubleword. */
  @Insn(value = "1101000 00010 rs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, rs1")
  public static long fcvt_s_l(Fpu fpu, long rs1, int rm) {
    return Fpu.box(fpu.int64To32(rs1, rm));
  }

  /** To a unsigned doubleword. */
  @Insn(value = "1100000 00011 fs1 rm rd 1010011", unless = "rm=5, rm=6", asm = "rd, fs1")
  public static long fcvt_lu_s(Fpu fpu, long fs1, int rm) {
    return fpu.toUint64From32(Fpu.unbox(fs1), rm);
  }

  /** From a unsigned doubleword. */
  @Insn(value = "1101000 00011 rs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, rs1")
  public static long fcvt_s_lu(Fpu fpu, long rs1, int rm) {
    return Fpu.box(fpu.uint64To32(rs1, rm));
  }

  /** The lower half's bits, sign-extended. */
  @Insn("1110000 00000 fs1 000 rd 1010011")
  public static long fmv_x_w(long fs1) {
    return (int) fs1;
  }

  /** The bits of a word. */
  @Insn("1111000 00000 rs1 000 fd 1010011")
  public static long fmv_w_x(long rs1) {
    return Fpu.box((int) rs1);
  }
}
