package vivarium.api.fp;

/**
 * Every operation of {@link Fpu}, as the RISC-V instruction that it serves: what the tests iterate
 * over. Operands and results are 64-bit registers, so that binary32 values are boxed.
 */
enum FpuOperation {
  ADD64(0x02b57553, "dd:d", (f, a, b, c, rm) -> f.add64(a, b, rm)),
  SUB64(0x0ab57553, "dd:d", (f, a, b, c, rm) -> f.sub64(a, b, rm)),
  MUL64(0x12b57553, "dd:d", (f, a, b, c, rm) -> f.mul64(a, b, rm)),
  DIV64(0x1ab57553, "dd:d", (f, a, b, c, rm) -> f.div64(a, b, rm)),
  SQRT64(0x5a057553, "d:d", (f, a, b, c, rm) -> f.sqrt64(a, rm)),
  FMA64(0x62b57543, "ddd:d", (f, a, b, c, rm) -> f.fma64(a, b, c, rm)),
  MIN64(0x2ab50553, "dd:d", (f, a, b, c, rm) -> f.min64(a, b)),
  MAX64(0x2ab51553, "dd:d", (f, a, b, c, rm) -> f.max64(a, b)),
  EQ64(0xa2b52553, "dd:x", (f, a, b, c, rm) -> f.eq64(a, b)),
  LT64(0xa2b51553, "dd:x", (f, a, b, c, rm) -> f.lt64(a, b)),
  LE64(0xa2b50553, "dd:x", (f, a, b, c, rm) -> f.le64(a, b)),
  CLASS64(0xe2051553, "d:x", (f, a, b, c, rm) -> f.class64(a)),
  TO_INT32_FROM64(0xc2057553, "d:x", (f, a, b, c, rm) -> f.toInt32From64(a, rm)),
  TO_UINT32_FROM64(0xc2157553, "d:x", (f, a, b, c, rm) -> f.toUint32From64(a, rm)),
  TO_INT64_FROM64(0xc2257553, "d:x", (f, a, b, c, rm) -> f.toInt64From64(a, rm)),
  TO_UINT64_FROM64(0xc2357553, "d:x", (f, a, b, c, rm) -> f.toUint64From64(a, rm)),
  INT32_TO64(0xd2050553, "x:d", (f, a, b, c, rm) -> f.int32To64(a)),
  UINT32_TO64(0xd2150553, "x:d", (f, a, b, c, rm) -> f.uint32To64(a)),
  INT64_TO64(0xd2257553, "x:d", (f, a, b, c, rm) -> f.int64To64(a, rm)),
  UINT64_TO64(0xd2357553, "x:d", (f, a, b, c, rm) -> f.uint64To64(a, rm)),
  TO32_FROM64(0x40157553, "d:s", (f, a, b, c, rm) -> Fpu.box(f.to32From64(a, rm))),
  TO64_FROM32(0x42050553, "s:d", (f, a, b, c, rm) -> f.to64From32(Fpu.unbox(a))),
  ADD32(0x00b57553, "ss:s", narrow((f, a, b, c, rm) -> f.add32(a, b, rm))),
  SUB32(0x08b57553, "ss:s", narrow((f, a, b, c, rm) -> f.sub32(a, b, rm))),
  MUL32(0x10b57553, "ss:s", narrow((f, a, b, c, rm) -> f.mul32(a, b, rm))),
  DIV32(0x18b57553, "ss:s", narrow((f, a, b, c, rm) -> f.div32(a, b, rm))),
  SQRT32(0x58057553, "s:s", narrow((f, a, b, c, rm) -> f.sqrt32(a, rm))),
  FMA32(0x60b57543, "sss:s", narrow((f, a, b, c, rm) -> f.fma32(a, b, c, rm))),
  MIN32(0x28b50553, "ss:s", narrow((f, a, b, c, rm) -> f.min32(a, b))),
  MAX32(0x28b51553, "ss:s", narrow((f, a, b, c, rm) -> f.max32(a, b))),
  EQ32(0xa0b52553, "ss:x", (f, a, b, c, rm) -> f.eq32(Fpu.unbox(a), Fpu.unbox(b))),
  LT32(0xa0b51553, "ss:x", (f, a, b, c, rm) -> f.lt32(Fpu.unbox(a), Fpu.unbox(b))),
  LE32(0xa0b50553, "ss:x", (f, a, b, c, rm) -> f.le32(Fpu.unbox(a), Fpu.unbox(b))),
  CLASS32(0xe0051553, "s:x", (f, a, b, c, rm) -> f.class32(Fpu.unbox(a))),
  TO_INT32_FROM32(0xc0057553, "s:x", (f, a, b, c, rm) -> f.toInt32From32(Fpu.unbox(a), rm)),
  TO_UINT32_FROM32(0xc0157553, "s:x", (f, a, b, c, rm) -> f.toUint32From32(Fpu.unbox(a), rm)),
  TO_INT64_FROM32(0xc0257553, "s:x", (f, a, b, c, rm) -> f.toInt64From32(Fpu.unbox(a), rm)),
  TO_UINT64_FROM32(0xc0357553, "s:x", (f, a, b, c, rm) -> f.toUint64From32(Fpu.unbox(a), rm)),
  INT32_TO32(0xd0057553, "x:s", (f, a, b, c, rm) -> Fpu.box(f.int32To32(a, rm))),
  UINT32_TO32(0xd0157553, "x:s", (f, a, b, c, rm) -> Fpu.box(f.uint32To32(a, rm))),
  INT64_TO32(0xd0257553, "x:s", (f, a, b, c, rm) -> Fpu.box(f.int64To32(a, rm))),
  UINT64_TO32(0xd0357553, "x:s", (f, a, b, c, rm) -> Fpu.box(f.uint64To32(a, rm)));

