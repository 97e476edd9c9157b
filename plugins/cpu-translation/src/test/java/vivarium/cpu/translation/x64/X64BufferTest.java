package vivarium.cpu.translation.x64;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Code that is put together from pieces made before. */
class X64BufferTest {
  @Test
  void jumpsOutOfAPieceWaitForTheirLabelWhereverThePieceGoes() {
    X64Assembler piece = new X64Assembler(64);
    int out = piece.newLabel();
    piece.jcc(X64.CC_A, out);
    piece.zero(X64.RAX);
    piece.jcc(X64.CC_NE, out);
    int[] waiting = piece.waitingFor(out);
    assertThat(waiting).as("six bytes a jump, displacement last").containsExactly(2, 10);
    byte[] code = piece.copy();

    X64Assembler whole = new X64Assembler(64);
    whole.nop(3);
    int base = whole.position();
    whole.append(code);
    int label = whole.newLabel();
    for (int at : waiting) {
      whole.waitAt(label, base + at);
    }
    whole.nop(2);
    whole.bind(label);
    whole.ret();

    X64Assembler straight = new X64Assembler(64);
    int same = straight.newLabel();
    straight.nop(3);
    straight.jcc(X64.CC_A, same);
    straight.zero(X64.RAX);
    straight.jcc(X64.CC_NE, same);
    straight.nop(2);
    straight.bind(same);
    straight.ret();
    assertThat(whole.toByteArray()).isEqualTo(straight.toByteArray());
  }
}
