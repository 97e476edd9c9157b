/* The board's addresses, the registers and calls that the embedded guest uses, and its console. */
#ifndef GUEST_H
#define GUEST_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

/* QEMU `virt`: hw/riscv/virt.c calls these VIRT_UART0, VIRT_VIRTIO. */
#define UART_BASE 0x10000000UL
#define VIRTIO_BASE 0x10001000UL
#define VIRTIO_SLOT_BYTES 0x1000UL
#define VIRTIO_SLOTS 8
#define TIMEBASE_HZ 10000000UL

#define UART_THR 0
#define UART_LSR 5
#define LSR_THRE 0x20

#define csr_read(csr)                                  \
  ({                                                   \
    u64 value_;                                        \
    __asm__ volatile("csrr %0, " #csr : "=r"(value_)); \
    value_;                                            \
  })
#define csr_write(csr, value) \
  __asm__ volatile("csrw " #csr ", %0" ::"rK"((u64)(value)) : "memory")
#define csr_set(csr, value) \
  __asm__ volatile("csrs " #csr ", %0" ::"rK"((u64)(value)) : "memory")
#define csr_clear(csr, value) \
  __asm__ volatile("csrc " #csr ", %0" ::"rK"((u64)(value)) : "memory")

struct sbi_result {
  long error;
  long value;
};

/* SBI specification, "Binary Encoding". */
static inline struct sbi_result sbi_call(u64 extension, u64 function, u64 arg0, u64 arg1) {
  register u64 a0 __asm__("a0") = arg0;
  register u64 a1 __asm__("a1") = arg1;
  register u64 a6 __asm__("a6") = function;
  register u64 a7 __asm__("a7") = extension;
  __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
  return (struct sbi_result){(long)a0, (long)a1};
}

#define SBI_BASE 0x10
#define SBI_BASE_GET_SPEC_VERSION 0
#define SBI_BASE_GET_IMPL_ID 1
#define SBI_TIME 0x54494D45
#define SBI_TIME_SET_TIMER 0
#define SBI_SRST 0x53525354
#define SBI_SRST_SYSTEM_RESET 0
#define SBI_SRST_SHUTDOWN 0

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
  put_string("0x");
  int shift = 60;
  while (shift > 0 && value >> shift == 0) {
    shift -= 4;
  }
  for (; shift >= 0; shift -= 4) {
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

/* In guest.c: how many loads found nothing at their address; each went on with a meaningless value. */
extern volatile u64 absent;

/* In disk.c: shows the first sector of the first virtio disk, if there is one. */
void show_disk(void);

#endif
