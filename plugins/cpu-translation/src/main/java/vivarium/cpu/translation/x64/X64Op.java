package vivarium.cpu.translation.x64;

/**
 * One {@code int} per x86-64 operation and operand size: the first argument of the forms of {@link
 * X64Encoder}. A name is Intel's mnemonic and the operand size in bits where there are several.
 *
 * <p>An operation holds its opcode byte, mandatory prefix, opcode map, {@code REX.W} and group
 * number in the places where encoding needs them, so that a form is a few shifts. Conditional ones
 * ({@link #CMOV32}, {@link #CMOV64}, {@link #SETCC}) are or-ed with a condition of {@link X64}.
 */
public final class X64Op {
  /** Mandatory prefix, numbered as VEX.pp: none, 66, F3, F2. */
  static final int PP_SHIFT = 8;

  static final int PP = 3 << PP_SHIFT;
  static final int P66 = 1 << PP_SHIFT;
  static final int PF3 = 2 << PP_SHIFT;
  static final int PF2 = 3 << PP_SHIFT;

  /** Opcode map, numbered as VEX.mmmmm: one byte, 0F, 0F 38, 0F 3A. */
  static final int MAP_SHIFT = 10;

  static final int MAP = 3 << MAP_SHIFT;
  static final int M0F = 1 << MAP_SHIFT;
  static final int M38 = 2 << MAP_SHIFT;
  static final int M3A = 3 << MAP_SHIFT;

  /** REX.W or VEX.W, nine bits above its place in a REX prefix. */
  static final int W_SHIFT = 9;

  static final int W = 8 << W_SHIFT;

  /** The register of ModRM.reg is a byte register: 4 to 7 need a REX prefix to be spl to dil. */
  static final int BYTE_REG = 1 << 13;

  /** The register of ModRM.rm is a byte register. */
  static final int BYTE_RM = 1 << 14;

  /** Register forms whose first operand is ModRM.rm (rr), or whose last is VEX.vvvv (rrr). */
  static final int SWAP = 1 << 15;

  /** Group number, in ModRM.reg. */
  static final int DIGIT_SHIFT = 16;

  /** The immediate is one byte whatever the operand size. */
  static final int IMM8 = 1 << 19;

  /** What to flip in the opcode to get from the load to the store. */
  static final int STORE_SHIFT = 20;

  /** Forms that the operation has; checked by assertions. */
  static final int F_RR = 1 << 25;

  static final int F_RM = 1 << 26;
  static final int F_MR = 1 << 27;
  static final int F_IMM = 1 << 28;
  static final int F_R = 1 << 29;
  static final int F_M = 1 << 30;
  static final int F_VEX = 1 << 31;

  /** What the quick path of a form cannot do by itself. */
  static final int COMPLEX = PP | MAP | BYTE_REG | BYTE_RM;

  private static final int LOAD = F_RR | F_RM;
  private static final int ALU = LOAD | F_MR | F_IMM | 2 << STORE_SHIFT;
  private static final int BYTES = BYTE_REG | BYTE_RM;
  private static final int UNARY = F_R | F_M;
  private static final int SHIFT = F_IMM | IMM8;
  private static final int SSE = M0F | LOAD;

  /**
   * Two-operand arithmetic: forms rr, ri, rm, mr, mi, sizes 8, 16, 32, 64. An immediate is at most
   * 32 bits, sign-extended.
   */
  public static final int ADD8 = ALU | BYTES | 0 << DIGIT_SHIFT | 0x02;

  public static final int ADD16 = ALU | P66 | 0 << DIGIT_SHIFT | 0x03;
  public static final int ADD32 = ALU | 0 << DIGIT_SHIFT | 0x03;
  public static final int ADD64 = ALU | W | 0 << DIGIT_SHIFT | 0x03;

  public static final int OR8 = ALU | BYTES | 1 << DIGIT_SHIFT | 0x0A;
  public static final int OR16 = ALU | P66 | 1 << DIGIT_SHIFT | 0x0B;
  public static final int OR32 = ALU | 1 << DIGIT_SHIFT | 0x0B;
  public static final int OR64 = ALU | W | 1 << DIGIT_SHIFT | 0x0B;

