# The trap vector of traps-m: records the trap, and goes on behind the trapping instruction (2 or 4
# bytes) in the mode it came from, or, for an ecall from U, in M-mode after call_user.

    .text
    .globl vector
    .balign 4
vector:
    addi    sp, sp, -32
    sd      t0, 0(sp)
    sd      t1, 8(sp)
    sd      t2, 16(sp)
    la      t0, last_trap
    csrr    t1, mcause
    sd      t1, 0(t0)
    csrr    t2, mepc
    sd      t2, 8(t0)
    csrr    t2, mtval
    sd      t2, 16(t0)
    csrr    t2, mstatus
    sd      t2, 24(t0)
    ld      t2, 32(t0)
    addi    t2, t2, 1
    sd      t2, 32(t0)
    bltz    t1, 3f                      # an interrupt
    li      t2, 8                       # ecall from U
    beq     t1, t2, 4f
    csrr    t2, mepc
    ld      t1, 40(t0)                  # resume elsewhere: for a jump into nowhere
    bnez    t1, 2f
    lhu     t1, 0(t2)
    andi    t1, t1, 3
    addi    t2, t2, 2
    li      t0, 3
    bne     t1, t0, 1f
    addi    t2, t2, 2
1:  mv      t1, t2
2:  csrw    mepc, t1
    j       5f
3:  csrw    mie, zero                   # one interrupt is enough
    j       5f
4:  la      t1, user_done
    csrw    mepc, t1
    li      t1, 0x1800
    csrs    mstatus, t1                 # MPP = M
5:  ld      t0, 0(sp)
    ld      t1, 8(sp)
    ld      t2, 16(sp)
    addi    sp, sp, 32
    mret

# void call_user(void): enters U-mode at user_code, which makes an ecall. MPIE is clear, so that
# mret's copying it to MIE does not turn interrupts on.
    .globl call_user
call_user:
    li      t0, 0x1880                  # MPP, MPIE
    csrc    mstatus, t0
    la      t0, user_code
    csrw    mepc, t0
    mret

    .globl user_code
    .balign 4
user_code:
    ecall
user_done:
    ret

# Each attempt is one instruction with a symbol, so that mepc can be compared.
    .macro attempt name:req, instruction:vararg
    .globl \name
    .balign 4
\name:
    \instruction
    ret
    .endm

    .option push
    .option norvc
    attempt illegal_word, .word 0xFFFFFFFF
    attempt read_only_csr, csrw mvendorid, a0
    attempt unknown_csr, csrr a0, 0x8FF
    attempt machine_ecall, ecall
    attempt machine_ebreak, ebreak
    attempt misaligned_amo, amoadd.w a0, a1, (a0)
    attempt misaligned_lr, lr.d a0, (a0)
    attempt load_far, ld a0, 0(a0)
    attempt store_far, sd a1, 0(a0)
    attempt misaligned_load, ld a0, 0(a0)
    attempt jump_far, jr a0
    .option pop
    .option push
    .option rvc
    attempt illegal_half, .half 0x0000
    .option pop
