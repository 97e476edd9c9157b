package vivarium.cpu.translation.x64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vivarium.cpu.translation.x64.Listing.QWORD;
import static vivarium.cpu.translation.x64.Listing.mem;
import static vivarium.cpu.translation.x64.Listing.reg;
import static vivarium.cpu.translation.x64.X64.CC_E;
import static vivarium.cpu.translation.x64.X64.RAX;
import static vivarium.cpu.translation.x64.X64.RDI;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** What fits no operand form: immediate moves, jumps, labels, prefixes, fences. */
class ControlEncodingTest {
  private final Listing listing = new Listing();

  @Test
  void immediateMovesAreTheShortest() throws Exception {
    for (int reg = 0; reg < Forms.REGISTERS; reg++) {
      String dword = reg(Listing.DWORD, reg);
      String qword = reg(QWORD, reg);
      listing.expect("mov " + dword + ",0x0").movImm64(reg, 0);
      listing.expect("mov " + dword + ",0xffffffff").movImm64(reg, 0xFFFF_FFFFL);
      listing.expect("mov " + qword + ",0xffffffffffffffff").movImm64(reg, -1);
      listing.expect("mov " + qword + ",0xffffffff80000000").movImm64(reg, Integer.MIN_VALUE);
      listing.expect("movabs " + qword + ",0x100000000").movImm64(reg, 1L << 32);
      listing.expect("movabs " + qword + ",0xffffffff7fffffff").movImm64(reg, -0x8000_0001L);
      listing.expect("mov " + dword + ",0x87654321").movImm32(reg, 0x87654321);
      listing.expect("xor " + dword + "," + dword).zero(reg);
    }
    listing.check();
  }

  @Test
  void registersInTheOpcode() throws Exception {
    for (int reg = 0; reg < Forms.REGISTERS; reg++) {
      String qword = reg(QWORD, reg);
      listing.expect("bswap " + reg(Listing.DWORD, reg)).bswap32(reg);
      listing.expect("bswap " + qword).bswap64(reg);
      listing.expect("push " + qword).push(reg);
      listing.expect("pop " + qword).pop(reg);
      listing.expect("jmp " + qword).jmpR(reg);
      listing.expect("call " + qword).callR(reg);
      listing.expect("jmp " + mem(QWORD, reg, 0x40)).jmpM(reg, 0x40);
      listing.expect("call " + mem(QWORD, reg, -0x400)).callM(reg, -0x400);
      listing.expect("jmp " + mem(QWORD, reg, RAX, 8, 0)).jmpM(reg, RAX, 8, 0);
      listing.expect("call " + mem(QWORD, reg, RAX, 2, 1)).callM(reg, RAX, 2, 1);
    }
    listing.check();
  }

  @Test
  void instructionsWithoutOperands() throws Exception {
    listing.expect("cdq").cdq();
    listing.expect("cqo").cqo();
    listing.expect("ret").ret();
    listing.expect("mfence").mfence();
    listing.expect("pause").pause();
    listing.expect("ud2").ud2();
    listing.expect("int3").int3();
    listing.expect("cpuid").cpuid();
    listing.expect("xgetbv").xgetbv();
    listing.check();
  }

  @Test
  void prefixesApplyToTheNextInstruction() throws Exception {
    for (int reg = 0; reg < Forms.REGISTERS; reg++) {
      String memory = mem(QWORD, reg, 8);
      listing.expect("lock cmpxchg " + memory + ",r9").lock();
      listing.asm.mr(X64Op.CMPXCHG64, reg, 8, X64.R9);
      listing.expect("lock xadd " + memory + ",rdi").lock();
      listing.asm.mr(X64Op.XADD64, reg, 8, RDI);
      listing.expect("lock or " + memory + ",rdi").lock();
      listing.asm.mr(X64Op.OR64, reg, 8, RDI);
      listing.expect("mov r9,QWORD PTR gs:[" + reg(QWORD, reg) + "+0x8]").gs();
      listing.asm.rm(X64Op.MOV64, X64.R9, reg, 8);
      listing.expect("mov WORD PTR gs:[" + reg(QWORD, reg) + "+0x8],r9w").gs();
      listing.asm.mr(X64Op.MOV16, reg, 8, X64.R9);
      listing.expect("movss xmm9,DWORD PTR gs:[" + reg(QWORD, reg) + "+0x8]").gs();
      listing.asm.rm(X64Op.MOVSS, X64.XMM9, reg, 8);
    }
    listing.check();
  }

