package vivarium.testkit;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.cpu.Exit;
import vivarium.api.cpu.HostPowers;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;

/**
 * Two machines with the same guest, one driven instruction by instruction, the other by the engine
 * under test: after any number of steps, registers, pc, control registers, floating-point state and
 * RAM are the same to the bit. What an author of a CPU strategy tests with. For one thread.
 */
public final class LockStep implements AutoCloseable {
  private final TestMachine reference;
  private final TestMachine subject;
  private final CpuEngine engine;

  /**
   * Makes the pair.
   *
   * @param machine makes a machine with its guest loaded, the same each time it is called
   * @param strategy what is tested
   * @param host what the strategy is lent of the host
   */
  public LockStep(Supplier<TestMachine> machine, CpuStrategy strategy, HostPowers host) {
    this(machine, strategy, host, Map.of());
  }

  /**
   * Makes the pair, the strategy with options.
   *
   * @param machine makes a machine with its guest loaded, the same each time it is called
   * @param strategy what is tested
   * @param host what the strategy is lent of the host
   * @param options of the strategy, name to value
   */
  public LockStep(
      Supplier<TestMachine> machine,
      CpuStrategy strategy,
      HostPowers host,
      Map<String, String> options) {
    reference = machine.get();
    subject = machine.get();
    engine =
        strategy.create(
            new CpuEnvironment(
                subject.instructionSet(), subject.hart(), subject.memory(), host, options));
  }

  /** The machine under test. */
  public TestMachine subject() {
    return subject;
  }

  /** The machine that is stepped. */
  public TestMachine reference() {
    return reference;
  }

  /**
   * Runs both by some steps; a stop that another thread asks for meanwhile is not the end of it.
   *
   * @param steps granted; both make fewer if the guest waits
   * @return what is different afterwards, in one line, if anything is
   */
  public Optional<String> run(long steps) {
    long made = reference.run(0, steps);
    subject.hart().block().requestAttention(HartBlock.ATTENTION_INTERRUPT);
    HartBlock block = subject.hart().block();
    long end = block.steps() + steps;
    Exit exit = engine.run(steps);
    // Stopped at the very end, it has yet to look whether an interrupt is to be taken there.
    while (exit instanceof Exit.Stopped) {
      exit = engine.run(end - block.steps());
    }
    boolean waiting = exit instanceof Exit.Waiting;
    if (waiting != made < steps) {
      return Optional.of("one waits: " + exit + " after " + made + " of " + steps + " steps");
    }
    return difference();
  }

  /** What of processor state is different, in one line, if anything is. */
  public Optional<String> difference() {
    HartBlock expected = reference.hart().block();
    HartBlock actual = subject.hart().block();
    if (expected.steps() != actual.steps()) {
      return different("steps", expected.steps(), actual.steps());
    }
    if (expected.pc() != actual.pc()) {
      return different("pc", expected.pc(), actual.pc());
    }
    for (int i = 0; i < HartBlock.MAX_REGISTERS; i++) {
      if (expected.register(i) != actual.register(i)) {
        return different("register " + i, expected.register(i), actual.register(i));
      }
    }
    Hart expectedHart = reference.hart();
    Hart actualHart = subject.hart();
    if (!expectedHart.mode().equals(actualHart.mode())) {
      return Optional.of("mode: " + expectedHart.mode() + " and " + actualHart.mode());
    }
    Map<String, Long> actualControl = actualHart.controlRegisters();
    for (Map.Entry<String, Long> entry : expectedHart.controlRegisters().entrySet()) {
      Long other = actualControl.get(entry.getKey());
      if (!entry.getValue().equals(other)) {
        return different(entry.getKey(), entry.getValue(), other == null ? 0 : other);
      }
    }
    return Optional.empty();
  }

  /** Where RAM first differs, in one line, if anywhere. */
  public Optional<String> memoryDifference() {
    long size = reference.memory().size();
    byte[] expected = new byte[Math.toIntExact(size)];
    byte[] actual = new byte[expected.length];
    reference.memory().read(reference.memory().base(), MemorySegment.ofArray(expected));
    subject.memory().read(subject.memory().base(), MemorySegment.ofArray(actual));
    int at = java.util.Arrays.mismatch(expected, actual);
    return at < 0
        ? Optional.empty()
        : different("RAM at offset 0x" + Integer.toHexString(at), expected[at], actual[at]);
  }

  private Optional<String> different(String what, long expected, long actual) {
    return Optional.of(
        "%s after %d steps, pc 0x%x: expected 0x%x, got 0x%x"
            .formatted(
                what,
                reference.hart().block().steps(),
                reference.hart().block().pc(),
                expected,
                actual));
  }

  @Override
  public void close() {
    engine.close();
  }
}
