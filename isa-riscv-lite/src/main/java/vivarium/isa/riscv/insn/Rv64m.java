package vivarium.isa.riscv.insn;

import vivarium.api.isa.Extension;
import vivarium.api.isa.Insn;

/**
 * M: multiplication and division. Division by zero gives all ones and the dividend as remainder;
 * overflow wraps, as in Java.
 */
@Extension("M")
public final class Rv64m {
  private Rv64m() {}

  /** Multiply: the lower half. */
  @Insn("0000001 rs2 rs1 000 rd 0110011")
  public static long mul(long rs1, long rs2) {
    return rs1 * rs2;
  }

  /** Multiply, signed: the upper half. */
  @Insn("0000001 rs2 rs1 001 rd 0110011")
  public static long mulh(long rs1, long rs2) {
    return Math.multiplyHigh(rs1, rs2);
  }

  /** Multiply, rs1 signed, rs2 unsigned: the upper half. */
  @Insn("0000001 rs2 rs1 010 rd 0110011")
  public static long mulhsu(long rs1, long rs2) {
    return Math.multiplyHigh(rs1, rs2) + (rs1 & rs2 >> 63);
  }

  /** Multiply, unsigned: the upper half. */
  @Insn("0000001 rs2 rs1 011 rd 0110011")
  public static long mulhu(long rs1, long rs2) {
    return Math.unsignedMultiplyHigh(rs1, rs2);
  }

  /** Divide, signed. */
  @Insn("0000001 rs2 rs1 100 rd 0110011")
  public static long div(long rs1, long rs2) {
    return rs2 == 0 ? -1 : rs1 / rs2;
  }

  /** Divide, unsigned. */
  @Insn("0000001 rs2 rs1 101 rd 0110011")
  public static long divu(long rs1, long rs2) {
    return rs2 == 0 ? -1 : Long.divideUnsigned(rs1, rs2);
  }

  /** Remainder, signed. */
  @Insn("0000001 rs2 rs1 110 rd 0110011")
  public static long rem(long rs1, long rs2) {
    return rs2 == 0 ? rs1 : rs1 % rs2;
  }

  /** Remainder, unsigned. */
  @Insn("0000001 rs2 rs1 111 rd 0110011")
  public static long remu(long rs1, long rs2) {
    return rs2 == 0 ? rs1 : Long.remainderUnsigned(rs1, rs2);
  }

  /** Multiply words. */
  @Insn("0000001 rs2 rs1 000 rd 0111011")
  public static long mulw(long rs1, long rs2) {
    return (int) (rs1 * rs2);
  }

  /** Divide words, signed. */
  @Insn("0000001 rs2 rs1 100 rd 0111011")
  public static long divw(long rs1, long rs2) {
    return (int) rs2 == 0 ? -1 : (int) rs1 / (int) rs2;
  }

  /** Divide words, unsigned. */
  @Insn("0000001 rs2 rs1 101 rd 0111011")
  public static long divuw(long rs1, long rs2) {
    return (int) rs2 == 0 ? -1 : Integer.divideUnsigned((int) rs1, (int) rs2);
  }

  /** Remainder of words, signed. */
  @Insn("0000001 rs2 rs1 110 rd 0111011")
  public static long remw(long rs1, long rs2) {
    return (int) rs2 == 0 ? (int) rs1 : (int) rs1 % (int) rs2;
  }

  /** Remainder of words, unsigned. */
  @Insn("0000001 rs2 rs1 111 rd 0111011")
  public static long remuw(long rs1, long rs2) {
    return (int) rs2 == 0 ? (int) rs1 : Integer.remainderUnsigned((int) rs1, (int) rs2);
  }
}
