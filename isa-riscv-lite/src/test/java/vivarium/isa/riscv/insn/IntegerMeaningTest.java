package vivarium.isa.riscv.insn;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Parameter;
import java.math.BigInteger;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.InstructionTable;

/**
 * What every integer instruction without memory means, against expectations in unbounded integers
 * and bit by bit, for all pairs of edge values and some random ones.
 */
class IntegerMeaningTest {
  /** Expectation for the values of the first and the second operand. */
  private interface Meaning {
    Object of(long a, long b);
  }

  private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(64);
  private static final BigInteger TWO_32 = BigInteger.ONE.shiftLeft(32);
  private static final BigInteger ONES = TWO_64.subtract(BigInteger.ONE);
  private static final long PC = 0x8000_0000_1234_5678L;
  private static final long[] VALUES =
      LongStream.concat(
              LongStream.of(
                  0,
                  1,
                  2,
                  3,
                  31,
                  32,
                  33,
                  63,
                  64,
                  65,
                  127,
                  128,
                  255,
                  256,
                  0x7fff,
                  0x8000,
                  0xffff,
                  -1,
                  -2,
                  -3,
                  -128,
                  -129,
                  Integer.MAX_VALUE,
                  Integer.MIN_VALUE,
                  0x8000_0000L,
                  0xffff_ffffL,
                  0x1_0000_0000L,
                  Long.MAX_VALUE,
                  Long.MIN_VALUE,
                  Long.MIN_VALUE + 1,
                  0x0123_4567_89ab_cdefL,
                  0xff00_ff00_00ff_0001L,
                  0xffff_ffff_0000_0000L,
                  0xffff_ffff_7fff_ffffL),
              new Random(7).longs(20))
          .toArray();
  private static final long[] IMMEDIATES = {0, 1, -1, 2047, -2048, 31, 255, -256, 1365};
  private static final long[] UPPER = {0, 1, -1, 0x7_ffff, -0x8_0000, 0x1_2345};
  private static final long[] OFFSETS = {0, 2, -2, 4, 1_048_574, -1_048_576};

  private final InstructionTable table = RiscvTable.table();
  private final Map<String, Meaning> meanings = new TreeMap<>();

  @Test
  void everyIntegerInstructionMeansWhatTheManualSays() {
    arithmetic();
    comparisons();
    multiplication();
    words();
    jumps();
    addressGeneration();
    bitManipulation();
    singleBits();
    meanings.forEach(this::check);
    TreeSet<String> untested = new TreeSet<>();
    for (Instruction instruction : table.instructions()) {
      if (Stream.of(instruction.method().getParameterTypes()).allMatch(Class::isPrimitive)
          && !instruction.name().startsWith("f")) {
        untested.add(instruction.name());
      }
    }
    untested.removeAll(meanings.keySet());
    assertThat(untested).isEmpty();
  }

  private void check(String name, Meaning meaning) {
    Instruction instruction = table.instruction(name).orElseThrow();
    Parameter[] parameters = instruction.method().getParameters();
    boolean unary = parameters.length == 1;
    String second = unary ? "none" : parameters[1].getName();
    long[] seconds =
        switch (second) {
          case "rs2" -> VALUES;
          case "imm" -> instruction.encoding().fieldIndex("rs1") < 0 ? OFFSETS : IMMEDIATES;
          case "imm20" -> UPPER;
          case "shamt" -> IntStream.range(0, shifts(instruction)).asLongStream().toArray();
          default -> new long[1];
        };
    long[] firsts =
        switch (parameters[0].getName()) {
          case "rs1" -> VALUES;
          case "pc" -> new long[] {PC, 0, 0x7fff_f000L};
          default -> UPPER;
        };
    for (long a : firsts) {
      for (long b : seconds) {
        assertThat(invoke(instruction, unary ? new long[] {a} : new long[] {a, b}))
            .as("%s of %x, %x", name, a, b)
            .isEqualTo(meaning.of(a, b));
      }
    }
  }

  private static int shifts(Instruction instruction) {
    return instruction.encoding().toString().contains("shamt[4:0]") ? 32 : 64;
  }

  private static Object invoke(Instruction instruction, long[] operands) {
    Class<?>[] types = instruction.method().getParameterTypes();
    Object[] arguments = new Object[operands.length];
    for (int i = 0; i < arguments.length; i++) {
      if (types[i] == int.class) {
        arguments[i] = (int) operands[i];
      } else {
        arguments[i] = operands[i];
      }
    }
    try {
      return instruction.method().invoke(null, arguments);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(instruction.name(), e);
    }
  }

