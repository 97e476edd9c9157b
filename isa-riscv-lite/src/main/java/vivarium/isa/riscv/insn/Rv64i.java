package vivarium.isa.riscv.insn;

import vivarium.api.isa.Alias;
import vivarium.api.isa.Extension;
import vivarium.api.isa.Insn;
import vivarium.api.isa.Jump;
import vivarium.api.memory.Mmu;

/** RV64I: the base integer instructions, but for those in {@link SystemInstructions}. */
@Extension("I")
@Alias(
    name = "fence.tso",
    value = "1000 0011 0011 00000 000 00000 0001111",
    as = "fence fm=8 pred=3 succ=3 hs1=0 hd=0")
@Alias(
    name = "pause",
    value = "0000 0001 0000 00000 000 00000 0001111",
    as = "fence fm=0 pred=1 succ=0 hs1=0 hd=0")
public final class Rv64i {
  private Rv64i() {}

  /** Load upper immediate. */
  @Insn("imm20 rd 0110111")
  public static long lui(long imm20) {
    return imm20 << 12;
  }

  /** Add upper immediate to pc. */
  @Insn("imm20 rd 0010111")
  public static long auipc(long pc, long imm20) {
    return pc + (imm20 << 12);
  }

  /** Jump and link. */
  @Insn("imm[20|10:1|11|19:12] rd 1101111")
  @Jump
  public static long jal(long pc, long imm) {
    return pc + imm;
  }

  /** Jump and link register; the target's bit 0 is cleared. */
  @Insn(value = "imm rs1 000 rd 1100111", asm = "rd, imm(rs1)")
  @Jump
  public static long jalr(long rs1, long imm) {
    return rs1 + imm & ~1L;
  }

  /** Branch if equal. */
  @Insn("imm[12|10:5] rs2 rs1 000 imm[4:1|11] 1100011")
  public static boolean beq(long rs1, long rs2) {
    return rs1 == rs2;
  }

  /** Branch if not equal. */
  @Insn("imm[12|10:5] rs2 rs1 001 imm[4:1|11] 1100011")
  public static boolean bne(long rs1, long rs2) {
    return rs1 != rs2;
  }

  /** Branch if less, signed. */
  @Insn("imm[12|10:5] rs2 rs1 100 imm[4:1|11] 1100011")
  public static boolean blt(long rs1, long rs2) {
    return rs1 < rs2;
  }

  /** Branch if greater or equal, signed. */
  @Insn("imm[12|10:5] rs2 rs1 101 imm[4:1|11] 1100011")
  public static boolean bge(long rs1, long rs2) {
    return rs1 >= rs2;
  }

  /** Branch if less, unsigned. */
  @Insn("imm[12|10:5] rs2 rs1 110 imm[4:1|11] 1100011")
  public static boolean bltu(long rs1, long rs2) {
    return Long.compareUnsigned(rs1, rs2) < 0;
  }

  /** Branch if greater or equal, unsigned. */
  @Insn("imm[12|10:5] rs2 rs1 111 imm[4:1|11] 1100011")
  public static boolean bgeu(long rs1, long rs2) {
    return Long.compareUnsigned(rs1, rs2) >= 0;
  }

  /** Load a byte, sign-extended. */
  @Insn(value = "imm rs1 000 rd 0000011", asm = "rd, imm(rs1)")
  public static long lb(Mmu mmu, long rs1, long imm) {
    return (byte) mmu.load8(rs1 + imm);
  }

  /** Load two bytes, sign-extended. */
  @Insn(value = "imm rs1 001 rd 0000011", asm = "rd, imm(rs1)")
  public static long lh(Mmu mmu, long rs1, long imm) {
    return (short) mmu.load16(rs1 + imm);
  }

  /** Load four bytes, sign-extended. */
  @Insn(value = "imm rs1 010 rd 0000011", asm = "rd, imm(rs1)")
  public static long lw(Mmu mmu, long rs1, long imm) {
    return (int) mmu.load32(rs1 + imm);
  }

