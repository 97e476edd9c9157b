package vivarium.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.InstructionTable;

/**
 * A program of many random streams of unprivileged RISC-V instructions, for holding engines to each
 * other and to other emulators. Each stream loads all registers and fcsr from its own memory, runs
 * (forward branches, jumps and short loops included; it always ends), and stores all registers and
 * fcsr. Loads, stores and atomics stay within the stream's own scratch memory; nothing traps.
 *
 * <p>The program needs floating point switched on. It begins at its first byte and ends at {@link
 * #end()} with a Linux system call that writes {@link #results} to standard output, and one that
 * exits: what runs no Linux programs stops there and reads them from memory. The same seed makes
 * the same program.
 */
public final class RiscvStreams {
  /** Bytes of the data of a stream: registers before, registers after, scratch. */
  private static final int DATA = 2 * RiscvStreams.REGISTERS + 4352;

  /** Bytes of 32 integer registers, 32 floating-point registers, fcsr, and padding. */
  private static final int REGISTERS = 528;

  private static final int F_OFFSET = 256;
  private static final int FCSR_OFFSET = 512;
  private static final int FCSR = 0x003;

  /** What stores can reach from the middle of the scratch memory. */
  private static final int REACH = 2048;

  private static final int RA = 1;
  private static final int SP = 2;
  private static final int GP = 3;
  private static final int TP = 4;
  private static final int S0 = 8;

  private final InstructionTable table;
  private final long base;
  private final int streams;
  private final Random random;
  private final ByteBuffer data;
  private final List<Integer> starts = new ArrayList<>();
  private final Map<String, Integer> uses = new TreeMap<>();
  private RiscvCode code;
  private long dataBase;
  private int end;

  /**
   * Makes a program.
   *
   * @param base address of the first byte, a multiple of 4096
   * @param streams how many
   * @param units length of a stream, in units of one to a dozen instructions
   * @param skip mnemonics that are not to be used, such as those that a peer does not know
   */
  public RiscvStreams(
      InstructionTable table, long base, int streams, int units, long seed, List<String> skip) {
    this.table = table;
    this.base = base;
    this.streams = streams;
    this.random = new Random(seed);
    this.data = ByteBuffer.allocate(streams * DATA).order(ByteOrder.LITTLE_ENDIAN);
    RiscvUnits generator = new RiscvUnits(table, random, skip);
    code = new RiscvCode(table, base);
    // The code's size does not depend on where the data is: the first round finds it out.
    dataBase = base + 0x1000_0000;
    List<RiscvCode> bodies = new ArrayList<>();
    for (int i = 0; i < streams; i++) {
      bodies.add(generator.stream(units));
    }
    assemble(bodies);
    dataBase = base + (code.size() + 4095 & -4096);
    starts.clear();
    assemble(bodies);
    for (int i = 0; i < streams; i++) {
      fill(i);
    }
    countUses();
  }

  private void assemble(List<RiscvCode> bodies) {
    code = new RiscvCode(table, base);
    for (int i = 0; i < streams; i++) {
      starts.add(code.size());
      long at = dataBase + (long) i * DATA;
      prologue(at);
      code.append(bodies.get(i));
      epilogue(at + REGISTERS);
    }
    starts.add(code.size());
    end = code.size();
    code.load(17, 64);
    code.load(10, 1);
    code.loadAddress(11, dataBase);
    code.load(12, data.capacity());
    code.emit("ecall");
    code.load(17, 93);
    code.load(10, 0);
    code.emit("ecall");
  }

  private void prologue(long at) {
    code.loadAddress(TP, at);
    code.emit("ld", RA, TP, FCSR_OFFSET);
    code.emit("csrw", FCSR, RA);
    for (int i = 0; i < 32; i++) {
      code.emit("fld", i, TP, F_OFFSET + 8L * i);
    }
    for (int i = 1; i < 32; i++) {
      if (i != TP) {
        code.emit("ld", i, TP, 8L * i);
      }
    }
    code.emit("addi", TP, GP, 64);
  }