  public static final int ADC8 = ALU | BYTES | 2 << DIGIT_SHIFT | 0x12;
  public static final int ADC16 = ALU | P66 | 2 << DIGIT_SHIFT | 0x13;
  public static final int ADC32 = ALU | 2 << DIGIT_SHIFT | 0x13;
  public static final int ADC64 = ALU | W | 2 << DIGIT_SHIFT | 0x13;

  public static final int SBB8 = ALU | BYTES | 3 << DIGIT_SHIFT | 0x1A;
  public static final int SBB16 = ALU | P66 | 3 << DIGIT_SHIFT | 0x1B;
  public static final int SBB32 = ALU | 3 << DIGIT_SHIFT | 0x1B;
  public static final int SBB64 = ALU | W | 3 << DIGIT_SHIFT | 0x1B;

  public static final int AND8 = ALU | BYTES | 4 << DIGIT_SHIFT | 0x22;
  public static final int AND16 = ALU | P66 | 4 << DIGIT_SHIFT | 0x23;
  public static final int AND32 = ALU | 4 << DIGIT_SHIFT | 0x23;
  public static final int AND64 = ALU | W | 4 << DIGIT_SHIFT | 0x23;

  public static final int SUB8 = ALU | BYTES | 5 << DIGIT_SHIFT | 0x2A;
  public static final int SUB16 = ALU | P66 | 5 << DIGIT_SHIFT | 0x2B;
  public static final int SUB32 = ALU | 5 << DIGIT_SHIFT | 0x2B;
  public static final int SUB64 = ALU | W | 5 << DIGIT_SHIFT | 0x2B;

  public static final int XOR8 = ALU | BYTES | 6 << DIGIT_SHIFT | 0x32;
  public static final int XOR16 = ALU | P66 | 6 << DIGIT_SHIFT | 0x33;
  public static final int XOR32 = ALU | 6 << DIGIT_SHIFT | 0x33;
  public static final int XOR64 = ALU | W | 6 << DIGIT_SHIFT | 0x33;

  public static final int CMP8 = ALU | BYTES | 7 << DIGIT_SHIFT | 0x3A;
  public static final int CMP16 = ALU | P66 | 7 << DIGIT_SHIFT | 0x3B;
  public static final int CMP32 = ALU | 7 << DIGIT_SHIFT | 0x3B;
  public static final int CMP64 = ALU | W | 7 << DIGIT_SHIFT | 0x3B;

  /** And, for flags only: forms rr, ri, rm, mi. */
  public static final int TEST8 = LOAD | F_IMM | BYTES | 0x84;

  public static final int TEST16 = LOAD | F_IMM | P66 | 0x85;
  public static final int TEST32 = LOAD | F_IMM | 0x85;
  public static final int TEST64 = LOAD | F_IMM | W | 0x85;

  /**
   * Moves: forms rr, rm, mr, mi. The 8- and 16-bit loads leave the register's other bits: use MOVZX
   * or MOVSX. A register takes an immediate by {@link X64Assembler#movImm64}.
   */
  public static final int MOV8 = ALU | BYTES | 0x8A;

  public static final int MOV16 = ALU | P66 | 0x8B;
  public static final int MOV32 = ALU | 0x8B;
  public static final int MOV64 = ALU | W | 0x8B;

  /**
   * Extending moves, {@code MOVZX<to>_<from>}: forms rr, rm. A 32-bit {@link #MOV32} is the zero
   * extension from 32 to 64.
   */
  public static final int MOVZX32_8 = SSE | BYTE_RM | 0xB6;

  public static final int MOVZX32_16 = SSE | 0xB7;
  public static final int MOVSX32_8 = SSE | BYTE_RM | 0xBE;
  public static final int MOVSX32_16 = SSE | 0xBF;
  public static final int MOVSX64_8 = SSE | W | BYTE_RM | 0xBE;
  public static final int MOVSX64_16 = SSE | W | 0xBF;
  public static final int MOVSXD = LOAD | W | 0x63;

  /** Address computation: form rm. */
  public static final int LEA32 = F_RM | 0x8D;

  public static final int LEA64 = F_RM | W | 0x8D;

