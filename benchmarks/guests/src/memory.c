/*
 * Memory: a pointer chase over 64 MiB in an order that no prefetcher follows, copies of several
 * sizes and alignments, and a triad over arrays larger than a cache.
 */
#include "guest.h"

#define LINE 64UL
#define CHASE_BYTES (64UL << 20)
#define CHASE_NODES (u32)(CHASE_BYTES / LINE)
#define CHASES_PER_UNIT 800000
#define ROUNDS_PER_UNIT 4
#define TRIAD (1UL << 20)

struct line {
  struct line *next;
  u64 payload[7];
};

/* A bijection on 20 bits: neighbours in the chase are far apart in memory. */
static u32 scatter(u32 i) {
  u32 mask = CHASE_NODES - 1;
  i = i * 0x9E375U & mask;
  i ^= i >> 9;
  i = i * 0x5BD1FU & mask;
  return i ^ i >> 11;
}

static void link_lines(struct line *lines) {
  u32 first = scatter(0);
  u32 at = first;
  for (u32 i = 1; i <= CHASE_NODES; i++) {
    u32 to = i == CHASE_NODES ? first : scatter(i);
    lines[at].next = &lines[to];
    lines[at].payload[0] = to;
    at = to;
  }
}

/* Returns where the chase stopped, so that the next one goes on from there. */
static struct line *chase(struct line *at, u32 steps, u64 *checksum) {
  u64 sum = 0;
  while (steps-- > 0) {
    sum += at->payload[0];
    at = at->next;
  }
  *checksum = mix(*checksum, sum);
  return at;
}

static void copy_longs(u64 *to, const u64 *from, u64 count) {
  for (u64 i = 0; i + 4 <= count; i += 4) {
    u64 a = from[i], b = from[i + 1], c = from[i + 2], d = from[i + 3];
    to[i] = a;
    to[i + 1] = b;
    to[i + 2] = c;
    to[i + 3] = d;
  }
}

static void copy_bytes(u8 *to, const u8 *from, u64 count) {
  for (u64 i = 0; i < count; i++) {
    to[i] = from[i];
    __asm__ volatile("" ::: "memory");
  }
}

static u64 triad(i64 *a, const i64 *b, const i64 *c, i64 factor) {
  for (u64 i = 0; i < TRIAD; i++) {
    a[i] = b[i] + factor * c[i];
  }
  return (u64)a[(u64)factor * 7919 % TRIAD];
}

u64 guest_run(u64 scale, u8 *heap) {
  struct line *lines = (struct line *)heap;
  i64 *a = (i64 *)(heap + CHASE_BYTES);
  i64 *b = a + TRIAD;
  i64 *c = b + TRIAD;
  u64 checksum = 0;
  link_lines(lines);
  for (u64 i = 0; i < TRIAD; i++) {
    b[i] = (i64)(i * 3);
    c[i] = (i64)(i ^ 0x5555);
  }
  struct line *at = &lines[scatter(0)];
  for (u64 round = 0; round < units(scale) * share(scale, ROUNDS_PER_UNIT); round++) {
    at = chase(at, CHASES_PER_UNIT / ROUNDS_PER_UNIT, &checksum);
    checksum = mix(checksum, triad(a, b, c, (i64)round + 3));
    copy_longs((u64 *)b, (u64 *)a, TRIAD);
    copy_bytes((u8 *)c + round % 8, (u8 *)a + 3, 1UL << 18);
    checksum = mix(checksum, (u64)(b[round * 101 % TRIAD] ^ c[round * 103 % (1UL << 15)]));
  }
  return mix(checksum, at->payload[0]);
}
