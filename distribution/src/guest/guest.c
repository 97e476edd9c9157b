/* The embedded guest: shows, one line each, what a machine is, and powers off. */
#include "guest.h"

#define SCAUSE_INTERRUPT (1UL << 63)
#define CAUSE_ILLEGAL_INSTRUCTION 2
#define CAUSE_BREAKPOINT 3
#define CAUSE_LOAD_ACCESS 5
#define CAUSE_LOAD_PAGE_FAULT 13
#define IRQ_S_TIMER 5
#define SIE_STIE (1UL << IRQ_S_TIMER)
#define SSTATUS_SIE 2UL

#define PTE_V 0x01UL
#define PTE_R 0x02UL
#define PTE_W 0x04UL
#define PTE_X 0x08UL
#define PTE_A 0x40UL
#define PTE_D 0x80UL
#define PTE_ALL (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)
#define SATP_MODE_SV39 (8UL << 60)
#define GIGABYTE (1UL << 30)
#define PAGE 4096UL

/* A page that nobody has mapped yet. */
#define STRANGE_VA 0x2000000000UL

/* How long the guest sleeps. */
#define NAP_TICKS (TIMEBASE_HZ / 100)

static u64 root[512] __attribute__((aligned(4096)));
static u64 middle[512] __attribute__((aligned(4096)));
static u64 leaf[512] __attribute__((aligned(4096)));
static u64 page[512] __attribute__((aligned(4096)));

volatile u64 absent;
static volatile u64 faults, fault_va, ticks, breakpoints, missing;

/* `reason` is the SBI's: 0 for none, 1 for a system failure. */
static void __attribute__((noreturn)) shut_down(u64 reason) {
  sbi_call(SBI_SRST, SBI_SRST_SYSTEM_RESET, SBI_SRST_SHUTDOWN, reason);
  put_string("the power does not go off\n");
  for (;;) {
    __asm__ volatile("wfi");
  }
}

static u64 length_at(u64 pc) {
  return (*(u16 *)pc & 3) == 3 ? 4 : 2;
}

/* Called by trap_vector; returns where to go on. */
u64 trap(u64 cause, u64 pc, u64 value) {
  switch (cause) {
    case SCAUSE_INTERRUPT | IRQ_S_TIMER:
      ticks++;
      csr_clear(sie, SIE_STIE);
      return pc;
    case CAUSE_LOAD_PAGE_FAULT:
      if (faults++ == 0) {
        fault_va = value;
        leaf[value / PAGE & 511] = (u64)page / PAGE << 10 | PTE_V | PTE_R | PTE_A;
        __asm__ volatile("sfence.vma" ::: "memory");
        return pc;
      }
      break;
    case CAUSE_BREAKPOINT:
      breakpoints++;
      return pc + length_at(pc);
    case CAUSE_LOAD_ACCESS:
      absent++;
      return pc + length_at(pc);
    case CAUSE_ILLEGAL_INSTRUCTION:
      /* a counter that this mode may not read */
      missing++;
      return pc + length_at(pc);
  }
  put_string("unexpected trap: scause=");
  put_hex(cause);
  put_string(" sepc=");
  put_hex(pc);
  put_string(" stval=");
  put_hex(value);
  put_string("\n");
  shut_down(1);
}

static u64 retired(void) {
  return csr_read(instret);
}

static void show_firmware(void) {
  long version = sbi_call(SBI_BASE, SBI_BASE_GET_SPEC_VERSION, 0, 0).value;
  put_string("firmware  SBI ");
  put_decimal((u64)version >> 24 & 0x7F);
  put_char('.');
  put_decimal((u64)version & 0xFFFFFF);
  put_string(", implementation ");
  put_hex((u64)sbi_call(SBI_BASE, SBI_BASE_GET_IMPL_ID, 0, 0).value);
  put_string("\n");
}

static void show_trap(void) {
  __asm__ volatile("ebreak");
  put_string("trap      ");
  put_decimal(breakpoints);
  put_string(" breakpoint taken in S-mode, and gone on behind it\n");
}

static void show_paging(void) {
  for (u64 i = 0; i < 4; i++) {
    root[i] = i * GIGABYTE / PAGE << 10 | PTE_ALL;
  }
  root[STRANGE_VA / GIGABYTE] = (u64)middle / PAGE << 10 | PTE_V;
  middle[0] = (u64)leaf / PAGE << 10 | PTE_V;
  page[1] = 0x5EA51DE;
  csr_write(satp, SATP_MODE_SV39 | (u64)root / PAGE);
  __asm__ volatile("sfence.vma" ::: "memory");
  u64 seen = *(volatile u64 *)(STRANGE_VA + 8);
  put_string("paging    Sv39 is on; ");
  put_decimal(faults);
  put_string(" page fault at ");
  put_hex(fault_va);
  put_string(", mapped, read again: ");
  put_hex(seen);
  put_string("\n");
}

static void show_timer(void) {
  u64 start = csr_read(time);
  sbi_call(SBI_TIME, SBI_TIME_SET_TIMER, start + NAP_TICKS, 0);
  csr_set(sie, SIE_STIE);
  while (ticks == 0) {
    /* WFI ends although interrupts are off: none can come between the question and the sleep. */
    __asm__ volatile("wfi");
    csr_set(sstatus, SSTATUS_SIE);
    csr_clear(sstatus, SSTATUS_SIE);
  }
  u64 late = csr_read(time) - start - NAP_TICKS;
  put_string("timer     slept for ");
  put_decimal(NAP_TICKS * 1000 / TIMEBASE_HZ);
  put_string(" ms, woken ");
  put_decimal(late * 1000000 / TIMEBASE_HZ);
  put_string(" us later by an interrupt\n");
}

void guest_main(u64 hart, u64 device_tree) {
  u64 start = retired();
  put_string("Hello. This is a machine.\n");
  put_string("console   these lines, through a serial port at ");
  put_hex(UART_BASE);
  put_string("\nhart      ");
  put_decimal(hart);
  put_string(", in S-mode; device tree at ");
  put_hex(device_tree);
  put_string("\n");
  show_firmware();
  show_trap();
  show_paging();
  show_timer();
  show_disk();
  u64 count = retired() - start;
  put_string("retired   ");
  if (missing == 0) {
    put_decimal(count);
    put_string(" instructions so far");
  } else {
    put_string("instructions are not counted for this mode");
  }
  put_string("\nGood night.\n");
  shut_down(0);
}
