package vivarium.cpu.translation.graph;

import vivarium.api.fp.Fpu;

/**
 * The arithmetic methods of {@link Fpu}, as {@link Op#FPU} nodes have them. The ordinal is in the
 * node; the method's signature is in the fields.
 */
public enum FpuOp {
  /** {@link Fpu#add64}. */
  ADD64("add64", 2, true, true, true),
  /** {@link Fpu#sub64}. */
  SUB64("sub64", 2, true, true, true),
  /** {@link Fpu#mul64}. */
  MUL64("mul64", 2, true, true, true),
  /** {@link Fpu#div64}. */
  DIV64("div64", 2, true, true, true),
  /** {@link Fpu#sqrt64}. */
  SQRT64("sqrt64", 1, true, true, true),
  /** {@link Fpu#fma64}. */
  FMA64("fma64", 3, true, true, true),
  /** {@link Fpu#min64}. */
  MIN64("min64", 2, true, true, false),
  /** {@link Fpu#max64}. */
  MAX64("max64", 2, true, true, false),
  /** {@link Fpu#eq64}. */
  EQ64("eq64", 2, true, true, false),
  /** {@link Fpu#lt64}. */
  LT64("lt64", 2, true, true, false),
  /** {@link Fpu#le64}. */
  LE64("le64", 2, true, true, false),
  /** {@link Fpu#class64}. */
  CLASS64("class64", 1, true, true, false),
  /** {@link Fpu#add32}. */
  ADD32("add32", 2, false, false, true),
  /** {@link Fpu#sub32}. */
  SUB32("sub32", 2, false, false, true),
  /** {@link Fpu#mul32}. */
  MUL32("mul32", 2, false, false, true),
  /** {@link Fpu#div32}. */
  DIV32("div32", 2, false, false, true),
  /** {@link Fpu#sqrt32}. */
  SQRT32("sqrt32", 1, false, false, true),
  /** {@link Fpu#fma32}. */
  FMA32("fma32", 3, false, false, true),
  /** {@link Fpu#min32}. */
  MIN32("min32", 2, false, false, false),
  /** {@link Fpu#max32}. */
  MAX32("max32", 2, false, false, false),
  /** {@link Fpu#eq32}. */
  EQ32("eq32", 2, false, true, false),
  /** {@link Fpu#lt32}. */
  LT32("lt32", 2, false, true, false),
  /** {@link Fpu#le32}. */
  LE32("le32", 2, false, true, false),
  /** {@link Fpu#class32}. */
  CLASS32("class32", 1, false, true, false),
  /** {@link Fpu#toInt32From64}. */
  TO_INT32_FROM64("toInt32From64", 1, true, true, true),
  /** {@link Fpu#toUint32From64}. */
  TO_UINT32_FROM64("toUint32From64", 1, true, true, true),
  /** {@link Fpu#toInt64From64}. */
  TO_INT64_FROM64("toInt64From64", 1, true, true, true),
  /** {@link Fpu#toUint64From64}. */
  TO_UINT64_FROM64("toUint64From64", 1, true, true, true),
  /** {@link Fpu#toInt32From32}. */
  TO_INT32_FROM32("toInt32From32", 1, false, true, true),
  /** {@link Fpu#toUint32From32}. */
  TO_UINT32_FROM32("toUint32From32", 1, false, true, true),
  /** {@link Fpu#toInt64From32}. */
  TO_INT64_FROM32("toInt64From32", 1, false, true, true),
  /** {@link Fpu#toUint64From32}. */
  TO_UINT64_FROM32("toUint64From32", 1, false, true, true),
  /** {@link Fpu#int32To64}. */
  INT32_TO64("int32To64", 1, true, true, false),
  /** {@link Fpu#uint32To64}. */
  UINT32_TO64("uint32To64", 1, true, true, false),
  /** {@link Fpu#int64To64}. */
  INT64_TO64("int64To64", 1, true, true, true),
  /** {@link Fpu#uint64To64}. */
  UINT64_TO64("uint64To64", 1, true, true, true),
  /** {@link Fpu#int32To32}. */
  INT32_TO32("int32To32", 1, true, false, true),
  /** {@link Fpu#uint32To32}. */
  UINT32_TO32("uint32To32", 1, true, false, true),
  /** {@link Fpu#int64To32}. */
  INT64_TO32("int64To32", 1, true, false, true),
  /** {@link Fpu#uint64To32}. */
  UINT64_TO32("uint64To32", 1, true, false, true),
  /** {@link Fpu#to32From64}. */
  TO32_FROM64("to32From64", 1, true, false, true),
  /** {@link Fpu#to64From32}. */
  TO64_FROM32("to64From32", 1, false, true, false);

  private static final FpuOp[] ALL = values();

  private final String method;
  private final int operands;
  private final boolean wideOperands;
  private final boolean wideResult;
  private final boolean rounds;

