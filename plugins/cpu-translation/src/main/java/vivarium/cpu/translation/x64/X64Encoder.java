package vivarium.cpu.translation.x64;

/**
 * The operand forms of x86-64 instructions (Intel SDM volume 2, chapter 2: legacy prefixes, REX,
 * VEX, opcode, ModRM, SIB, displacement, immediate).
 *
 * <p>A form's name lists its operands in Intel order: {@code r} register, {@code m} memory, {@code
 * i} immediate. Its first argument is an operation of {@link X64Op}, which says what forms it has.
 * Memory is {@code base, disp} or {@code base, index, scale, disp}, with a scale of 1, 2, 4 or 8;
 * rsp cannot be an index, and the base of the indexed forms may be {@link X64#NO_BASE}.
 *
 * <p>Called once per emitted instruction. Wrong operands are caught by assertions only.
 */
public abstract class X64Encoder extends X64Buffer {
  private static final int MOD_REGISTER = 0xC0;
  private static final int MOD_DISP32 = 0x80;
  private static final int MOD_DISP8 = 0x40;

  /** ModRM.rm: a SIB byte follows. As SIB.index: no index. */
  private static final int RM_SIB = 4;

  /** ModRM.rm with mod 0: relative to rip. SIB.base with mod 0: no base but a displacement. */
  private static final int RM_NO_BASE = 5;

  private static final int SIB_BASE_ONLY = RM_SIB << 3 | RM_SIB;

  X64Encoder(int capacity) {
    super(capacity);
  }

  /** Two registers. */
  public final void rr(int op, int first, int second) {
    assert (op & X64Op.F_RR) != 0 && isRegister(first) && isRegister(second) : describe(op);
    if ((op & (X64Op.COMPLEX | X64Op.SWAP)) != 0) {
      rareRegisters(op, first, second);
      return;
    }
    byte[] b = bytes;
    int p = position;
    int rex = op >>> X64Op.W_SHIFT & 8 | first >>> 1 & 4 | second >>> 3;
    if (rex != 0) {
      b[p++] = (byte) (0x40 | rex);
    }
    b[p] = (byte) op;
    b[p + 1] = (byte) (MOD_REGISTER | (first & 7) << 3 | second & 7);
    position = p + 2;
  }

  /** Register, memory. */
  public final void rm(int op, int reg, int base, int disp) {
    assert (op & X64Op.F_RM) != 0 && isRegister(reg) && isRegister(base) : describe(op);
    address(head(op & ~X64Op.BYTE_RM, reg, 0, base), reg, base, disp);
  }

  /** Register, memory with an index. */
  public final void rm(int op, int reg, int base, int index, int scale, int disp) {
    assert (op & X64Op.F_RM) != 0 && isRegister(reg) : describe(op);
    indexed(op & ~X64Op.BYTE_RM, reg, 0, base, index, scale, disp);
  }

  /** Register, memory at a label of this buffer, addressed relative to rip. */
  public final void rmLabel(int op, int reg, int label) {
    assert (op & X64Op.F_RM) != 0 && isRegister(reg) : describe(op);
    int p = head(op & ~X64Op.BYTE_RM, reg, 0, RM_NO_BASE);
    bytes[p] = (byte) ((reg & 7) << 3 | RM_NO_BASE);
    position = p + 1;
    relative32(label);
  }

  /** Memory, register: stores and read-modify-write. */
  public final void mr(int op, int base, int disp, int reg) {
    assert (op & X64Op.F_MR) != 0 && isRegister(reg) && isRegister(base) : describe(op);
    int store = (op ^ op >>> X64Op.STORE_SHIFT & 0x1F) & ~X64Op.BYTE_RM;
    address(head(store, reg, 0, base), reg, base, disp);
  }

