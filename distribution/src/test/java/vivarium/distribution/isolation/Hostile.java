package vivarium.distribution.isolation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * Bare-metal programs of ill will, as raw images for the beginning of RAM. RV64 encodings by the
 * manual's formats.
 */
final class Hostile {
  static final long RAM = 0x8000_0000L;
  private static final int CODE_CHUNKS = 400;
  private static final int CHUNK_BYTES = 64;
  private static final int CODE = 0x1000;
  private static final int LITERALS = 0x8000;
  private static final int TABLES = 0x10_000;
  private static final int TABLE_PAGES = 16;
  private static final int GP = 3;
  private static final int T3 = 28;
  private static final int T4 = 29;
  private static final int T5 = 30;
  private static final int T6 = 31;
  private static final int MSTATUS = 0x300;
  private static final int MTVEC = 0x305;
  private static final int MEPC = 0x341;
  private static final int PMPCFG0 = 0x3a0;
  private static final int PMPADDR0 = 0x3b0;
  private static final int SATP = 0x180;

  private Hostile() {}

  /** Does nothing for ever, without waiting. */
  static byte[] spinning() {
    return image(jump(0));
  }

  /** Writes to its serial port, its interrupt controllers and its timer without end. */
  static byte[] flooding() {
    return image(
        lui(10, 0x1000_0000), // a0 = UART
        lui(11, 0x0c00_0000), // a1 = PLIC
        lui(12, 0x0200_0000), // a2 = CLINT
        store(0, 10, 10, 0),
        load(2, 13, 11, 0),
        store(2, 11, 10, 4),
        store(2, 12, 10, 0),
        load(0, 13, 10, 5),
        jump(-20));
  }

  /** Writes every page of RAM, on and on, far beyond its end. */
  static byte[] exhausting() {
    return image(
        auipc(10, 0), // a0 = here
        immediate(0x13, 0, 11, 10, 40), // a1 = a0 + 40: the trap handler is the store
        csr(1, 0, MTVEC, 11),
        lui(12, 0x1000),
        nop(),
        nop(),
        nop(),
        nop(),
        nop(),
        nop(),
        register(0x33, 0, 0, 10, 10, 12), // a0 += 4096
        store(3, 10, 10, 0),
        jump(-8));
  }

  /** Takes a trap at the first instruction of its trap handler, for ever. */
  static byte[] trapping() {
    return image(csr(1, 0, MTVEC, 0), 0);
  }

  /**
   * Sets up tables full of entries that mean harm, and does at random whatever a guest can do: in
   * all modes, with all page tables, at addresses of its own, of its devices, of neighbours and of
   * nobody.
   */
  static byte[] random(long seed, long ramBytes) {
    Random random = new Random(seed);
    ByteBuffer image =
        ByteBuffer.allocate(TABLES + TABLE_PAGES * 4096).order(ByteOrder.LITTLE_ENDIAN);
    put(image, 0, prologue());
    for (int chunk = 0; chunk < CODE_CHUNKS; chunk++) {
      int[] code = new int[CHUNK_BYTES / 4];
      for (int i = 0; i < code.length; i++) {
        code[i] = instruction(random);
      }
      put(image, CODE + chunk * CHUNK_BYTES, code);
    }
    for (int at = LITERALS; at < LITERALS + 4096; at += 8) {
      image.putLong(at, random.nextBoolean() ? address(random, ramBytes) : satp(random));
    }
    for (int at = TABLES; at < image.capacity(); at += 8) {
      image.putLong(at, entry(random, ramBytes));
    }
    for (int page = 0; page < TABLE_PAGES; page += 2) {
      // so that code goes on where it is when this is the root: a gigapage onto itself
      image.putLong(TABLES + page * 4096 + 2 * 8, RAM >> 2 | (random.nextBoolean() ? 0xcf : 0xdf));
    }
    return image.array();
  }

  private static int[] prologue() {
    int handler = 15 * 4;
    return new int[] {
      auipc(GP, 0),
      immediate(0x13, 0, T6, GP, handler),
      csr(1, 0, MTVEC, T6),
      immediate(0x13, 0, T5, 0, -1),
      csr(1, 0, PMPADDR0, T5),
      immediate(0x13, 0, T5, 0, 0x1f),
      csr(1, 0, PMPCFG0, T5),
      lui(T3, 0xe2000),
      immediate(0x13, 0, T3, T3, -0x800), // MPP, MPRV, SUM, MXR
      lui(T4, LITERALS),
      lui(T6, CODE),
      register(0x33, 0, 0, T6, T6, GP),
      register(0x33, 0, 0, GP, GP, T4),
      immediate(0x13, 0, T5, 0, 0x5a5),
      jump(4 * 4 + 4),
      // the handler: on to the next chunk, in another mode
      immediate(0x13, 0, T6, T6, CHUNK_BYTES),
      immediate(0x13, 0, T5, T5, 0x7d),
      register(0x33, 1, 0, T5, T5, T5), // mul
      nop(),
      // both: mstatus from T5, pc from T6; after the last chunk from the first
      register(0x33, 0, 7, T4, T5, T3),
      csr(1, 0, MSTATUS, T4),
      lui(T4, (CODE + CODE_CHUNKS * CHUNK_BYTES) & -4096),
      immediate(0x13, 0, T4, T4, 0),
      register(0x33, 0, 0, T4, T4, 0),
      auipc(5, 0),
      immediate(0x13, 0, 5, 5, -24 * 4),
      register(0x33, 0, 0, T4, T4, 5),
      branchBelow(T6, T4, 12),
      lui(T6, CODE),
      register(0x33, 0, 0, T6, T6, 5),
      csr(1, 0, MEPC, T6),
      0x3020_0073 // mret
    };
  }