  /** Signed product, low half: forms rr, rm, rri, rmi. */
  public static final int IMUL32 = SSE | F_IMM | 0xAF;

  public static final int IMUL64 = SSE | F_IMM | W | 0xAF;

  /**
   * One operand: forms r, m. MUL1 to IDIV work on rdx:rax; {@code MUL1} and {@code IMUL1} are the
   * widening products.
   */
  public static final int NOT32 = UNARY | 2 << DIGIT_SHIFT | 0xF7;

  public static final int NOT64 = UNARY | W | 2 << DIGIT_SHIFT | 0xF7;
  public static final int NEG32 = UNARY | 3 << DIGIT_SHIFT | 0xF7;
  public static final int NEG64 = UNARY | W | 3 << DIGIT_SHIFT | 0xF7;
  public static final int MUL1_32 = UNARY | 4 << DIGIT_SHIFT | 0xF7;
  public static final int MUL1_64 = UNARY | W | 4 << DIGIT_SHIFT | 0xF7;
  public static final int IMUL1_32 = UNARY | 5 << DIGIT_SHIFT | 0xF7;
  public static final int IMUL1_64 = UNARY | W | 5 << DIGIT_SHIFT | 0xF7;
  public static final int DIV32 = UNARY | 6 << DIGIT_SHIFT | 0xF7;
  public static final int DIV64 = UNARY | W | 6 << DIGIT_SHIFT | 0xF7;
  public static final int IDIV32 = UNARY | 7 << DIGIT_SHIFT | 0xF7;
  public static final int IDIV64 = UNARY | W | 7 << DIGIT_SHIFT | 0xF7;

  /** Shifts and rotates by an immediate: forms ri, mi. */
  public static final int ROL32 = SHIFT | 0 << DIGIT_SHIFT | 0xC1;

  public static final int ROL64 = SHIFT | W | 0 << DIGIT_SHIFT | 0xC1;
  public static final int ROR32 = SHIFT | 1 << DIGIT_SHIFT | 0xC1;
  public static final int ROR64 = SHIFT | W | 1 << DIGIT_SHIFT | 0xC1;
  public static final int SHL32 = SHIFT | 4 << DIGIT_SHIFT | 0xC1;
  public static final int SHL64 = SHIFT | W | 4 << DIGIT_SHIFT | 0xC1;
  public static final int SHR32 = SHIFT | 5 << DIGIT_SHIFT | 0xC1;
  public static final int SHR64 = SHIFT | W | 5 << DIGIT_SHIFT | 0xC1;
  public static final int SAR32 = SHIFT | 7 << DIGIT_SHIFT | 0xC1;
  public static final int SAR64 = SHIFT | W | 7 << DIGIT_SHIFT | 0xC1;

  /** Shifts and rotates by cl: forms r, m. */
  public static final int ROL32_CL = UNARY | 0 << DIGIT_SHIFT | 0xD3;

  public static final int ROL64_CL = UNARY | W | 0 << DIGIT_SHIFT | 0xD3;
  public static final int ROR32_CL = UNARY | 1 << DIGIT_SHIFT | 0xD3;
  public static final int ROR64_CL = UNARY | W | 1 << DIGIT_SHIFT | 0xD3;
  public static final int SHL32_CL = UNARY | 4 << DIGIT_SHIFT | 0xD3;
  public static final int SHL64_CL = UNARY | W | 4 << DIGIT_SHIFT | 0xD3;
  public static final int SHR32_CL = UNARY | 5 << DIGIT_SHIFT | 0xD3;
  public static final int SHR64_CL = UNARY | W | 5 << DIGIT_SHIFT | 0xD3;
  public static final int SAR32_CL = UNARY | 7 << DIGIT_SHIFT | 0xD3;
  public static final int SAR64_CL = UNARY | W | 7 << DIGIT_SHIFT | 0xD3;

  /** Bit tests: forms rr, ri, mi. (With a register the memory form would address a bit string.) */
  public static final int BT32 = M0F | F_RR | SWAP | 0xA3;

