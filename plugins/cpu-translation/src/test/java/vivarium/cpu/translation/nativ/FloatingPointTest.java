package vivarium.cpu.translation.nativ;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.core.memory.HostLoan;
import vivarium.cpu.translation.NativeTranslation;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.LockStep;
import vivarium.testkit.TestMachine;

/**
 * Each floating-point instruction on all pairs of edge values, in each dynamic rounding mode:
 * results and flags are those of {@link vivarium.api.fp.Fpu}, by which the stepper computes.
 */
class FloatingPointTest {
  private static final RiscvInstructionSet RISCV = new RiscvInstructionSet();
  private static final int RAM_BYTES = 16 << 20;

  private static final long[] DOUBLES = {
    bits(0.0),
    bits(-0.0),
    bits(1),
    bits(-1.5),
    bits(0.5),
    bits(-0.5),
    bits(1 + 0x1p-52),
    bits(0.1),
    bits(2147483647),
    bits(2147483647.5),
    bits(-2147483648.0),
    bits(-2147483648.9),
    bits(4294967295.0),
    bits(4294967295.5),
    bits(0x1p63),
    bits(-0x1p63),
    bits(0x1p64),
    bits(0x1.fffffffffffffp62),
    bits(Double.MIN_VALUE),
    bits(Double.MIN_NORMAL),
    bits(-0x1.fffffffffffffp-1022),
    bits(0x1p-1000),
    bits(Double.MAX_VALUE),
    bits(-Double.MAX_VALUE),
    bits(Double.POSITIVE_INFINITY),
    bits(Double.NEGATIVE_INFINITY),
    0x7ff8_0000_0000_0000L,
    0xfff8_0000_0000_1234L,
    0x7ff0_0000_0000_0001L,
    bits(0x1.000002p0),
    bits(0x1.fffffep127),
    bits(0x1p-149),
  };

  private static final int[] FLOATS = {
    bits(0f),
    bits(-0f),
    bits(1f),
    bits(-1.5f),
    bits(0.5f),
    bits(0x1.000002p0f),
    bits(0.1f),
    bits(0x1p31f),
    bits(-0x1p31f),
    bits(0x1.fffffep31f),
    bits(0x1p63f),
    bits(-0x1p63f),
    bits(0x1.fffffep62f),
    bits(Float.MIN_VALUE),
    bits(Float.MIN_NORMAL),
    bits(-0x1.fffffcp-127f),
    bits(Float.MAX_VALUE),
    bits(Float.POSITIVE_INFINITY),
    bits(Float.NEGATIVE_INFINITY),
    0x7fc0_0000,
    0xffc0_1234,
    0x7f80_0001,
    bits(0x1p-100f),
    bits(-0x1p100f),
  };

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  private static int bits(float value) {
    return Float.floatToRawIntBits(value);
  }

  private static final List<String> BINARY =
      List.of(
          "fadd", "fsub", "fmul", "fdiv", "fmin", "fmax", "fsgnj", "fsgnjn", "fsgnjx", "feq", "flt",
          "fle");

  private static final List<String> FUSED = List.of("fmadd", "fmsub", "fnmadd", "fnmsub");

  private static final List<String> TO_INTEGER = List.of("w", "wu", "l", "lu");