  /** Memory with an index, register. */
  public final void mr(int op, int base, int index, int scale, int disp, int reg) {
    assert (op & X64Op.F_MR) != 0 && isRegister(reg) : describe(op);
    int store = (op ^ op >>> X64Op.STORE_SHIFT & 0x1F) & ~X64Op.BYTE_RM;
    indexed(store, reg, 0, base, index, scale, disp);
  }

  /** Register, immediate: one byte where the operation or its sign extension allows it. */
  public final void ri(int op, int reg, int imm) {
    assert (op & X64Op.F_IMM) != 0 && isRegister(reg) : describe(op);
    int withImmediate = immediateOp(op, imm);
    registers(withImmediate, digit(op), reg);
    immediate(withImmediate, imm);
  }

  /** Memory, immediate. */
  public final void mi(int op, int base, int disp, int imm) {
    assert (op & X64Op.F_IMM) != 0 && isRegister(base) : describe(op);
    int withImmediate = immediateOp(op, imm);
    int digit = digit(op);
    address(head(withImmediate & ~X64Op.BYTE_RM, digit, 0, base), digit, base, disp);
    immediate(withImmediate, imm);
  }

  /** Memory with an index, immediate. */
  public final void mi(int op, int base, int index, int scale, int disp, int imm) {
    assert (op & X64Op.F_IMM) != 0 : describe(op);
    int withImmediate = immediateOp(op, imm);
    indexed(withImmediate & ~X64Op.BYTE_RM, digit(op), 0, base, index, scale, disp);
    immediate(withImmediate, imm);
  }

  /** Two registers, immediate. */
  public final void rri(int op, int reg, int rm, int imm) {
    assert (op & X64Op.F_IMM) != 0 && isRegister(reg) && isRegister(rm) : describe(op);
    int withImmediate = ternaryOp(op, imm);
    registers(withImmediate, reg, rm);
    immediate(withImmediate, imm);
  }

  /** Register, memory, immediate. */
  public final void rmi(int op, int reg, int base, int disp, int imm) {
    assert (op & X64Op.F_IMM) != 0 && isRegister(reg) && isRegister(base) : describe(op);
    int withImmediate = ternaryOp(op, imm);
    address(head(withImmediate, reg, 0, base), reg, base, disp);
    immediate(withImmediate, imm);
  }

  /** One register. */
  public final void r(int op, int reg) {
    assert (op & X64Op.F_R) != 0 && isRegister(reg) : describe(op);
    registers(op, digit(op), reg);
  }

  /** One memory operand. */
  public final void m(int op, int base, int disp) {
    assert (op & X64Op.F_M) != 0 && isRegister(base) : describe(op);
    int digit = digit(op);
    address(head(op & ~X64Op.BYTE_RM, digit, 0, base), digit, base, disp);
  }

  /** One memory operand with an index. */
  public final void m(int op, int base, int index, int scale, int disp) {
    assert (op & X64Op.F_M) != 0 : describe(op);
    indexed(op & ~X64Op.BYTE_RM, digit(op), 0, base, index, scale, disp);
  }

  /** Three registers (VEX). */
  public final void rrr(int op, int first, int second, int third) {
    assert isVex(op) && isRegister(first) && isRegister(second) && isRegister(third) : describe(op);
    int rm = third;
    int vvvv = second;
    if ((op & X64Op.SWAP) != 0) {
      rm = second;
      vvvv = third;
    }
    int p = vexHead(op, first, vvvv, 0, rm);
    bytes[p] = (byte) (MOD_REGISTER | (first & 7) << 3 | rm & 7);
    position = p + 1;
  }

  /** Two registers, memory (VEX). */
  public final void rrm(int op, int first, int second, int base, int disp) {
    assert isVex(op) && (op & X64Op.SWAP) == 0 && isRegister(base) : describe(op);
    address(vexHead(op, first, second, 0, base), first, base, disp);
  }

