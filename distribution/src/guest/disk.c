/*
 * The first sector of the first virtio disk, by polling. Virtio 1.2, "Virtio Over MMIO" and "Block
 * Device"; physical and virtual addresses are the same here.
 */
#include "guest.h"

#define MAGIC_VALUE 0x000
#define VERSION 0x004
#define DEVICE_ID 0x008
#define DRIVER_FEATURES 0x020
#define DRIVER_FEATURES_SEL 0x024
#define QUEUE_SEL 0x030
#define QUEUE_NUM 0x038
#define QUEUE_READY 0x044
#define QUEUE_NOTIFY 0x050
#define STATUS 0x070
#define QUEUE_DESC_LOW 0x080
#define QUEUE_DRIVER_LOW 0x090
#define QUEUE_DEVICE_LOW 0x0A0
#define CONFIG 0x100

#define VIRTIO_MAGIC 0x74726976 /* "virt" */
#define VIRTIO_ID_BLOCK 2
#define ACKNOWLEDGE 1
#define DRIVER 2
#define DRIVER_OK 4
#define FEATURES_OK 8
#define VIRTIO_F_VERSION_1_HIGH 1 /* feature bit 32 */

#define VIRTQ_DESC_F_NEXT 1
#define VIRTQ_DESC_F_WRITE 2
#define VIRTIO_BLK_T_IN 0
#define ENTRIES 4
#define SECTOR 512
#define PATIENCE (TIMEBASE_HZ * 2)

struct descriptor {
  u64 address;
  u32 length;
  u16 flags;
  u16 next;
};

static struct {
  struct descriptor table[ENTRIES] __attribute__((aligned(16)));
  struct {
    u16 flags, index, ring[ENTRIES];
  } available __attribute__((aligned(8)));
  volatile struct {
    u16 flags, index;
    struct {
      u32 id, length;
    } ring[ENTRIES];
  } used __attribute__((aligned(8)));
} queue __attribute__((aligned(4096)));

static struct {
  u32 type, reserved;
  u64 sector;
} request;

static u8 sector[SECTOR + 1];
static volatile u8 status;

static u32 get(u64 base, u32 offset) {
  return *(volatile u32 *)(base + offset);
}

static void put(u64 base, u32 offset, u32 value) {
  *(volatile u32 *)(base + offset) = value;
}

static void put_address(u64 base, u32 offset, const volatile void *address) {
  put(base, offset, (u32)(u64)address);
  put(base, offset + 4, (u32)((u64)address >> 32));
}

/* "Device Initialization", without the steps that a polling reader of one queue does not need. */
static int initialize(u64 base) {
  put(base, STATUS, 0);
  put(base, STATUS, ACKNOWLEDGE | DRIVER);
  put(base, DRIVER_FEATURES_SEL, 1);
  put(base, DRIVER_FEATURES, VIRTIO_F_VERSION_1_HIGH);
  put(base, DRIVER_FEATURES_SEL, 0);
  put(base, DRIVER_FEATURES, 0);
  put(base, STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
  if ((get(base, STATUS) & FEATURES_OK) == 0) {
    return 0;
  }
  put(base, QUEUE_SEL, 0);
  put(base, QUEUE_NUM, ENTRIES);
  put_address(base, QUEUE_DESC_LOW, queue.table);
  put_address(base, QUEUE_DRIVER_LOW, &queue.available);
  put_address(base, QUEUE_DEVICE_LOW, &queue.used);
  put(base, QUEUE_READY, 1);
  put(base, STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
  return 1;
}

static int read_first_sector(u64 base) {
  request.type = VIRTIO_BLK_T_IN;
  request.sector = 0;
  status = 0xFF;
  queue.table[0] = (struct descriptor){(u64)&request, sizeof request, VIRTQ_DESC_F_NEXT, 1};
  queue.table[1] =
      (struct descriptor){(u64)sector, SECTOR, VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE, 2};
  queue.table[2] = (struct descriptor){(u64)&status, 1, VIRTQ_DESC_F_WRITE, 0};
  queue.available.ring[0] = 0;
  __asm__ volatile("fence" ::: "memory");
  queue.available.index = 1;
  __asm__ volatile("fence" ::: "memory");
  put(base, QUEUE_NOTIFY, 0);
  u64 start = csr_read(time);
  while (queue.used.index == 0) {
    if (csr_read(time) - start > PATIENCE) {
      return 0;
    }
  }
  __asm__ volatile("fence" ::: "memory");
  return status == 0;
}

void show_disk(void) {
  put_string("disk      ");
  for (int slot = 0; slot < VIRTIO_SLOTS; slot++) {
    u64 base = VIRTIO_BASE + (u64)slot * VIRTIO_SLOT_BYTES;
    absent = 0;
    u32 magic = get(base, MAGIC_VALUE);
    if (absent != 0 || magic != VIRTIO_MAGIC || get(base, DEVICE_ID) != VIRTIO_ID_BLOCK) {
      continue;
    }
    u32 version = get(base, VERSION);
    if (version != 2) {
      put_string("its virtio version ");
      put_decimal(version);
      put_string(" is not spoken here\n");
      return;
    }
    put_decimal(get(base, CONFIG) | (u64)get(base, CONFIG + 4) << 32);
    put_string(" sectors; the first ");
    if (!initialize(base) || !read_first_sector(base)) {
      put_string("cannot be read\n");
      return;
    }
    put_string("begins with \"");
    for (int i = 0; sector[i] >= ' ' && sector[i] < 0x7F; i++) {
      put_char((char)sector[i]);
    }
    put_string("\"\n");
    return;
  }
  put_string("none\n");
}
