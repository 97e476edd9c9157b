package vivarium.cpu.translation.nativ;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import vivarium.api.isa.InstructionSet;
import vivarium.core.memory.HostLoan;
import vivarium.cpu.translation.NativeTranslation;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.LockStep;
import vivarium.testkit.TestMachine;

/** Leaving for an instruction that is called, and going on behind it or elsewhere. */
class OpaqueExitTest {
  private static final int RAM_BYTES = 16 << 20;
  private static final InstructionSet RISCV = new RiscvInstructionSet();
  private static final HostLoan HOST = new HostLoan();
  private static final int S0 = 8;
  private static final int S1 = 9;

  /** Of the program that enables interrupts: a run never ends where one is due but not taken. */
  private static final long SETUP_STEPS = 5;

  private static final long STEPS_PER_ROUND = 8;

  /** All of the address space for S-mode, and the delegation of nothing. */
  private static final String OPEN =
      """
        la t0, handler
        csrw mtvec, t0
        li t0, -1
        csrw pmpaddr0, t0
        li t0, 0x1f
        csrw pmpcfg0, t0
      """;

  @AfterAll
  static void giveBackWhatWasLent() {
    HOST.close();
  }

  private static LockStep pair(String source) {
    return new LockStep(
        () -> TestMachine.running(RISCV, RAM_BYTES, source), new NativeTranslation(), HOST);
  }

  private static LockStep agree(String source, long total) {
    Random random = new Random(1);
    LockStep pair = pair(source);
    while (pair.reference().hart().block().steps() < total) {
      assertThat(pair.run(1 + random.nextInt(200))).isEmpty();
    }
    return pair;
  }

  private static long register(LockStep pair, int number) {
    return pair.subject().hart().block().register(number);
  }

  @Test
  void anInterruptThatAnAccessEnablesIsTakenBeforeTheNextInstruction() {
    String source =
        """
          la t0, handler
          csrw mtvec, t0
          csrsi mie, 2
          csrsi mip, 2
        again:
          li s0, 1
          csrsi mstatus, 8
          li s0, 2
          j again
          .align 2
        handler:
          add s1, s1, s0
          li s0, 0
          csrsi mip, 2
          mret
        """;
    try (LockStep pair = pair(source)) {
      assertThat(pair.run(SETUP_STEPS)).isEmpty();
      for (int rounds = 1; rounds < 100; rounds++) {
        assertThat(pair.run(rounds * STEPS_PER_ROUND)).isEmpty();
      }
      assertThat(register(pair, S1)).isPositive();
    }
  }

  @Test
  void countersReadWithinATraceAreExact() {
    String source =
        """
          li s2, 0
        again:
          csrr s3, minstret
          csrr s4, mcycle
          addi s5, s5, 1
          addi s6, s6, 1
          csrr s7, minstret
          sub s0, s7, s3
          add s1, s1, s0
          ecall
        """
            + handlerThatSkips("again");
    try (LockStep pair =
        agree(source.replace("li s2, 0\n", "la t0, handler\n csrw mtvec, t0\n"), 5000)) {
      assertThat(register(pair, S0)).isEqualTo(4);
    }
  }

  private static String handlerThatSkips(String back) {
    return "  j "
        + back
        + """

          .align 2
        handler:
          csrr t1, mepc
          addi t1, t1, 4
          csrw mepc, t1
          mret
        """;
  }

  @Test
  void aWriteOfSatpInTheMiddleOfATraceHoldsFromTheNextAccess() {
    String source =
        OPEN
            + """
              li s2, 0x80200000
              li t1, 0x200000cf
              sd t1, 16(s2)
              li s3, 0x80201000
              li t1, 0x200804cf
              sd t1, 16(s3)
              li t1, 0x200800cf
              sd t1, 8(s3)
              li s4, 0x8000000000080200
              li s5, 0x8000000000080201
              li s6, 0x80300000
              li s7, 0x80500000
              csrw satp, s4
              la t1, inSupervisor
              csrw mepc, t1
              li t0, 0x1800
              csrc mstatus, t0
              li t0, 0x800
              csrs mstatus, t0
              mret
            inSupervisor:
              addi s0, s0, 1
              sd s0, 0(s6)
              csrw satp, s4
              ld s1, 0(s6)
              csrw satp, zero
              ld s8, 0(s6)
              add s9, s9, s8
              sfence.vma
              ecall
              j inSupervisor
            """
            + handlerThatSkips("inSupervisor");
    try (LockStep pair = agree(source, 6000)) {
      assertThat(register(pair, S0)).isGreaterThan(100);
    }
  }

  @Test
  void returnsToEachPrivilegeAndTrapsBackKeepAllRegisters() {
    String source =
        OPEN
            + """
              la s2, user
              csrw mepc, s2
              li s3, 0x1800
              csrc mstatus, s3
              mret
            user:
              addi s0, s0, 1
              addi a0, a0, 3
              addi t4, t4, 5
              csrr t5, mstatus
              ecall
              .word 0
              ld t6, 0(zero)
              j user
              .align 2
            handler:
              csrrw sp, mscratch, sp
              csrr s5, mcause
              add s6, s6, s5
              csrr s7, mepc
              addi s7, s7, 4
              csrw mepc, s7
              li s8, 0x800
              csrc mstatus, s3
              andi s9, s0, 1
              beqz s9, back
              csrs mstatus, s8
            back:
              csrrw sp, mscratch, sp
              mret
            """;
    try (LockStep pair = agree(source, 8000)) {
      assertThat(register(pair, S0)).isGreaterThan(100);
    }
  }

  @Test
  void aRoundingModeThatIsWrittenHoldsForTheNextOperation() {
    String source =
        """
          li t0, 0x6000
          csrs mstatus, t0
          li t1, 1
          li t2, 3
          fcvt.d.l ft1, t1
          fcvt.d.l ft2, t2
        again:
          csrwi frm, 2
          fdiv.d ft3, ft1, ft2
          csrwi frm, 3
          fdiv.d ft4, ft1, ft2
          csrr s1, fflags
          csrw fflags, zero
          fsub.d ft5, ft4, ft3
          fmv.x.d s0, ft5
          j again
        """;
    try (LockStep pair = agree(source, 4000)) {
      assertThat(register(pair, S0)).isPositive();
    }
  }
}
