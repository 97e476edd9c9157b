package vivarium.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import vivarium.api.isa.InstructionSet;
import vivarium.benchmarks.compare.GuestImages;
import vivarium.core.Monitor;
import vivarium.core.machine.Machine;
import vivarium.core.machine.MachineConfig;
import vivarium.core.machine.Outcome;
import vivarium.core.machine.VirtualMachine;
import vivarium.core.plugin.PluginCatalog;
import vivarium.testkit.Assembler;

/**
 * A machine as the product assembles it, driven by a benchmark some steps at a time. Plugins are
 * found on the class path. One thread; made in a benchmark's set-up, closed in its tear-down.
 */
final class BenchMachine implements AutoCloseable {
  /** Guest-physical address of the first byte of RAM. */
  static final long RAM_BASE = 0x8000_0000L;

  /** More work than any benchmark waits for: the guest does not end. */
  static final long ENDLESS_SCALE = 1L << 40;

  private static final String ISA = "rv64gc";
  private static final long RAM_BYTES = 256L << 20;

  private final Monitor monitor;
  private final VirtualMachine vm;

  private BenchMachine(Monitor monitor, VirtualMachine vm) {
    this.monitor = monitor;
    this.vm = vm;
  }

  /** A machine with one of the benchmark guests, which goes on for ever. */
  static BenchMachine ofGuest(String guest, String cpu, String memoryStrategy) {
    return ofImage(GuestImages.read(guest, ENDLESS_SCALE), ".elf", cpu, memoryStrategy);
  }

  /** A machine with a program in assembly, at the start of RAM, in M-mode. */
  static BenchMachine ofProgram(String source, String cpu, String memoryStrategy) {
    return ofImage(assemble(source), ".bin", cpu, memoryStrategy);
  }

  /** A program in assembly for the start of RAM. */
  static byte[] assemble(String source) {
    InstructionSet isa = PluginCatalog.ofModulePath().isa(ISA);
    return Assembler.of(isa).at(RAM_BASE).text(source).bytes();
  }

  private static BenchMachine ofImage(
      byte[] image, String suffix, String cpu, String memoryStrategy) {
    Monitor monitor = Monitor.of(PluginCatalog.ofModulePath());
    try {
      VirtualMachine vm =
          assemble(
              monitor,
              image,
              suffix,
              config -> config.name("benchmark").cpu(cpu).memoryStrategy(memoryStrategy));
      return new BenchMachine(monitor, vm);
    } catch (RuntimeException e) {
      monitor.close();
      throw e;
    }
  }

  /**
   * A machine of a monitor with firmware.
   *
   * @param suffix of the firmware's file name: what it is
   * @param more what else is to be said of the machine
   */
  static VirtualMachine assemble(
      Monitor monitor, byte[] image, String suffix, Consumer<MachineConfig.Builder> more) {
    try {
      Path file = Files.createTempFile("vivarium-benchmark", suffix);
      try {
        Files.write(file, image);
        MachineConfig.Builder config =
            MachineConfig.builder().memoryBytes(RAM_BYTES).firmware(file);
        more.accept(config);
        return monitor.create(config.build());
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The machine, to be looked at between runs. */
  Machine machine() {
    return vm.machine();
  }

  /**
   * Makes exactly so many steps.
   *
   * @throws IllegalStateException if the guest ends before
   */
  void run(long steps) {
    Outcome outcome = vm.run(steps);
    if (outcome.kind() != Outcome.Kind.STEPS_DONE) {
      throw new IllegalStateException("the guest ended: " + outcome);
    }
  }

  @Override
  public void close() {
    monitor.close();
  }
}
