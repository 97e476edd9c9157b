package vivarium.cpu.translation.nativ;

import static vivarium.cpu.translation.nativ.Layout.BLOCK;
import static vivarium.cpu.translation.x64.X64.RAX;
import static vivarium.cpu.translation.x64.X64.RCX;
import static vivarium.cpu.translation.x64.X64.RDX;

import vivarium.cpu.translation.graph.Condition;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.Liveness;
import vivarium.cpu.translation.graph.Op;
import vivarium.cpu.translation.x64.CpuFeatures;
import vivarium.cpu.translation.x64.X64;
import vivarium.cpu.translation.x64.X64Assembler;
import vivarium.cpu.translation.x64.X64Op;

/** Selects instructions for the nodes of integer arithmetic. */
final class Integers {
  private static final long BOX = 0xffff_ffff_0000_0000L;
  private static final int CANONICAL_NAN_32 = 0x7fc0_0000;

  private final X64Assembler asm;
  private final Graph graph;
  private final Liveness liveness;
  private final Places places;
  private final CpuFeatures features;

  Integers(X64Assembler asm, Graph graph, Liveness liveness, Places places, CpuFeatures features) {
    this.asm = asm;
    this.graph = graph;
    this.liveness = liveness;
    this.places = places;
    this.features = features;
  }

  /** Emits a node; false if it is of another family. */
  boolean emit(int node) {
    boolean wide = graph.wide(node);
    switch (graph.op(node)) {
      case Op.ADD -> add(node, wide);
      case Op.SUB -> subtract(node, wide);
      case Op.MUL -> multiply(node, wide);
      case Op.AND -> commutative(node, wide ? X64Op.AND64 : X64Op.AND32);
      case Op.OR -> commutative(node, wide ? X64Op.OR64 : X64Op.OR32);
      case Op.XOR -> commutative(node, wide ? X64Op.XOR64 : X64Op.XOR32);
      case Op.SHL, Op.SHR, Op.USHR -> shift(node, wide);
      case Op.ROTL, Op.ROTR -> rotate(node, wide);
      case Op.MULHI -> multiplyHigh(node, X64Op.IMUL1_64);
      case Op.UMULHI -> multiplyHigh(node, X64Op.MUL1_64);
      case Op.DIV, Op.REM, Op.UDIV, Op.UREM -> divide(node, wide);
      case Op.SEXT8 -> unary(node, wide ? X64Op.MOVSX64_8 : X64Op.MOVSX32_8);
      case Op.SEXT16 -> unary(node, wide ? X64Op.MOVSX64_16 : X64Op.MOVSX32_16);
      case Op.SEXT32 -> unary(node, X64Op.MOVSXD);
      case Op.ZEXT8 -> unary(node, X64Op.MOVZX32_8);
      case Op.ZEXT16 -> unary(node, X64Op.MOVZX32_16);
      case Op.ZEXT32 -> unary(node, X64Op.MOV32);
      case Op.CLZ -> leadingZeros(node, wide);
      case Op.CTZ -> trailingZeros(node, wide);
      case Op.POPCNT -> ones(node, wide);
      case Op.BSWAP -> swapBytes(node, wide);
      case Op.CMP -> compareToValue(node);
      case Op.SELECT -> select(node, wide);
      case Op.BOX32 -> box(node);
      case Op.UNBOX32 -> unbox(node);
      default -> {
        return false;
      }
    }
    return true;
  }

  private int reusable(int operand, int register) {
    return places.dies(operand) ? register : Places.NONE;
  }

  /** The constant b, if an instruction can hold it. */
  private boolean isImmediate(int operand) {
    return graph.isConstant(operand) && Places.isImm32(graph.value(operand));
  }

  private void move(int to, int from) {
    if (to != from) {
      asm.rr(X64Op.MOV64, to, from);
    }
  }

  private void add(int node, boolean wide) {
    int a = graph.a(node);
    int b = graph.b(node);
    int ra = places.use(a);
    if (isImmediate(b)) {
      int imm = (int) graph.value(b);
      int d = places.define(node, reusable(a, ra));
      if (d == ra) {
        asm.ri(wide ? X64Op.ADD64 : X64Op.ADD32, d, imm);
      } else {
        asm.rm(wide ? X64Op.LEA64 : X64Op.LEA32, d, ra, imm);
      }
      return;
    }
    int rb = places.use(b);
    int d = places.define(node, places.dies(a) ? ra : reusable(b, rb));
    int op = wide ? X64Op.ADD64 : X64Op.ADD32;
    if (d == ra) {
      asm.rr(op, d, rb);
    } else if (d == rb) {
      asm.rr(op, d, ra);
    } else {
      asm.rm(wide ? X64Op.LEA64 : X64Op.LEA32, d, ra, rb, 1, 0);
    }
  }

