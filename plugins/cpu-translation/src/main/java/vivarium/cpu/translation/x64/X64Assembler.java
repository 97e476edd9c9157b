package vivarium.cpu.translation.x64;

/**
 * The x86-64 assembler: the forms of {@link X64Encoder} and, here, what fits none of them. The
 * package's description shows how to write instructions.
 *
 * <p>One per translating thread; {@link #reset} between pieces of code, {@link #reserve} ahead of
 * each run of instructions.
 */
public final class X64Assembler extends X64Encoder {
  private static final int REX_W = 0x48;

  /** The recommended forms of {@code nop} (SDM volume 2, NOP), one to nine bytes, end to end. */
  private static final byte[] NOPS = {
    (byte) 0x90,
    0x66,
    (byte) 0x90,
    0x0F,
    0x1F,
    0x00,
    0x0F,
    0x1F,
    0x40,
    0x00,
    0x0F,
    0x1F,
    0x44,
    0x00,
    0x00,
    0x66,
    0x0F,
    0x1F,
    0x44,
    0x00,
    0x00,
    0x0F,
    0x1F,
    (byte) 0x80,
    0x00,
    0x00,
    0x00,
    0x00,
    0x0F,
    0x1F,
    (byte) 0x84,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x66,
    0x0F,
    0x1F,
    (byte) 0x84,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00
  };

  private static final int LONGEST_NOP = 9;

  /**
   * @param capacity bytes to begin with; {@link #reserve} makes more
   */
  public X64Assembler(int capacity) {
    super(capacity);
  }

  /** {@code mov r32, imm}: clears the upper half. */
  public void movImm32(int reg, int imm) {
    if (reg >= X64.R8) {
      emit8(0x41);
    }
    emit8(0xB8 | reg & 7);
    emit32(imm);
  }

  /** The shortest {@code mov} of {@code imm} to all 64 bits: 5, 7 or 10 bytes; flags stay. */
  public void movImm64(int reg, long imm) {
    if (imm >>> 32 == 0) {
      movImm32(reg, (int) imm);
    } else if (imm == (int) imm) {
      ri(X64Op.MOV64, reg, (int) imm);
    } else {
      emit8(REX_W | reg >>> 3);
      emit8(0xB8 | reg & 7);
      emit32((int) imm);
      emit32((int) (imm >>> 32));
    }
  }

  /** {@code xor r32, r32}: zero to all 64 bits; changes the flags. */
  public void zero(int reg) {
    rr(X64Op.XOR32, reg, reg);
  }

  /** {@code bswap r32}: clears the upper half. */
  public void bswap32(int reg) {
    opcodeRegister(reg >>> 3, 0x0FC8, reg);
  }

  /** {@code bswap r64}. */
  public void bswap64(int reg) {
    opcodeRegister(8 | reg >>> 3, 0x0FC8, reg);
  }

  /** {@code push r64}. */
  public void push(int reg) {
    opcodeRegister(reg >>> 3, 0x50, reg);
  }

  /** {@code pop r64}. */
  public void pop(int reg) {
    opcodeRegister(reg >>> 3, 0x58, reg);
  }

  /** Sign of eax to edx, before {@link X64Op#IDIV32}. */
  public void cdq() {
    emit8(0x99);
  }

  /** Sign of rax to rdx, before {@link X64Op#IDIV64}. */
  public void cqo() {
    emit8(REX_W);
    emit8(0x99);
  }

  /** Jumps to {@code label}: two bytes if it is bound near behind, five otherwise. */
  public void jmp(int label) {
    if (reachedByShortJump(label)) {
      jmpShort(label);
    } else {
      emit8(0xE9);
      relative32(label);
    }
  }

  /** Jumps to {@code label} with two bytes; if it proves too far, it or {@link #bind} throws. */
  public void jmpShort(int label) {
    emit8(0xEB);
    relative8(label);
  }

  /** Jumps on a condition of {@link X64}: two bytes if bound near behind, six otherwise. */
  public void jcc(int cc, int label) {
    if (reachedByShortJump(label)) {
      jccShort(cc, label);
    } else {
      emit8(0x0F);
      emit8(0x80 | cc);
      relative32(label);
    }
  }

