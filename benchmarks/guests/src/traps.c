/*
 * The privileged architecture at work: a small kernel in S-mode under Sv39, over an M-mode stub
 * that delegates to it. Each round remaps a page, takes page faults, calls from U to S and from S to
 * M, touches user memory under SUM, switches between two address spaces, moves CSRs about, and takes
 * software interrupts from sip and from the CLINT.
 */
#include "guest.h"
#include "traps.h"

#define ROUNDS_PER_UNIT 12000

#define PTE_V 0x01UL
#define PTE_R 0x02UL
#define PTE_W 0x04UL
#define PTE_X 0x08UL
#define PTE_U 0x10UL
#define PTE_G 0x20UL
#define PTE_A 0x40UL
#define PTE_D 0x80UL
#define KERNEL (PTE_V | PTE_R | PTE_W | PTE_X | PTE_G | PTE_A | PTE_D)
#define DATA (PTE_V | PTE_R | PTE_W | PTE_A | PTE_D)
#define SATP_MODE_SV39 (8UL << 60)

#define CAUSE_INTERRUPT (1UL << 63)
#define CAUSE_SOFTWARE_S (CAUSE_INTERRUPT | 1)
#define CAUSE_SOFTWARE_M (CAUSE_INTERRUPT | 3)
#define CAUSE_ECALL_U 8
#define CAUSE_ECALL_S 9
#define CAUSE_LOAD_PAGE_FAULT 13
#define CAUSE_STORE_PAGE_FAULT 15
#define SSIP 0x2UL
#define MSIE 0x8UL

/* The second gigabyte is the user's half: one table of 4 KiB pages from USER_BASE. */
#define USER_BASE 0x40000000UL
#define USER_CODE (USER_BASE + 0x0000)
#define USER_DATA (USER_BASE + 0x1000)
#define WINDOW (USER_BASE + 0x10000) /* remapped every round */
#define DEMAND (USER_BASE + 0x20000) /* mapped by the page-fault handler */
#define GUARDED (USER_BASE + 0x30000) /* made writable by the page-fault handler */
#define PRIVATE (USER_BASE + 0x40000) /* another frame in each address space */
#define FRAMES 16

#define PAGE_ALIGNED __attribute__((aligned(4096)))

/* As SAVE_CALLER_SAVED lays it out. */
struct frame {
  u64 ra, sp, t[7], a[8];
};

struct space {
  u64 root[512], middle[512], leaf[512];
};

static struct space spaces[2] PAGE_ALIGNED;
static u64 frames[FRAMES][512] PAGE_ALIGNED;
static u64 user_data[512] PAGE_ALIGNED;
static volatile u64 interrupts_s, interrupts_m;
static u64 faults;

extern u8 user_page[];
extern void s_vector(void);
u64 run_in_s(u64 (*function)(u64), u64 argument);
u64 enter_user(u64 pc, u64 argument0, u64 argument1);
u64 m_handler(struct frame *frame);
u64 s_handler(struct frame *frame);

static u64 *leaf_of(u32 space, u64 va) {
  return &spaces[space].leaf[va >> 12 & 511];
}

static u64 pte_of(const void *frame, u64 permissions) {
  return (u64)frame >> 12 << 10 | permissions;
}

static void flush_page(u64 va) {
  __asm__ volatile("sfence.vma %0, zero" ::"r"(va) : "memory");
}

static u64 satp_of(u32 space) {
  return SATP_MODE_SV39 | (u64)(space + 1) << 44 | (u64)spaces[space].root >> 12;
}

static u64 sbi_fold(u64 a, u64 b) {
  register u64 a0 __asm__("a0") = a;
  register u64 a1 __asm__("a1") = b;
  register u64 a7 __asm__("a7") = SBI_FOLD;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a7) : "memory");
  return a0;
}

static __attribute__((noreturn)) void unexpected(const char *mode, u64 cause, u64 pc, u64 value) {
  put_string(mode);
  put_string(" unexpected trap: cause=");
  put_hex(cause);
  put_string(" pc=");
  put_hex(pc);
  put_string(" value=");
  put_hex(value);
  put_string("\n");
  power_off(1);
}

