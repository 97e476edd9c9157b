package vivarium.api.fp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@link Fpu} against QEMU. System property {@code vivarium.fp.operations}: how many random
 * operations in all; {@code vivarium.fp.seed}: from which seed.
 */
class FpuQemuTest {
  private static final long OPERATIONS = Long.getLong("vivarium.fp.operations", 200_000);
  private static final int BATCH = 50_000;

  @TempDir Path directory;

  private final ByteBuffer records =
      ByteBuffer.allocate(BATCH * QemuOracle.INPUT_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  @ParameterizedTest
  @EnumSource
  void everyEdgeValueGivesWhatQemuGives(FpuOperation operation) throws Exception {
    assumeQemu();
    long[] edges = Operands.edges(operation);
    int seconds = operation.operands() == 1 ? 1 : edges.length;
    int third = 0;
    for (int rm = Fpu.RNE; rm <= Fpu.RMM; rm++) {
      for (long first : edges) {
        for (int second = 0; second < seconds; second++) {
          third = (third + 5) % edges.length;
          record(operation, first, edges[second], edges[third], rm, 0);
        }
      }
    }
    compare(operation);
  }

  @ParameterizedTest
  @EnumSource
  void randomValuesGiveWhatQemuGives(FpuOperation operation) throws Exception {
    assumeQemu();
    Operands operands = new Operands();
    Random random = new Random(Operands.SEED);
    long count = OPERATIONS / FpuOperation.values().length;
    for (long i = 0; i < count; i++) {
      long[] values = operands.next(operation);
      int rm = random.nextBoolean() ? Fpu.RNE : random.nextInt(5);
      int flags = random.nextBoolean() ? Fpu.NX : 0;
      record(operation, values[0], values[1], values[2], rm, flags);
    }
    compare(operation);
  }

  private static void assumeQemu() {
    assumeTrue(QemuOracle.isInstalled(), "qemu-riscv64 (package qemu-user) is not installed");
  }

  private void record(FpuOperation operation, long a, long b, long c, int rm, int flags)
      throws Exception {
    if (!records.hasRemaining()) {
      compare(operation);
    }
    records.putLong(a).putLong(b).putLong(c).putLong((long) rm << 5 | flags);
  }

  private void compare(FpuOperation operation) throws Exception {
    records.flip();
    ByteBuffer results = new QemuOracle(directory).run(operation, records);
    Fpu fpu = new Fpu();
    while (records.hasRemaining()) {
      long a = records.getLong();
      long b = records.getLong();
      long c = records.getLong();
      int fcsr = (int) records.getLong();
      fpu.setFlags(fcsr);
      fpu.setRoundingMode(fcsr >> 5);
      long result = operation.apply(fpu, a, b, c, Fpu.DYN);
      long expected = results.getLong();
      int expectedFlags = (int) results.getLong();
      if (result != expected || fpu.flags() != expectedFlags) {
        assertThat(Outcome.of(result, fpu.flags()))
            .as("%s %x %x %x fcsr=%x", operation, a, b, c, fcsr)
            .isEqualTo(Outcome.of(expected, expectedFlags));
      }
    }
    records.clear();
  }
}
