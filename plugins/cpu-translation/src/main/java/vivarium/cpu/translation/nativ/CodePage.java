package vivarium.cpu.translation.nativ;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import vivarium.api.memory.GuestMemory;

/**
 * A page of guest memory that traces were made from: which traces, and from which of its bytes, so
 * that a store to data beside code is told from one to code by a glance.
 */
final class CodePage {
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;
  private static final int PIECE_SHIFT = 1;

  /** From this many traces on a piece counts as code until the page is forgotten. */
  private static final byte MANY = Byte.MAX_VALUE;

  /** Guest-physical address of its first byte. */
  final long gpa;

  /** How many traces there are of each two bytes. */
  private final byte[] uses = new byte[PAGE_BYTES >> PIECE_SHIFT];

  /** Two-byte pieces at which a trace has begun since the page had none, as a set of bits. */
  private final long[] heads = new long[PAGE_BYTES >> PIECE_SHIFT >> 6];

  private @Nullable Trace[] traces = new Trace[4];
  private int count;

  /** Stores seen since the page has had no trace. */
  private int idleStores;

  CodePage(long gpa) {
    this.gpa = gpa;
  }

  void add(Trace trace) {
    if (count == traces.length) {
      traces = Arrays.copyOf(traces, 2 * count);
    }
    traces[count++] = trace;
    count(trace, 1);
    if ((trace.gpa & -PAGE_BYTES) == gpa) {
      int piece = (int) (trace.gpa - gpa) >> PIECE_SHIFT;
      heads[piece >> 6] |= 1L << piece;
    }
  }

  void remove(Trace trace) {
    for (int i = 0; i < count; i++) {
      if (traces[i] == trace) {
        traces[i] = traces[--count];
        traces[count] = null;
        count(trace, -1);
        break;
      }
    }
    if (count == 0) {
      idleStores = 0;
      Arrays.fill(uses, (byte) 0);
      Arrays.fill(heads, 0);
    }
  }

  private void count(Trace trace, int change) {
    long[] ranges = trace.ranges;
    for (int i = 0; i < ranges.length; i += 2) {
      if ((ranges[i] & -PAGE_BYTES) == gpa) {
        int first = (int) (ranges[i] - gpa) >> PIECE_SHIFT;
        int last = (int) (Math.min(ranges[i + 1], gpa + PAGE_BYTES) - 1 - gpa) >> PIECE_SHIFT;
        for (int piece = first; piece <= last; piece++) {
          if (uses[piece] != MANY) {
            uses[piece] += (byte) change;
          }
        }
      }
    }
  }

  /** Whether a trace begins, or has begun, at an address in the page. */
  boolean isHead(long address) {
    int piece = (int) (address - gpa) >> PIECE_SHIFT;
    return (heads[piece >> 6] >>> piece & 1) != 0;
  }

  /** Whether there are traces of any byte of a range, which lies in the page. */
  boolean holds(long from, int length) {
    int last = (int) (from + length - 1 - gpa) >> PIECE_SHIFT;
    for (int piece = (int) (from - gpa) >> PIECE_SHIFT; piece <= last; piece++) {
      if (uses[piece] != 0) {
        return true;
      }
    }
    return false;
  }

  /** A trace of bytes of a range, or {@code null}. */
  @Nullable Trace touching(long from, int length) {
    for (int i = 0; i < count; i++) {
      Trace trace = traces[i];
      if (trace != null && trace.touches(from, length)) {
        return trace;
      }
    }
    return null;
  }

  /** Notes a store; how many there have been since the page has had no trace, 0 if it has one. */
  int noteStore() {
    return count > 0 ? 0 : ++idleStores;
  }
}