  /** Two registers, memory with an index (VEX). */
  public final void rrm(int op, int first, int second, int base, int index, int scale, int disp) {
    assert isVex(op) && (op & X64Op.SWAP) == 0 : describe(op);
    indexed(op, first, second, base, index, scale, disp);
  }

  /** Register, memory, register (VEX). */
  public final void rmr(int op, int first, int base, int disp, int third) {
    assert isVex(op) && (op & X64Op.SWAP) != 0 && isRegister(base) : describe(op);
    address(vexHead(op, first, third, 0, base), first, base, disp);
  }

  /** Register, memory with an index, register (VEX). */
  public final void rmr(int op, int first, int base, int index, int scale, int disp, int third) {
    assert isVex(op) && (op & X64Op.SWAP) != 0 : describe(op);
    indexed(op, first, third, base, index, scale, disp);
  }

  final void emit8(int value) {
    bytes[position++] = (byte) value;
  }

  final void emit32(int value) {
    patch32(position, value);
    position += 4;
  }

  private void rareRegisters(int op, int first, int second) {
    if (op < 0) {
      int p = vexHead(op, digit(op), first, 0, second);
      bytes[p] = (byte) (MOD_REGISTER | digit(op) << 3 | second & 7);
      position = p + 1;
    } else if ((op & X64Op.SWAP) != 0) {
      registers(op, second, first);
    } else {
      registers(op, first, second);
    }
  }

  private void registers(int op, int reg, int rm) {
    int p = head(op, reg, 0, rm);
    bytes[p] = (byte) (MOD_REGISTER | (reg & 7) << 3 | rm & 7);
    position = p + 1;
  }

  /** Writes prefixes, escapes and opcode; returns where ModRM goes. */
  private int head(int op, int reg, int index, int base) {
    if (op < 0) {
      return vexHead(op, reg, 0, index, base);
    }
    byte[] b = bytes;
    int p = position;
    int rex = op >>> X64Op.W_SHIFT & 8 | reg >>> 1 & 4 | index >>> 2 & 2 | base >>> 3;
    if ((op & X64Op.COMPLEX) == 0) {
      if (rex != 0) {
        b[p++] = (byte) (0x40 | rex);
      }
      b[p] = (byte) op;
      return p + 1;
    }
    int pp = op & X64Op.PP;
    if (pp != 0) {
      b[p++] = (byte) (pp == X64Op.P66 ? 0x66 : pp == X64Op.PF3 ? 0xF3 : 0xF2);
    }
    if (rex != 0
        || (op & X64Op.BYTE_REG) != 0 && reg >= X64.RSP
        || (op & X64Op.BYTE_RM) != 0 && base >= X64.RSP) {
      b[p++] = (byte) (0x40 | rex);
    }
    int map = op & X64Op.MAP;
    if (map != 0) {
      b[p++] = 0x0F;
      if (map != X64Op.M0F) {
        b[p++] = (byte) (map == X64Op.M38 ? 0x38 : 0x3A);
      }
    }
    b[p] = (byte) op;
    return p + 1;
  }

  /** As {@link #head} for the three-byte VEX prefix, 128-bit or scalar. */
  private int vexHead(int op, int reg, int vvvv, int index, int base) {
    byte[] b = bytes;
    int p = position;
    int inverted = (reg & 8) << 4 | (index & 8) << 3 | (base & 8) << 2;
    b[p] = (byte) 0xC4;
    b[p + 1] = (byte) (inverted ^ 0xE0 | op >>> X64Op.MAP_SHIFT & 3);
    b[p + 2] = (byte) (op >>> X64Op.W_SHIFT << 4 & 0x80 | (vvvv ^ 15) << 3 | op >>> 8 & 3);
    b[p + 3] = (byte) op;
    return p + 4;
  }

