package vivarium.core.verify;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import vivarium.core.machine.Outcome;

/** Two subjects at the same step. */
final class Pair implements AutoCloseable {
  /** Bytes of RAM compared at a time: both parts stay in the host's cache. */
  private static final int CHUNK_BYTES = 1 << 16;

  private static final int PAGE_BYTES = 4096;
  private static final int WORD_BYTES = 8;

  private final Subject expected;
  private final Subject actual;
  private final MemorySegment expectedBytes = MemorySegment.ofArray(new long[CHUNK_BYTES / 8]);
  private final MemorySegment actualBytes = MemorySegment.ofArray(new long[CHUNK_BYTES / 8]);
  private Outcome expectedOutcome = new Outcome(Outcome.Kind.STEPS_DONE, 0, "");
  private Outcome actualOutcome = expectedOutcome;
  private long granted;

  /**
   * A way to a step: the runs matter, as an engine may go wrong at the end of one only.
   *
   * @param until the step
   * @param every steps of each run on the way there
   */
  record Leg(long until, long every) {}

  Pair(Subject expected, Subject actual) {
    this.expected = expected;
    this.actual = actual;
  }

  /** Steps that each has been granted; they have made as many unless they have ended. */
  long granted() {
    return granted;
  }

  /** Steps that the first one has made. */
  long steps() {
    return expected.steps();
  }

  /** Whether one of them has ended. */
  boolean ended() {
    return expectedOutcome.isFinal() || actualOutcome.isFinal();
  }

  /** How the first one's last run ended. */
  Outcome outcome() {
    return expectedOutcome;
  }

  /** Runs both, if neither has ended. */
  void advance(long steps) {
    if (!ended()) {
      granted += steps;
      expectedOutcome = expected.run(steps);
      actualOutcome = actual.run(steps);
    }
  }

  /** Goes as another pair went. */
  void replay(List<Leg> legs) {
    for (Leg leg : legs) {
      while (granted < leg.until() && !ended()) {
        advance(Math.min(leg.every(), leg.until() - granted));
      }
    }
  }

  /** What differs but for RAM. */
  List<Mismatch> stateMismatches() {
    List<Mismatch> found = new ArrayList<>();
    if (!expectedOutcome.equals(actualOutcome)) {
      found.add(Mismatch.of("outcome", text(expectedOutcome), text(actualOutcome)));
    }
    Map<String, Object> wanted = expected.state();
    Map<String, Object> had = actual.state();
    if (!wanted.equals(had)) {
      Set<String> names = new TreeSet<>(had.keySet());
      names.removeAll(wanted.keySet());
      names.forEach(name -> found.add(Mismatch.of(name, "nothing", had.getOrDefault(name, ""))));
      wanted.forEach(
          (name, value) -> {
            Object other = had.getOrDefault(name, "nothing");
            if (!value.equals(other)) {
              found.add(Mismatch.of(name, value, other));
            }
          });
    }
    return found;
  }

  private static String text(Outcome outcome) {
    String kind = outcome.kind().toString();
    return outcome.message().isEmpty() ? kind : kind + " (" + outcome.message() + ")";
  }

  /** Guest-physical address of the first double word of RAM that differs. */
  OptionalLong memoryMismatch() {
    return memoryMismatch(expected.memoryBase(), expected.memoryBytes());
  }

  /** The same for one page. */
  OptionalLong pageMismatch(long gpa) {
    return memoryMismatch(gpa & -PAGE_BYTES, PAGE_BYTES);
  }

  private OptionalLong memoryMismatch(long gpa, long bytes) {
    for (long done = 0; done < bytes; done += CHUNK_BYTES) {
      long length = Math.min(CHUNK_BYTES, bytes - done);
      MemorySegment wanted = expectedBytes.asSlice(0, length);
      MemorySegment had = actualBytes.asSlice(0, length);
      expected.readMemory(gpa + done, wanted);
      actual.readMemory(gpa + done, had);
      long at = wanted.mismatch(had);
      if (at >= 0) {
        return OptionalLong.of(gpa + done + at & -WORD_BYTES);
      }
    }
    return OptionalLong.empty();
  }

  /** What differs at an address that {@link #memoryMismatch} found. */
  Mismatch memoryMismatchAt(long gpa) {
    return Mismatch.of("RAM at 0x" + Long.toHexString(gpa), word(expected, gpa), word(actual, gpa));
  }

  private static Long word(Subject subject, long gpa) {
    MemorySegment word = MemorySegment.ofArray(new long[1]);
    subject.readMemory(gpa, word);
    return word.get(ValueLayout.JAVA_LONG, 0);
  }

  /** What the first one executes next. The pair is of no use after this. */
  String nextInstruction() {
    return expected.nextInstruction();
  }

  /** What the second one makes of what it executes next. The pair is of no use after this. */
  String explanation() {
    return actual.explanation();
  }

  @Override
  public void close() {
    try (expected) {
      actual.close();
    }
  }
}
