/* Runs the guest, prints the one line that the runner compares, and powers off. */
#include "guest.h"

extern u8 __heap[];

/* The compiler calls these two even in a freestanding program. */
void *memcpy(void *to, const void *from, u64 bytes) {
  u8 *t = to;
  const u8 *f = from;
  while (bytes-- > 0) {
    *t++ = *f++;
  }
  return to;
}

void *memset(void *to, int value, u64 bytes) {
  u8 *t = to;
  while (bytes-- > 0) {
    *t++ = (u8)value;
  }
  return to;
}

void guest_main(u64 scale) {
  u64 checksum = guest_run(scale, __heap);
  put_string(GUEST_NAME " scale=");
  put_decimal(scale);
  put_string(" checksum=");
  put_hex(checksum);
  put_string("\n");
  power_off(0);
}
