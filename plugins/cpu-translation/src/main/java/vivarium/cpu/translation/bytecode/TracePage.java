package vivarium.cpu.translation.bytecode;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of guest-physical memory that traces were made from: all of them, and by the addresses at
 * which they begin.
 */
final class TracePage {
  private static final int FEWEST_SLOTS = 16;
  private static final int MOST_SLOTS = 2048;

  /** Guest-physical address of its first byte. */
  final long gpa;

  /** The traces made from any of its bytes. */
  final List<FlatTrace> traces = new ArrayList<>();

  /** Those that begin in it, by address; chained by {@link FlatTrace#next}. */
  private @Nullable FlatTrace[] slots = new FlatTrace[FEWEST_SLOTS];

  private int count;

  TracePage(long gpa) {
    this.gpa = gpa;
  }

  /** The trace that begins at a virtual address, which leads into this page. */
  @Nullable FlatTrace get(long pc, int ready) {
    FlatTrace[] all = slots;
    FlatTrace trace = all[(int) (pc >>> 1) & all.length - 1];
    while (trace != null && (trace.pc != pc || trace.ready != ready)) {
      trace = trace.next;
    }
    return trace;
  }

  void add(FlatTrace trace) {
    traces.add(trace);
    if (begins(trace)) {
      if (++count > slots.length && slots.length < MOST_SLOTS) {
        grow();
      }
      link(trace);
    }
  }

  private boolean begins(FlatTrace trace) {
    return (trace.gpa & -TraceStore.PAGE_BYTES) == gpa;
  }

  private void link(FlatTrace trace) {
    int slot = (int) (trace.pc >>> 1) & slots.length - 1;
    trace.next = slots[slot];
    slots[slot] = trace;
  }

  private void grow() {
    FlatTrace[] old = slots;
    slots = new FlatTrace[4 * old.length];
    for (FlatTrace head : old) {
      FlatTrace trace = head;
      while (trace != null) {
        FlatTrace next = trace.next;
        link(trace);
        trace = next;
      }
    }
  }

  void remove(FlatTrace trace) {
    if (traces.remove(trace) && begins(trace)) {
      count--;
      int slot = (int) (trace.pc >>> 1) & slots.length - 1;
      FlatTrace before = slots[slot];
      if (before == trace) {
        slots[slot] = trace.next;
      } else {
        while (before != null && before.next != trace) {
          before = before.next;
        }
        if (before != null) {
          before.next = trace.next;
        }
      }
    }
  }
}