  /** Load eight bytes. */
  @Insn(value = "imm rs1 011 rd 0000011", asm = "rd, imm(rs1)")
  public static long ld(Mmu mmu, long rs1, long imm) {
    return mmu.load64(rs1 + imm);
  }

  /** Load a byte, zero-extended. */
  @Insn(value = "imm rs1 100 rd 0000011", asm = "rd, imm(rs1)")
  public static long lbu(Mmu mmu, long rs1, long imm) {
    return mmu.load8(rs1 + imm);
  }

  /** Load two bytes, zero-extended. */
  @Insn(value = "imm rs1 101 rd 0000011", asm = "rd, imm(rs1)")
  public static long lhu(Mmu mmu, long rs1, long imm) {
    return mmu.load16(rs1 + imm);
  }

  /** Load four bytes, zero-extended. */
  @Insn(value = "imm rs1 110 rd 0000011", asm = "rd, imm(rs1)")
  public static long lwu(Mmu mmu, long rs1, long imm) {
    return mmu.load32(rs1 + imm);
  }

  /** Store a byte. */
  @Insn(value = "imm[11:5] rs2 rs1 000 imm[4:0] 0100011", asm = "rs2, imm(rs1)")
  public static void sb(Mmu mmu, long rs1, long rs2, long imm) {
    mmu.store8(rs1 + imm, rs2);
  }

  /** Store two bytes. */
  @Insn(value = "imm[11:5] rs2 rs1 001 imm[4:0] 0100011", asm = "rs2, imm(rs1)")
  public static void sh(Mmu mmu, long rs1, long rs2, long imm) {
    mmu.store16(rs1 + imm, rs2);
  }

  /** Store four bytes. */
  @Insn(value = "imm[11:5] rs2 rs1 010 imm[4:0] 0100011", asm = "rs2, imm(rs1)")
  public static void sw(Mmu mmu, long rs1, long rs2, long imm) {
    mmu.store32(rs1 + imm, rs2);
  }

  /** Store eight bytes. */
  @Insn(value = "imm[11:5] rs2 rs1 011 imm[4:0] 0100011", asm = "rs2, imm(rs1)")
  public static void sd(Mmu mmu, long rs1, long rs2, long imm) {
    mmu.store64(rs1 + imm, rs2);
  }

  /** Add immediate. */
  @Insn("imm rs1 000 rd 0010011")
  public static long addi(long rs1, long imm) {
    return rs1 + imm;
  }

  /** Set if less than immediate, signed. */
  @Insn("imm rs1 010 rd 0010011")
  public static long slti(long rs1, long imm) {
    return rs1 < imm ? 1 : 0;
  }

  /** Set if less than the sign-extended immediate, unsigned. */
  @Insn("imm rs1 011 rd 0010011")
  public static long sltiu(long rs1, long imm) {
    return Long.compareUnsigned(rs1, imm) < 0 ? 1 : 0;
  }

  /** Exclusive or immediate. */
  @Insn("imm rs1 100 rd 0010011")
  public static long xori(long rs1, long imm) {
    return rs1 ^ imm;
  }

  /** Or immediate. */
  @Insn("imm rs1 110 rd 0010011")
  public static long ori(long rs1, long imm) {
    return rs1 | imm;
  }

  /** And immediate. */
  @Insn("imm rs1 111 rd 0010011")
  public static long andi(long rs1, long imm) {
    return rs1 & imm;
  }

  /** Shift left. */
  @Insn("000000 shamt rs1 001 rd 0010011")
  public static long slli(long rs1, long shamt) {
    return rs1 << shamt;
  }

  /** Shift right, logical. */
  @Insn("000000 shamt rs1 101 rd 0010011")
  public static long srli(long rs1, long shamt) {
    return rs1 >>> shamt;
  }

  /** Shift right, arithmetic. */
  @Insn("010000 shamt rs1 101 rd 0010011")
  public static long srai(long rs1, long shamt) {
    return rs1 >> shamt;
  }

  /** Add. */
  @Insn("0000000 rs2 rs1 000 rd 0110011")
  public static long add(long rs1, long rs2) {
    return rs1 + rs2;
  }