  public static final int BT32_IMM = SHIFT | M0F | 4 << DIGIT_SHIFT | 0xBA;
  public static final int BT64 = M0F | F_RR | SWAP | W | 0xA3;
  public static final int BT64_IMM = SHIFT | M0F | W | 4 << DIGIT_SHIFT | 0xBA;
  public static final int BTS32 = M0F | F_RR | SWAP | 0xAB;
  public static final int BTS32_IMM = SHIFT | M0F | 5 << DIGIT_SHIFT | 0xBA;
  public static final int BTS64 = M0F | F_RR | SWAP | W | 0xAB;
  public static final int BTS64_IMM = SHIFT | M0F | W | 5 << DIGIT_SHIFT | 0xBA;
  public static final int BTR32 = M0F | F_RR | SWAP | 0xB3;
  public static final int BTR32_IMM = SHIFT | M0F | 6 << DIGIT_SHIFT | 0xBA;
  public static final int BTR64 = M0F | F_RR | SWAP | W | 0xB3;
  public static final int BTR64_IMM = SHIFT | M0F | W | 6 << DIGIT_SHIFT | 0xBA;
  public static final int BTC32 = M0F | F_RR | SWAP | 0xBB;
  public static final int BTC32_IMM = SHIFT | M0F | 7 << DIGIT_SHIFT | 0xBA;
  public static final int BTC64 = M0F | F_RR | SWAP | W | 0xBB;
  public static final int BTC64_IMM = SHIFT | M0F | W | 7 << DIGIT_SHIFT | 0xBA;

  /**
   * Bit counts: forms rr, rm. BSF and BSR leave the destination undefined for zero. LZCNT, TZCNT
   * and POPCNT are subject to {@link CpuFeatures}: without LZCNT and BMI1 they silently are BSR and
   * BSF.
   */
  public static final int BSF32 = SSE | 0xBC;

  public static final int BSF64 = SSE | W | 0xBC;
  public static final int BSR32 = SSE | 0xBD;
  public static final int BSR64 = SSE | W | 0xBD;
  public static final int TZCNT32 = SSE | PF3 | 0xBC;
  public static final int TZCNT64 = SSE | PF3 | W | 0xBC;
  public static final int LZCNT32 = SSE | PF3 | 0xBD;
  public static final int LZCNT64 = SSE | PF3 | W | 0xBD;
  public static final int POPCNT32 = SSE | PF3 | 0xB8;
  public static final int POPCNT64 = SSE | PF3 | W | 0xB8;

  /**
   * Exchanges: form mr; XCHG has rr too, and is locked with memory without a prefix. Precede the
   * others by {@link X64Assembler#lock}.
   */
  public static final int XCHG32 = F_RR | F_MR | 0x87;

  public static final int XCHG64 = F_RR | F_MR | W | 0x87;
  public static final int CMPXCHG32 = M0F | F_MR | 0xB1;
  public static final int CMPXCHG64 = M0F | F_MR | W | 0xB1;
  public static final int XADD32 = M0F | F_MR | 0xC1;
  public static final int XADD64 = M0F | F_MR | W | 0xC1;

  /**
   * Conditional move, or-ed with a condition: forms rr, rm. The 32-bit one clears the upper half
   * either way; the memory operand is always read.
   */
  public static final int CMOV32 = SSE | 0x40;

  public static final int CMOV64 = SSE | W | 0x40;

  /** Byte 0 or 1, or-ed with a condition: forms r, m. The other bits of the register stay. */
  public static final int SETCC = UNARY | M0F | BYTE_RM | 0x90;

  /**
   * BMI1 and BMI2, counts and masks in a register: form rrr; with memory rmr ({@code dst, memory,
   * count}).
   */
  public static final int SHLX32 = F_VEX | SWAP | M38 | P66 | 0xF7;

  public static final int SHLX64 = F_VEX | SWAP | M38 | P66 | W | 0xF7;
  public static final int SARX32 = F_VEX | SWAP | M38 | PF3 | 0xF7;
  public static final int SARX64 = F_VEX | SWAP | M38 | PF3 | W | 0xF7;
  public static final int SHRX32 = F_VEX | SWAP | M38 | PF2 | 0xF7;
  public static final int SHRX64 = F_VEX | SWAP | M38 | PF2 | W | 0xF7;
  public static final int BEXTR32 = F_VEX | SWAP | M38 | 0xF7;
  public static final int BEXTR64 = F_VEX | SWAP | M38 | W | 0xF7;

