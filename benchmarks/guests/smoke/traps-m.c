/*
 * Traps in M-mode, one line each: `PASS name` or `FAIL name` with what was seen. Only what the
 * specification or the board fixes is asked for; the last line is `traps-m done` and the number of
 * failures, which is also the status of the power-off.
 */
#include "guest.h"

#define CAUSE_MACHINE_TIMER (1UL << 63 | 7)
#define CAUSE_MACHINE_SOFTWARE (1UL << 63 | 3)
#define CAUSE_FETCH_ACCESS 1
#define CAUSE_ILLEGAL 2
#define CAUSE_BREAKPOINT 3
#define CAUSE_LOAD_MISALIGNED 4
#define CAUSE_LOAD_ACCESS 5
#define CAUSE_STORE_MISALIGNED 6
#define CAUSE_STORE_ACCESS 7
#define CAUSE_ECALL_U 8
#define CAUSE_ECALL_M 11
#define MSTATUS_MIE 0x8UL
#define MSTATUS_MPIE 0x80UL
#define MSTATUS_MPP 0x1800UL
#define MIE_MSIE 0x8UL
#define MIE_MTIE 0x80UL
/* Between the PLIC and the UART: nothing of the `virt` board is here. */
#define NOWHERE 0x0F000000UL

/* Written by the vector in traps-m-asm.S. */
struct trap {
  u64 cause, pc, value, status, count, resume;
};

volatile struct trap last_trap;
static u64 failures;
static u64 aligned[4] = {0x0706050403020100UL, 0x0F0E0D0C0B0A0908UL, 0, 0};

typedef u64 (*attempt)(u64 a, u64 b);

extern void vector(void);
extern void call_user(void);
extern u8 user_code[];
u64 illegal_word(u64, u64), illegal_half(u64, u64), read_only_csr(u64, u64), unknown_csr(u64, u64);
u64 machine_ecall(u64, u64), machine_ebreak(u64, u64), misaligned_amo(u64, u64);
u64 misaligned_lr(u64, u64), load_far(u64, u64), store_far(u64, u64);
u64 misaligned_load(u64, u64), jump_far(u64, u64);

static void report(const char *name, int passed) {
  put_string(passed ? "PASS " : "FAIL ");
  put_string(name);
  if (!passed) {
    failures++;
    put_string(" cause=");
    put_hex(last_trap.cause);
    put_string(" pc=");
    put_hex(last_trap.pc);
    put_string(" value=");
    put_hex(last_trap.value);
    put_string(" status=");
    put_hex(last_trap.status);
    put_string(" count=");
    put_decimal(last_trap.count);
  }
  put_string("\n");
}

/* One trap of this cause at this pc, from M-mode with interrupts off. */
static int trapped(u64 cause, u64 pc) {
  return last_trap.count == 1 && last_trap.cause == cause && last_trap.pc == pc
      && (last_trap.status & (MSTATUS_MPP | MSTATUS_MIE)) == MSTATUS_MPP;
}

/* The specification says cause 6; QEMU 7.2 reports an AMO's as a load's, 4. */
static void misaligned_amo_traps(void) {
  last_trap.count = 0;
  u64 address = (u64)aligned + 3;
  misaligned_amo(address, 1);
  report("misaligned-amo",
         (trapped(CAUSE_STORE_MISALIGNED, (u64)misaligned_amo)
          || trapped(CAUSE_LOAD_MISALIGNED, (u64)misaligned_amo))
             && last_trap.value == address);
}

static void expect(const char *name, attempt code, u64 a, u64 b, u64 cause) {
  last_trap.count = 0;
  code(a, b);
  report(name, trapped(cause, (u64)code));
}

static void expect_value(const char *name, attempt code, u64 a, u64 b, u64 cause, u64 value) {
  last_trap.count = 0;
  code(a, b);
  report(name, trapped(cause, (u64)code) && last_trap.value == value);
}

/* A board may do the access or trap; done by halves it may not be. */
static void misaligned_load_is_done_or_traps(void) {
  last_trap.count = 0;
  u64 address = (u64)aligned + 3;
  u64 value = misaligned_load(address, 0);
  report("misaligned-load",
         last_trap.count == 0 ? value == 0x0A09080706050403UL
                              : trapped(CAUSE_LOAD_MISALIGNED, (u64)misaligned_load)
                                    && last_trap.value == address);
}

static void jump_to_nowhere(void) {
  last_trap.count = 0;
  last_trap.resume = (u64)jump_far + 4; /* its ret */
  jump_far(NOWHERE, 0);
  last_trap.resume = 0;
  report("fetch-access-fault",
         trapped(CAUSE_FETCH_ACCESS, NOWHERE) && last_trap.value == NOWHERE);
}

