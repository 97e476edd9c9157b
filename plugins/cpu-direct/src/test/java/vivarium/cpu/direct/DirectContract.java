package vivarium.cpu.direct;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.cpu.HostPowers;
import vivarium.api.isa.InstructionSet;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.EngineContract;
import vivarium.testkit.LockStep;
import vivarium.testkit.RiscvStreams;
import vivarium.testkit.TestMachine;

/** Direct execution against the stepper; a subclass for each kind of hart in software. */
abstract class DirectContract extends EngineContract {
  private static final InstructionSet RISCV = new RiscvInstructionSet();
  private static final long PREAMBLE = TestMachine.RAM_BASE + RAM_BYTES - 4096;

  /** A kernel in S-mode with a user, under Sv39; both trap, and each sees its own pages only. */
  private static final String KERNEL_AND_USER =
      """
        la t0, machine
        csrw mtvec, t0
        li t0, -1
        csrw pmpaddr0, t0
        li t0, 0x1f
        csrw pmpcfg0, t0
        li t0, 0xb1ff
        csrw medeleg, t0
        li t0, 0x80100010
        li t1, 0x200000cf
        sd t1, 0(t0)
        li t1, 0x200000df
        sd t1, 8(t0)
        la t0, supervisor
        csrw mepc, t0
        li t0, 0x800
        csrs mstatus, t0
        mret
      supervisor:
        la t0, kernel
        csrw stvec, t0
        li t0, 0x8000000000080100
        csrw satp, t0
        sfence.vma
        li s0, 0x80200000
        li s1, 0xc0200000
      again:
        addi s2, s2, 1
        sd s2, 0(s0)
        ld a0, 0(s1)
        li t0, 0x40000
        csrs sstatus, t0
        ld a1, 0(s1)
        sd s2, 8(s1)
        csrc sstatus, t0
        la t0, user
        li t1, 0x40000000
        add t0, t0, t1
        csrw sepc, t0
        li t0, 0x100
        csrc sstatus, t0
        sret
      user:
        ld a2, 8(s1)
        ld a3, 0(s0)
        csrr a4, sstatus
        rdtime a5
        ebreak
        sret
        ecall
        j user
        .align 2
      kernel:
        csrr t3, scause
        add s3, s3, t3
        csrr t4, sepc
        csrr t5, stval
        add s3, s3, t5
        addi t4, t4, 4
        csrw sepc, t4
        li t6, 8
        beq t3, t6, back
        sret
      back:
        ecall
        la t4, again
        csrw sepc, t4
        li t4, 0x100
        csrs sstatus, t4
        sret
        .align 2
      machine:
        csrr t3, mcause
        add s4, s4, t3
        csrr t4, mepc
        addi t4, t4, 4
        csrw mepc, t4
        mret
      """;

  private final LendingHost host;

  DirectContract(CpuStrategy hart) {
    host = new LendingHost(hart);
  }

  @AfterEach
  void giveBackWhatWasLent() {
    host.close();
  }

  @Override
  protected CpuStrategy strategy() {
    return new DirectExecution();
  }

  @Override
  protected InstructionSet instructionSet() {
    return RISCV;
  }

  @Override
  protected HostPowers host() {
    return host;
  }

  @Test
  void aKernelAndItsUserAgreeWithTheStepper() {
    agreeThroughout(program(KERNEL_AND_USER), 1, 200_000);
  }

  @Test
  void aKernelAndItsUserAgreeAfterEachInstruction() {
    try (LockStep pair = lockStep(program(KERNEL_AND_USER))) {
      for (int i = 0; i < 2000; i++) {
        assertThat(pair.run(1)).isEmpty();
      }
    }
  }

  @Test
  void aRandomStreamInUserModeAgreesWithTheStepper() {
    long seed = 4;
    RiscvStreams streams =
        new RiscvStreams(RISCV.table(), TestMachine.RAM_BASE, 100, 60, seed, List.of());
    String toUser =
        """
          li t0, 0x6000
          csrs mstatus, t0
          li t0, -1
          csrw pmpaddr0, t0
          li t0, 0x1f
          csrw pmpcfg0, t0
          li t0, 0x80000000
          csrw mepc, t0
          mret
        """;
    agreeThroughout(
        () -> {
          TestMachine machine = new TestMachine(RISCV, 1, RAM_BYTES);
          machine.memory().write(TestMachine.RAM_BASE, MemorySegment.ofArray(streams.image()));
          machine.assemble(PREAMBLE, toUser);
          machine.hart().block().setPc(PREAMBLE);
          return machine;
        },
        seed,
        60_000);
  }
}
