package vivarium.cpu.translation.nativ;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.isa.InstructionSet;
import vivarium.core.memory.HostLoan;
import vivarium.cpu.translation.NativeTranslation;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.LockStep;
import vivarium.testkit.TestMachine;

/** Code put together from single instructions, and its replacement once it proves hot. */
class PlainCodeTest {
  private static final int RAM_BYTES = 16 << 20;
  private static final InstructionSet RISCV = new RiscvInstructionSet();
  private static final HostLoan HOST = new HostLoan();
  private static final int A0 = 10;

  @AfterAll
  static void giveBackWhatWasLent() {
    HOST.close();
  }

  /** Both machines after one run of so many steps, of which no part was looked at meanwhile. */
  private static LockStep agreeAfter(String source, long steps) {
    LockStep pair =
        new LockStep(
            () -> TestMachine.running(RISCV, RAM_BYTES, source), new NativeTranslation(), HOST);
    assertThat(pair.run(steps)).isEmpty();
    return pair;
  }

  @Test
  void constantsOfSeveralInstructionsAreKnown() {
    LockStep pair =
        agreeAfter(
            """
              lui a0, 0x12345
              addiw a0, a0, -1
              slli a0, a0, 20
              addi a0, a0, 0x7ff
              auipc a1, 0x80000
              addi a1, a1, -1
              add a0, a0, a1
              li s2, 0x123456789abcdef0
              xor a0, a0, s2
            """,
            12);
    assertThat(pair.subject().hart().block().register(A0)).isNotZero();
  }

  @Test
  void aCallByWayOfAKnownAddressIsFollowedAndReturnedFrom() {
    agreeAfter(
        """
          li a0, 1
        again:
          call function
          la t0, function
          jalr t1, 0(t0)
          addi a0, a0, 3
          jalr s1, 0(s0)
          j again
        function:
          la s0, other
          slli a0, a0, 1
          jalr zero, 0(ra)
        other:
          mv t2, s1
          addi a0, a0, -5
          jr t2
        """,
        40);
  }

  @Test
  void theLinkMayBeTheRegisterOfTheTarget() {
    agreeAfter(
        """
          la ra, first
          la s3, second
          jalr ra, 0(ra)
          nop
        first:
          jalr s3, 0(s3)
          nop
        second:
          add a0, ra, s3
        loop:
          j loop
        """,
        20);
  }

  @Test
  void stepsThatNameTheZeroRegisterChangeNothing() {
    agreeAfter(
        """
          li a0, 77
          add zero, a0, a0
          lw zero, 0(sp)
          sub a1, zero, a0
          beq zero, a0, wrong
          bge zero, a1, wrong
          amoadd.w zero, a0, (sp)
          j right
        wrong:
          li a0, 1
        right:
          sd zero, 8(sp)
          ld a2, 8(sp)
        loop:
          j loop
        """
            .replace("(sp)", "(s4)")
            .replaceFirst("li a0, 77", "li a0, 77\n  la s4, right\n  addi s4, s4, 1024"),
        40);
  }

  /** Some twenty slices of the budget: each makes a trace anew where it ends. */
  @Test
  void hotLoopsOfSeveralTracesGoOnAsCodeOfGraphs() {
    agreeAfter(
        """
          li a0, 0
          li s2, 0
          la s4, data
        outer:
          li s5, 7
        inner:
          ld a1, 0(s4)
          add a1, a1, a0
          sd a1, 0(s4)
          andi a2, a1, 3
          beqz a2, skip
          addi s2, s2, 1
          xor a0, a0, s2
        skip:
          addi s5, s5, -1
          bnez s5, inner
          call function
          j outer
        function:
          addi a0, a0, 11
          srli a3, a0, 3
          add s2, s2, a3
          ret
          .align 3
        data:
          .dword 5
        """,
        1_000_000);
  }

  @Test
  void anUnknownWayIsRefusedInOneLine() {
    TestMachine machine = new TestMachine(RISCV, 1, RAM_BYTES);
    CpuEnvironment environment =
        new CpuEnvironment(
            RISCV, machine.hart(), machine.memory(), HOST, Map.of("plain-code", "maybe"));
    assertThatThrownBy(() -> new NativeTranslation().create(environment))
        .isInstanceOf(VivariumException.class)
        .hasMessage("plain-code is on or off, not maybe");
  }
}