  @Test
  void jumpsReachTheirLabels() throws Exception {
    X64Assembler asm = listing.asm;
    for (int cc = 0; cc < IntegerEncodingTest.CONDITIONS.length; cc++) {
      String jcc = "j" + IntegerEncodingTest.CONDITIONS[cc] + " ";
      int start = asm.position();
      int back = asm.newLabel();
      int ahead = asm.newLabel();
      asm.bind(back);
      // Two bytes each backward; forward 6 + 5 + 5 near, 2 + 2 short; 5 for the call backward.
      String end = "0x" + Integer.toHexString(start + 4 + 16 + 4 + 5 + 7);
      String begin = "0x" + Integer.toHexString(start);
      listing.expect(jcc + begin).jcc(cc, back);
      listing.expect("jmp " + begin).jmp(back);
      listing.expect(jcc + end).jcc(cc, ahead);
      listing.expect("jmp " + end).jmp(ahead);
      listing.expect("call " + end).call(ahead);
      listing.expect(jcc + end).jccShort(cc, ahead);
      listing.expect("jmp " + end).jmpShort(ahead);
      listing.expect("call " + begin).call(back);
      listing.expect("lea r9,[rip+0x0]").rmLabel(X64Op.LEA64, X64.R9, ahead);
      asm.bind(ahead);
      assertThat(asm.positionOf(ahead)).isEqualTo(start + 36);
    }
    listing.check();
  }

  @Test
  void backwardJumpsGrowWhereAByteDoesNotReach() throws Exception {
    X64Assembler asm = listing.asm;
    int back = asm.newLabel();
    asm.bind(back);
    for (int i = 0; i < 126; i++) {
      listing.expect("int3").int3();
    }
    listing.expect("jmp 0x0").jmp(back);
    assertThat(asm.position()).isEqualTo(128);
    listing.expect("jmp 0x0").jmp(back);
    assertThat(asm.position()).isEqualTo(133);
    listing.expect("je 0x0").jcc(CC_E, back);
    assertThat(asm.position()).isEqualTo(139);
    listing.check();
  }

  @Test
  void relativeJumpsTakeADistance() throws Exception {
    listing.expect("jmp 0x105").jmpRel32(0x100);
    listing.expect("call 0x20a").callRel32(0x200);
    for (int cc = 0; cc < IntegerEncodingTest.CONDITIONS.length; cc++) {
      int end = listing.asm.position() + 6;
      String target = "0x" + Integer.toHexString(end + 0x1000);
      listing.expect("j" + IntegerEncodingTest.CONDITIONS[cc] + " " + target).jccRel32(cc, 0x1000);
    }
    listing.expect("jmp 0x70").jmpRel32(0);
    listing.asm.patch32(listing.asm.position() - 4, 0x70 - listing.asm.position());
    listing.check();
  }

  @Test
  void paddingIsOneInstructionUpToNineBytes() throws Exception {
    for (int length = 1; length <= 9; length++) {
      String text =
          switch (length) {
            case 1 -> "nop";
            case 2 -> "xchg ax,ax";
            case 3 -> "nop DWORD PTR [rax]";
            case 4, 7 -> "nop DWORD PTR [rax+0x0]";
            case 5, 8 -> "nop DWORD PTR [rax+rax*1+0x0]";
            default -> "nop WORD PTR [rax+rax*1+0x0]";
          };
      int start = listing.asm.position();
      listing.expect(text).nop(length);
      assertThat(listing.asm.position()).isEqualTo(start + length);
    }
    listing.check();
  }

