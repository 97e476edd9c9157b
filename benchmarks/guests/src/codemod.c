/*
 * Code that changes: single instructions patched before each call, a small JIT whose functions run
 * once each, and data that lies on a page of code that is being run.
 */
#include "guest.h"

#define PATCHES_PER_UNIT 60000
#define FUNCTIONS_PER_UNIT 8000
#define STORES_PER_UNIT 400000
#define JIT_OPERATIONS 24
#define JIT_LOOPS 8
#define JIT_BYTES 0x40000

typedef u64 (*function)(u64 a, u64 b);

enum reg { ZERO = 0, RA = 1, T0 = 5, T1 = 6, T2 = 7, A0 = 10, A1 = 11 };

/* Encoders, named and laid out as the manual's instruction formats. */
static u32 r_type(u32 funct7, u32 rs2, u32 rs1, u32 funct3, u32 rd) {
  return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | 0x33;
}

static u32 i_type(i32 immediate, u32 rs1, u32 funct3, u32 rd, u32 opcode) {
  return (u32)immediate << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}

static u32 addi(u32 rd, u32 rs1, i32 immediate) {
  return i_type(immediate, rs1, 0, rd, 0x13);
}

static u32 srli(u32 rd, u32 rs1, i32 shift) {
  return i_type(shift, rs1, 5, rd, 0x13);
}

static u32 bnez(u32 rs1, i32 offset) {
  u32 o = (u32)offset;
  return (o >> 12 & 1) << 31 | (o >> 5 & 63) << 25 | rs1 << 15 | 1 << 12 | (o >> 1 & 15) << 8
      | (o >> 11 & 1) << 7 | 0x63;
}

#define RET 0x00008067U

static void fence_i(void) {
  __asm__ volatile("fence.i" ::: "memory");
}

/* Two patched places in a function of four instructions; the other way of the patch is an xori. */
static u32 patched[8] __attribute__((aligned(64)));

static u64 patch_and_call(u64 count, u64 checksum) {
  patched[1] = r_type(0, A1, A0, 0, A0);
  patched[3] = RET;
  for (u64 i = 0; i < count; i++) {
    patched[0] = addi(A0, A0, (i32)(i & 2047));
    patched[2] = (i & 1) != 0 ? addi(A0, A0, -3) : i_type((i32)(i >> 3 & 1023), A0, 4, A0, 0x13);
    fence_i();
    checksum = ((function)patched)(checksum, i);
  }
  return checksum;
}

/* A loop of JIT_OPERATIONS random operations on a0, a1, t0, t1; returns its end. */
static u32 *emit(u32 *to, u64 *seed) {
  static const u8 registers[] = {A0, A1, T0, T1};
  u32 *loop;
  *to++ = addi(T2, ZERO, JIT_LOOPS);
  *to++ = addi(T0, A1, 17);
  *to++ = srli(T1, A0, 5);
  loop = to;
  for (u32 i = 0; i < JIT_OPERATIONS; i++) {
    u64 random = next_random(seed);
    u32 rd = registers[random & 3];
    u32 rs1 = registers[random >> 2 & 3];
    u32 rs2 = registers[random >> 4 & 3];
    switch (random >> 6 & 7) {
      case 0:
        *to++ = r_type(0, rs2, rs1, 0, rd); /* add */
        break;
      case 1:
        *to++ = r_type(0x20, rs2, rs1, 0, rd); /* sub */
        break;
      case 2:
        *to++ = r_type(0, rs2, rs1, 4, rd); /* xor */
        break;
      case 3:
        *to++ = r_type(1, rs2, rs1, 0, rd); /* mul */
        break;
      case 4:
        *to++ = addi(rd, rs1, (i32)(random >> 32 & 2047));
        break;
      case 5:
        *to++ = srli(rd, rs1, (i32)(random >> 32 & 31));
        break;
      case 6:
        *to++ = r_type(0, rs2, rs1, 3, rd); /* sltu */
        break;
      default:
        *to++ = r_type(0, rs2, rs1, 6, rd); /* or */
        break;
    }
  }
  *to++ = addi(T2, T2, -1);
  *to = bnez(T2, (i32)((u8 *)loop - (u8 *)to));
  to++;
  *to++ = r_type(0, T0, A0, 4, A0);
  *to++ = r_type(0, T1, A0, 0, A0);
  *to++ = RET;
  return to;
}

/* Fills the buffer function after function, and begins again when it is full. */
static u64 compile_and_run(u8 *heap, u64 count, u64 *seed, u64 checksum) {
  u32 *buffer = (u32 *)heap;
  u32 *to = buffer;
  for (u64 i = 0; i < count; i++) {
    if ((u8 *)to + 4 * (JIT_OPERATIONS + 16) > heap + JIT_BYTES) {
      to = buffer;
    }
    u32 *end = emit(to, seed);
    fence_i();
    checksum = mix(checksum, ((function)to)(checksum, i));
    to = end;
  }
  return checksum;
}

/* Counters 1 KiB behind a function on its page: stores to a page of code that change no code. */
static u64 store_beside_code(u8 *heap, u64 count, u64 checksum) {
  u32 *code = (u32 *)(heap + JIT_BYTES);
  volatile u64 *counters = (volatile u64 *)(heap + JIT_BYTES + 1024);
  code[0] = i_type(1024, A1, 3, T0, 0x03); /* ld t0, 1024(a1) */
  code[1] = r_type(0, A0, T0, 0, A0);      /* add a0, t0, a0 */
  code[2] = RET;
  fence_i();
  for (u32 i = 0; i < 64; i++) {
    counters[i] = i;
  }
  for (u64 i = 0; i < count; i++) {
    counters[i & 63] += i;
    checksum = ((function)code)(checksum, (u64)code + (i * 5 & 63) * 8);
  }
  return checksum;
}

u64 guest_run(u64 scale, u8 *heap) {
  u64 checksum = 0;
  u64 seed = 0xC0DEC0DE;
  for (u64 unit = 0; unit < units(scale); unit++) {
    u64 result = patch_and_call(share(scale, PATCHES_PER_UNIT), checksum);
    checksum = mix(checksum, result);
    result = compile_and_run(heap, share(scale, FUNCTIONS_PER_UNIT), &seed, checksum);
    checksum = mix(checksum, result);
    result = store_beside_code(heap, share(scale, STORES_PER_UNIT), checksum);
    checksum = mix(checksum, result);
  }
  return checksum;
}