  private void epilogue(long at) {
    code.loadAddress(TP, at);
    for (int i = 1; i < 32; i++) {
      code.emit("sd", TP, i, 8L * i);
    }
    for (int i = 0; i < 32; i++) {
      code.emit("fsd", TP, i, F_OFFSET + 8L * i);
    }
    code.emit("csrr", RA, FCSR);
    code.emit("sd", TP, RA, FCSR_OFFSET);
  }

  private void fill(int stream) {
    int at = stream * DATA;
    for (int i = 0; i < 32; i++) {
      data.putLong(at + 8 * i, RiscvValues.integer(random));
      data.putLong(at + F_OFFSET + 8 * i, RiscvValues.floating(random));
    }
    long middle = dataBase + at + 2 * REGISTERS + REACH;
    for (int register : new int[] {SP, GP, S0}) {
      data.putLong(at + 8 * register, middle);
    }
    // Any flags, a valid rounding mode.
    data.putLong(at + FCSR_OFFSET, random.nextInt(5) << 5 | random.nextInt(32));
    for (int i = 2 * REGISTERS; i < DATA; i += 8) {
      data.putLong(
          at + i,
          random.nextBoolean() ? RiscvValues.integer(random) : RiscvValues.floating(random));
    }
  }

  private void countUses() {
    for (int i = 0; i < streams; i++) {
      listing(i).forEach(decoded -> uses.merge(decoded.mnemonic(), 1, Integer::sum));
    }
  }

  /** Code and data, to be put at the base address. */
  public byte[] image() {
    byte[] image = new byte[Math.toIntExact(dataBase - base) + data.capacity()];
    System.arraycopy(code.bytes(), 0, image, 0, code.size());
    data.get(0, image, Math.toIntExact(dataBase - base), data.capacity());
    return image;
  }

  /** Where the program has ended: the address of its system calls. */
  public long end() {
    return base + end;
  }

  /** Where the results begin. */
  public long results() {
    return dataBase;
  }

  /** Bytes of the results. */
  public int resultBytes() {
    return data.capacity();
  }

  /** How often each mnemonic occurs in the streams, harness not counted. */
  public Map<String, Integer> uses() {
    return Map.copyOf(uses);
  }

  /** The instructions of a stream. */
  public List<Decoded> listing(int stream) {
    RiscvCode body = new RiscvCode(table, base);
    body.append(code, starts.get(stream), starts.get(stream + 1));
    List<Decoded> all = body.listing();
    // The harness: two instructions of an address, and the registers.
    return all.subList(67, all.size() - 67);
  }

  /** The first instruction's address of a stream, after its harness. */
  public long address(int stream) {
    return base + starts.get(stream) + 67 * 4L;
  }

  /**
   * Compares results of two runs.
   *
   * @return what differs, a line each, the first stream that differs only; empty if nothing does
   */
  public List<String> differences(byte[] expected, byte[] actual) {
    ByteBuffer left = ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer right = ByteBuffer.wrap(actual).order(ByteOrder.LITTLE_ENDIAN);
    List<String> found = new ArrayList<>();
    for (int i = 0; i < streams && found.isEmpty(); i++) {
      for (int offset = 0; offset < DATA; offset += 8) {
        long want = left.getLong(i * DATA + offset);
        long have = right.getLong(i * DATA + offset);
        if (want != have) {
          found.add("stream %d: %s is %016x not %016x".formatted(i, name(offset), have, want));
        }
      }
      if (!found.isEmpty()) {
        long pc = address(i);
        for (Decoded decoded : listing(i)) {
          found.add("%x: %s (%s)".formatted(pc, decoded, decoded.mnemonic()));
          pc += decoded.length();
        }
      }
    }
    return found;
  }

  private static String name(int offset) {
    int after = offset - REGISTERS;
    if (after < 0) {
      return "a value before";
    }
    if (after < F_OFFSET) {
      return "x" + after / 8;
    }
    if (after < FCSR_OFFSET) {
      return "f" + (after - F_OFFSET) / 8;
    }
    return after == FCSR_OFFSET ? "fcsr" : "scratch " + (after - REGISTERS - REACH);
  }
}