  private void subtract(int node, boolean wide) {
    int a = graph.a(node);
    int b = graph.b(node);
    int op = wide ? X64Op.SUB64 : X64Op.SUB32;
    int negate = wide ? X64Op.NEG64 : X64Op.NEG32;
    if (graph.isConstant(a) && graph.value(a) == 0) {
      int rb = places.use(b);
      int d = places.define(node, reusable(b, rb));
      move(d, rb);
      asm.r(negate, d);
      return;
    }
    int ra = places.use(a);
    int rb = places.use(b);
    int d = places.define(node, reusable(a, ra));
    if (d == rb && d != ra) {
      asm.r(negate, d);
      asm.rr(wide ? X64Op.ADD64 : X64Op.ADD32, d, ra);
    } else {
      move(d, ra);
      asm.rr(op, d, rb);
    }
  }

  private void multiply(int node, boolean wide) {
    int a = graph.a(node);
    int b = graph.b(node);
    if (isImmediate(b)) {
      int ra = places.use(a);
      int d = places.define(node, reusable(a, ra));
      asm.rri(wide ? X64Op.IMUL64 : X64Op.IMUL32, d, ra, (int) graph.value(b));
    } else {
      commutative(node, wide ? X64Op.IMUL64 : X64Op.IMUL32);
    }
  }

  private void commutative(int node, int op) {
    int a = graph.a(node);
    int b = graph.b(node);
    int ra = places.use(a);
    if (isImmediate(b)) {
      int d = places.define(node, reusable(a, ra));
      move(d, ra);
      asm.ri(op, d, (int) graph.value(b));
      return;
    }
    int memory = places.dies(b) ? places.memoryOperand(b) : Places.NOWHERE;
    if (memory != Places.NOWHERE) {
      int d = places.define(node, reusable(a, ra));
      move(d, ra);
      asm.rm(op, d, BLOCK, memory);
      return;
    }
    int rb = places.use(b);
    int d = places.define(node, places.dies(a) ? ra : reusable(b, rb));
    if (d == rb) {
      asm.rr(op, d, ra);
    } else {
      move(d, ra);
      asm.rr(op, d, rb);
    }
  }

  private void shift(int node, boolean wide) {
    int a = graph.a(node);
    int b = graph.b(node);
    int which = graph.op(node);
    if (graph.isConstant(b)) {
      int ra = places.use(a);
      int d = places.define(node, reusable(a, ra));
      move(d, ra);
      int op =
          switch (which) {
            case Op.SHL -> wide ? X64Op.SHL64 : X64Op.SHL32;
            case Op.SHR -> wide ? X64Op.SAR64 : X64Op.SAR32;
            default -> wide ? X64Op.SHR64 : X64Op.SHR32;
          };
      asm.ri(op, d, (int) graph.value(b) & (wide ? 63 : 31));
    } else if (features.bmi2()) {
      int ra = places.use(a);
      int rb = places.use(b);
      int d = places.define(node, reusable(a, ra));
      int op =
          switch (which) {
            case Op.SHL -> wide ? X64Op.SHLX64 : X64Op.SHLX32;
            case Op.SHR -> wide ? X64Op.SARX64 : X64Op.SARX32;
            default -> wide ? X64Op.SHRX64 : X64Op.SHRX32;
          };
      asm.rrr(op, d, ra, rb);
    } else {
      int op =
          switch (which) {
            case Op.SHL -> wide ? X64Op.SHL64_CL : X64Op.SHL32_CL;
            case Op.SHR -> wide ? X64Op.SAR64_CL : X64Op.SAR32_CL;
            default -> wide ? X64Op.SHR64_CL : X64Op.SHR32_CL;
          };
      byCl(node, op);
    }
  }

