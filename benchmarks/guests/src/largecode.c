/*
 * Much code, each piece run a few times: a module of thousands of generated functions
 * (gen-largecode.py). Each unit of work loads fresh copies of the module into memory and calls
 * every function of each a few times, so that at every scale nearly all code is young.
 */
#include "guest.h"

#define MODULES_PER_UNIT 4
#define CALLS 6
#define SLOT_BYTES (2UL << 20)
#define SLOTS 64

extern u8 __module_start[], __module_end[];
extern u64 (*const functions[])(u64, u64, u64 *);
extern const u32 function_count;

typedef u64 (*function)(u64 a, u64 b, u64 *memory);

static u64 memory[64];

static void load(u8 *slot) {
  const u64 *from = (const u64 *)__module_start;
  u64 *to = (u64 *)slot;
  for (u64 i = 0; i < (u64)(__module_end - __module_start) / 8; i++) {
    to[i] = from[i];
  }
  __asm__ volatile("fence.i" ::: "memory");
}

/* The functions in an order that jumps about in the module. */
static u64 run(u8 *slot, u64 checksum) {
  for (u32 call = 0; call < CALLS; call++) {
    u32 at = call;
    for (u32 i = 0; i < function_count; i++) {
      at = (at + 1237) % function_count;
      function f = (function)(slot + ((u8 *)functions[at] - __module_start));
      checksum = (checksum << 7 | checksum >> 57) ^ f(checksum, i, memory);
    }
  }
  return checksum;
}

u64 guest_run(u64 scale, u8 *heap) {
  u64 checksum = 0;
  for (u64 copy = 0; copy < units(scale) * share(scale, MODULES_PER_UNIT); copy++) {
    u8 *slot = heap + copy % SLOTS * SLOT_BYTES;
    load(slot);
    checksum = mix(run(slot, checksum), memory[copy & 63]);
  }
  return checksum;
}