/* From m_vector; a result other than 0 leaves S-mode for the caller of run_in_s. */
u64 m_handler(struct frame *frame) {
  u64 cause = csr_read(mcause);
  if (cause == CAUSE_ECALL_S) {
    if (frame->a[7] == SBI_DONE) {
      return 1;
    }
    csr_write(mepc, csr_read(mepc) + 4);
    frame->a[0] = mix(frame->a[0], frame->a[1]);
    return 0;
  }
  if (cause == CAUSE_SOFTWARE_M) {
    *(volatile u32 *)CLINT_MSIP = 0;
    interrupts_m++;
    csr_set(mip, SSIP); /* hands it on to S-mode, as firmware does */
    return 0;
  }
  unexpected("M", cause, csr_read(mepc), csr_read(mtval));
}

static void resolve_fault(u64 cause, u64 va) {
  faults++;
  u32 space = csr_read(satp) == satp_of(0) ? 0 : 1;
  if (va >> 12 == DEMAND >> 12) {
    *leaf_of(space, va) = pte_of(frames[faults & 7], DATA);
  } else if (va >> 12 == GUARDED >> 12 && cause == CAUSE_STORE_PAGE_FAULT) {
    *leaf_of(space, va) |= PTE_W | PTE_D;
  } else {
    unexpected("S", cause, csr_read(sepc), va);
  }
  flush_page(va);
}

/* From s_vector; a result other than 0 leaves U-mode for the caller of enter_user. */
u64 s_handler(struct frame *frame) {
  u64 cause = csr_read(scause);
  switch (cause) {
    case CAUSE_ECALL_U:
      csr_write(sepc, csr_read(sepc) + 4);
      if (frame->a[7] == SYSCALL_EXIT) {
        csr_set(sstatus, SSTATUS_SPP);
        return 1;
      }
      frame->a[0] = frame->a[0] * 31 + 7;
      return 0;
    case CAUSE_LOAD_PAGE_FAULT:
    case CAUSE_STORE_PAGE_FAULT:
      resolve_fault(cause, csr_read(stval));
      return 0;
    case CAUSE_SOFTWARE_S:
      csr_clear(sip, SSIP);
      interrupts_s++;
      return 0;
    default:
      unexpected("S", cause, csr_read(sepc), csr_read(stval));
  }
}

static u64 remap(u64 round, u64 checksum) {
  for (u32 i = 0; i < 4; i++) {
    *leaf_of(0, WINDOW) = pte_of(frames[(round + i * 5) % FRAMES], DATA);
    flush_page(WINDOW);
    volatile u64 *word = (volatile u64 *)(WINDOW + (round & 255) * 8);
    checksum += *word;
    *word = checksum ^ i;
  }
  return checksum;
}

static u64 fault(u64 round, u64 checksum) {
  checksum = mix(checksum, *(volatile u64 *)(DEMAND + (round & 511) * 8));
  *leaf_of(0, DEMAND) = 0;
  flush_page(DEMAND);
  *(volatile u64 *)(GUARDED + 8) = checksum;
  *leaf_of(0, GUARDED) &= ~(PTE_W | PTE_D);
  flush_page(GUARDED);
  return checksum + *(volatile u64 *)(GUARDED + 8) + faults;
}

static u64 touch_user(u64 round, u64 checksum) {
  for (u32 i = 0; i < 4; i++) {
    volatile u64 *word = (volatile u64 *)(USER_DATA + ((round + i) & 63) * 8);
    csr_set(sstatus, SSTATUS_SUM);
    checksum += *word;
    *word = checksum >> 3;
    csr_clear(sstatus, SSTATUS_SUM);
  }
  return checksum;
}