  private static int instruction(Random random) {
    int rd = 10 + random.nextInt(6);
    int rs1 = 10 + random.nextInt(6);
    int rs2 = 10 + random.nextInt(6);
    int near = random.nextInt(-64, 64) * (random.nextBoolean() ? 8 : 1);
    return switch (random.nextInt(16)) {
      case 0, 1, 2, 3 -> load(3, rd, GP, random.nextInt(0x7f8) & -8);
      case 4, 5, 6 -> load(random.nextInt(7), rd, rs1, near);
      case 7, 8, 9 -> store(random.nextInt(4), rs1, rs2, near);
      case 10 -> random.nextInt(32) << 27 | rs2 << 20 | rs1 << 15 | 3 << 12 | rd << 7 | 0x2f;
      case 11 -> csr(1, 0, SATP, rs1);
      case 12 -> random.nextBoolean() ? 0x1200_0073 : 0x0000_100f; // sfence.vma, fence.i
      case 13 -> random.nextBoolean() ? 0x3020_0073 : 0x1020_0073; // mret, sret
      case 14 -> rs1 << 15 | rd << 7 | 0x67; // jalr
      default -> random.nextInt() & ~(0x1f << 7) | rd << 7 | 3;
    };
  }

  private static long address(Random random, long ramBytes) {
    long jitter = random.nextLong(-64, 64);
    return switch (random.nextInt(8)) {
      case 0 -> RAM + random.nextLong(ramBytes);
      case 1 -> RAM + ramBytes + jitter;
      case 2 -> RAM - random.nextLong(1 << 22);
      case 3 -> RAM + ramBytes + random.nextLong(1 << 22);
      case 4 -> 0x1000_0000L + random.nextLong(0x9000);
      case 5 -> TABLES + RAM + random.nextLong(TABLE_PAGES * 4096);
      case 6 -> random.nextLong(1L << 39);
      default -> random.nextLong();
    };
  }

  private static long satp(Random random) {
    return 8L << 60
        | (long) random.nextInt(4) << 44
        | (RAM + TABLES >> 12) + random.nextInt(TABLE_PAGES);
  }

  private static long entry(Random random, long ramBytes) {
    long page =
        switch (random.nextInt(6)) {
          case 0 -> (RAM >> 12) + random.nextLong(ramBytes >> 12);
          case 1 -> (RAM + ramBytes >> 12) + random.nextLong(512);
          case 2 -> (RAM >> 12) - 1 - random.nextLong(512);
          case 3 -> random.nextLong(1L << 44);
          default -> (RAM + TABLES >> 12) + random.nextInt(TABLE_PAGES);
        };
    long reserved = random.nextInt(20) == 0 ? random.nextLong() << 54 : 0;
    long bits = random.nextBoolean() ? 1 : random.nextInt(256);
    return reserved | page << 10 | bits;
  }

  private static void put(ByteBuffer image, int at, int... code) {
    for (int i = 0; i < code.length; i++) {
      image.putInt(at + 4 * i, code[i]);
    }
  }

  private static byte[] image(int... code) {
    ByteBuffer image = ByteBuffer.allocate(4 * code.length).order(ByteOrder.LITTLE_ENDIAN);
    put(image, 0, code);
    return image.array();
  }

  private static int nop() {
    return 0x13;
  }

  private static int lui(int rd, int value) {
    return (value & -4096) | rd << 7 | 0x37;
  }

  private static int auipc(int rd, int value) {
    return (value & -4096) | rd << 7 | 0x17;
  }

  private static int immediate(int opcode, int funct3, int rd, int rs1, int value) {
    return value << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
  }

  private static int register(int opcode, int funct7, int funct3, int rd, int rs1, int rs2) {
    return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
  }

  private static int load(int width, int rd, int rs1, int offset) {
    return immediate(0x03, width, rd, rs1, offset);
  }

  private static int store(int width, int rs1, int rs2, int offset) {
    return (offset >> 5 & 0x7f) << 25
        | rs2 << 20
        | rs1 << 15
        | width << 12
        | (offset & 0x1f) << 7
        | 0x23;
  }

  private static int csr(int funct3, int rd, int number, int rs1) {
    return number << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | 0x73;
  }

  private static int branchBelow(int rs1, int rs2, int offset) {
    return (offset >> 5 & 0x3f) << 25
        | rs2 << 20
        | rs1 << 15
        | 6 << 12
        | (offset >> 1 & 0xf) << 8
        | 0x63;
  }

  private static int jump(int offset) {
    return (offset >> 20 & 1) << 31
        | (offset >> 1 & 0x3ff) << 21
        | (offset >> 11 & 1) << 20
        | (offset >> 12 & 0xff) << 12
        | 0x6f;
  }
}