  FpuOp(String method, int operands, boolean wideOperands, boolean wideResult, boolean rounds) {
    this.method = method;
    this.operands = operands;
    this.wideOperands = wideOperands;
    this.wideResult = wideResult;
    this.rounds = rounds;
  }

  /** By ordinal, without copying. */
  public static FpuOp of(int ordinal) {
    return ALL[ordinal];
  }

  /** The method's name in {@link Fpu}. */
  public String method() {
    return method;
  }

  /** How many operands it takes, 1 to 3, the rounding mode not counted. */
  public int operands() {
    return operands;
  }

  /** Whether the operands are {@code long}. */
  public boolean wideOperands() {
    return wideOperands;
  }

  /** Whether the result is {@code long}. */
  public boolean wideResult() {
    return wideResult;
  }

  /** Whether the result is a float, not an integer. */
  public boolean makesFloat() {
    return switch (this) {
      case EQ64, LT64, LE64, CLASS64, EQ32, LT32, LE32, CLASS32 -> false;
      case TO_INT32_FROM64, TO_UINT32_FROM64, TO_INT64_FROM64, TO_UINT64_FROM64 -> false;
      case TO_INT32_FROM32, TO_UINT32_FROM32, TO_INT64_FROM32, TO_UINT64_FROM32 -> false;
      case ADD64, SUB64, MUL64, DIV64, SQRT64, FMA64, MIN64, MAX64 -> true;
      case ADD32, SUB32, MUL32, DIV32, SQRT32, FMA32, MIN32, MAX32 -> true;
      case INT32_TO64, UINT32_TO64, INT64_TO64, UINT64_TO64, TO64_FROM32 -> true;
      case INT32_TO32, UINT32_TO32, INT64_TO32, UINT64_TO32, TO32_FROM64 -> true;
    };
  }

  /** Whether it takes a rounding mode, as its last parameter. */
  public boolean rounds() {
    return rounds;
  }

  /** Computes it; operands that are not taken are ignored. */
  public long apply(Fpu fpu, long a, long b, long c, int rm) {
    return switch (this) {
      case ADD64 -> fpu.add64(a, b, rm);
      case SUB64 -> fpu.sub64(a, b, rm);
      case MUL64 -> fpu.mul64(a, b, rm);
      case DIV64 -> fpu.div64(a, b, rm);
      case SQRT64 -> fpu.sqrt64(a, rm);
      case FMA64 -> fpu.fma64(a, b, c, rm);
      case MIN64 -> fpu.min64(a, b);
      case MAX64 -> fpu.max64(a, b);
      case EQ64 -> fpu.eq64(a, b);
      case LT64 -> fpu.lt64(a, b);
      case LE64 -> fpu.le64(a, b);
      case CLASS64 -> fpu.class64(a);
      case ADD32 -> fpu.add32((int) a, (int) b, rm);
      case SUB32 -> fpu.sub32((int) a, (int) b, rm);
      case MUL32 -> fpu.mul32((int) a, (int) b, rm);
      case DIV32 -> fpu.div32((int) a, (int) b, rm);
      case SQRT32 -> fpu.sqrt32((int) a, rm);
      case FMA32 -> fpu.fma32((int) a, (int) b, (int) c, rm);
      case MIN32 -> fpu.min32((int) a, (int) b);
      case MAX32 -> fpu.max32((int) a, (int) b);
      case EQ32 -> fpu.eq32((int) a, (int) b);
      case LT32 -> fpu.lt32((int) a, (int) b);
      case LE32 -> fpu.le32((int) a, (int) b);
      case CLASS32 -> fpu.class32((int) a);
      case TO_INT32_FROM64 -> fpu.toInt32From64(a, rm);
      case TO_UINT32_FROM64 -> fpu.toUint32From64(a, rm);
      case TO_INT64_FROM64 -> fpu.toInt64From64(a, rm);
      case TO_UINT64_FROM64 -> fpu.toUint64From64(a, rm);
      case TO_INT32_FROM32 -> fpu.toInt32From32((int) a, rm);
      case TO_UINT32_FROM32 -> fpu.toUint32From32((int) a, rm);
      case TO_INT64_FROM32 -> fpu.toInt64From32((int) a, rm);
      case TO_UINT64_FROM32 -> fpu.toUint64From32((int) a, rm);
      case INT32_TO64 -> fpu.int32To64(a);
      case UINT32_TO64 -> fpu.uint32To64(a);
      case INT64_TO64 -> fpu.int64To64(a, rm);
      case UINT64_TO64 -> fpu.uint64To64(a, rm);
      case INT32_TO32 -> fpu.int32To32(a, rm);
      case UINT32_TO32 -> fpu.uint32To32(a, rm);
      case INT64_TO32 -> fpu.int64To32(a, rm);
      case UINT64_TO32 -> fpu.uint64To32(a, rm);
      case TO32_FROM64 -> fpu.to32From64(a, rm);
      case TO64_FROM32 -> fpu.to64From32((int) a);
    };
  }
}