  private void rotate(int node, boolean wide) {
    int a = graph.a(node);
    int b = graph.b(node);
    boolean left = graph.op(node) == Op.ROTL;
    if (graph.isConstant(b)) {
      int ra = places.use(a);
      int d = places.define(node, reusable(a, ra));
      move(d, ra);
      int op = left ? wide ? X64Op.ROL64 : X64Op.ROL32 : wide ? X64Op.ROR64 : X64Op.ROR32;
      asm.ri(op, d, (int) graph.value(b) & (wide ? 63 : 31));
    } else {
      byCl(
          node,
          left ? wide ? X64Op.ROL64_CL : X64Op.ROL32_CL : wide ? X64Op.ROR64_CL : X64Op.ROR32_CL);
    }
  }

  private void byCl(int node, int op) {
    places.take(RCX);
    int ra = places.use(graph.a(node));
    places.load(graph.b(node), RCX);
    int d = places.define(node, Places.NONE);
    move(d, ra);
    asm.r(op, d);
  }

  private void multiplyHigh(int node, int op) {
    places.take(RAX);
    places.take(RDX);
    int rb = places.use(graph.b(node));
    places.load(graph.a(node), RAX);
    asm.r(op, rb);
    places.bind(node, RDX);
  }

  private void divide(int node, boolean wide) {
    int which = graph.op(node);
    boolean signed = which == Op.DIV || which == Op.REM;
    int b = graph.b(node);
    int result = which == Op.DIV || which == Op.UDIV ? RAX : RDX;
    boolean known = graph.isConstant(b) && graph.value(b) != 0 && graph.value(b) != -1;
    places.take(RAX);
    places.take(RDX);
    int ra = places.use(graph.a(node));
    int rb = places.use(b);
    int zero = asm.newLabel();
    int minusOne = asm.newLabel();
    int done = asm.newLabel();
    if (!known) {
      asm.rr(wide ? X64Op.TEST64 : X64Op.TEST32, rb, rb);
      asm.jcc(X64.CC_E, zero);
      if (signed) {
        asm.ri(wide ? X64Op.CMP64 : X64Op.CMP32, rb, -1);
        asm.jcc(X64.CC_E, minusOne);
      }
    }
    move(RAX, ra);
    emitDivision(rb, wide, signed);
    if (!known) {
      asm.jmp(done);
      asm.bind(zero);
      places.load(graph.c(node), result);
      if (signed) {
        asm.jmp(done);
        asm.bind(minusOne);
        if (result == RAX) {
          move(RAX, ra);
          asm.r(wide ? X64Op.NEG64 : X64Op.NEG32, RAX);
        } else {
          asm.zero(RDX);
        }
      } else {
        asm.bind(minusOne);
      }
    } else {
      asm.bind(zero);
      asm.bind(minusOne);
    }
    asm.bind(done);
    places.bind(node, result);
  }

  private void emitDivision(int rb, boolean wide, boolean signed) {
    if (!signed) {
      asm.zero(RDX);
      asm.r(wide ? X64Op.DIV64 : X64Op.DIV32, rb);
    } else if (wide) {
      asm.cqo();
      asm.r(X64Op.IDIV64, rb);
    } else {
      asm.cdq();
      asm.r(X64Op.IDIV32, rb);
    }
  }

  private void unary(int node, int op) {
    int a = graph.a(node);
    int ra = places.use(a);
    asm.rr(op, places.define(node, reusable(a, ra)), ra);
  }

  private void leadingZeros(int node, boolean wide) {
    if (features.lzcnt()) {
      unary(node, wide ? X64Op.LZCNT64 : X64Op.LZCNT32);
      return;
    }
    // bsr gives the index of the highest one; of zero we make -1 with another register.
    int ra = places.use(graph.a(node));
    int width = wide ? 64 : 32;
    int none = places.scratch();
    asm.movImm32(none, 2 * width - 1);
    int d = places.define(node, Places.NONE);
    asm.rr(wide ? X64Op.BSR64 : X64Op.BSR32, d, ra);
    asm.rr(X64Op.CMOV64 | X64.CC_E, d, none);
    asm.ri(X64Op.XOR32, d, width - 1);
  }

  private void trailingZeros(int node, boolean wide) {
    if (features.bmi1()) {
      unary(node, wide ? X64Op.TZCNT64 : X64Op.TZCNT32);
      return;
    }
    int ra = places.use(graph.a(node));
    int none = places.scratch();
    asm.movImm32(none, wide ? 64 : 32);
    int d = places.define(node, Places.NONE);
    asm.rr(wide ? X64Op.BSF64 : X64Op.BSF32, d, ra);
    asm.rr(X64Op.CMOV64 | X64.CC_E, d, none);
  }

