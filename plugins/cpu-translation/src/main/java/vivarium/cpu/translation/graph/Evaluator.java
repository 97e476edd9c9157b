package vivarium.cpu.translation.graph;

import vivarium.api.fp.Fpu;

/** What pure operations compute: for folding constants and for {@link GraphInterpreter}. */
public final class Evaluator {
  private Evaluator() {}

  /**
   * Computes a pure operation other than CONST, PARAM, READ.
   *
   * @param wide whether the node's type is I64; for CMP the type of its operands does not matter
   * @param a values of the operands, I32 ones sign-extended
   * @return the value, an I32 sign-extended
   */
  public static long evaluate(int op, boolean wide, int aux, long a, long b, long c) {
    return wide ? evaluate64(op, aux, a, b, c) : evaluate32(op, aux, a, b, c);
  }

  private static long evaluate64(int op, int aux, long a, long b, long c) {
    return switch (op) {
      case Op.ADD -> a + b;
      case Op.SUB -> a - b;
      case Op.MUL -> a * b;
      case Op.AND -> a & b;
      case Op.OR -> a | b;
      case Op.XOR -> a ^ b;
      case Op.SHL -> a << b;
      case Op.SHR -> a >> b;
      case Op.USHR -> a >>> b;
      case Op.ROTL -> Long.rotateLeft(a, (int) b);
      case Op.ROTR -> Long.rotateRight(a, (int) b);
      case Op.MULHI -> Math.multiplyHigh(a, b);
      case Op.UMULHI -> Math.unsignedMultiplyHigh(a, b);
      case Op.DIV -> b == 0 ? c : a / b;
      case Op.REM -> b == 0 ? c : a % b;
      case Op.UDIV -> b == 0 ? c : Long.divideUnsigned(a, b);
      case Op.UREM -> b == 0 ? c : Long.remainderUnsigned(a, b);
      case Op.SEXT8 -> (byte) a;
      case Op.SEXT16 -> (short) a;
      case Op.SEXT32 -> (int) a;
      case Op.ZEXT8 -> a & 0xff;
      case Op.ZEXT16 -> a & 0xffff;
      case Op.ZEXT32 -> a & 0xffff_ffffL;
      case Op.CLZ -> Long.numberOfLeadingZeros(a);
      case Op.CTZ -> Long.numberOfTrailingZeros(a);
      case Op.POPCNT -> Long.bitCount(a);
      case Op.BSWAP -> Long.reverseBytes(a);
      case Op.SELECT -> a != 0 ? b : c;
      case Op.BOX32 -> Fpu.box((int) a);
      default -> throw new IllegalArgumentException(Op.name(op) + " " + aux);
    };
  }

  private static int evaluate32(int op, int aux, long wideA, long wideB, long wideC) {
    int a = (int) wideA;
    int b = (int) wideB;
    return switch (op) {
      case Op.ADD -> a + b;
      case Op.SUB -> a - b;
      case Op.MUL -> a * b;
      case Op.AND -> a & b;
      case Op.OR -> a | b;
      case Op.XOR -> a ^ b;
      case Op.SHL -> a << b;
      case Op.SHR -> a >> b;
      case Op.USHR -> a >>> b;
      case Op.ROTL -> Integer.rotateLeft(a, b);
      case Op.ROTR -> Integer.rotateRight(a, b);
      case Op.DIV -> b == 0 ? (int) wideC : a / b;
      case Op.REM -> b == 0 ? (int) wideC : a % b;
      case Op.UDIV -> b == 0 ? (int) wideC : Integer.divideUnsigned(a, b);
      case Op.UREM -> b == 0 ? (int) wideC : Integer.remainderUnsigned(a, b);
      case Op.SEXT8 -> (byte) a;
      case Op.SEXT16 -> (short) a;
      case Op.ZEXT8 -> a & 0xff;
      case Op.ZEXT16 -> a & 0xffff;
      case Op.TRUNC -> a;
      case Op.CLZ -> Integer.numberOfLeadingZeros(a);
      case Op.CTZ -> Integer.numberOfTrailingZeros(a);
      case Op.POPCNT -> Integer.bitCount(a);
      case Op.BSWAP -> Integer.reverseBytes(a);
      case Op.CMP -> Condition.holds(aux, wideA, wideB) ? 1 : 0;
      case Op.COMPARE -> aux == 0 ? Long.compare(wideA, wideB) : Long.compareUnsigned(wideA, wideB);
      case Op.SELECT -> a != 0 ? b : (int) wideC;
      case Op.UNBOX32 -> Fpu.unbox(wideA);
      default -> throw new IllegalArgumentException(Op.name(op) + " " + aux);
    };
  }
}
