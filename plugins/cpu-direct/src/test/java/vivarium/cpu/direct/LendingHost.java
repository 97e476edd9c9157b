package vivarium.cpu.direct;

import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import vivarium.api.cpu.CodeMemory;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.cpu.HardwareHart;
import vivarium.api.cpu.HostPowers;
import vivarium.api.cpu.SoftwareHart;
import vivarium.core.memory.HostLoan;

/** A host whose harts are made in software of one strategy. */
final class LendingHost implements HostPowers, AutoCloseable {
  private final HostLoan loan = new HostLoan();
  private final CpuStrategy strategy;

  LendingHost(CpuStrategy strategy) {
    this.strategy = strategy;
  }

  @Override
  public CodeMemory codeMemory(long bytes) {
    return loan.codeMemory(bytes);
  }

  @Override
  public MemorySegment tables(long bytes) {
    return loan.tables(bytes);
  }

  @Override
  public <T extends AutoCloseable> T common(Object key, Function<HostPowers, T> maker) {
    return loan.common(key, maker);
  }

  @Override
  public HardwareHart hart(CpuEnvironment environment) {
    return SoftwareHart.create(strategy, environment);
  }

  @Override
  public void close() {
    loan.close();
  }
}