  private void ones(int node, boolean wide) {
    if (features.popcnt()) {
      unary(node, wide ? X64Op.POPCNT64 : X64Op.POPCNT32);
    } else {
      throw new IllegalStateException("a host without popcnt");
    }
  }

  private void swapBytes(int node, boolean wide) {
    int a = graph.a(node);
    int ra = places.use(a);
    int d = places.define(node, reusable(a, ra));
    move(d, ra);
    if (wide) {
      asm.bswap64(d);
    } else {
      asm.bswap32(d);
    }
  }

  private void compareToValue(int node) {
    int cc = compare(node);
    int d = places.define(node, Places.NONE);
    asm.r(X64Op.SETCC | cc, d);
    asm.rr(X64Op.MOVZX32_8, d, d);
  }

  /**
   * Emits the test of a condition, an I32, and returns the host's condition under which it is not
   * 0. A comparison that only conditions use is made here.
   */
  int condition(int node) {
    int plain = graph.plain(node);
    if (graph.op(plain) == Op.CMP && liveness.isFused(plain)) {
      return compare(plain);
    }
    int register = places.use(plain);
    asm.rr(X64Op.TEST32, register, register);
    return X64.CC_NE;
  }

  private int compare(int node) {
    int a = graph.a(node);
    int b = graph.b(node);
    boolean wide = graph.wide(a);
    int condition = graph.aux(node);
    int ra = places.use(a);
    if (isImmediate(b)) {
      int imm = (int) graph.value(b);
      if (imm == 0 && !Condition.unsigned(condition)) {
        asm.rr(wide ? X64Op.TEST64 : X64Op.TEST32, ra, ra);
      } else {
        asm.ri(wide ? X64Op.CMP64 : X64Op.CMP32, ra, imm);
      }
    } else {
      int memory = places.dies(b) ? places.memoryOperand(b) : Places.NOWHERE;
      if (memory != Places.NOWHERE) {
        asm.rm(wide ? X64Op.CMP64 : X64Op.CMP32, ra, BLOCK, memory);
      } else {
        asm.rr(wide ? X64Op.CMP64 : X64Op.CMP32, ra, places.use(b));
      }
    }
    return hostCondition(condition);
  }

  private static int hostCondition(int condition) {
    return switch (condition) {
      case Condition.EQ -> X64.CC_E;
      case Condition.NE -> X64.CC_NE;
      case Condition.LT -> X64.CC_L;
      case Condition.GE -> X64.CC_GE;
      case Condition.LE -> X64.CC_LE;
      case Condition.GT -> X64.CC_G;
      case Condition.ULT -> X64.CC_B;
      case Condition.UGE -> X64.CC_AE;
      case Condition.ULE -> X64.CC_BE;
      case Condition.UGT -> X64.CC_A;
      default -> throw new IllegalArgumentException("condition " + condition);
    };
  }

  /** Only moves stand between the comparison and the conditional move. */
  private void select(int node, boolean wide) {
    int b = graph.b(node);
    int c = graph.c(node);
    int rb = places.use(b);
    int rc = places.use(c);
    int cc = condition(graph.a(node));
    int d = places.define(node, reusable(c, rc));
    int op = wide ? X64Op.CMOV64 : X64Op.CMOV32;
    if (d == rb) {
      asm.rr(op | X64.negate(cc), d, rc);
    } else {
      move(d, rc);
      asm.rr(op | cc, d, rb);
    }
  }

  private void box(int node) {
    int a = graph.a(node);
    int ra = places.use(a);
    int ones = places.scratch();
    int d = places.define(node, reusable(a, ra));
    asm.movImm64(ones, BOX);
    asm.rr(X64Op.MOV32, d, ra);
    asm.rr(X64Op.OR64, d, ones);
  }

  private void unbox(int node) {
    int ra = places.use(graph.a(node));
    int upper = places.scratch();
    int nan = places.scratch();
    asm.rr(X64Op.MOV64, upper, ra);
    asm.ri(X64Op.SAR64, upper, 32);
    asm.movImm32(nan, CANONICAL_NAN_32);
    asm.ri(X64Op.CMP32, upper, -1);
    asm.rr(X64Op.CMOV32 | X64.CC_E, nan, ra);
    places.bind(node, nan);
  }
}
