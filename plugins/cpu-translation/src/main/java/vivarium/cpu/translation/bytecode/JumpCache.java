package vivarium.cpu.translation.bytecode;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import vivarium.api.memory.GuestMemory;

/**
 * Traces by virtual address for one fetch context and one set of ready units. Direct-mapped; an
 * entry is valid while mapping and code are unchanged, and is dropped when either may have changed.
 */
final class JumpCache {
  private static final int ENTRIES = 1 << 12;

  private final @Nullable FlatTrace[] traces = new FlatTrace[ENTRIES];
  private boolean empty = true;
  private int ready;

  /** Says for which ready units it is used from now on; entries for others are dropped. */
  void useFor(int nowReady) {
    if (nowReady != ready) {
      clear();
      ready = nowReady;
    }
  }

  @Nullable FlatTrace get(long pc) {
    FlatTrace found = traces[slot(pc)];
    return found != null && found.pc == pc ? found : null;
  }

  void put(FlatTrace trace) {
    traces[slot(trace.pc)] = trace;
    empty = false;
  }

  void drop(FlatTrace trace) {
    int slot = slot(trace.pc);
    if (traces[slot] == trace) {
      traces[slot] = null;
    }
  }

  void clear() {
    if (!empty) {
      Arrays.fill(traces, null);
      empty = true;
    }
  }

  /** Drops what begins in a page, or crosses into it from the page before. */
  void dropPage(long va) {
    if (empty) {
      return;
    }
    long page = va & -GuestMemory.PAGE_BYTES;
    for (int slot = 0; slot < ENTRIES; slot++) {
      FlatTrace trace = traces[slot];
      if (trace != null
          && ((trace.pc & -GuestMemory.PAGE_BYTES) == page
              || trace.secondPage >= 0 && (trace.pc | GuestMemory.PAGE_BYTES - 1) + 1 == page)) {
        traces[slot] = null;
      }
    }
  }

  private static int slot(long pc) {
    return (int) (pc >>> 1 ^ pc >>> 13) & ENTRIES - 1;
  }
}
