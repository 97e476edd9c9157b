package vivarium.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CodeMemory;
import vivarium.api.cpu.HostPowers;

class HostLoanTest {

  @Test
  void codeWrittenAtOneAddressRunsAtTheOther() {
    assumeThat(System.getProperty("os.arch")).as("the code below is x86-64").isEqualTo("amd64");
    try (HostLoan loan = new HostLoan()) {
      CodeMemory code = loan.codeMemory(5000);
      assertThat(code.writable().byteSize()).isEqualTo(8192);
      byte[] leaRaxRdiPlusRsiAndReturn = {0x48, (byte) 0x8d, 0x04, 0x37, (byte) 0xc3};
      MemorySegment.copy(
          leaRaxRdiPlusRsiAndReturn, 0, code.writable(), ValueLayout.JAVA_BYTE, 4096, 5);
      assertThat(code.entry(4096).call(35, 7)).isEqualTo(42);
    }
  }

  @Test
  void noMappingOfCodeIsWritableAndExecutable() throws IOException {
    assumeThat(Files.exists(Path.of("/proc/self/maps"))).isTrue();
    try (HostLoan loan = new HostLoan();
        CodeMemory code = loan.codeMemory(4096)) {
      String executable = Long.toHexString(code.executableAddress());
      assertThat(Files.readAllLines(Path.of("/proc/self/maps")))
          .filteredOn(line -> line.contains("vivarium-code"))
          .hasSize(2)
          .noneMatch(line -> line.contains("wx"))
          .anyMatch(line -> line.startsWith(executable) && line.contains("r-xs"));
    }
    assertThat(Files.readAllLines(Path.of("/proc/self/maps")))
        .noneMatch(line -> line.contains("vivarium-code"));
  }

  @Test
  void aFunctionOutsideTheCodeIsRefused() {
    try (HostLoan loan = new HostLoan()) {
      CodeMemory code = loan.codeMemory(4096);
      assertThatThrownBy(() -> code.entry(4096)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void whatIsInCommonIsMadeOnceAndEndsWithTheLastLoan() {
    AtomicInteger closed = new AtomicInteger();
    List<MemorySegment> tables = new ArrayList<>();
    record Key(String name) {}
    Function<HostPowers, AutoCloseable> maker =
        host -> {
          tables.add(host.tables(64));
          return closed::incrementAndGet;
        };
    HostLoan first = new HostLoan();
    HostLoan second = new HostLoan();
    AutoCloseable thing = first.common(new Key("a"), maker);
    assertThat(second.common(new Key("a"), maker)).isSameAs(thing);
    assertThat(second.common(new Key("b"), maker)).isNotSameAs(thing);
    first.close();
    assertThat(closed).hasValue(0);
    assertThat(tables.getFirst().scope().isAlive()).as("borrowed by neither loan").isTrue();
    second.close();
    assertThat(closed).hasValue(2);
    assertThat(tables).noneMatch(table -> table.scope().isAlive());
  }

  @Test
  void whatCannotBeMadeInCommonIsTriedAgain() {
    try (HostLoan loan = new HostLoan()) {
      Object key = new Object();
      assertThatThrownBy(
              () ->
                  loan.common(
                      key,
                      host -> {
                        throw new VivariumException("refused");
                      }))
          .isInstanceOf(VivariumException.class);
      assertThat(loan.<AutoCloseable>common(key, host -> () -> {})).isNotNull();
    }
  }

  @Test
  void tablesAreZeroAlignedAndEndWithTheLoan() {
    HostLoan loan = new HostLoan();
    for (long bytes : new long[] {64, 4096, 300 << 10, 5 << 20}) {
      MemorySegment table = loan.tables(bytes);
      assertThat(table.byteSize()).isEqualTo(bytes);
      assertThat(table.address() % 64).isZero();
      assertThat(table.get(ValueLayout.JAVA_LONG, bytes - 8)).isZero();
      table.set(ValueLayout.JAVA_LONG, bytes - 8, 1);
    }
    MemorySegment last = loan.tables(64);
    loan.close();
    loan.close();
    assertThat(last.scope().isAlive()).isFalse();
  }
}
