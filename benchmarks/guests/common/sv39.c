/*
 * M-mode stub of the Sv39 variants: puts the program, linked at a virtual address, into 4 KiB
 * frames that are scattered over RAM by a seeded permutation, and maps nothing larger than 4 KiB.
 * So neighbouring pages are never neighbouring frames, and no superpage helps the translator.
 */
#include "guest.h"

#define PAGE 4096UL
#define POOL_BASE 0x81000000UL
#define POOL_END 0x90000000UL
#define POOL_FRAMES ((POOL_END - POOL_BASE) / PAGE)

#define PTE_V 0x01UL
#define PTE_R 0x02UL
#define PTE_W 0x04UL
#define PTE_X 0x08UL
#define PTE_A 0x40UL
#define PTE_D 0x80UL
#define SATP_MODE_SV39 (8UL << 60)

/* By the linker script, as absolute words: pc-relative addresses do not reach the program. */
extern const u64 program_va, program_va_end, program_heap_end, program_load, program_load_end;

static u32 pool[POOL_FRAMES];
static u32 used;

static void shuffle_pool(void) {
  u64 seed = 0x5EED5EED5EEDUL;
  for (u32 i = 0; i < POOL_FRAMES; i++) {
    u32 j = (u32)(next_random(&seed) % (i + 1));
    pool[i] = pool[j];
    pool[j] = i;
  }
}

static u64 *new_frame(void) {
  return (u64 *)(POOL_BASE + pool[used++] * PAGE);
}

static u64 *new_zeroed_frame(void) {
  u64 *frame = new_frame();
  for (u64 i = 0; i < PAGE / 8; i++) {
    frame[i] = 0;
  }
  return frame;
}

static void map(u64 *root, u64 va, u64 gpa, u64 permissions) {
  u64 *table = root;
  for (int level = 2; level > 0; level--) {
    u64 *pte = &table[va >> (12 + 9 * level) & 511];
    if ((*pte & PTE_V) == 0) {
      *pte = (u64)new_zeroed_frame() >> 12 << 10 | PTE_V;
    }
    table = (u64 *)(*pte >> 10 << 12);
  }
  table[va >> 12 & 511] = gpa >> 12 << 10 | permissions | PTE_A | PTE_D | PTE_V;
}

/* Called once by sv39-start.S, in M-mode; returns the value for satp. */
u64 build_address_space(void) {
  csr_write(pmpaddr0, -1UL);
  csr_write(pmpcfg0, 0x1F); /* NAPOT over everything, RWX: without it S-mode may touch nothing */
  csr_write(mcounteren, 7);
  shuffle_pool();
  u64 *root = new_zeroed_frame();
  map(root, UART_BASE, UART_BASE, PTE_R | PTE_W);
  map(root, SYSCON_BASE, SYSCON_BASE, PTE_R | PTE_W);
  for (u64 va = program_va; va < program_va_end; va += PAGE) {
    u64 *frame = new_zeroed_frame();
    const u64 *from = (const u64 *)(program_load + (va - program_va));
    for (u64 i = 0; i < PAGE / 8 && (u64)&from[i] < program_load_end; i++) {
      frame[i] = from[i];
    }
    map(root, va, (u64)frame, PTE_R | PTE_W | PTE_X);
  }
  for (u64 va = program_va_end; va < program_heap_end; va += PAGE) {
    map(root, va, (u64)new_frame(), PTE_R | PTE_W);
  }
  return SATP_MODE_SV39 | (u64)root >> 12;
}

__attribute__((noreturn)) void boot_trap(void) {
  put_string("sv39 stub: unexpected trap: mcause=");
  put_hex(csr_read(mcause));
  put_string(" mepc=");
  put_hex(csr_read(mepc));
  put_string(" mtval=");
  put_hex(csr_read(mtval));
  put_string("\n");
  power_off(1);
}