  /** One operation from registers to a register. */
  interface Evaluator {
    long apply(Fpu fpu, long a, long b, long c, int rm);
  }

  /** One operation on binary32 encodings. */
  interface NarrowEvaluator {
    int apply(Fpu fpu, int a, int b, int c, int rm);
  }

  /**
   * The instruction on a0 or fa0, fa1, fa2 with the dynamic rounding mode; its result goes to a0 or
   * fa0.
   */
  final int instruction;

  private final String signature;
  private final Evaluator evaluator;

  FpuOperation(int instruction, String signature, Evaluator evaluator) {
    this.instruction = instruction;
    this.signature = signature;
    this.evaluator = evaluator;
  }

  private static Evaluator narrow(NarrowEvaluator evaluator) {
    return (f, a, b, c, rm) ->
        Fpu.box(evaluator.apply(f, Fpu.unbox(a), Fpu.unbox(b), Fpu.unbox(c), rm));
  }

  int operands() {
    return signature.indexOf(':');
  }

  /** Of all operands: 'd' for binary64, 's' for boxed binary32, 'x' for integer. */
  char operandKind() {
    return signature.charAt(0);
  }

  boolean isIntegerResult() {
    return signature.endsWith("x");
  }

  /** What {@link Fpu} says. */
  long apply(Fpu fpu, long a, long b, long c, int rm) {
    return evaluator.apply(fpu, a, b, c, rm);
  }

  /** What the integer-only path says; the rounding mode must be resolved. */
  long applySoftly(Fpu fpu, long a, long b, long c, int mode) {
    boolean narrow = operandKind() == 's';
    Format f = narrow ? Format.BINARY32 : Format.BINARY64;
    long x = narrow ? Fpu.unbox(a) & 0xffff_ffffL : a;
    long y = narrow ? Fpu.unbox(b) & 0xffff_ffffL : b;
    long z = narrow ? Fpu.unbox(c) & 0xffff_ffffL : c;
    long result =
        switch (this) {
          case ADD64, ADD32 -> SoftFloat.add(f, x, y, mode, fpu);
          case SUB64, SUB32 -> SoftFloat.subtract(f, x, y, mode, fpu);
          case MUL64, MUL32 -> SoftFloat.multiply(f, x, y, mode, fpu);
          case DIV64, DIV32 -> SoftFloat.divide(f, x, y, mode, fpu);
          case SQRT64, SQRT32 -> SoftFloat.squareRoot(f, x, mode, fpu);
          case FMA64, FMA32 -> SoftFloat.multiplyAdd(f, x, y, z, mode, fpu);
          case MIN64, MIN32 -> SoftConversion.minimum(f, x, y, fpu);
          case MAX64, MAX32 -> SoftConversion.maximum(f, x, y, fpu);
          case EQ64, EQ32, LT64, LT32, LE64, LE32 -> compareSoftly(f, x, y, fpu);
          case CLASS64, CLASS32 -> SoftConversion.classify(f, x);
          case TO_INT32_FROM64, TO_INT32_FROM32 ->
              SoftConversion.toInteger(f, x, true, 32, mode, fpu);
          case TO_UINT32_FROM64, TO_UINT32_FROM32 ->
              SoftConversion.toInteger(f, x, false, 32, mode, fpu);
          case TO_INT64_FROM64, TO_INT64_FROM32 ->
              SoftConversion.toInteger(f, x, true, 64, mode, fpu);
          case TO_UINT64_FROM64, TO_UINT64_FROM32 ->
              SoftConversion.toInteger(f, x, false, 64, mode, fpu);
          case INT32_TO64, INT32_TO32 -> fromSigned((int) x, mode, fpu);
          case UINT32_TO64, UINT32_TO32 -> fromSigned(x & 0xffff_ffffL, mode, fpu);
          case INT64_TO64, INT64_TO32 -> fromSigned(x, mode, fpu);
          case UINT64_TO64, UINT64_TO32 ->
              SoftConversion.fromInteger(resultFormat(), false, x, mode, fpu);
          case TO32_FROM64, TO64_FROM32 -> SoftConversion.convert(f, resultFormat(), x, mode, fpu);
        };
    return signature.endsWith("s") ? Fpu.box((int) result) : result;
  }

  private Format resultFormat() {
    return signature.endsWith("s") ? Format.BINARY32 : Format.BINARY64;
  }

  private long fromSigned(long value, int mode, Fpu fpu) {
    return SoftConversion.fromInteger(resultFormat(), value < 0, Math.abs(value), mode, fpu);
  }

  private long compareSoftly(Format f, long x, long y, Fpu fpu) {
    boolean quiet = this == EQ64 || this == EQ32;
    if (f.isNan(x) || f.isNan(y)) {
      fpu.raise(!quiet || f.isSignaling(x) || f.isSignaling(y) ? Fpu.NV : 0);
      return 0;
    }
    long unsigned = f.zero(true) - 1;
    long i = f.isNegative(x) ? -(x & unsigned) : x;
    long j = f.isNegative(y) ? -(y & unsigned) : y;
    boolean holds =
        switch (this) {
          case LT64, LT32 -> i < j;
          case LE64, LE32 -> i <= j;
          default -> i == j;
        };
    return holds ? 1 : 0;
  }
}
