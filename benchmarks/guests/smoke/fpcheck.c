/*
 * Every floating-point instruction of F and D on random and edge-value operands, in every rounding
 * mode, static and dynamic: a line for each with a checksum of all results and flags. Two machines
 * that print the same lines agree to the bit; fpcheck.sh compares with QEMU.
 *
 * Scale 1 is 1,000 operations of each kind in each rounding mode, half of them with the mode in the
 * instruction and half with it in frm; 10,000 is the ten million that were promised.
 */
#include "guest.h"

#define BATCH 500
#define DYNAMIC 0
#define MODES 5

struct operands {
  u64 a, b, c;
};

static struct operands batch[BATCH];

typedef u64 operation(const struct operands *operands, u32 count, u64 checksum);

/* One instruction on each of the operands; its flags are its own. */
#define RUN(text)                                                                    \
  for (u32 i = 0; i < count; i++) {                                                  \
    u64 result, flags;                                                               \
    __asm__ volatile(                                                                \
        "csrw fflags, zero\n\tfld ft0, 0(%2)\n\tfld ft1, 8(%2)\n\tfld ft2, 16(%2)\n" \
        "\tld t0, 0(%2)\n\t" text "\n\tcsrr %1, fflags"                              \
        : "=&r"(result), "=&r"(flags)                                                \
        : "r"(&operands[i])                                                          \
        : "ft0", "ft1", "ft2", "ft3", "t0", "memory");                               \
    checksum = mix(checksum, result ^ flags << 59);                                  \
  }                                                                                  \
  return checksum

#define FUNCTION(name, text)                                                          \
  static u64 name(const struct operands *operands, u32 count, u64 checksum) { RUN(text); }

