/*
 * Integer work in the spirit of embedded benchmarks: a linked list that is searched, reversed and
 * merge-sorted, a small integer matrix, a CRC, and a state machine over text.
 */
#include "guest.h"

#define ROUNDS_PER_UNIT 7500
#define NODES 256
#define SIDE 24
#define TEXT 2048

struct node {
  struct node *next;
  u16 key;
  u16 tag;
};

static struct node nodes[NODES];
static short matrix_a[SIDE][SIDE], matrix_b[SIDE][SIDE];
static i32 matrix_c[SIDE][SIDE];
static u8 text[TEXT];

static struct node *reverse(struct node *list) {
  struct node *reversed = 0;
  while (list != 0) {
    struct node *next = list->next;
    list->next = reversed;
    reversed = list;
    list = next;
  }
  return reversed;
}

static struct node *find(struct node *list, u16 key) {
  while (list != 0 && list->key != key) {
    list = list->next;
  }
  return list;
}

static __attribute__((noinline)) int by_key(const struct node *a, const struct node *b) {
  return (int)a->key - (int)b->key;
}

static __attribute__((noinline)) int by_tag(const struct node *a, const struct node *b) {
  return (int)(a->tag & 0xFF) - (int)(b->tag & 0xFF);
}

typedef int (*comparison)(const struct node *, const struct node *);

/* Bottom-up merge sort on the links, stable; compares through a pointer as a library would. */
static struct node *sort(struct node *list, comparison compare) {
  for (u32 width = 1;; width *= 2) {
    struct node *p = list;
    struct node *tail = 0;
    u32 merges = 0;
    list = 0;
    while (p != 0) {
      struct node *q = p;
      u32 left = 0;
      u32 right = width;
      merges++;
      while (left < width && q != 0) {
        left++;
        q = q->next;
      }
      while (left > 0 || (right > 0 && q != 0)) {
        struct node *taken;
        if (left > 0 && (right == 0 || q == 0 || compare(p, q) <= 0)) {
          taken = p;
          p = p->next;
          left--;
        } else {
          taken = q;
          q = q->next;
          right--;
        }
        if (tail == 0) {
          list = taken;
        } else {
          tail->next = taken;
        }
        tail = taken;
      }
      p = q;
    }
    tail->next = 0;
    if (merges <= 1) {
      return list;
    }
  }
}

static u16 crc16(u16 crc, u16 value) {
  for (int bit = 0; bit < 16; bit++) {
    u16 carry = (crc ^ value) & 1;
    crc >>= 1;
    value >>= 1;
    if (carry != 0) {
      crc ^= 0xA001;
    }
  }
  return crc;
}

static u16 list_round(struct node **list, u32 round, u16 crc) {
  u32 found = 0;
  for (u32 i = 0; i < 24; i++) {
    struct node *hit = find(*list, (u16)((round * 7 + i * 13) % (NODES + 32)));
    found += hit != 0 ? hit->tag & 1U : 2U;
  }
  *list = sort(*list, by_tag);
  crc = crc16(crc, (*list)->key);
  *list = reverse(*list);
  crc = crc16(crc, (*list)->key);
  *list = sort(*list, by_key);
  (*list)->tag += (u16)found;
  return crc16(crc, (u16)found);
}

static u16 matrix_round(u32 round, u16 crc) {
  for (u32 i = 0; i < SIDE; i++) {
    for (u32 j = 0; j < SIDE; j++) {
      i32 sum = 0;
      for (u32 k = 0; k < SIDE; k++) {
        sum += (i32)matrix_a[i][k] * (i32)matrix_b[k][j];
      }
      matrix_c[i][j] = sum;
    }
  }
  i32 trace = 0;
  for (u32 i = 0; i < SIDE; i++) {
    for (u32 j = 0; j < SIDE; j++) {
      i32 field = matrix_c[i][j] >> 2 & 0x7F;
      trace += field > 64 ? 10 : field;
      matrix_a[i][j] = (short)(matrix_a[i][j] + (short)(round & 3) - 1);
    }
    crc = crc16(crc, (u16)trace);
  }
  return crc;
}

enum state { START, SIGN, INTEGER, POINT, FRACTION, EXPONENT, POWER, WORD, INVALID, STATES };

static enum state step(enum state state, u8 c) {
  int digit = c >= '0' && c <= '9';
  switch (state) {
    case START:
      if (c == '+' || c == '-') {
        return SIGN;
      }
      return digit ? INTEGER : c == '.' ? POINT : c >= 'a' ? WORD : INVALID;
    case SIGN:
      return digit ? INTEGER : c == '.' ? POINT : INVALID;
    case INTEGER:
      return digit ? INTEGER : c == '.' ? POINT : c == 'e' ? EXPONENT : INVALID;
    case POINT:
      return digit ? FRACTION : INVALID;
    case FRACTION:
      return digit ? FRACTION : c == 'e' ? EXPONENT : INVALID;
    case EXPONENT:
      return digit || c == '-' ? POWER : INVALID;
    case POWER:
      return digit ? POWER : INVALID;
    case WORD:
      return c >= 'a' ? WORD : INVALID;
    default:
      return INVALID;
  }
}

static u16 text_round(u32 round, u16 crc) {
  u32 counts[STATES] = {0};
  enum state state = START;
  for (u32 i = 0; i < TEXT; i++) {
    if (text[i] == ',') {
      counts[state]++;
      state = START;
    } else {
      state = step(state, text[i]);
    }
  }
  text[round * 37 % TEXT] ^= 1;
  for (u32 i = 0; i < STATES; i++) {
    crc = crc16(crc, (u16)counts[i]);
  }
  return crc;
}

static struct node *fill(void) {
  u64 seed = 0x1234567;
  for (u32 i = 0; i < NODES; i++) {
    nodes[i].key = (u16)(i * 97 % NODES);
    nodes[i].tag = (u16)next_random(&seed);
    nodes[i].next = i + 1 < NODES ? &nodes[i + 1] : 0;
  }
  for (u32 i = 0; i < SIDE; i++) {
    for (u32 j = 0; j < SIDE; j++) {
      matrix_a[i][j] = (short)(next_random(&seed) & 0xFF);
      matrix_b[i][j] = (short)(next_random(&seed) & 0xFF);
    }
  }
  static const char alphabet[] = "0123456789,e.+-abcxyz,0123,45678";
  for (u32 i = 0; i < TEXT; i++) {
    text[i] = (u8)alphabet[next_random(&seed) >> 20 & 31];
  }
  return &nodes[0];
}

u64 guest_run(u64 scale, u8 *heap) {
  (void)heap;
  struct node *list = fill();
  u64 checksum = 0;
  for (u64 unit = 0; unit < units(scale); unit++) {
    u16 crc = 0xFFFF;
    for (u32 round = 0; round < share(scale, ROUNDS_PER_UNIT); round++) {
      crc = list_round(&list, round, crc);
      crc = matrix_round(round, crc);
      crc = text_round(round, crc);
    }
    checksum = mix(checksum, crc);
  }
  for (struct node *n = list; n != 0; n = n->next) {
    checksum = mix(checksum, (u64)n->key << 16 | n->tag);
  }
  return checksum;
}