  /** Writes ModRM, SIB and displacement of {@code [base+disp]} at {@code p}. */
  private void address(int p, int reg, int base, int disp) {
    byte[] b = bytes;
    int low = base & 7;
    int modRm = (reg & 7) << 3 | low;
    int at = p + 1;
    if (low == RM_SIB) {
      b[at++] = SIB_BASE_ONLY;
    }
    if (disp == (byte) disp) {
      if (disp != 0 || low == RM_NO_BASE) {
        modRm |= MOD_DISP8;
        b[at++] = (byte) disp;
      }
      position = at;
    } else {
      modRm |= MOD_DISP32;
      patch32(at, disp);
      position = at + 4;
    }
    b[p] = (byte) modRm;
  }

  /** A whole instruction but for its immediate, with {@code [base+index*scale+disp]}. */
  private void indexed(int op, int reg, int vvvv, int base, int index, int scale, int disp) {
    assert isRegister(index) && index != X64.RSP && isScale(scale) : describe(op);
    int anyBase = base == X64.NO_BASE ? RM_NO_BASE : base;
    int p = op < 0 ? vexHead(op, reg, vvvv, index, anyBase) : head(op, reg, index, anyBase);
    byte[] b = bytes;
    int modRm = (reg & 7) << 3 | RM_SIB;
    // 1, 2, 4, 8 become 0, 1, 2, 3.
    int logScale = (scale >> 1) - (scale >> 3);
    b[p + 1] = (byte) (logScale << 6 | (index & 7) << 3 | anyBase & 7);
    if (base == X64.NO_BASE) {
      patch32(p + 2, disp);
      position = p + 6;
    } else if (disp != (byte) disp) {
      modRm |= MOD_DISP32;
      patch32(p + 2, disp);
      position = p + 6;
    } else if (disp != 0 || (base & 7) == RM_NO_BASE) {
      modRm |= MOD_DISP8;
      b[p + 2] = (byte) disp;
      position = p + 3;
    } else {
      position = p + 2;
    }
    b[p] = (byte) modRm;
  }

  /** The operation's variant with an immediate; marked IMM8 if that takes one byte. */
  private static int immediateOp(int op, int imm) {
    if ((op & X64Op.IMM8) != 0) {
      return op;
    }
    int wide = op & 1;
    int rest = op & ~(X64Op.BYTE_REG | 0xFF);
    if ((op & 0x80) != 0) {
      int opcode = (op & 0xFE) == 0x84 ? 0xF6 : 0xC6;
      return rest | opcode | wide | (wide == 0 ? X64Op.IMM8 : 0);
    }
    if (wide == 0) {
      return rest | 0x80 | X64Op.IMM8;
    }
    return imm == (byte) imm ? rest | 0x83 | X64Op.IMM8 : rest | 0x81;
  }

  /** As {@link #immediateOp} where a register and a register or memory stand before. */
  private static int ternaryOp(int op, int imm) {
    if ((op & X64Op.IMM8) != 0) {
      return op;
    }
    int rest = op & ~(X64Op.MAP | 0xFF);
    return imm == (byte) imm ? rest | 0x6B | X64Op.IMM8 : rest | 0x69;
  }

  private void immediate(int op, int imm) {
    if ((op & X64Op.IMM8) != 0) {
      bytes[position++] = (byte) imm;
    } else if ((op & X64Op.PP) != 0) {
      bytes[position] = (byte) imm;
      bytes[position + 1] = (byte) (imm >> 8);
      position += 2;
    } else {
      emit32(imm);
    }
  }

  private static int digit(int op) {
    return op >>> X64Op.DIGIT_SHIFT & 7;
  }

  private static boolean isVex(int op) {
    return op < 0 && (op & X64Op.F_IMM) == 0;
  }

  private static boolean isRegister(int number) {
    return number >>> 4 == 0;
  }

  private static boolean isScale(int scale) {
    return scale == 1 || scale == 2 || scale == 4 || scale == 8;
  }

  private static String describe(int op) {
    return "operation " + Integer.toHexString(op) + " with operands it does not have";
  }
}