  @Test
  void alignmentPadsToTheNextMultipleOnly() {
    X64Assembler asm = new X64Assembler(128);
    asm.align(64);
    assertThat(asm.position()).isZero();
    asm.nop(45);
    assertThat(asm.position()).isEqualTo(45);
    asm.align(64);
    assertThat(asm.position()).isEqualTo(64);
    asm.align(64);
    assertThat(asm.position()).isEqualTo(64);
  }

  @Test
  void shortJumpOutOfReachIsRefused() {
    X64Assembler asm = new X64Assembler(512);
    int label = asm.newLabel();
    asm.jmpShort(label);
    asm.nop(128);
    assertThatThrownBy(() -> asm.bind(label))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("label is 128 bytes from a short jump");
  }

  @Test
  void labelIsBoundOnce() {
    X64Assembler asm = new X64Assembler(16);
    int label = asm.newLabel();
    asm.bind(label);
    assertThatThrownBy(() -> asm.bind(label)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void codeWithAnUnboundLabelIsNotHandedOut() {
    X64Assembler asm = new X64Assembler(16);
    asm.jmp(asm.newLabel());
    assertThatThrownBy(asm::toByteArray).isInstanceOf(IllegalStateException.class);
    asm.reset();
    assertThat(asm.toByteArray()).isEmpty();
  }

  @Test
  void manyLabelsAndJumpsOutgrowTheirTables() {
    X64Assembler asm = new X64Assembler(16);
    int[] labels = new int[1000];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = asm.newLabel();
      asm.reserve(X64Buffer.MAX_INSTRUCTION);
      asm.jmp(labels[i]);
    }
    for (int label : labels) {
      asm.bind(label);
    }
    byte[] code = asm.toByteArray();
    assertThat(code).hasSize(5000);
    int[] displacements =
        MemorySegment.ofArray(code).asSlice(4996, 4).toArray(ValueLayout.JAVA_INT_UNALIGNED);
    assertThat(displacements).containsExactly(0);
    assertThat(MemorySegment.ofArray(code).get(ValueLayout.JAVA_INT_UNALIGNED, 1)).isEqualTo(4995);
  }

  @Test
  void codeIsCopiedToMemoryAtAnOffset() {
    X64Assembler asm = new X64Assembler(16);
    asm.zero(RAX);
    asm.ret();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(8);
      asm.copyTo(memory, 3);
      assertThat(memory.toArray(ValueLayout.JAVA_BYTE))
          .containsExactly(0, 0, 0, 0x33, 0xC0, 0xC3, 0, 0);
      assertThatThrownBy(() -> asm.copyTo(memory, 6)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void writingPastTheReservedBytesThrows() {
    X64Assembler asm = new X64Assembler(2);
    asm.ud2();
    assertThatThrownBy(asm::ret).isInstanceOf(ArrayIndexOutOfBoundsException.class);
  }

  @Test
  void negatedConditionIsTheComplement() {
    for (int cc = 0; cc < 16; cc += 2) {
      assertThat(X64.negate(cc)).isEqualTo(cc + 1);
      assertThat(X64.negate(cc + 1)).isEqualTo(cc);
    }
  }

  @Test
  void swappedOperandsMirrorTheCondition() {
    assertThat(X64.swapOperands(X64.CC_L)).isEqualTo(X64.CC_G);
    assertThat(X64.swapOperands(X64.CC_GE)).isEqualTo(X64.CC_LE);
    assertThat(X64.swapOperands(X64.CC_B)).isEqualTo(X64.CC_A);
    assertThat(X64.swapOperands(X64.CC_AE)).isEqualTo(X64.CC_BE);
    assertThat(X64.swapOperands(X64.CC_NE)).isEqualTo(X64.CC_NE);
    assertThatThrownBy(() -> X64.swapOperands(X64.CC_O))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
