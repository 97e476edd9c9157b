package vivarium.core.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

  /**
   * Frames are given back in pieces of this size: single ones would cost the host its large pages
   * for little.
   */
  static final long GIVEN_BACK_BYTES = 64 << 10;

  private final MemorySegment machine;
  private final long ma;
  private final long ramBytes;
  private final boolean mapped;
  private final Runnable release;
  private final TableFrames tables;
  private boolean closed;

  /**
   * Makes an extent.
   *
   * @param mapped whether it is part of a mapping of the host's, of which parts can be given back
   */
  Extent(MemorySegment machine, long ma, long ramBytes, boolean mapped, Runnable release) {
    this.machine = machine;
    this.ma = ma;
    this.ramBytes = ramBytes;
    this.mapped = mapped;
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

  synchronized boolean isClosed() {
    return closed;
  }

  /**
   * Bytes of RAM that the host has given pages to; all of it where that cannot be known. A page
   * that was read and never written counts, though the host has one page of zeros for all.
   */
  public synchronized long residentBytes() {
    if (closed) {
      return 0;
    }
    return mapped ? HostMemory.resident(machine.address() + ma, ramBytes) : ramBytes;
  }

  /**
   * Gives frames that hold nothing but zeros back to the host: their content stays zero, and the
   * host gives them anew when they are written. Nothing may write the range meanwhile.
   *
   * @param offset from the beginning of RAM, a multiple of 4 KiB
   * @param bytes a multiple of 4 KiB
   * @return how many bytes of frames were given back
   */
  public synchronized long giveBackZeros(long offset, long bytes) {
    if (closed || !mapped) {
      return 0;
    }
    MemorySegment range = machine.asSlice(ma + offset, bytes);
    long given = 0;
    for (long at = 0; at + GIVEN_BACK_BYTES <= bytes; at += GIVEN_BACK_BYTES) {
      MemorySegment piece = range.asSlice(at, GIVEN_BACK_BYTES);
      if (isZero(piece)
          && HostMemory.resident(piece.address(), GIVEN_BACK_BYTES) > 0
          && HostMemory.advise(piece.address(), GIVEN_BACK_BYTES, HostMemory.MADV_DONTNEED)) {
        given += GIVEN_BACK_BYTES;
      }
    }
    return given;
  }

  private static boolean isZero(MemorySegment piece) {
    for (long at = 0; at < piece.byteSize(); at += Long.BYTES) {
      if (piece.get(ValueLayout.JAVA_LONG, at) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    release.run(); // takes machine memory's lock, whose holders ask extents
  }
}
