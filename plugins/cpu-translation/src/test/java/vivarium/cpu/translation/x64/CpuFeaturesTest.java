package vivarium.cpu.translation.x64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CpuFeaturesTest {
  private static final int FMA = 1 << 12;
  private static final int OSXSAVE = 1 << 27;
  private static final int AVX = 1 << 28;

  @Test
  void baselineHasNothing() {
    assertThat(CpuFeatures.BASELINE.toString()).doesNotContain("true");
  }

  @Test
  void eachBitIsDecodedByItself() {
    assertThat(CpuFeatures.of(1, 0, 0, 0).sse3()).isTrue();
    assertThat(CpuFeatures.of(1 << 13, 0, 0, 0).cmpxchg16b()).isTrue();
    assertThat(CpuFeatures.of(1 << 19, 0, 0, 0).sse41()).isTrue();
    assertThat(CpuFeatures.of(1 << 20, 0, 0, 0).sse42()).isTrue();
    assertThat(CpuFeatures.of(1 << 22, 0, 0, 0).movbe()).isTrue();
    assertThat(CpuFeatures.of(1 << 23, 0, 0, 0).popcnt()).isTrue();
    assertThat(CpuFeatures.of(0, 1, 0, 0).fsgsbase()).isTrue();
    assertThat(CpuFeatures.of(0, 1 << 3, 0, 0).bmi1()).isTrue();
    assertThat(CpuFeatures.of(0, 1 << 8, 0, 0).bmi2()).isTrue();
    assertThat(CpuFeatures.of(0, 0, 1 << 5, 0).lzcnt()).isTrue();
  }

  @Test
  void fmaNeedsAvxThatTheSystemSaves() {
    assertThat(CpuFeatures.of(FMA | AVX | OSXSAVE, 0, 0, 7).fma()).isTrue();
    assertThat(CpuFeatures.of(FMA | AVX | OSXSAVE, 0, 0, 3).fma()).isFalse();
    assertThat(CpuFeatures.of(FMA | AVX, 0, 0, 7).fma()).isFalse();
    assertThat(CpuFeatures.of(FMA | OSXSAVE, 0, 0, 7).fma()).isFalse();
    assertThat(CpuFeatures.of(AVX | OSXSAVE, 0, 0, 7).fma()).isFalse();
    assertThat(CpuFeatures.of(AVX | OSXSAVE, 0, 0, 7).avx()).isTrue();
  }

  @Test
  void probeAgreesWithTheKernel() throws Throwable {
    Path cpuinfo = Path.of("/proc/cpuinfo");
    assumeTrue(
        System.getProperty("os.arch").equals("amd64") && Files.isReadable(cpuinfo),
        "not x86-64 Linux: the probe is not run");
    Set<String> flags =
        Files.readAllLines(cpuinfo).stream()
            .filter(line -> line.startsWith("flags"))
            .map(line -> Set.of(line.substring(line.indexOf(':') + 1).strip().split(" ")))
            .findFirst()
            .orElseThrow();
    CpuFeatures features = probe();
    assertThat(features.sse3()).isEqualTo(flags.contains("pni"));
    assertThat(features.sse41()).isEqualTo(flags.contains("sse4_1"));
    assertThat(features.sse42()).isEqualTo(flags.contains("sse4_2"));
    assertThat(features.popcnt()).isEqualTo(flags.contains("popcnt"));
    assertThat(features.cmpxchg16b()).isEqualTo(flags.contains("cx16"));
    assertThat(features.movbe()).isEqualTo(flags.contains("movbe"));
    assertThat(features.lzcnt()).isEqualTo(flags.contains("abm"));
    assertThat(features.bmi1()).isEqualTo(flags.contains("bmi1"));
    assertThat(features.bmi2()).isEqualTo(flags.contains("bmi2"));
    assertThat(features.avx()).isEqualTo(flags.contains("avx"));
    assertThat(features.fma()).isEqualTo(flags.contains("fma"));
  }

  /** Runs the probe from private memory, written first and made executable then. */
  private static CpuFeatures probe() throws Throwable {
    X64Assembler asm = new X64Assembler(16);
    CpuFeatures.emitProbe(asm);
    long size = 4096;
    Linker linker = Linker.nativeLinker();
    var lookup = linker.defaultLookup();
    var mmap =
        linker.downcallHandle(
            lookup.findOrThrow("mmap"),
            FunctionDescriptor.of(
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG));
    var mprotect =
        linker.downcallHandle(
            lookup.findOrThrow("mprotect"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT));
    int readWrite = 3;
    int readExecute = 5;
    int privateAnonymous = 0x22;
    MemorySegment code =
        (MemorySegment)
            mmap.invokeExact(MemorySegment.NULL, size, readWrite, privateAnonymous, -1, 0L);
    asm.copyTo(code.reinterpret(size), 0);
    assertThat((int) mprotect.invokeExact(code, size, readExecute)).isZero();
    var probe = linker.downcallHandle(code, FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment record = arena.allocate(CpuFeatures.RECORD_SIZE, Long.BYTES);
      probe.invokeExact(record);
      return CpuFeatures.of(record);
    }
  }
}
