# Says, from M-mode, S-mode and U-mode, what viv.mode answers there; then a distance; then powers off.
start:
  la t0, poweroff
  csrw mtvec, t0
  li t0, -1
  csrw pmpaddr0, t0
  li t0, 0x1f
  csrw pmpcfg0, t0
  li s0, 0x10000000
  li s1, 77
  viv.mode a0
  jal report
  la t0, supervisor
  csrw mepc, t0
  li t0, 0x1800
  csrc mstatus, t0
  li t0, 0x800
  csrs mstatus, t0
  mret

supervisor:
  li s1, 83
  viv.mode a0
  jal report
  la t0, user
  csrw sepc, t0
  li t0, 0x100
  csrc sstatus, t0
  sret

user:
  li s1, 85
  viv.mode a0
  jal report
  li s1, 68
  li a1, 3
  li a2, -4
  viv.absdiff a0, a1, a2
  jal report
  ecall

# Prints s1, an equals sign, the digit a0, and a new line.
report:
  addi a0, a0, 48
  li t0, 61
  li t1, 10
  sb s1, 0(s0)
  sb t0, 0(s0)
  sb a0, 0(s0)
  sb t1, 0(s0)
  ret

  .align 2
poweroff:
  li t0, 0x100000
  li t1, 0x5555
  sw t1, 0(t0)
hang:
  j hang