static u64 switch_spaces(u64 round, u64 checksum) {
  volatile u64 *word = (volatile u64 *)(PRIVATE + (round & 127) * 8);
  for (u32 i = 0; i < 2; i++) {
    csr_write(satp, satp_of(1));
    checksum += *word;
    *word = checksum;
    csr_write(satp, satp_of(0));
    checksum ^= *word;
    *word = checksum * 3;
  }
  return checksum;
}

static u64 move_csrs(u64 checksum) {
  for (u32 i = 0; i < 4; i++) {
    csr_write(sepc, checksum & 0x7FFFFFFE);
    csr_write(stval, checksum >> 8 & 0xFFFF);
    checksum += csr_read(sepc) + csr_swap(stval, i) + csr_read(scause);
    csr_write(scause, i);
    checksum += csr_read(sstatus) & SSTATUS_SUM;
    checksum += csr_read(satp) >> 60;
  }
  return checksum;
}

static u64 interrupt(u64 round, u64 checksum) {
  u64 before = interrupts_s;
  csr_set(sip, SSIP);
  csr_set(sstatus, SSTATUS_SIE);
  while (interrupts_s == before) {
  }
  if (round % 2 == 0) {
    *(volatile u32 *)CLINT_MSIP = 1;
    while (interrupts_s == before + 1) {
    }
  }
  csr_clear(sstatus, SSTATUS_SIE);
  return checksum + interrupts_s + interrupts_m;
}

/* In S-mode. */
static u64 kernel(u64 rounds) {
  u64 checksum = 0;
  csr_write(stvec, s_vector);
  csr_write(sscratch, 0);
  csr_write(sie, SSIP);
  for (u64 round = 0; round < rounds; round++) {
    checksum = remap(round, checksum);
    checksum = fault(round, checksum);
    checksum = mix(checksum, enter_user(USER_CODE, USER_DATA + 2048, 6));
    for (u64 i = 0; i < 4; i++) {
      checksum = sbi_fold(checksum, i);
    }
    checksum = touch_user(round, checksum);
    checksum = switch_spaces(round, checksum);
    checksum = move_csrs(checksum);
    checksum = interrupt(round, checksum);
  }
  return checksum;
}

static void build_spaces(void) {
  for (u32 s = 0; s < 2; s++) {
    struct space *space = &spaces[s];
    space->root[0] = pte_of(0, KERNEL);                    /* devices, one gigapage */
    space->root[2] = pte_of((void *)0x80000000UL, KERNEL); /* RAM, one gigapage */
    space->root[1] = pte_of(space->middle, PTE_V);
    space->middle[0] = pte_of(space->leaf, PTE_V);
    *leaf_of(s, USER_CODE) = pte_of(user_page, PTE_V | PTE_R | PTE_X | PTE_U | PTE_A);
    *leaf_of(s, USER_DATA) = pte_of(user_data, DATA | PTE_U);
    *leaf_of(s, GUARDED) = pte_of(frames[9], PTE_V | PTE_R | PTE_A);
    *leaf_of(s, PRIVATE) = pte_of(frames[10 + s], DATA);
  }
  for (u32 i = 0; i < FRAMES; i++) {
    for (u32 j = 0; j < 512; j++) {
      frames[i][j] = mix(i, j);
    }
  }
}

u64 guest_run(u64 scale, u8 *heap) {
  (void)heap;
  build_spaces();
  csr_write(pmpaddr0, -1UL);
  csr_write(pmpcfg0, 0x1F); /* NAPOT over everything, RWX: without it S-mode may touch nothing */
  u64 faults_delegated = 1UL << CAUSE_LOAD_PAGE_FAULT | 1UL << CAUSE_STORE_PAGE_FAULT;
  csr_write(medeleg, 1UL << CAUSE_ECALL_U | faults_delegated);
  csr_write(mideleg, SSIP);
  csr_write(mie, MSIE);
  csr_write(satp, satp_of(0));
  __asm__ volatile("sfence.vma" ::: "memory");
  u64 checksum = run_in_s(kernel, units(scale) * share(scale, ROUNDS_PER_UNIT));
  csr_write(mie, 0);
  return mix(checksum, interrupts_m << 32 ^ faults);
}