static void user_call(void) {
  csr_write(pmpaddr0, -1UL);
  csr_write(pmpcfg0, 0x1F);
  last_trap.count = 0;
  call_user();
  report("ecall-from-user",
         last_trap.count == 1 && last_trap.cause == CAUSE_ECALL_U && last_trap.pc == (u64)user_code
             && (last_trap.status & MSTATUS_MPP) == 0);
}

/* mret to M-mode: MIE comes from MPIE, MPIE becomes 1, MPP the least mode there is. */
static void mret_restores(void) {
  u64 status;
  csr_write(mie, 0);
  csr_set(mstatus, MSTATUS_MPP | MSTATUS_MPIE);
  csr_clear(mstatus, MSTATUS_MIE);
  __asm__ volatile(
      "la t0, 1f\n csrw mepc, t0\n mret\n"
      ".balign 4\n"
      "1: csrr %0, mstatus\n"
      : "=r"(status)::"t0", "memory");
  csr_clear(mstatus, MSTATUS_MIE);
  u64 stacked = status & (MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP);
  report("mret", stacked == (MSTATUS_MIE | MSTATUS_MPIE));
}

static void timer_interrupt(void) {
  volatile u64 *time = (volatile u64 *)CLINT_MTIME;
  volatile u64 *compare = (volatile u64 *)CLINT_MTIMECMP;
  last_trap.count = 0;
  u64 due = *time + 1000;
  *compare = due;
  csr_write(mie, MIE_MTIE);
  csr_set(mstatus, MSTATUS_MIE);
  while (last_trap.count == 0) {
    __asm__ volatile("wfi" ::: "memory");
  }
  csr_clear(mstatus, MSTATUS_MIE);
  int was_pending = (csr_read(mip) & MIE_MTIE) != 0;
  u64 now = *time;
  *compare = -1UL;
  report("timer-interrupt",
         last_trap.cause == CAUSE_MACHINE_TIMER && last_trap.count == 1 && was_pending
             && now >= due);
  report("timer-withdrawn", (csr_read(mip) & MIE_MTIE) == 0);
}

/* wfi comes back for an interrupt that is enabled in mie but masked by MIE, without a trap. */
static void wfi_wakes_without_trap(void) {
  volatile u64 *time = (volatile u64 *)CLINT_MTIME;
  last_trap.count = 0;
  *(volatile u64 *)CLINT_MTIMECMP = *time + 1000;
  csr_write(mie, MIE_MTIE);
  while ((csr_read(mip) & MIE_MTIE) == 0) {
    __asm__ volatile("wfi" ::: "memory");
  }
  csr_write(mie, 0);
  *(volatile u64 *)CLINT_MTIMECMP = -1UL;
  report("wfi-masked", last_trap.count == 0);
}

static void software_interrupt(void) {
  last_trap.count = 0;
  csr_write(mie, MIE_MSIE);
  csr_set(mstatus, MSTATUS_MIE);
  *(volatile u32 *)CLINT_MSIP = 1;
  while (last_trap.count == 0) {
  }
  csr_clear(mstatus, MSTATUS_MIE);
  *(volatile u32 *)CLINT_MSIP = 0;
  report("software-interrupt", last_trap.cause == CAUSE_MACHINE_SOFTWARE && last_trap.count == 1);
}

void guest_main(u64 scale) {
  (void)scale;
  csr_write(mtvec, vector);
  csr_clear(mstatus, MSTATUS_MIE);
  *(volatile u64 *)CLINT_MTIMECMP = -1UL;
  expect("illegal-word", illegal_word, 0, 0, CAUSE_ILLEGAL);
  expect("illegal-half", illegal_half, 0, 0, CAUSE_ILLEGAL);
  expect("read-only-csr", read_only_csr, 0, 0, CAUSE_ILLEGAL);
  expect("unknown-csr", unknown_csr, 0, 0, CAUSE_ILLEGAL);
  expect("ecall-from-machine", machine_ecall, 0, 0, CAUSE_ECALL_M);
  expect("ebreak", machine_ebreak, 0, 0, CAUSE_BREAKPOINT);
  misaligned_amo_traps();
  u64 unaligned = (u64)aligned + 4;
  expect_value("misaligned-lr", misaligned_lr, unaligned, 0, CAUSE_LOAD_MISALIGNED, unaligned);
  misaligned_load_is_done_or_traps();
  expect_value("load-access-fault", load_far, NOWHERE, 0, CAUSE_LOAD_ACCESS, NOWHERE);
  expect_value("store-access-fault", store_far, NOWHERE, 0, CAUSE_STORE_ACCESS, NOWHERE);
  jump_to_nowhere();
  user_call();
  mret_restores();
  timer_interrupt();
  wfi_wakes_without_trap();
  software_interrupt();
  put_string("traps-m done failures=");
  put_decimal(failures);
  put_string("\n");
  power_off((u32)failures);
}
