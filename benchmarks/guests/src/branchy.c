/* Branches that are hard to predict: quick sort, a sieve, and a stack machine's interpreter. */
#include "guest.h"

#define ROUNDS_PER_UNIT 28
#define SORTED 65536
#define SIEVE 524288
#define INTERPRETED 40000

static u32 values[SORTED];
static u8 composite[SIEVE];

static void quick_sort(u32 *a, i64 low, i64 high) {
  while (high - low > 12) {
    u32 pivot = a[low + (high - low) / 2];
    i64 i = low - 1;
    i64 j = high + 1;
    for (;;) {
      do {
        i++;
      } while (a[i] < pivot);
      do {
        j--;
      } while (a[j] > pivot);
      if (i >= j) {
        break;
      }
      u32 t = a[i];
      a[i] = a[j];
      a[j] = t;
    }
    quick_sort(a, low, j);
    low = j + 1;
  }
  for (i64 i = low + 1; i <= high; i++) {
    u32 t = a[i];
    i64 j = i - 1;
    while (j >= low && a[j] > t) {
      a[j + 1] = a[j];
      j--;
    }
    a[j + 1] = t;
  }
}

static u64 sort_round(u64 seed) {
  for (u32 i = 0; i < SORTED; i++) {
    values[i] = (u32)(next_random(&seed) >> 16);
  }
  quick_sort(values, 0, SORTED - 1);
  u64 checksum = 0;
  for (u32 i = 0; i < SORTED; i++) {
    checksum += (u64)values[i] * (i + 1);
  }
  return checksum;
}

static u64 sieve_round(u32 limit) {
  for (u32 i = 0; i < limit; i++) {
    composite[i] = 0;
  }
  u64 primes = 0;
  for (u32 i = 2; i < limit; i++) {
    if (composite[i] == 0) {
      primes += i;
      for (u64 j = (u64)i * i; j < limit; j += i) {
        composite[j] = 1;
      }
    }
  }
  return primes;
}

/* One instruction of the stack machine: the operand is a constant, a slot or a target. */
enum op { PUSH, LOAD, STORE, ADD, MUL, AND, XOR, SHIFT, LESS, JUMP_IF_ZERO, JUMP, DUP, HALT };

struct instruction {
  enum op op;
  i32 operand;
};

/* Slot 0 is a running hash, slot 1 counts down, slot 2 climbs by the hash's low byte to 1000. */
static const struct instruction program[] = {
    /*  0 */ {LOAD, 1}, {JUMP_IF_ZERO, 38},
    /*  2 */ {LOAD, 1}, {PUSH, -1}, {ADD, 0}, {STORE, 1},
    /*  6 */ {LOAD, 0}, {PUSH, 1}, {AND, 0}, {JUMP_IF_ZERO, 17},
    /* 10 */ {LOAD, 0}, {PUSH, 3}, {MUL, 0}, {PUSH, 12345}, {ADD, 0}, {STORE, 0}, {JUMP, 25},
    /* 17 */ {LOAD, 0}, {DUP, 0}, {PUSH, 7}, {SHIFT, 0}, {XOR, 0}, {LOAD, 1}, {XOR, 0}, {STORE, 0},
    /* 25 */ {LOAD, 2}, {PUSH, 1000}, {LESS, 0}, {JUMP_IF_ZERO, 36},
    /* 29 */ {LOAD, 2}, {LOAD, 0}, {PUSH, 255}, {AND, 0}, {ADD, 0}, {STORE, 2}, {JUMP, 0},
    /* 36 */ {PUSH, 0}, {JUMP, 34},
    /* 38 */ {HALT, 0},
};

static u64 interpret(u64 hash, u64 count) {
  u64 slots[3] = {hash, count, 0};
  u64 stack[8];
  u32 top = 0;
  u32 pc = 0;
  u64 executed = 0;
  for (;;) {
    struct instruction i = program[pc++];
    executed++;
    switch (i.op) {
      case PUSH:
        stack[top++] = (u64)(i64)i.operand;
        break;
      case LOAD:
        stack[top++] = slots[i.operand];
        break;
      case STORE:
        slots[i.operand] = stack[--top];
        break;
      case ADD:
        top--;
        stack[top - 1] += stack[top];
        break;
      case MUL:
        top--;
        stack[top - 1] *= stack[top];
        break;
      case AND:
        top--;
        stack[top - 1] &= stack[top];
        break;
      case XOR:
        top--;
        stack[top - 1] ^= stack[top];
        break;
      case SHIFT:
        top--;
        stack[top - 1] >>= stack[top] & 63;
        break;
      case LESS:
        top--;
        stack[top - 1] = stack[top - 1] < stack[top];
        break;
      case JUMP_IF_ZERO:
        if (stack[--top] == 0) {
          pc = (u32)i.operand;
        }
        break;
      case JUMP:
        pc = (u32)i.operand;
        break;
      case DUP:
        stack[top] = stack[top - 1];
        top++;
        break;
      case HALT:
        return mix(slots[0], slots[2] + executed);
    }
  }
}

u64 guest_run(u64 scale, u8 *heap) {
  (void)heap;
  u64 checksum = 0;
  for (u64 round = 0; round < units(scale) * share(scale, ROUNDS_PER_UNIT); round++) {
    checksum = mix(checksum, sort_round(round * 2654435761UL + 88172645463325252UL));
    checksum = mix(checksum, sieve_round((u32)(SIEVE - round % 16 * 1024)));
    checksum = mix(checksum, interpret(checksum, INTERPRETED));
  }
  return checksum;
}
