package vivarium.core.verify;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import vivarium.core.machine.Outcome;

/**
 * A counter with RAM: each step adds to {@code sum} and stores it; what goes wrong, and when, is
 * told to it.
 */
final class FakeSubject implements Subject {
  static final long BASE = 0x8000_0000L;
  static final int BYTES = 1 << 18;

  /** What goes wrong; nothing in a good one. */
  interface Fault {
    /**
     * Called after each step.
     *
     * @param step its number, from 1
     * @param last whether it is the last one of its run
     */
    void after(FakeSubject subject, long step, boolean last);
  }

  /** How many are open; one for all subjects of a test. */
  static final class Open {
    int count;
    int made;
  }

  final long[] memory = new long[BYTES / 8];
  final Map<String, Long> registers = new LinkedHashMap<>(Map.of("sum", 0L));
  private final Open open;
  private final Fault fault;
  private final long end;
  private long steps;

  FakeSubject(Open open, long end, Fault fault) {
    this.open = open;
    this.end = end;
    this.fault = fault;
    open.count++;
    open.made++;
  }

  @Override
  public Outcome run(long wanted) {
    for (long left = wanted; left > 0; left--) {
      steps++;
      registers.merge("sum", steps, Long::sum);
      memory[(int) (steps % memory.length)] = steps;
      fault.after(this, steps, left == 1);
      if (steps == end) {
        return new Outcome(Outcome.Kind.POWERED_OFF, 0, "");
      }
    }
    return new Outcome(Outcome.Kind.STEPS_DONE, 0, "");
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public Map<String, Object> state() {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("steps", steps);
    state.putAll(registers);
    return state;
  }

  @Override
  public long memoryBase() {
    return BASE;
  }

  @Override
  public long memoryBytes() {
    return BYTES;
  }

  @Override
  public void readMemory(long gpa, MemorySegment target) {
    MemorySegment.copy(
        MemorySegment.ofArray(memory),
        ValueLayout.JAVA_BYTE,
        gpa - BASE,
        target,
        ValueLayout.JAVA_BYTE,
        0,
        target.byteSize());
  }

  @Override
  public String nextInstruction() {
    return "instruction " + (steps + 1);
  }

  @Override
  public String explanation() {
    return "made of instruction " + (steps + 1);
  }

  @Override
  public void close() {
    open.count--;
  }
}
