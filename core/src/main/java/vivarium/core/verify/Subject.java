package vivarium.core.verify;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import vivarium.core.machine.Outcome;

/**
 * One of two machines in lock-step. It must do the same each time it is made anew. All calls come
 * from the thread that runs {@link LockStep}.
 */
public interface Subject extends AutoCloseable {
  /**
   * Runs for so many steps: exactly as many, unless the guest ends before.
   *
   * @param steps at least 1
   */
  Outcome run(long steps);

  /** Steps made since the start. */
  long steps();

  /**
   * Everything that is to be the same, but RAM: name to value, always in the same order. Called
   * after each interval. A number is shown in hexadecimal.
   */
  Map<String, Object> state();

  /** Guest-physical address of the first byte of RAM. */
  long memoryBase();

  /** Bytes of RAM. */
  long memoryBytes();

  /** Copies from RAM what the guest would read there. */
  void readMemory(long gpa, MemorySegment target);

  /** The instruction that is executed next, for people; the subject is closed after this. */
  String nextInstruction();

  /** What the engine makes of that instruction, some lines; the subject is closed after this. */
  String explanation();

  @Override
  void close();
}