  /** All instructions of a format on fs0, fs1, fs2 and s2, each with its flags stored. */
  private static String operations(String format) {
    List<String> code = new ArrayList<>();
    for (String name : BINARY) {
      boolean compares = List.of("feq", "flt", "fle").contains(name);
      code.add(name + "." + format + (compares ? " a0" : " fa0") + ", fs0, fs1");
    }
    for (String name : FUSED) {
      code.add(name + "." + format + " fa0, fs0, fs1, fs2");
      code.add(name + "." + format + " fa0, fs2, fs0, fs1");
    }
    code.add("fsqrt." + format + " fa0, fs0");
    code.add("fclass." + format + " a0, fs0");
    for (String integer : TO_INTEGER) {
      code.add("fcvt." + integer + "." + format + " a0, fs0");
      for (String mode : List.of("rne", "rtz", "rdn", "rup", "rmm")) {
        code.add("fcvt." + integer + "." + format + " a0, fs0, " + mode);
      }
      code.add("fcvt." + format + "." + integer + " fa0, s2");
    }
    code.add("fadd." + format + " fa0, fs0, fs1, rtz");
    code.add("fmul." + format + " fa0, fs0, fs1, rmm");
    code.add("fdiv." + format + " fa0, fs0, fs1, rne");
    code.add(format.equals("d") ? "fcvt.s.d fa0, fs0" : "fcvt.d.s fa0, fs0");
    StringBuilder all = new StringBuilder();
    for (String line : code) {
      all.append("li a0, 0\ncsrwi fflags, 0\n").append(line).append('\n');
      all.append("fsd fa0, 0(s5)\nsd a0, 8(s5)\ncsrr a1, fflags\nsd a1, 16(s5)\n");
      all.append("xor a2, a2, a0\nfmv.x.d a0, fa0\nadd a2, a2, a0\nslli a1, a1, 8\n");
      all.append("xor a2, a2, a1\n");
    }
    return all.toString();
  }

  private static String program(String format, int values, int mode) {
    String load = format.equals("d") ? "fld" : "flw";
    int size = format.equals("d") ? 8 : 4;
    return """
      li t0, 0x6000
      csrs mstatus, t0
      csrwi frm, %1$d
      li s5, 0x80200000
      li s3, 0x80100000
      li s6, %2$d
      mv s7, s3
    outer:
      %3$s fs0, 0(s7)
      ld s2, 0(s7)
      li s8, %2$d
      mv s9, s3
    inner:
      %3$s fs1, 0(s9)
      %3$s fs2, %4$d(s9)
      call operations
      addi s9, s9, %4$d
      addi s8, s8, -1
      bnez s8, inner
      addi s7, s7, %4$d
      addi s6, s6, -1
      bnez s6, outer
    end:
      j end
    operations:
    """
            .formatted(mode, values, load, size)
        + operations(format)
        + "ret\n";
  }

  private static TestMachine machine(String format, int mode) {
    TestMachine machine = new TestMachine(RISCV, 1, RAM_BYTES);
    int values = format.equals("d") ? DOUBLES.length : FLOATS.length;
    machine.program(program(format, values - 1, mode));
    for (int i = 0; i < values; i++) {
      if (format.equals("d")) {
        machine.memory().store(0x8010_0000L + 8L * i, 8, DOUBLES[i]);
      } else {
        machine.memory().store(0x8010_0000L + 4L * i, 4, FLOATS[i]);
      }
    }
    return machine;
  }

  private static void agree(String format, int mode) {
    try (HostLoan host = new HostLoan();
        LockStep pair = new LockStep(() -> machine(format, mode), new NativeTranslation(), host)) {
      for (int i = 0; i < 900; i++) {
        assertThat(pair.run(997)).as("%s, frm %d", format, mode).isEmpty();
      }
      assertThat(pair.memoryDifference()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void doublesAgreeWithTheFpuInEveryRoundingMode(int mode) {
    agree("d", mode);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void floatsAgreeWithTheFpuInEveryRoundingMode(int mode) {
    agree("s", mode);
  }

  @Test
  void aBinary32ThatIsNotBoxedIsANan() {
    agreeOn(
        """
          li t0, 0x6000
          csrs mstatus, t0
          li s0, 0x3f800000
          fmv.d.x fs0, s0
          fmv.w.x fs1, s0
        again:
          fadd.s fa0, fs0, fs1
          fmv.x.d a0, fa0
          fadd.s fa1, fs1, fs1
          fmadd.s fa2, fs1, fs0, fs1
          fsgnj.s fa3, fs0, fs0
          fsgnjn.s fa4, fs1, fs1
          feq.s a1, fs0, fs0
          fcvt.w.s a2, fs0
          fmv.x.w a3, fs0
          fcvt.d.s fa5, fs0
          j again
        """);
  }

  private static void agreeOn(String source) {
    try (HostLoan host = new HostLoan();
        LockStep pair =
            new LockStep(
                () -> TestMachine.running(RISCV, RAM_BYTES, source),
                new NativeTranslation(),
                host)) {
      for (int i = 0; i < 100; i++) {
        assertThat(pair.run(13)).isEmpty();
      }
    }
  }
}
