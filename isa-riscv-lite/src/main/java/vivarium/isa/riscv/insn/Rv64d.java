package vivarium.isa.riscv.insn;

import vivarium.api.fp.Fpu;
import vivarium.api.isa.Extension;
import vivarium.api.isa.Insn;
import vivarium.api.memory.Mmu;

/** D: binary64. Rounding modes as in {@link Rv64f}. */
@Extension("D")
public final class Rv64d {
  private Rv64d() {}

  /** Load. */
  @Insn(value = "imm rs1 011 fd 0000111", asm = "fd, imm(rs1)")
  public static long fld(Mmu mmu, long rs1, long imm) {
    return mmu.load64(rs1 + imm);
  }

  /** Store. */
  @Insn(value = "imm[11:5] fs2 rs1 011 imm[4:0] 0100111", asm = "fs2, imm(rs1)")
  public static void fsd(Mmu mmu, long rs1, long fs2, long imm) {
    mmu.store64(rs1 + imm, fs2);
  }

  /** fs1 * fs2 + fs3, rounded once. */
  @Insn(value = "fs3 01 fs2 fs1 rm fd 1000011", unless = "rm=5, rm=6", asm = "fd, fs1, fs2, fs3")
  public static long fmadd_d(Fpu fpu, long fs1, long fs2, long fs3, int rm) {
    return fpu.fma64(fs1, fs2, fs3, rm);
  }

  /** fs1 * fs2 - fs3, rounded once. */
  @Insn(value = "fs3 01 fs2 fs1 rm fd 1000111", unless = "rm=5, rm=6", asm = "fd, fs1, fs2, fs3")
  public static long fmsub_d(Fpu fpu, long fs1, long fs2, long fs3, int rm) {
    return fpu.fma64(fs1, fs2, fs3 ^ Long.MIN_VALUE, rm);
  }

  /** -(fs1 * fs2) + fs3, rounded once. */
  @Insn(value = "fs3 01 fs2 fs1 rm fd 1001011", unless = "rm=5, rm=6", asm = "fd, fs1, fs2, fs3")
  public static long fnmsub_d(Fpu fpu, long fs1, long fs2, long fs3, int rm) {
    return fpu.fma64(fs1 ^ Long.MIN_VALUE, fs2, fs3, rm);
  }

  /** -(fs1 * fs2) - fs3, rounded once. */
  @Insn(value = "fs3 01 fs2 fs1 rm fd 1001111", unless = "rm=5, rm=6", asm = "fd, fs1, fs2, fs3")
  public static long fnmadd_d(Fpu fpu, long fs1, long fs2, long fs3, int rm) {
    return fpu.fma64(fs1 ^ Long.MIN_VALUE, fs2, fs3 ^ Long.MIN_VALUE, rm);
  }

  /** Add. */
  @Insn(value = "0000001 fs2 fs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, fs1, fs2")
  public static long fadd_d(Fpu fpu, long fs1, long fs2, int rm) {
    return fpu.add64(fs1, fs2, rm);
  }

  /** Subtract. */
  @Insn(value = "0000101 fs2 fs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, fs1, fs2")
  public static long fsub_d(Fpu fpu, long fs1, long fs2, int rm) {
    return fpu.sub64(fs1, fs2, rm);
  }

  /** Multiply. */
  @Insn(value = "0001001 fs2 fs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, fs1, fs2")
  public static long fmul_d(Fpu fpu, long fs1, long fs2, int rm) {
    return fpu.mul64(fs1, fs2, rm);
  }

  /** Divide. */
  @Insn(value = "0001101 fs2 fs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, fs1, fs2")
  public static long fdiv_d(Fpu fpu, long fs1, long fs2, int rm) {
    return fpu.div64(fs1, fs2, rm);
  }

  /** Square root. */
  @Insn(value = "0101101 00000 fs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, fs1")
  public static long fsqrt_d(Fpu fpu, long fs1, int rm) {
    return fpu.sqrt64(fs1, rm);
  }

  /** fs1 with the sign of fs2. */
  @Insn("0010001 fs2 fs1 000 fd 1010011")
  public static long fsgnj_d(long fs1, long fs2) {
    return fs1 & Long.MAX_VALUE | fs2 & Long.MIN_VALUE;
  }

  /** fs1 with the opposite of the sign of fs2. */
  @Insn("0010001 fs2 fs1 001 fd 1010011")
  public static long fsgnjn_d(long fs1, long fs2) {
    return fs1 & Long.MAX_VALUE | ~fs2 & Long.MIN_VALUE;
  }

