package vivarium.core.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import vivarium.api.memory.TableFrames;

/**
 * A bounded range of machine memory as frames for page tables. Every address is held to frames that
 * are given at the moment: a strategy's mistake reaches nobody's memory.
 */
final class TablePool implements TableFrames {
  private static final int FRAME_SHIFT = 12;
  private static final long FRAME_BYTES = 1 << FRAME_SHIFT;
  private static final VarHandle ENTRY = ValueLayout.JAVA_LONG.varHandle();

  private final MemorySegment machine;
  private final long first;
  private final int frames;
  private final BitSet used = new BitSet();

  TablePool(MemorySegment machine, long first, long bytes) {
    this.machine = machine;
    this.first = first;
    frames = Math.toIntExact(bytes >> FRAME_SHIFT);
  }

  @Override
  public long allocate() {
    int frame = used.nextClearBit(0);
    if (frame >= frames) {
      return NONE;
    }
    used.set(frame);
    long ma = first + ((long) frame << FRAME_SHIFT);
    machine.asSlice(ma, FRAME_BYTES).fill((byte) 0);
    return ma;
  }

  @Override
  public void free(long ma) {
    used.clear(given(ma));
  }

  @Override
  public long read(long address) {
    return isGiven(address) ? (long) ENTRY.getAcquire(machine, address) : MISSING;
  }

  @Override
  public void write(long ma, long entry) {
    given(ma);
    ENTRY.setRelease(machine, ma, entry);
  }

  @Override
  public boolean compareAndSet(long address, long expected, long value) {
    given(address);
    return ENTRY.compareAndSet(machine, address, expected, value);
  }

  private boolean isGiven(long ma) {
    long offset = ma - first;
    return offset >= 0 && offset >> FRAME_SHIFT < frames && used.get((int) (offset >> FRAME_SHIFT));
  }

  private int given(long ma) {
    if (!isGiven(ma)) {
      throw new IndexOutOfBoundsException("no table frame at ma 0x" + Long.toHexString(ma));
    }
    return (int) (ma - first >> FRAME_SHIFT);
  }
}