  private static BigInteger signed(long value) {
    return BigInteger.valueOf(value);
  }

  private static BigInteger unsigned(long value) {
    return BigInteger.valueOf(value).mod(TWO_64);
  }

  private static BigInteger unsignedWord(long value) {
    return BigInteger.valueOf(value).mod(TWO_32);
  }

  private static BigInteger signedWord(long value) {
    BigInteger word = unsignedWord(value);
    return word.testBit(31) ? word.subtract(TWO_32) : word;
  }

  private static long word(BigInteger value) {
    return signedWord(value.mod(TWO_64).longValue()).longValue();
  }

  private static BigInteger power(long exponent) {
    return BigInteger.ONE.shiftLeft((int) exponent);
  }

  private void both(String register, String immediate, Meaning meaning) {
    meanings.put(register, meaning);
    meanings.put(immediate, meaning);
  }

  private void arithmetic() {
    both("add", "addi", (a, b) -> signed(a).add(signed(b)).longValue());
    meanings.put("sub", (a, b) -> signed(a).subtract(signed(b)).longValue());
    both("and", "andi", (a, b) -> signed(a).and(signed(b)).longValue());
    both("or", "ori", (a, b) -> signed(a).or(signed(b)).longValue());
    both("xor", "xori", (a, b) -> signed(a).xor(signed(b)).longValue());
    both("sll", "slli", (a, b) -> signed(a).multiply(power(b & 63)).longValue());
    both("srl", "srli", (a, b) -> unsigned(a).divide(power(b & 63)).longValue());
    both("sra", "srai", (a, b) -> signed(a).shiftRight((int) b & 63).longValue());
    meanings.put("lui", (a, b) -> signed(a).multiply(signed(4096)).longValue());
    meanings.put("auipc", (a, b) -> signed(b).multiply(signed(4096)).add(signed(a)).longValue());
    meanings.put("czero.eqz", (a, b) -> b == 0 ? 0L : a);
    meanings.put("czero.nez", (a, b) -> b != 0 ? 0L : a);
  }

  private static boolean less(long a, long b) {
    return signed(a).compareTo(signed(b)) < 0;
  }

  private static boolean below(long a, long b) {
    return unsigned(a).compareTo(unsigned(b)) < 0;
  }

  private void comparisons() {
    both("slt", "slti", (a, b) -> less(a, b) ? 1L : 0L);
    both("sltu", "sltiu", (a, b) -> below(a, b) ? 1L : 0L);
    meanings.put("beq", (a, b) -> signed(a).equals(signed(b)));
    meanings.put("bne", (a, b) -> !signed(a).equals(signed(b)));
    meanings.put("blt", (a, b) -> less(a, b));
    meanings.put("bge", (a, b) -> !less(a, b));
    meanings.put("bltu", (a, b) -> below(a, b));
    meanings.put("bgeu", (a, b) -> !below(a, b));
    meanings.put("max", (a, b) -> signed(a).max(signed(b)).longValue());
    meanings.put("min", (a, b) -> signed(a).min(signed(b)).longValue());
    meanings.put("maxu", (a, b) -> unsigned(a).max(unsigned(b)).longValue());
    meanings.put("minu", (a, b) -> unsigned(a).min(unsigned(b)).longValue());
  }

  private void multiplication() {
    meanings.put("mul", (a, b) -> signed(a).multiply(signed(b)).longValue());
    meanings.put("mulh", (a, b) -> signed(a).multiply(signed(b)).shiftRight(64).longValue());
    meanings.put("mulhsu", (a, b) -> signed(a).multiply(unsigned(b)).shiftRight(64).longValue());
    meanings.put("mulhu", (a, b) -> unsigned(a).multiply(unsigned(b)).shiftRight(64).longValue());
    meanings.put("div", (a, b) -> b == 0 ? -1L : signed(a).divide(signed(b)).longValue());
    meanings.put("rem", (a, b) -> b == 0 ? a : signed(a).remainder(signed(b)).longValue());
    meanings.put("divu", (a, b) -> b == 0 ? -1L : unsigned(a).divide(unsigned(b)).longValue());
    meanings.put("remu", (a, b) -> b == 0 ? a : unsigned(a).remainder(unsigned(b)).longValue());
    meanings.put("mulw", (a, b) -> word(signed(a).multiply(signed(b))));
    meanings.put("divw", (a, b) -> (int) b == 0 ? -1L : word(signedWord(a).divide(signedWord(b))));
    meanings.put(
        "remw", (a, b) -> word((int) b == 0 ? signed(a) : signedWord(a).remainder(signedWord(b))));
    meanings.put(
        "divuw", (a, b) -> (int) b == 0 ? -1L : word(unsignedWord(a).divide(unsignedWord(b))));
    meanings.put(
        "remuw",
        (a, b) -> word((int) b == 0 ? signed(a) : unsignedWord(a).remainder(unsignedWord(b))));
  }

