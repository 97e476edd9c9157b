# Entry of the guests that begin (and mostly stay) in M-mode. The first 16 bytes are the interface
# to the runner: a jump, and at offset 8 the scale, which may be patched in the file or in RAM.

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
    la      t0, trap_vector
    csrw    mtvec, t0
    li      t0, 0x6000                  # mstatus.FS = dirty: floating point is on
    csrs    mstatus, t0
    csrw    fcsr, zero
    la      sp, __stack_top
    la      t0, __bss_start
    la      t1, __bss_end
1:  bgeu    t0, t1, 2f
    sd      zero, 0(t0)
    addi    t0, t0, 8
    j       1b
2:  ld      a0, scale
    call    guest_main

    .balign 4
trap_vector:
    la      sp, __stack_top
    j       unexpected_trap
