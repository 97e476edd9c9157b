package vivarium.cpu.translation.graph;

import java.util.List;

/**
 * What a node of a {@link Graph} does: dense numbers, for switches. A node has a type, {@link
 * Graph#I32}, {@link Graph#I64} or {@link Graph#VOID}; unless said otherwise its operands have its
 * own type.
 */
public final class Op {
  /** The constant {@link Graph#value}; an I32 is sign-extended there. */
  public static final int CONST = 0;

  /**
   * The parameter {@link Graph#aux} of a method; in templates, and where operands are left open;
   * never in a trace.
   */
  public static final int PARAM = 1;

  /** The register {@link Graph#aux} as it was when the trace was entered; I64. */
  public static final int READ = 2;

  /** {@code a + b}. */
  public static final int ADD = 3;

  /** {@code a - b}; never with a constant b, which is an ADD. */
  public static final int SUB = 4;

  /** {@code a * b}, the lower half. */
  public static final int MUL = 5;

  /** {@code a & b}. */
  public static final int AND = 6;

  /** {@code a | b}. */
  public static final int OR = 7;

  /** {@code a ^ b}. */
  public static final int XOR = 8;

  /** {@code a << b}; b is I32 and counts modulo the type's width, as in x86-64 and Java. */
  public static final int SHL = 9;

  /** {@code a >> b}, arithmetic; b as in SHL. */
  public static final int SHR = 10;

  /** {@code a >>> b}, logical; b as in SHL. */
  public static final int USHR = 11;

  /** a rotated left by b; b as in SHL. */
  public static final int ROTL = 12;

  /** a rotated right by b; b as in SHL. */
  public static final int ROTR = 13;

  /** The upper half of the signed product; I64 only. */
  public static final int MULHI = 14;

  /** The upper half of the unsigned product; I64 only. */
  public static final int UMULHI = 15;

  /**
   * Signed quotient; c if b is zero; the least value divided by -1 is itself. The back end tests
   * for zero and for -1 unless b is a constant other than those.
   */
  public static final int DIV = 16;

  /** Signed remainder; c if b is zero; 0 if b is -1. */
  public static final int REM = 17;

  /** Unsigned quotient; c if b is zero. */
  public static final int UDIV = 18;

  /** Unsigned remainder; c if b is zero. */
  public static final int UREM = 19;

  /** Sign-extends the low 8 bits of a. */
  public static final int SEXT8 = 20;

  /** Sign-extends the low 16 bits of a. */
  public static final int SEXT16 = 21;

  /** Sign-extends: I32 to I64. */
  public static final int SEXT32 = 22;

  /** Zero-extends the low 8 bits of a. */
  public static final int ZEXT8 = 23;

  /** Zero-extends the low 16 bits of a. */
  public static final int ZEXT16 = 24;

  /** Zero-extends: I32 to I64. */
  public static final int ZEXT32 = 25;

  /**
   * The low 32 bits: I64 to I32. Emits nothing: the place of an I32 may hold anything above, and a
   * use of this node is a use of the lower half of its operand's place ({@link Graph#plain}).
   */
  public static final int TRUNC = 26;

  /** Leading zeros; the type's width for 0. */
  public static final int CLZ = 27;

  /** Trailing zeros; the type's width for 0. */
  public static final int CTZ = 28;

  /** Ones. */
  public static final int POPCNT = 29;

  /** Bytes reversed. */
  public static final int BSWAP = 30;

  /** I32 0 or 1: a compared with b by {@link Graph#aux}, a {@link Condition}; by the type of a. */
  public static final int CMP = 31;

  /** b if a, an I32, is not 0, else c. */
  public static final int SELECT = 32;

  /** {@link vivarium.api.fp.Fpu#box}: I32 to I64. */
  public static final int BOX32 = 33;

  /** {@link vivarium.api.fp.Fpu#unbox}: I64 to I32. */
  public static final int UNBOX32 = 34;