  /** Jumps on a condition with two bytes; if it proves too far, it or {@link #bind} throws. */
  public void jccShort(int cc, int label) {
    emit8(0x70 | cc);
    relative8(label);
  }

  /**
   * A five-byte jump by {@code distance} from its end: for targets outside the buffer, and as a
   * place to patch. The distance is in its last four bytes.
   */
  public void jmpRel32(int distance) {
    emit8(0xE9);
    emit32(distance);
  }

  /** As {@link #jmpRel32} on a condition, six bytes. */
  public void jccRel32(int cc, int distance) {
    emit8(0x0F);
    emit8(0x80 | cc);
    emit32(distance);
  }

  /** Jumps to the address in {@code reg}. */
  public void jmpR(int reg) {
    group5(4, reg);
  }

  /** Jumps to the address in memory. */
  public void jmpM(int base, int disp) {
    m(X64Op.JMP_M, base, disp);
  }

  /** Jumps to the address in memory. */
  public void jmpM(int base, int index, int scale, int disp) {
    m(X64Op.JMP_M, base, index, scale, disp);
  }

  /** Calls {@code label}. */
  public void call(int label) {
    emit8(0xE8);
    relative32(label);
  }

  /** Calls by {@code distance} from the end of the five bytes. */
  public void callRel32(int distance) {
    emit8(0xE8);
    emit32(distance);
  }

  /** Calls the address in {@code reg}. */
  public void callR(int reg) {
    group5(2, reg);
  }

  /** Calls the address in memory. */
  public void callM(int base, int disp) {
    m(X64Op.CALL_M, base, disp);
  }

  /** Calls the address in memory. */
  public void callM(int base, int index, int scale, int disp) {
    m(X64Op.CALL_M, base, index, scale, disp);
  }

  /** {@code ret}. */
  public void ret() {
    emit8(0xC3);
  }

  /** Prefix: the next instruction, which changes memory, is atomic. */
  public void lock() {
    emit8(0xF0);
  }

  /** Prefix: the memory operand of the next instruction is relative to GS base. */
  public void gs() {
    emit8(0x65);
  }

  /** Orders all loads and stores. */
  public void mfence() {
    emit8(0x0F);
    emit8(0xAE);
    emit8(0xF0);
  }

  /** Hint in spin loops. */
  public void pause() {
    emit8(0xF3);
    emit8(0x90);
  }

  /** Undefined instruction: for places that must not be reached. */
  public void ud2() {
    emit8(0x0F);
    emit8(0x0B);
  }

  /** Breakpoint. */
  public void int3() {
    emit8(0xCC);
  }

  /** Leaf eax, subleaf ecx to eax, ebx, ecx, edx. */
  public void cpuid() {
    emit8(0x0F);
    emit8(0xA2);
  }

  /** Extended control register ecx to edx:eax. */
  public void xgetbv() {
    emit8(0x0F);
    emit8(0x01);
    emit8(0xD0);
  }

  /** {@code count} bytes that do nothing, in as few instructions as can be. */
  public void nop(int count) {
    int left = count;
    while (left > 0) {
      int length = Math.min(left, LONGEST_NOP);
      System.arraycopy(NOPS, length * (length - 1) / 2, bytes, position, length);
      position += length;
      left -= length;
    }
  }

  /** Pads with {@link #nop} until the position is a multiple of {@code powerOfTwo}. */
  public void align(int powerOfTwo) {
    nop(-position & powerOfTwo - 1);
  }

  /** Near jumps and calls take 64-bit operands without REX.W. */
  private void group5(int digit, int reg) {
    if (reg >= X64.R8) {
      emit8(0x41);
    }
    emit8(0xFF);
    emit8(0xC0 | digit << 3 | reg & 7);
  }

  private void opcodeRegister(int rex, int opcode, int reg) {
    if (rex != 0) {
      emit8(0x40 | rex);
    }
    if (opcode >= 0x100) {
      emit8(opcode >> 8);
    }
    emit8(opcode | reg & 7);
  }
}
