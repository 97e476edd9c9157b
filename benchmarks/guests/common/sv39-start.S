# Entry of the Sv39 variants: the same interface as start.S. The M-mode stub (sv39.c) builds the
# page table; s_start is the program's own entry, in S-mode at its virtual address.

    .section .entry, "ax"
    .globl entry
    .option push
    .option norvc
entry:
    j       _start
    nop
    .globl scale
scale:
    .dword  1
    .option pop

_start:
    csrw    mie, zero
    la      t0, m_trap_vector
    csrw    mtvec, t0
    li      t0, 0x6000                  # mstatus.FS = dirty
    csrs    mstatus, t0
    csrw    fcsr, zero
    la      sp, __boot_stack_top
    la      t0, __boot_bss_start
    la      t1, __boot_bss_end
1:  bgeu    t0, t1, 2f
    sd      zero, 0(t0)
    addi    t0, t0, 8
    j       1b
2:  call    build_address_space         # a0 = satp
    csrw    satp, a0
    sfence.vma
    fence.i                             # the program was copied to where it will run
    li      t0, 0x1800                  # mstatus.MPP
    csrc    mstatus, t0
    li      t0, 0x0800                  # MPP = S
    csrs    mstatus, t0
    ld      t0, s_entry_va
    csrw    mepc, t0
    ld      a0, scale
    mret

    .balign 8
s_entry_va:
    .dword  s_start                     # absolute: too far away for a pc-relative address

    .balign 4
m_trap_vector:
    la      sp, __boot_stack_top
    j       boot_trap

    .section .s_entry, "ax"
    .globl s_start
s_start:
    la      sp, __stack_top
    j       guest_main
