/*
 * What every guest shares: the board's addresses, the console, power-off, the checksum.
 *
 * A guest is one C file that defines guest_run(); common/main.c prints its result. Nothing here
 * depends on the privilege mode, so the same guest runs in M-mode (start.S) and in S-mode under
 * Sv39 (sv39-start.S, sv39.c).
 */
#ifndef GUEST_H
#define GUEST_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef int i32;
typedef long i64;

/* QEMU `virt`: hw/riscv/virt.c calls these VIRT_UART0, VIRT_TEST, VIRT_CLINT. */
#define UART_BASE 0x10000000UL
#define SYSCON_BASE 0x00100000UL
#define CLINT_BASE 0x02000000UL
#define CLINT_MSIP (CLINT_BASE + 0x0000)
#define CLINT_MTIMECMP (CLINT_BASE + 0x4000)
#define CLINT_MTIME (CLINT_BASE + 0xBFF8)

#define UART_THR 0
#define UART_LSR 5
#define LSR_THRE 0x20

#define FINISHER_FAIL 0x3333
#define FINISHER_PASS 0x5555

#define csr_read(csr)                                     \
  ({                                                      \
    u64 value_;                                           \
    __asm__ volatile("csrr %0, " #csr : "=r"(value_));    \
    value_;                                               \
  })
#define csr_write(csr, value) \
  __asm__ volatile("csrw " #csr ", %0" ::"rK"((u64)(value)) : "memory")
#define csr_set(csr, value) \
  __asm__ volatile("csrs " #csr ", %0" ::"rK"((u64)(value)) : "memory")
#define csr_clear(csr, value) \
  __asm__ volatile("csrc " #csr ", %0" ::"rK"((u64)(value)) : "memory")
#define csr_swap(csr, value)                                                              \
  ({                                                                                      \
    u64 value_;                                                                           \
    __asm__ volatile("csrrw %0, " #csr ", %1" : "=r"(value_) : "rK"((u64)(value)) : "memory"); \
    value_;                                                                               \
  })

static inline void put_char(char c) {
  volatile u8 *uart = (volatile u8 *)UART_BASE;
  while ((uart[UART_LSR] & LSR_THRE) == 0) {
  }
  uart[UART_THR] = (u8)c;
}

static inline void put_string(const char *s) {
  while (*s != 0) {
    put_char(*s++);
  }
}

static inline void put_hex(u64 value) {
  for (int shift = 60; shift >= 0; shift -= 4) {
    put_char("0123456789abcdef"[value >> shift & 15]);
  }
}

static inline void put_decimal(u64 value) {
  char digits[20];
  int n = 0;
  do {
    digits[n++] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (n > 0) {
    put_char(digits[--n]);
  }
}

/* Ends the run; with a status other than 0 QEMU exits with that status. */
static inline __attribute__((noreturn)) void power_off(u32 status) {
  volatile u32 *syscon = (volatile u32 *)SYSCON_BASE;
  *syscon = status == 0 ? FINISHER_PASS : status << 16 | FINISHER_FAIL;
  for (;;) {
  }
}

/* Folds a value into a checksum; the order of the values matters. */
static inline u64 mix(u64 checksum, u64 value) {
  checksum = (checksum ^ value) * 0x9E3779B97F4A7C15UL;
  return checksum ^ checksum >> 29;
}

/* Marsaglia's xorshift64: the guests' only source of "random" data, seeded by each guest. */
static inline u64 next_random(u64 *state) {
  u64 x = *state;
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  return *state = x;
}

/* How many units of work a scale asks for; scale 0 is one small unit, for tests (see share). */
static inline u64 units(u64 scale) {
  return scale == 0 ? 1 : scale;
}

/* How many of a unit's `rounds` to do: all, or at scale 0 a hundredth, but at least one. */
static inline u64 share(u64 scale, u64 rounds) {
  return scale != 0 ? rounds : rounds < 100 ? 1 : rounds / 100;
}

/*
 * The guest: does units(scale) units of work and returns its checksum. `heap` is page-aligned memory
 * of the size given to the linker as HEAP_BYTES; its content is undefined.
 */
u64 guest_run(u64 scale, u8 *heap);

/* In common/main.c: runs the guest, prints its line, powers off. */
__attribute__((noreturn)) void guest_main(u64 scale);

#endif