  /**
   * BMI1 {@code ~second & third}, and BMI2 widening product (high, low, factor; the other factor in
   * rdx; no flags): forms rrr, rrm.
   */
  public static final int ANDN32 = F_VEX | M38 | 0xF2;

  public static final int ANDN64 = F_VEX | M38 | W | 0xF2;
  public static final int MULX32 = F_VEX | M38 | PF2 | 0xF6;
  public static final int MULX64 = F_VEX | M38 | PF2 | W | 0xF6;

  /** BMI1 reset lowest set bit, and its relatives: form rr. */
  public static final int BLSR32 = F_VEX | F_RR | M38 | 1 << DIGIT_SHIFT | 0xF3;

  public static final int BLSR64 = F_VEX | F_RR | M38 | W | 1 << DIGIT_SHIFT | 0xF3;
  public static final int BLSMSK32 = F_VEX | F_RR | M38 | 2 << DIGIT_SHIFT | 0xF3;
  public static final int BLSMSK64 = F_VEX | F_RR | M38 | W | 2 << DIGIT_SHIFT | 0xF3;
  public static final int BLSI32 = F_VEX | F_RR | M38 | 3 << DIGIT_SHIFT | 0xF3;
  public static final int BLSI64 = F_VEX | F_RR | M38 | W | 3 << DIGIT_SHIFT | 0xF3;

  /** BMI2 rotate without flags: forms rri, rmi. */
  public static final int RORX32 = F_VEX | F_IMM | IMM8 | M3A | PF2 | 0xF0;

  public static final int RORX64 = F_VEX | F_IMM | IMM8 | M3A | PF2 | W | 0xF0;

  /** Moves of one scalar: rr keeps the destination's upper part, rm clears it, mr stores. */
  public static final int MOVSS = SSE | F_MR | PF3 | 1 << STORE_SHIFT | 0x10;

  public static final int MOVSD = SSE | F_MR | PF2 | 1 << STORE_SHIFT | 0x10;

  /** Moves of a whole register: forms rr, rm, mr; MOVAPS and MOVAPD want 16-byte alignment. */
  public static final int MOVAPS = SSE | F_MR | 1 << STORE_SHIFT | 0x28;

  public static final int MOVAPD = SSE | F_MR | P66 | 1 << STORE_SHIFT | 0x28;
  public static final int MOVUPS = SSE | F_MR | 1 << STORE_SHIFT | 0x10;

  /** From a general register or memory to XMM, the rest cleared: forms rr, rm; mr stores. */
  public static final int MOVD = SSE | F_MR | P66 | 0x10 << STORE_SHIFT | 0x6E;

  public static final int MOVQ = SSE | F_MR | P66 | W | 0x10 << STORE_SHIFT | 0x6E;

  /** From XMM to a general register: form rr, general register first. */
  public static final int MOVD_TO_GPR = M0F | F_RR | P66 | SWAP | 0x7E;

  public static final int MOVQ_TO_GPR = M0F | F_RR | P66 | W | SWAP | 0x7E;

  /** Low half of an XMM register, the rest cleared: forms rr, rm. */
  public static final int MOVQ_XMM = SSE | PF3 | 0x7E;

  /** Scalar arithmetic: forms rr, rm. */
  public static final int SQRTSS = SSE | PF3 | 0x51;

  public static final int SQRTSD = SSE | PF2 | 0x51;
  public static final int ADDSS = SSE | PF3 | 0x58;
  public static final int ADDSD = SSE | PF2 | 0x58;
  public static final int MULSS = SSE | PF3 | 0x59;
  public static final int MULSD = SSE | PF2 | 0x59;
  public static final int SUBSS = SSE | PF3 | 0x5C;
  public static final int SUBSD = SSE | PF2 | 0x5C;
  public static final int MINSS = SSE | PF3 | 0x5D;
  public static final int MINSD = SSE | PF2 | 0x5D;
  public static final int DIVSS = SSE | PF3 | 0x5E;
  public static final int DIVSD = SSE | PF2 | 0x5E;
  public static final int MAXSS = SSE | PF3 | 0x5F;
  public static final int MAXSD = SSE | PF2 | 0x5F;