  private void words() {
    both("addw", "addiw", (a, b) -> word(signed(a).add(signed(b))));
    meanings.put("subw", (a, b) -> word(signed(a).subtract(signed(b))));
    both("sllw", "slliw", (a, b) -> word(signed(a).multiply(power(b & 31))));
    both("srlw", "srliw", (a, b) -> word(unsignedWord(a).divide(power(b & 31))));
    both("sraw", "sraiw", (a, b) -> word(signedWord(a).shiftRight((int) b & 31)));
  }

  private void jumps() {
    meanings.put("jal", (pc, offset) -> signed(pc).add(signed(offset)).longValue());
    meanings.put("jalr", (a, b) -> signed(a).add(signed(b)).clearBit(0).longValue());
  }

  private void addressGeneration() {
    for (int i = 0; i <= 3; i++) {
      BigInteger scale = power(i);
      String name = i == 0 ? "add" : "sh" + i + "add";
      meanings.put(name, (a, b) -> signed(a).multiply(scale).add(signed(b)).longValue());
      meanings.put(
          name + ".uw", (a, b) -> unsignedWord(a).multiply(scale).add(signed(b)).longValue());
    }
    meanings.put("slli.uw", (a, b) -> unsignedWord(a).multiply(power(b)).longValue());
  }

  private static BigInteger rotateLeft(BigInteger value, long by, int width) {
    int distance = (int) Math.floorMod(by, (long) width);
    BigInteger shifted = value.shiftLeft(distance);
    return shifted.mod(power(width)).or(shifted.shiftRight(width));
  }

  private static long leadingZeros(BigInteger value, int width) {
    return width - value.bitLength();
  }

  private static long trailingZeros(BigInteger value, int width) {
    return value.signum() == 0 ? width : value.getLowestSetBit();
  }

  private static long bytes(long value, boolean reverse) {
    long result = 0;
    for (int i = 0; i < 8; i++) {
      long one = value >>> 8 * i & 0xff;
      result |= reverse ? one << 56 - 8 * i : (one == 0 ? 0 : 0xffL) << 8 * i;
    }
    return result;
  }

  private void bitManipulation() {
    meanings.put("andn", (a, b) -> unsigned(a).and(ONES.xor(unsigned(b))).longValue());
    meanings.put("orn", (a, b) -> unsigned(a).or(ONES.xor(unsigned(b))).longValue());
    meanings.put("xnor", (a, b) -> ONES.xor(unsigned(a).xor(unsigned(b))).longValue());
    meanings.put("clz", (a, b) -> leadingZeros(unsigned(a), 64));
    meanings.put("clzw", (a, b) -> leadingZeros(unsignedWord(a), 32));
    meanings.put("ctz", (a, b) -> trailingZeros(unsigned(a), 64));
    meanings.put("ctzw", (a, b) -> trailingZeros(unsignedWord(a), 32));
    meanings.put("cpop", (a, b) -> (long) unsigned(a).bitCount());
    meanings.put("cpopw", (a, b) -> (long) unsignedWord(a).bitCount());
    meanings.put("sext.b", (a, b) -> a << 56 >> 56);
    meanings.put("sext.h", (a, b) -> a << 48 >> 48);
    meanings.put("zext.h", (a, b) -> unsigned(a).mod(power(16)).longValue());
    meanings.put("rol", (a, b) -> rotateLeft(unsigned(a), b & 63, 64).longValue());
    both("ror", "rori", (a, b) -> rotateLeft(unsigned(a), -(b & 63), 64).longValue());
    meanings.put("rolw", (a, b) -> word(rotateLeft(unsignedWord(a), b & 31, 32)));
    both("rorw", "roriw", (a, b) -> word(rotateLeft(unsignedWord(a), -(b & 31), 32)));
    meanings.put("rev8", (a, b) -> bytes(a, true));
    meanings.put("orc.b", (a, b) -> bytes(a, false));
  }

  private void singleBits() {
    both("bclr", "bclri", (a, b) -> signed(a).clearBit((int) b & 63).longValue());
    both("bset", "bseti", (a, b) -> signed(a).setBit((int) b & 63).longValue());
    both("binv", "binvi", (a, b) -> signed(a).flipBit((int) b & 63).longValue());
    both("bext", "bexti", (a, b) -> signed(a).testBit((int) b & 63) ? 1L : 0L);
  }
}
