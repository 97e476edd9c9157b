package vivarium.core.memory;

import java.lang.foreign.MemorySegment;
import vivarium.api.memory.RamFrames;
import vivarium.api.memory.TableFrames;

/**
 * One machine's part of machine memory: frames for its RAM, one after the other so that host minus
 * guest address is one constant, and behind them frames for the monitor's page tables of this
 * machine. {@link #close} gives all of it back, zeroed.
 */
public final class Extent implements AutoCloseable {
  private static final long FRAME_BYTES = 4096;
  private static final long SMALLEST_TABLES = 1 << 20;
  private static final int TABLE_SHARE = 16;

  private final MemorySegment machine;
  private final long ma;
  private final long ramBytes;
  private final Runnable release;
  private final TableFrames tables;
  private boolean closed;

  Extent(MemorySegment machine, long ma, long ramBytes, Runnable release) {
    this.machine = machine;
    this.ma = ma;
    this.ramBytes = ramBytes;
    this.release = release;
    tables = new TablePool(machine, ma + ramBytes, tableBytes(ramBytes));
  }

  /** Most that the monitor's page tables of a machine may take. */
  static long tableBytes(long ramBytes) {
    return Math.max(SMALLEST_TABLES, ramBytes / TABLE_SHARE & -FRAME_BYTES);
  }

  /** The machine memory that {@code ma} is counted in. */
  public MemorySegment machine() {
    return machine;
  }

  /** Bytes of RAM. */
  public long ramBytes() {
    return ramBytes;
  }

  /** Frames for the RAM, in order. */
  public RamFrames ram() {
    return page -> ma + page * FRAME_BYTES;
  }

  /** Frames for the monitor's page tables. */
  public TableFrames tables() {
    return tables;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      release.run();
    }
  }
}