  /** Compares into ZF, PF, CF (unordered: all set): forms rr, rm. COMIS signals a quiet NaN too. */
  public static final int UCOMISS = SSE | 0x2E;

  public static final int UCOMISD = SSE | P66 | 0x2E;
  public static final int COMISS = SSE | 0x2F;
  public static final int COMISD = SSE | P66 | 0x2F;

  /** Compares into a mask of ones: forms rri, rmi, with a predicate of {@link X64}. */
  public static final int CMPSS = M0F | F_IMM | IMM8 | PF3 | 0xC2;

  public static final int CMPSD = M0F | F_IMM | IMM8 | PF2 | 0xC2;

  /**
   * Signed integer (of 32 or 64 bits, in a general register or memory) to float: forms rr, rm. The
   * destination's upper part is kept, so clear it first against false dependencies.
   */
  public static final int CVTSI2SS32 = SSE | PF3 | 0x2A;

  public static final int CVTSI2SD32 = SSE | PF2 | 0x2A;
  public static final int CVTSI2SS64 = SSE | PF3 | W | 0x2A;
  public static final int CVTSI2SD64 = SSE | PF2 | W | 0x2A;

  /**
   * Float to signed integer of 32 or 64 bits, rounded by MXCSR; CVTT truncates: forms rr, rm. Out
   * of range gives the integer indefinite, 80...0.
   */
  public static final int CVTTSS2SI32 = SSE | PF3 | 0x2C;

  public static final int CVTTSD2SI32 = SSE | PF2 | 0x2C;
  public static final int CVTTSS2SI64 = SSE | PF3 | W | 0x2C;
  public static final int CVTTSD2SI64 = SSE | PF2 | W | 0x2C;
  public static final int CVTSS2SI32 = SSE | PF3 | 0x2D;
  public static final int CVTSD2SI32 = SSE | PF2 | 0x2D;
  public static final int CVTSS2SI64 = SSE | PF3 | W | 0x2D;
  public static final int CVTSD2SI64 = SSE | PF2 | W | 0x2D;

  /** Between the float formats: forms rr, rm. */
  public static final int CVTSS2SD = SSE | PF3 | 0x5A;

  public static final int CVTSD2SS = SSE | PF2 | 0x5A;

  /** Bitwise on whole registers: forms rr, rm (memory must be aligned to 16). */
  public static final int ANDPS = SSE | 0x54;

  public static final int ANDPD = SSE | P66 | 0x54;
  public static final int ANDNPS = SSE | 0x55;
  public static final int ANDNPD = SSE | P66 | 0x55;
  public static final int ORPS = SSE | 0x56;
  public static final int ORPD = SSE | P66 | 0x56;
  public static final int XORPS = SSE | 0x57;
  public static final int XORPD = SSE | P66 | 0x57;
  public static final int PAND = SSE | P66 | 0xDB;
  public static final int PANDN = SSE | P66 | 0xDF;
  public static final int POR = SSE | P66 | 0xEB;
  public static final int PXOR = SSE | P66 | 0xEF;
  public static final int PCMPEQD = SSE | P66 | 0x76;

  /** Shifts of both 64-bit halves by an immediate: form ri. */
  public static final int PSRLQ = SHIFT | M0F | P66 | 2 << DIGIT_SHIFT | 0x73;

  public static final int PSLLQ = SHIFT | M0F | P66 | 6 << DIGIT_SHIFT | 0x73;

  /** SSE4.1 round to an integral value: forms rri, rmi, with a rounding control of {@link X64}. */
  public static final int ROUNDSS = F_IMM | IMM8 | M3A | P66 | 0x0A;

  public static final int ROUNDSD = F_IMM | IMM8 | M3A | P66 | 0x0B;

  /** SSE4.1 blend by the sign bits of xmm0: forms rr, rm. */
  public static final int BLENDVPS = LOAD | M38 | P66 | 0x14;

