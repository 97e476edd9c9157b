/* Floating point: n-body and Mandelbrot in double, a matrix product in float, and the flags. */
#include "guest.h"

#define ROUNDS_PER_UNIT 24
#define BODY_STEPS 2400
#define PIXELS 64
#define ITERATIONS 100
#define ORDER 64

struct body {
  double x, y, z, vx, vy, vz, mass;
};

#define BODIES 5
static struct body bodies[BODIES];
static float a[ORDER][ORDER], b[ORDER][ORDER], c[ORDER][ORDER];

static u64 bits(double value) {
  union {
    double d;
    u64 bits;
  } u = {value};
  return u.bits;
}

static double unit(u64 *seed) {
  return (double)(next_random(seed) >> 11) * 0x1p-53;
}

/* A heavy body in the middle and light ones around it: no data from any real system. */
static void fill(void) {
  u64 seed = 0xB0D1E5;
  for (u32 i = 0; i < BODIES; i++) {
    double distance = 1.0 + 3.0 * i;
    bodies[i] = (struct body){
        .x = i == 0 ? 0 : distance, .y = unit(&seed), .z = unit(&seed) * 0.1,
        .vx = unit(&seed) * 0.01, .vy = i == 0 ? 0 : 6.0 / distance, .vz = unit(&seed) * 0.01,
        .mass = i == 0 ? 39.0 : 0.01 * unit(&seed)};
  }
  for (u32 i = 0; i < ORDER; i++) {
    for (u32 j = 0; j < ORDER; j++) {
      a[i][j] = (float)unit(&seed) - 0.5f;
      b[i][j] = (float)unit(&seed) - 0.5f;
    }
  }
}

static void advance(double dt) {
  for (u32 i = 0; i < BODIES; i++) {
    struct body *p = &bodies[i];
    for (u32 j = i + 1; j < BODIES; j++) {
      struct body *q = &bodies[j];
      double dx = p->x - q->x;
      double dy = p->y - q->y;
      double dz = p->z - q->z;
      double d2 = dx * dx + dy * dy + dz * dz + 1e-4;
      double magnitude = dt / (d2 * __builtin_sqrt(d2));
      p->vx -= dx * q->mass * magnitude;
      p->vy -= dy * q->mass * magnitude;
      p->vz -= dz * q->mass * magnitude;
      q->vx += dx * p->mass * magnitude;
      q->vy += dy * p->mass * magnitude;
      q->vz += dz * p->mass * magnitude;
    }
  }
  for (u32 i = 0; i < BODIES; i++) {
    struct body *p = &bodies[i];
    p->x += dt * p->vx;
    p->y += dt * p->vy;
    p->z += dt * p->vz;
  }
}

static u64 mandelbrot(double left, double top, double extent) {
  u64 total = 0;
  for (u32 row = 0; row < PIXELS; row++) {
    double ci = top + extent * row / PIXELS;
    for (u32 column = 0; column < PIXELS; column++) {
      double cr = left + extent * column / PIXELS;
      double zr = 0;
      double zi = 0;
      u32 n = 0;
      while (n < ITERATIONS && zr * zr + zi * zi < 4.0) {
        double t = zr * zr - zi * zi + cr;
        zi = 2.0 * zr * zi + ci;
        zr = t;
        n++;
      }
      total = total * 31 + n;
    }
  }
  return total;
}

static void multiply(void) {
  for (u32 i = 0; i < ORDER; i++) {
    for (u32 j = 0; j < ORDER; j++) {
      c[i][j] = 0.0f;
    }
    for (u32 k = 0; k < ORDER; k++) {
      float factor = a[i][k];
      for (u32 j = 0; j < ORDER; j++) {
        c[i][j] += factor * b[k][j];
      }
    }
  }
}

/* Feeds the product back, kept small, and folds its sum. */
static u64 feed_back(void) {
  float sum = 0;
  for (u32 i = 0; i < ORDER; i++) {
    for (u32 j = 0; j < ORDER; j++) {
      sum += c[i][j];
      a[i][j] = a[i][j] * 0.5f + c[j][i] * 0.0625f;
    }
    a[i][i] += 0.25f;
  }
  return bits((double)sum);
}

u64 guest_run(u64 scale, u8 *heap) {
  (void)heap;
  u64 checksum = 0;
  fill();
  for (u64 round = 0; round < units(scale) * share(scale, ROUNDS_PER_UNIT); round++) {
    for (u32 i = 0; i < BODY_STEPS; i++) {
      advance(0.001);
    }
    for (u32 i = 0; i < BODIES; i++) {
      checksum = mix(checksum, bits(bodies[i].x) + bits(bodies[i].vz));
    }
    checksum = mix(checksum, mandelbrot(-2.0 + 0.01 * (double)(round % 16), -1.25, 2.5));
    for (u32 i = 0; i < 4; i++) {
      multiply();
      checksum = mix(checksum, feed_back());
    }
    checksum = mix(checksum, csr_read(fflags));
  }
  return checksum;
}
