package vivarium.isa.riscv.insn;

import vivarium.api.isa.Extension;
import vivarium.api.isa.Insn;
import vivarium.api.memory.Atomic;
import vivarium.api.memory.Mmu;

/** A: atomic accesses. The bits aq and rl ask for no more than every access here gives. */
@Extension("A")
public final class Rv64a {
  private Rv64a() {}

  /** Load a word and reserve it. */
  @Insn(value = "00010 aq rl 00000 rs1 010 rd 0101111", asm = "rd, (rs1)")
  public static long lr_w(Mmu mmu, long rs1) {
    return (int) mmu.loadReserved32(rs1);
  }

  /** Store a word if it is still reserved: 0 if so, else 1. */
  @Insn(value = "00011 aq rl rs2 rs1 010 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long sc_w(Mmu mmu, long rs1, long rs2) {
    return mmu.storeConditional32(rs1, rs2);
  }

  /** Atomic swap of a word. */
  @Insn(value = "00001 aq rl rs2 rs1 010 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amoswap_w(Mmu mmu, long rs1, long rs2) {
    return (int) mmu.atomic32(rs1, rs2, Atomic.SWAP);
  }

  /** Atomic add of a word. */
  @Insn(value = "00000 aq rl rs2 rs1 010 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amoadd_w(Mmu mmu, long rs1, long rs2) {
    return (int) mmu.atomic32(rs1, rs2, Atomic.ADD);
  }

  /** Atomic exclusive or of a word. */
  @Insn(value = "00100 aq rl rs2 rs1 010 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amoxor_w(Mmu mmu, long rs1, long rs2) {
    return (int) mmu.atomic32(rs1, rs2, Atomic.XOR);
  }

  /** Atomic and of a word. */
  @Insn(value = "01100 aq rl rs2 rs1 010 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amoand_w(Mmu mmu, long rs1, long rs2) {
    return (int) mmu.atomic32(rs1, rs2, Atomic.AND);
  }

  /** Atomic or of a word. */
  @Insn(value = "01000 aq rl rs2 rs1 010 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amoor_w(Mmu mmu, long rs1, long rs2) {
    return (int) mmu.atomic32(rs1, rs2, Atomic.OR);
  }

  /** Atomic minimum, signed of a word. */
  @Insn(value = "10000 aq rl rs2 rs1 010 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amomin_w(Mmu mmu, long rs1, long rs2) {
    return (int) mmu.atomic32(rs1, rs2, Atomic.MIN);
  }

  /** Atomic maximum, signed of a word. */
  @Insn(value = "10100 aq rl rs2 rs1 010 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amomax_w(Mmu mmu, long rs1, long rs2) {
    return (int) mmu.atomic32(rs1, rs2, Atomic.MAX);
  }

  /** Atomic minimum, unsigned of a word. */
  @Insn(value = "11000 aq rl rs2 rs1 010 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amominu_w(Mmu mmu, long rs1, long rs2) {
    return (int) mmu.atomic32(rs1, rs2, Atomic.MIN_UNSIGNED);
  }

  /** Atomic maximum, unsigned of a word. */
  @Insn(value = "11100 aq rl rs2 rs1 010 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amomaxu_w(Mmu mmu, long rs1, long rs2) {
    return (int) mmu.atomic32(rs1, rs2, Atomic.MAX_UNSIGNED);
  }

  /** Load a doubleword and reserve it. */
  @Insn(value = "00010 aq rl 00000 rs1 011 rd 0101111", asm = "rd, (rs1)")
  public static long lr_d(Mmu mmu, long rs1) {
    return mmu.loadReserved64(rs1);
  }

  /** Store a doubleword if it is still reserved: 0 if so, else 1. */
  @Insn(value = "00011 aq rl rs2 rs1 011 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long sc_d(Mmu mmu, long rs1, long rs2) {
    return mmu.storeConditional64(rs1, rs2);
  }

  /** Atomic swap of a doubleword. */
  @Insn(value = "00001 aq rl rs2 rs1 011 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amoswap_d(Mmu mmu, long rs1, long rs2) {
    return mmu.atomic64(rs1, rs2, Atomic.SWAP);
  }

  /** Atomic add of a doubleword. */
  @Insn(value = "00000 aq rl rs2 rs1 011 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amoadd_d(Mmu mmu, long rs1, long rs2) {
    return mmu.atomic64(rs1, rs2, Atomic.ADD);
  }

  /** Atomic exclusive or of a doubleword. */
  @Insn(value = "00100 aq rl rs2 rs1 011 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amoxor_d(Mmu mmu, long rs1, long rs2) {
    return mmu.atomic64(rs1, rs2, Atomic.XOR);
  }

  /** Atomic and of a doubleword. */
  @Insn(value = "01100 aq rl rs2 rs1 011 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amoand_d(Mmu mmu, long rs1, long rs2) {
    return mmu.atomic64(rs1, rs2, Atomic.AND);
  }

  /** Atomic or of a doubleword. */
  @Insn(value = "01000 aq rl rs2 rs1 011 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amoor_d(Mmu mmu, long rs1, long rs2) {
    return mmu.atomic64(rs1, rs2, Atomic.OR);
  }

  /** Atomic minimum, signed of a doubleword. */
  @Insn(value = "10000 aq rl rs2 rs1 011 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amomin_d(Mmu mmu, long rs1, long rs2) {
    return mmu.atomic64(rs1, rs2, Atomic.MIN);
  }

  /** Atomic maximum, signed of a doubleword. */
  @Insn(value = "10100 aq rl rs2 rs1 011 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amomax_d(Mmu mmu, long rs1, long rs2) {
    return mmu.atomic64(rs1, rs2, Atomic.MAX);
  }

  /** Atomic minimum, unsigned of a doubleword. */
  @Insn(value = "11000 aq rl rs2 rs1 011 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amominu_d(Mmu mmu, long rs1, long rs2) {
    return mmu.atomic64(rs1, rs2, Atomic.MIN_UNSIGNED);
  }

  /** Atomic maximum, unsigned of a doubleword. */
  @Insn(value = "11100 aq rl rs2 rs1 011 rd 0101111", asm = "rd, rs2, (rs1)")
  public static long amomaxu_d(Mmu mmu, long rs1, long rs2) {
    return mmu.atomic64(rs1, rs2, Atomic.MAX_UNSIGNED);
  }
}
