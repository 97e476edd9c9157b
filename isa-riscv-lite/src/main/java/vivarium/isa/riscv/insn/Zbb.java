package vivarium.isa.riscv.insn;

import vivarium.api.isa.Extension;
import vivarium.api.isa.Insn;

/** Zbb: basic bit manipulation. */
@Extension("Zbb")
public final class Zbb {
  private Zbb() {}

  /** And with the complement. */
  @Insn("0100000 rs2 rs1 111 rd 0110011")
  public static long andn(long rs1, long rs2) {
    return rs1 & ~rs2;
  }

  /** Or with the complement. */
  @Insn("0100000 rs2 rs1 110 rd 0110011")
  public static long orn(long rs1, long rs2) {
    return rs1 | ~rs2;
  }

  /** Exclusive nor. */
  @Insn("0100000 rs2 rs1 100 rd 0110011")
  public static long xnor(long rs1, long rs2) {
    return ~(rs1 ^ rs2);
  }

  /** Count leading zeros. */
  @Insn("0110000 00000 rs1 001 rd 0010011")
  public static long clz(long rs1) {
    return Long.numberOfLeadingZeros(rs1);
  }

  /** Count leading zeros of a word. */
  @Insn("0110000 00000 rs1 001 rd 0011011")
  public static long clzw(long rs1) {
    return Integer.numberOfLeadingZeros((int) rs1);
  }

  /** Count trailing zeros. */
  @Insn("0110000 00001 rs1 001 rd 0010011")
  public static long ctz(long rs1) {
    return Long.numberOfTrailingZeros(rs1);
  }

  /** Count trailing zeros of a word. */
  @Insn("0110000 00001 rs1 001 rd 0011011")
  public static long ctzw(long rs1) {
    return Integer.numberOfTrailingZeros((int) rs1);
  }

  /** Count ones. */
  @Insn("0110000 00010 rs1 001 rd 0010011")
  public static long cpop(long rs1) {
    return Long.bitCount(rs1);
  }

  /** Count ones of a word. */
  @Insn("0110000 00010 rs1 001 rd 0011011")
  public static long cpopw(long rs1) {
    return Integer.bitCount((int) rs1);
  }

  /** Sign-extend a byte. */
  @Insn("0110000 00100 rs1 001 rd 0010011")
  public static long sext_b(long rs1) {
    return (byte) rs1;
  }

  /** Sign-extend a halfword. */
  @Insn("0110000 00101 rs1 001 rd 0010011")
  public static long sext_h(long rs1) {
    return (short) rs1;
  }

  /** Zero-extend a halfword. */
  @Insn("0000100 00000 rs1 100 rd 0111011")
  public static long zext_h(long rs1) {
    return rs1 & 0xffff;
  }

  /** Maximum, signed. */
  @Insn("0000101 rs2 rs1 110 rd 0110011")
  public static long max(long rs1, long rs2) {
    return Math.max(rs1, rs2);
  }

  /** Maximum, unsigned. */
  @Insn("0000101 rs2 rs1 111 rd 0110011")
  public static long maxu(long rs1, long rs2) {
    return Long.compareUnsigned(rs1, rs2) < 0 ? rs2 : rs1;
  }

  /** Minimum, signed. */
  @Insn("0000101 rs2 rs1 100 rd 0110011")
  public static long min(long rs1, long rs2) {
    return Math.min(rs1, rs2);
  }

  /** Minimum, unsigned. */
  @Insn("0000101 rs2 rs1 101 rd 0110011")
  public static long minu(long rs1, long rs2) {
    return Long.compareUnsigned(rs1, rs2) < 0 ? rs1 : rs2;
  }

  /** Rotate left. */
  @Insn("0110000 rs2 rs1 001 rd 0110011")
  public static long rol(long rs1, long rs2) {
    return Long.rotateLeft(rs1, (int) rs2);
  }

  /** Rotate a word left. */
  @Insn("0110000 rs2 rs1 001 rd 0111011")
  public static long rolw(long rs1, long rs2) {
    return Integer.rotateLeft((int) rs1, (int) rs2);
  }

  /** Rotate right. */
  @Insn("0110000 rs2 rs1 101 rd 0110011")
  public static long ror(long rs1, long rs2) {
    return Long.rotateRight(rs1, (int) rs2);
  }

  /** Rotate a word right. */
  @Insn("0110000 rs2 rs1 101 rd 0111011")
  public static long rorw(long rs1, long rs2) {
    return Integer.rotateRight((int) rs1, (int) rs2);
  }

  /** Rotate right, immediate. */
  @Insn("011000 shamt rs1 101 rd 0010011")
  public static long rori(long rs1, int shamt) {
    return Long.rotateRight(rs1, shamt);
  }

  /** Rotate a word right, immediate. */
  @Insn("0110000 shamt[4:0] rs1 101 rd 0011011")
  public static long roriw(long rs1, int shamt) {
    return Integer.rotateRight((int) rs1, shamt);
  }

  /**
   * Or-combine: a byte that is not zero becomes all ones. Adding 0x7f to the lower seven bits
   * carries into the top bit of every such byte, and never beyond it.
   */
  @Insn("001010000111 rs1 101 rd 0010011")
  public static long orc_b(long rs1) {
    return (((rs1 & 0x7f7f_7f7f_7f7f_7f7fL) + 0x7f7f_7f7f_7f7f_7f7fL | rs1) >>> 7
            & 0x0101_0101_0101_0101L)
        * 0xff;
  }

  /** Reverse the bytes. */
  @Insn("011010111000 rs1 101 rd 0010011")
  public static long rev8(long rs1) {
    return Long.reverseBytes(rs1);
  }
}
