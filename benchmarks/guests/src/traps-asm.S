# The traps guest's vectors, its ways between M, S and U, and its user program.

#include "traps.h"

    .text
# u64 run_in_s(u64 (*function)(u64), u64 argument): calls function in S-mode; it comes back by
# SBI_DONE, whose argument is the result.
    .globl run_in_s
run_in_s:
    addi    sp, sp, -112
    sd      ra, 0(sp)
    sd      s0, 8(sp)
    sd      s1, 16(sp)
    sd      s2, 24(sp)
    sd      s3, 32(sp)
    sd      s4, 40(sp)
    sd      s5, 48(sp)
    sd      s6, 56(sp)
    sd      s7, 64(sp)
    sd      s8, 72(sp)
    sd      s9, 80(sp)
    sd      s10, 88(sp)
    sd      s11, 96(sp)
    csrw    mscratch, sp                # the vector below takes its stack from here
    la      t0, m_vector
    csrw    mtvec, t0
    csrw    mepc, a0
    li      t0, MSTATUS_MPP
    csrc    mstatus, t0
    li      t0, MSTATUS_MPP_S
    csrs    mstatus, t0
    mv      a0, a1
    la      sp, s_stack_top
    la      ra, s_done
    mret

s_done:
    li      a7, SBI_DONE
    ecall

.macro SAVE_CALLER_SAVED
    sd      ra, 0(sp)
    sd      t0, 16(sp)
    sd      t1, 24(sp)
    sd      t2, 32(sp)
    sd      t3, 40(sp)
    sd      t4, 48(sp)
    sd      t5, 56(sp)
    sd      t6, 64(sp)
    sd      a0, 72(sp)
    sd      a1, 80(sp)
    sd      a2, 88(sp)
    sd      a3, 96(sp)
    sd      a4, 104(sp)
    sd      a5, 112(sp)
    sd      a6, 120(sp)
    sd      a7, 128(sp)
.endm

.macro RESTORE_CALLER_SAVED
    ld      ra, 0(sp)
    ld      t0, 16(sp)
    ld      t1, 24(sp)
    ld      t2, 32(sp)
    ld      t3, 40(sp)
    ld      t4, 48(sp)
    ld      t5, 56(sp)
    ld      t6, 64(sp)
    ld      a0, 72(sp)
    ld      a1, 80(sp)
    ld      a2, 88(sp)
    ld      a3, 96(sp)
    ld      a4, 104(sp)
    ld      a5, 112(sp)
    ld      a6, 120(sp)
    ld      a7, 128(sp)
.endm

    .balign 4
m_vector:
    csrrw   sp, mscratch, sp
    addi    sp, sp, -FRAME_BYTES
    SAVE_CALLER_SAVED
    mv      a0, sp
    call    m_handler
    bnez    a0, m_done
    RESTORE_CALLER_SAVED
    addi    sp, sp, FRAME_BYTES
    csrrw   sp, mscratch, sp
    mret

m_done:                                 # back to the caller of run_in_s
    ld      a0, 72(sp)
    addi    sp, sp, FRAME_BYTES
    ld      ra, 0(sp)
    ld      s0, 8(sp)
    ld      s1, 16(sp)
    ld      s2, 24(sp)
    ld      s3, 32(sp)
    ld      s4, 40(sp)
    ld      s5, 48(sp)
    ld      s6, 56(sp)
    ld      s7, 64(sp)
    ld      s8, 72(sp)
    ld      s9, 80(sp)
    ld      s10, 88(sp)
    ld      s11, 96(sp)
    addi    sp, sp, 112
    ret

# S-mode: sscratch is 0 while the kernel runs, and the kernel's stack pointer while the user does.
    .globl s_vector
    .balign 4
s_vector:
    csrrw   sp, sscratch, sp
    bnez    sp, 1f
    csrr    sp, sscratch                # from S: the stack in use is the kernel's
1:  addi    sp, sp, -FRAME_BYTES
    SAVE_CALLER_SAVED
    csrrw   t0, sscratch, zero          # the interrupted stack pointer
    sd      t0, 8(sp)
    mv      a0, sp
    call    s_handler
    bnez    a0, user_exit
    csrr    t0, sstatus
    andi    t0, t0, SSTATUS_SPP
    bnez    t0, 2f
    addi    t0, sp, FRAME_BYTES
    csrw    sscratch, t0
2:  RESTORE_CALLER_SAVED
    ld      sp, 8(sp)
    sret

# u64 enter_user(u64 pc, u64 argument0, u64 argument1): runs the user until its SYSCALL_EXIT.
    .globl enter_user
enter_user:
    addi    sp, sp, -112
    sd      ra, 0(sp)
    sd      s0, 8(sp)
    sd      s1, 16(sp)
    sd      s2, 24(sp)
    sd      s3, 32(sp)
    sd      s4, 40(sp)
    sd      s5, 48(sp)
    sd      s6, 56(sp)
    sd      s7, 64(sp)
    sd      s8, 72(sp)
    sd      s9, 80(sp)
    sd      s10, 88(sp)
    sd      s11, 96(sp)
    csrw    sepc, a0
    csrci   sstatus, SSTATUS_SIE
    li      t0, SSTATUS_SPP
    csrc    sstatus, t0
    csrw    sscratch, sp
    mv      a0, a1
    mv      a1, a2
    sret

user_exit:
    ld      a0, 72(sp)
    addi    sp, sp, FRAME_BYTES
    ld      ra, 0(sp)
    ld      s0, 8(sp)
    ld      s1, 16(sp)
    ld      s2, 24(sp)
    ld      s3, 32(sp)
    ld      s4, 40(sp)
    ld      s5, 48(sp)
    ld      s6, 56(sp)
    ld      s7, 64(sp)
    ld      s8, 72(sp)
    ld      s9, 80(sp)
    ld      s10, 88(sp)
    ld      s11, 96(sp)
    addi    sp, sp, 112
    ret

# The user program, on a page of its own: a1 times asks the kernel to fold its counter, touching its
# data page between, and ends with the sum in a0.
    .section .user, "ax"
    .balign 4096
    .globl user_page
user_page:
    mv      t1, a0                      # address of its data
    mv      t2, a1
    li      t3, 0
1:  ld      a0, 0(t1)
    addi    a0, a0, 1
    sd      a0, 0(t1)
    li      a7, SYSCALL_FOLD
    ecall
    add     t3, t3, a0
    addi    t2, t2, -1
    bnez    t2, 1b
    mv      a0, t3
    li      a7, SYSCALL_EXIT
    ecall
    .balign 4096

    .bss
    .balign 16
    .space  0x8000
s_stack_top:
