package vivarium.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import vivarium.api.memory.TableFrames;

/**
 * A number of frames for a strategy's own tables, far from RAM's; any use of one that is not given
 * is an error.
 */
public final class BoundedFrames implements TableFrames {
  private static final long FIRST = 1L << 40;
  private static final int FRAME_BYTES = 4096;

  private final Deque<Long> free = new ArrayDeque<>();
  private final Map<Long, long[]> given = new HashMap<>();

  /** Makes so many, none of them given. */
  public BoundedFrames(int count) {
    for (int i = 0; i < count; i++) {
      free.add(FIRST + (long) i * FRAME_BYTES);
    }
  }

  /** How many are given at the moment. */
  public int given() {
    return given.size();
  }

  @Override
  public long allocate() {
    if (free.isEmpty()) {
      return NONE;
    }
    long ma = free.remove();
    given.put(ma, new long[FRAME_BYTES / 8]);
    return ma;
  }

  @Override
  public void free(long ma) {
    if (given.remove(ma) == null) {
      throw new IllegalStateException("freed twice");
    }
    free.add(ma);
  }

  private long[] frame(long ma) {
    long[] frame = given.get(ma & -FRAME_BYTES);
    if (frame == null) {
      throw new IllegalStateException("frame not given");
    }
    return frame;
  }

  private static int index(long ma) {
    return (int) (ma & FRAME_BYTES - 1) / 8;
  }

  @Override
  public void write(long ma, long entry) {
    frame(ma)[index(ma)] = entry;
  }

  @Override
  public long read(long address) {
    return frame(address)[index(address)];
  }

  @Override
  public boolean compareAndSet(long address, long expected, long value) {
    throw new IllegalStateException("an entry of the monitor's needs no accessed or dirty bit");
  }
}