  /** fs1 with both signs multiplied. */
  @Insn("0010001 fs2 fs1 010 fd 1010011")
  public static long fsgnjx_d(long fs1, long fs2) {
    return fs1 ^ fs2 & Long.MIN_VALUE;
  }

  /** The lesser number. */
  @Insn("0010101 fs2 fs1 000 fd 1010011")
  public static long fmin_d(Fpu fpu, long fs1, long fs2) {
    return fpu.min64(fs1, fs2);
  }

  /** The greater number. */
  @Insn("0010101 fs2 fs1 001 fd 1010011")
  public static long fmax_d(Fpu fpu, long fs1, long fs2) {
    return fpu.max64(fs1, fs2);
  }

  /** Equal; quiet. */
  @Insn("1010001 fs2 fs1 010 rd 1010011")
  public static long feq_d(Fpu fpu, long fs1, long fs2) {
    return fpu.eq64(fs1, fs2);
  }

  /** Less; signaling. */
  @Insn("1010001 fs2 fs1 001 rd 1010011")
  public static long flt_d(Fpu fpu, long fs1, long fs2) {
    return fpu.lt64(fs1, fs2);
  }

  /** Less or equal; signaling. */
  @Insn("1010001 fs2 fs1 000 rd 1010011")
  public static long fle_d(Fpu fpu, long fs1, long fs2) {
    return fpu.le64(fs1, fs2);
  }

  /** Which of ten classes. */
  @Insn("1110001 00000 fs1 001 rd 1010011")
  public static long fclass_d(Fpu fpu, long fs1) {
    return fpu.class64(fs1);
  }

  /** To a signed word. */
  @Insn(value = "1100001 00000 fs1 rm rd 1010011", unless = "rm=5, rm=6", asm = "rd, fs1")
  public static long fcvt_w_d(Fpu fpu, long fs1, int rm) {
    return fpu.toInt32From64(fs1, rm);
  }

  /** From a signed word: exact. */
  @Insn(value = "1101001 00000 rs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, rs1")
  public static long fcvt_d_w(Fpu fpu, long rs1) {
    return fpu.int32To64(rs1);
  }

  /** To a unsigned word, sign-extended. */
  @Insn(value = "1100001 00001 fs1 rm rd 1010011", unless = "rm=5, rm=6", asm = "rd, fs1")
  public static long fcvt_wu_d(Fpu fpu, long fs1, int rm) {
    return fpu.toUint32From64(fs1, rm);
  }

  /** From a unsigned word: exact. */
  @Insn(value = "1101001 00001 rs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, rs1")
  public static long fcvt_d_wu(Fpu fpu, long rs1) {
    return fpu.uint32To64(rs1);
  }

  /** To a signed doubleword. */
  @Insn(value = "1100001 00010 fs1 rm rd 1010011", unless = "rm=5, rm=6", asm = "rd, fs1")
  public static long fcvt_l_d(Fpu fpu, long fs1, int rm) {
    return fpu.toInt64From64(fs1, rm);
  }

  /** From a signed doubleword. */
  @Insn(value = "1101001 00010 rs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, rs1")
  public static long fcvt_d_l(Fpu fpu, long rs1, int rm) {
    return fpu.int64To64(rs1, rm);
  }

  /** To a unsigned doubleword. */
  @Insn(value = "1100001 00011 fs1 rm rd 1010011", unless = "rm=5, rm=6", asm = "rd, fs1")
  public static long fcvt_lu_d(Fpu fpu, long fs1, int rm) {
    return fpu.toUint64From64(fs1, rm);
  }

  /** From a unsigned doubleword. */
  @Insn(value = "1101001 00011 rs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, rs1")
  public static long fcvt_d_lu(Fpu fpu, long rs1, int rm) {
    return fpu.uint64To64(rs1, rm);
  }

  /** From binary64 to binary32. */
  @Insn(value = "0100000 00001 fs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, fs1")
  public static long fcvt_s_d(Fpu fpu, long fs1, int rm) {
    return Fpu.box(fpu.to32From64(fs1, rm));
  }

  /** From binary32 to binary64: exact. */
  @Insn(value = "0100001 00000 fs1 rm fd 1010011", unless = "rm=5, rm=6", asm = "fd, fs1")
  public static long fcvt_d_s(Fpu fpu, long fs1) {
    return fpu.to64From32(Fpu.unbox(fs1));
  }

  /** The bits. */
  @Insn("1110001 00000 fs1 000 rd 1010011")
  public static long fmv_x_d(long fs1) {
    return fs1;
  }

  /** The bits. */
  @Insn("1111001 00000 rs1 000 fd 1010011")
  public static long fmv_d_x(long rs1) {
    return rs1;
  }
}