  /**
   * An operation of {@link vivarium.api.fp.Fpu}: {@link Graph#fpuOp}, rounding mode in {@link
   * Graph#value} (0 to 4, 7 dynamic; -1 where the operation takes none). Operands and result are
   * raw bits, I32 for binary32. Sets sticky flags, so it stays even if its value is not used; never
   * faults, exposes no registers.
   */
  public static final int FPU = 35;

  /**
   * Loads {@link Graph#width} bytes at {@code a + value}; I64, zero-extended, or sign-extended if
   * {@link Graph#signedLoad}. May fault or leave.
   */
  public static final int LOAD = 36;

  /** Stores the low {@link Graph#width} bytes of b (I64) at {@code a + value}. May fault. */
  public static final int STORE = 37;

  /**
   * Read-modify-write at address a with operand b by {@link Graph#atomic}, {@link Graph#width}
   * bytes; I64, the old word zero-extended. May fault.
   */
  public static final int ATOMIC = 38;

  /** Loads {@link Graph#width} bytes at a, zero-extended, and reserves them. May fault. */
  public static final int LOAD_RESERVED = 39;

  /** Stores b at a if the reservation holds: I64 0, else 1. May fault. */
  public static final int STORE_CONDITIONAL = 40;

  /**
   * From here on register {@link Graph#aux} is node a (I64); b is the previous WRITE of that
   * register, or -1. An annotation of the schedule: where it is stored is the back end's choice.
   */
  public static final int WRITE = 41;

  /**
   * Leaves the trace for pc {@link Graph#value} if the I32 a is not 0; otherwise goes on. {@link
   * Graph#aux} is 1 if leaving is the likelier way (a loop). {@link Graph#steps} counts the
   * branching instruction itself.
   */
  public static final int BRANCH = 42;

  /** The end: goes to the address a. */
  public static final int JUMP = 43;

  /**
   * The end: goes on at pc {@link Graph#value}; {@link Graph#aux} is one of {@link Graph#CHAIN},
   * {@link Graph#OPAQUE}, {@link Graph#STEP}.
   */
  public static final int END = 44;

  /**
   * {@link Long#compare} or, with {@link Graph#aux} 1, its unsigned form: I32. While a method is
   * read only; comparing it with zero makes a CMP.
   */
  static final int COMPARE = 45;

  /** How many there are. */
  public static final int COUNT = 46;

  private static final List<String> NAMES =
      List.of(
          "const",
          "param",
          "read",
          "add",
          "sub",
          "mul",
          "and",
          "or",
          "xor",
          "shl",
          "shr",
          "ushr",
          "rotl",
          "rotr",
          "mulhi",
          "umulhi",
          "div",
          "rem",
          "udiv",
          "urem",
          "sext8",
          "sext16",
          "sext32",
          "zext8",
          "zext16",
          "zext32",
          "trunc",
          "clz",
          "ctz",
          "popcnt",
          "bswap",
          "cmp",
          "select",
          "box32",
          "unbox32",
          "fpu",
          "load",
          "store",
          "atomic",
          "load-reserved",
          "store-conditional",
          "write",
          "branch",
          "jump",
          "end",
          "compare");

  private Op() {}

  /** For dumps. */
  public static String name(int op) {
    return NAMES.get(op);
  }

  /** Whether it has no effect and depends on its operands alone, so that equal ones are one. */
  public static boolean pure(int op) {
    return op < FPU || op == COMPARE;
  }

  /** Whether it may fault, or leave the trace to be executed alone: registers must be right. */
  public static boolean mayFault(int op) {
    return op >= LOAD && op <= STORE_CONDITIONAL;
  }

  /** Whether it leaves the trace, perhaps. */
  public static boolean exits(int op) {
    return op >= BRANCH && op <= END;
  }

  /** Whether registers can be seen there: it may fault, or exits. */
  public static boolean exposes(int op) {
    return mayFault(op) || exits(op);
  }
}