/* An instruction that rounds: by frm, then by each static mode. */
#define ROUNDED(id, text, end)              \
  FUNCTION(id##_dyn, text end)              \
  FUNCTION(id##_rne, text ", rne" end)      \
  FUNCTION(id##_rtz, text ", rtz" end)      \
  FUNCTION(id##_rdn, text ", rdn" end)      \
  FUNCTION(id##_rup, text ", rup" end)      \
  FUNCTION(id##_rmm, text ", rmm" end)

#define TO_X ""
#define TO_F "\n\tfmv.x.d %0, ft3"

#define ARITHMETIC(id, text)                            \
  ROUNDED(id##_s, text ".s ft3, ft0, ft1", TO_F)        \
  ROUNDED(id##_d, text ".d ft3, ft0, ft1", TO_F)
#define FUSED(id, text)                                 \
  ROUNDED(id##_s, text ".s ft3, ft0, ft1, ft2", TO_F)   \
  ROUNDED(id##_d, text ".d ft3, ft0, ft1, ft2", TO_F)
#define EXACT(id, text)                                 \
  FUNCTION(id##_s, text ".s ft3, ft0, ft1" TO_F)        \
  FUNCTION(id##_d, text ".d ft3, ft0, ft1" TO_F)
#define COMPARE(id, text)                               \
  FUNCTION(id##_s, text ".s %0, ft0, ft1")              \
  FUNCTION(id##_d, text ".d %0, ft0, ft1")

ARITHMETIC(fadd, "fadd")
ARITHMETIC(fsub, "fsub")
ARITHMETIC(fmul, "fmul")
ARITHMETIC(fdiv, "fdiv")
ROUNDED(fsqrt_s, "fsqrt.s ft3, ft0", TO_F)
ROUNDED(fsqrt_d, "fsqrt.d ft3, ft0", TO_F)
FUSED(fmadd, "fmadd")
FUSED(fmsub, "fmsub")
FUSED(fnmadd, "fnmadd")
FUSED(fnmsub, "fnmsub")
ROUNDED(fcvt_w_s, "fcvt.w.s %0, ft0", TO_X)
ROUNDED(fcvt_wu_s, "fcvt.wu.s %0, ft0", TO_X)
ROUNDED(fcvt_l_s, "fcvt.l.s %0, ft0", TO_X)
ROUNDED(fcvt_lu_s, "fcvt.lu.s %0, ft0", TO_X)
ROUNDED(fcvt_w_d, "fcvt.w.d %0, ft0", TO_X)
ROUNDED(fcvt_wu_d, "fcvt.wu.d %0, ft0", TO_X)
ROUNDED(fcvt_l_d, "fcvt.l.d %0, ft0", TO_X)
ROUNDED(fcvt_lu_d, "fcvt.lu.d %0, ft0", TO_X)
ROUNDED(fcvt_s_w, "fcvt.s.w ft3, t0", TO_F)
ROUNDED(fcvt_s_wu, "fcvt.s.wu ft3, t0", TO_F)
ROUNDED(fcvt_s_l, "fcvt.s.l ft3, t0", TO_F)
ROUNDED(fcvt_s_lu, "fcvt.s.lu ft3, t0", TO_F)
ROUNDED(fcvt_d_l, "fcvt.d.l ft3, t0", TO_F)
ROUNDED(fcvt_d_lu, "fcvt.d.lu ft3, t0", TO_F)
ROUNDED(fcvt_s_d, "fcvt.s.d ft3, ft0", TO_F)
EXACT(fmin, "fmin")
EXACT(fmax, "fmax")
EXACT(fsgnj, "fsgnj")
EXACT(fsgnjn, "fsgnjn")
EXACT(fsgnjx, "fsgnjx")
COMPARE(feq, "feq")
COMPARE(flt, "flt")
COMPARE(fle, "fle")
FUNCTION(fclass_s, "fclass.s %0, ft0")
FUNCTION(fclass_d, "fclass.d %0, ft0")
FUNCTION(fcvt_d_s, "fcvt.d.s ft3, ft0" TO_F)
FUNCTION(fcvt_d_w, "fcvt.d.w ft3, t0" TO_F)
FUNCTION(fcvt_d_wu, "fcvt.d.wu ft3, t0" TO_F)
FUNCTION(fmv_x_w, "fmv.x.w %0, ft0")
FUNCTION(fmv_w_x, "fmv.w.x ft3, t0" TO_F)
FUNCTION(fmv_d_x, "fmv.d.x ft3, t0" TO_F)

enum kind { SINGLE, DOUBLE, INTEGER };

static const struct {
  const char *name;
  enum kind operands;
  operation *run[1 + MODES]; /* the dynamic one, then rne, rtz, rdn, rup, rmm */
} table[] = {
#define ROW(name, kind, id) \
  {name, kind, {id##_dyn, id##_rne, id##_rtz, id##_rdn, id##_rup, id##_rmm}}
#define ROWS(name, id) ROW(name ".s", SINGLE, id##_s), ROW(name ".d", DOUBLE, id##_d)
#define PLAIN(name, kind, id) {name, kind, {id, 0, 0, 0, 0, 0}}
#define PLAINS(name, id) PLAIN(name ".s", SINGLE, id##_s), PLAIN(name ".d", DOUBLE, id##_d)
    ROWS("fadd", fadd), ROWS("fsub", fsub), ROWS("fmul", fmul), ROWS("fdiv", fdiv),
    ROWS("fsqrt", fsqrt), ROWS("fmadd", fmadd), ROWS("fmsub", fmsub), ROWS("fnmadd", fnmadd),
    ROWS("fnmsub", fnmsub),
    ROW("fcvt.w.s", SINGLE, fcvt_w_s), ROW("fcvt.wu.s", SINGLE, fcvt_wu_s),
    ROW("fcvt.l.s", SINGLE, fcvt_l_s), ROW("fcvt.lu.s", SINGLE, fcvt_lu_s),
    ROW("fcvt.w.d", DOUBLE, fcvt_w_d), ROW("fcvt.wu.d", DOUBLE, fcvt_wu_d),
    ROW("fcvt.l.d", DOUBLE, fcvt_l_d), ROW("fcvt.lu.d", DOUBLE, fcvt_lu_d),
    ROW("fcvt.s.w", INTEGER, fcvt_s_w), ROW("fcvt.s.wu", INTEGER, fcvt_s_wu),
    ROW("fcvt.s.l", INTEGER, fcvt_s_l), ROW("fcvt.s.lu", INTEGER, fcvt_s_lu),
    ROW("fcvt.d.l", INTEGER, fcvt_d_l), ROW("fcvt.d.lu", INTEGER, fcvt_d_lu),
    ROW("fcvt.s.d", DOUBLE, fcvt_s_d),
    PLAINS("fmin", fmin), PLAINS("fmax", fmax), PLAINS("fsgnj", fsgnj), PLAINS("fsgnjn", fsgnjn),
    PLAINS("fsgnjx", fsgnjx), PLAINS("feq", feq), PLAINS("flt", flt), PLAINS("fle", fle),
    PLAINS("fclass", fclass),
    PLAIN("fcvt.d.s", SINGLE, fcvt_d_s), PLAIN("fcvt.d.w", INTEGER, fcvt_d_w),
    PLAIN("fcvt.d.wu", INTEGER, fcvt_d_wu), PLAIN("fmv.x.w", SINGLE, fmv_x_w),
    PLAIN("fmv.w.x", INTEGER, fmv_w_x), PLAIN("fmv.d.x", INTEGER, fmv_d_x),
};

static const char *const mode_names[MODES] = {"rne", "rtz", "rdn", "rup", "rmm"};

/* Significands that are nearly nothing, nearly everything, or halfway between two narrower ones. */
static u64 edge_significand(u64 random, u32 bits) {
  u64 mask = (1UL << bits) - 1;
  u32 shift = (u32)(random >> 8) % bits;
  switch (random & 7) {
    case 0: return 0;
    case 1: return mask;
    case 2: return 1;
    case 3: return mask - 1;
    case 4: return 1UL << shift;
    case 5: return mask & ~(1UL << shift);
    case 6: return mask << shift & mask;
    default: return (1UL << shift) - 1;
  }
}

/* A number in a format of so many exponent and fraction bits. */
static u64 number(u64 *seed, u32 exponent_bits, u32 fraction_bits) {
  u64 kind = next_random(seed);
  u64 random = next_random(seed);
  u64 most = (1UL << exponent_bits) - 1;
  u64 bias = most >> 1;
  u64 fraction = random & ((1UL << fraction_bits) - 1);
  u64 exponent;
  if ((kind & 0x300) == 0) {
    fraction = edge_significand(random >> 3, fraction_bits);
  }
  switch (kind & 15) {
    case 0: exponent = 0; break;                                   /* zero or subnormal */
    case 1: exponent = most; break;                                /* infinity or NaN */
    case 2: exponent = 1 + (kind >> 16) % 3; break;                /* the smallest */
    case 3: exponent = most - 1 - (kind >> 16) % 3; break;         /* the largest */
    case 4: exponent = bias + (kind >> 16) % 70; break;            /* about integers' size */
    case 5: case 6: case 7: case 8: case 9: case 10:
      exponent = bias - 4 + (kind >> 16) % 9; break;               /* near one another */
    case 11: exponent = (bias + (kind >> 16) % 64 + most - 32) % most; break;
    default: exponent = (kind >> 16) & most; break;                /* anything */
  }
  return (kind >> 63) << (exponent_bits + fraction_bits) | exponent << fraction_bits | fraction;
}

static u64 operand(u64 *seed, enum kind kind) {
  switch (kind) {
    case SINGLE: {
      u64 boxed = next_random(seed);
      u64 upper = (boxed & 63) == 0 ? boxed & 0xFFFFFFFF00000000UL : 0xFFFFFFFF00000000UL;
      return upper | number(seed, 8, 23);
    }
    case DOUBLE: return number(seed, 11, 52);
    default: {
      u64 random = next_random(seed);
      u64 shift = next_random(seed) & 63;
      u64 narrow = (u64)((i64)random >> shift);
      return (random & 3) == 0 ? (1UL << shift) + (random >> 2 & 7) - 3 : narrow;
    }
  }
}

/* Half of the operands of a pair are each other's neighbours, so that differences cancel. */
static void fill(u64 *seed, enum kind kind) {
  for (u32 i = 0; i < BATCH; i++) {
    struct operands *one = &batch[i];
    one->a = operand(seed, kind);
    one->b = operand(seed, kind);
    one->c = operand(seed, kind);
    u64 random = next_random(seed);
    if ((random & 7) == 0) {
      one->b = one->a + (random >> 8 & 7) - 3;
    }
    if ((random & 7) == 1) {
      one->c = one->b ^ 1UL << (kind == SINGLE ? 31 : 63);
    }
  }
}

static u64 check(u32 row, u32 mode, u64 batches, int rounds) {
  u64 checksum = row;
  u64 seed = 0x5EED0F0F ^ (u64)row << 40;
  for (u64 i = 0; i < batches; i++) {
    fill(&seed, table[row].operands);
    csr_write(frm, rounds ? mode : (u32)(i % MODES));
    checksum = table[row].run[DYNAMIC](batch, BATCH, checksum);
    if (rounds) {
      csr_write(frm, (mode + 1 + i % (MODES - 1)) % MODES);
      checksum = table[row].run[1 + mode](batch, BATCH, checksum);
    } else {
      checksum = table[row].run[DYNAMIC](batch, BATCH, checksum);
    }
  }
  return checksum;
}

u64 guest_run(u64 scale, u8 *heap) {
  (void)heap;
  u64 total = 0;
  for (u32 row = 0; row < sizeof table / sizeof table[0]; row++) {
    int rounds = table[row].run[1] != 0;
    for (u32 mode = 0; mode < (rounds ? MODES : 1); mode++) {
      u64 checksum = check(row, mode, units(scale), rounds);
      total = mix(total, checksum);
      put_string(table[row].name);
      put_char(' ');
      put_string(rounds ? mode_names[mode] : "any");
      put_char(' ');
      put_hex(checksum);
      put_char('\n');
    }
  }
  return total;
}