  public static final int BLENDVPD = LOAD | M38 | P66 | 0x15;

  /** AVX scalar arithmetic into a third register: forms rrr, rrm. */
  public static final int VADDSS = F_VEX | M0F | PF3 | 0x58;

  public static final int VADDSD = F_VEX | M0F | PF2 | 0x58;
  public static final int VMULSS = F_VEX | M0F | PF3 | 0x59;
  public static final int VMULSD = F_VEX | M0F | PF2 | 0x59;
  public static final int VSUBSS = F_VEX | M0F | PF3 | 0x5C;
  public static final int VSUBSD = F_VEX | M0F | PF2 | 0x5C;
  public static final int VDIVSS = F_VEX | M0F | PF3 | 0x5E;
  public static final int VDIVSD = F_VEX | M0F | PF2 | 0x5E;

  /**
   * FMA3 on scalars, forms rrr, rrm. The digits order the operands: 132 is {@code a*c+b}, 213 is
   * {@code b*a+c}, 231 is {@code b*c+a}, all into {@code a}.
   */
  public static final int VFMADD132SS = F_VEX | M38 | P66 | 0x99;

  public static final int VFMADD132SD = F_VEX | M38 | P66 | W | 0x99;
  public static final int VFMADD213SS = F_VEX | M38 | P66 | 0xA9;
  public static final int VFMADD213SD = F_VEX | M38 | P66 | W | 0xA9;
  public static final int VFMADD231SS = F_VEX | M38 | P66 | 0xB9;
  public static final int VFMADD231SD = F_VEX | M38 | P66 | W | 0xB9;

  public static final int VFMSUB132SS = F_VEX | M38 | P66 | 0x9B;
  public static final int VFMSUB132SD = F_VEX | M38 | P66 | W | 0x9B;
  public static final int VFMSUB213SS = F_VEX | M38 | P66 | 0xAB;
  public static final int VFMSUB213SD = F_VEX | M38 | P66 | W | 0xAB;
  public static final int VFMSUB231SS = F_VEX | M38 | P66 | 0xBB;
  public static final int VFMSUB231SD = F_VEX | M38 | P66 | W | 0xBB;

  public static final int VFNMADD132SS = F_VEX | M38 | P66 | 0x9D;
  public static final int VFNMADD132SD = F_VEX | M38 | P66 | W | 0x9D;
  public static final int VFNMADD213SS = F_VEX | M38 | P66 | 0xAD;
  public static final int VFNMADD213SD = F_VEX | M38 | P66 | W | 0xAD;
  public static final int VFNMADD231SS = F_VEX | M38 | P66 | 0xBD;
  public static final int VFNMADD231SD = F_VEX | M38 | P66 | W | 0xBD;

  public static final int VFNMSUB132SS = F_VEX | M38 | P66 | 0x9F;
  public static final int VFNMSUB132SD = F_VEX | M38 | P66 | W | 0x9F;
  public static final int VFNMSUB213SS = F_VEX | M38 | P66 | 0xAF;
  public static final int VFNMSUB213SD = F_VEX | M38 | P66 | W | 0xAF;
  public static final int VFNMSUB231SS = F_VEX | M38 | P66 | 0xBF;
  public static final int VFNMSUB231SD = F_VEX | M38 | P66 | W | 0xBF;

  /** Load and store MXCSR: form m. */
  public static final int LDMXCSR = F_M | M0F | 2 << DIGIT_SHIFT | 0xAE;

  public static final int STMXCSR = F_M | M0F | 3 << DIGIT_SHIFT | 0xAE;

  /** FSGSBASE, where the kernel allows it: form r. */
  public static final int RDGSBASE = F_R | M0F | PF3 | W | 1 << DIGIT_SHIFT | 0xAE;

  public static final int WRGSBASE = F_R | M0F | PF3 | W | 3 << DIGIT_SHIFT | 0xAE;

  /** Group 5: the assembler's {@code jmpM} and {@code callM}. */
  static final int JMP_M = F_M | 4 << DIGIT_SHIFT | 0xFF;

  static final int CALL_M = F_M | 2 << DIGIT_SHIFT | 0xFF;

  private X64Op() {}
}