  /** Subtract. */
  @Insn("0100000 rs2 rs1 000 rd 0110011")
  public static long sub(long rs1, long rs2) {
    return rs1 - rs2;
  }

  /** Shift left by the lower six bits of rs2. */
  @Insn("0000000 rs2 rs1 001 rd 0110011")
  public static long sll(long rs1, long rs2) {
    return rs1 << rs2;
  }

  /** Set if less, signed. */
  @Insn("0000000 rs2 rs1 010 rd 0110011")
  public static long slt(long rs1, long rs2) {
    return rs1 < rs2 ? 1 : 0;
  }

  /** Set if less, unsigned. */
  @Insn("0000000 rs2 rs1 011 rd 0110011")
  public static long sltu(long rs1, long rs2) {
    return Long.compareUnsigned(rs1, rs2) < 0 ? 1 : 0;
  }

  /** Exclusive or. */
  @Insn("0000000 rs2 rs1 100 rd 0110011")
  public static long xor(long rs1, long rs2) {
    return rs1 ^ rs2;
  }

  /** Shift right, logical, by the lower six bits of rs2. */
  @Insn("0000000 rs2 rs1 101 rd 0110011")
  public static long srl(long rs1, long rs2) {
    return rs1 >>> rs2;
  }

  /** Shift right, arithmetic, by the lower six bits of rs2. */
  @Insn("0100000 rs2 rs1 101 rd 0110011")
  public static long sra(long rs1, long rs2) {
    return rs1 >> rs2;
  }

  /** Or. */
  @Insn("0000000 rs2 rs1 110 rd 0110011")
  public static long or(long rs1, long rs2) {
    return rs1 | rs2;
  }

  /** And. */
  @Insn("0000000 rs2 rs1 111 rd 0110011")
  public static long and(long rs1, long rs2) {
    return rs1 & rs2;
  }

  /** Add immediate, of words. */
  @Insn("imm rs1 000 rd 0011011")
  public static long addiw(long rs1, long imm) {
    return (int) (rs1 + imm);
  }

  /** Shift left, of words. */
  @Insn("0000000 shamt[4:0] rs1 001 rd 0011011")
  public static long slliw(long rs1, long shamt) {
    return (int) rs1 << shamt;
  }

  /** Shift right, logical, of words. */
  @Insn("0000000 shamt[4:0] rs1 101 rd 0011011")
  public static long srliw(long rs1, long shamt) {
    return (int) rs1 >>> shamt;
  }

  /** Shift right, arithmetic, of words. */
  @Insn("0100000 shamt[4:0] rs1 101 rd 0011011")
  public static long sraiw(long rs1, long shamt) {
    return (int) rs1 >> shamt;
  }

  /** Add words. */
  @Insn("0000000 rs2 rs1 000 rd 0111011")
  public static long addw(long rs1, long rs2) {
    return (int) (rs1 + rs2);
  }

  /** Subtract words. */
  @Insn("0100000 rs2 rs1 000 rd 0111011")
  public static long subw(long rs1, long rs2) {
    return (int) (rs1 - rs2);
  }

  /** Shift a word left by the lower five bits of rs2. */
  @Insn("0000000 rs2 rs1 001 rd 0111011")
  public static long sllw(long rs1, long rs2) {
    return (int) rs1 << rs2;
  }

  /** Shift a word right, logical, by the lower five bits of rs2. */
  @Insn("0000000 rs2 rs1 101 rd 0111011")
  public static long srlw(long rs1, long rs2) {
    return (int) rs1 >>> rs2;
  }

  /** Shift a word right, arithmetic, by the lower five bits of rs2. */
  @Insn("0100000 rs2 rs1 101 rd 0111011")
  public static long sraw(long rs1, long rs2) {
    return (int) rs1 >> rs2;
  }

  /** Fence: nothing to do, because a hart's accesses reach memory in program order. */
  @Insn(value = "fm pred succ hs1 000 hd 0001111", asm = "pred, succ")
  public static void fence() {
    // One thread runs all harts of a machine.
  }
}
