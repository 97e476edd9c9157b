package vivarium.api.cpu;

import java.lang.foreign.MemorySegment;

/** A piece of memory mapped twice: where code is written, and where it is executed. */
public interface CodeMemory extends AutoCloseable {
  /** The writable view, bounded. */
  MemorySegment writable();

  /** Host address of the first byte of the executable view. */
  long executableAddress();

  /**
   * Emitted code at an offset of the executable view, to be called as {@code int f(long, long)} by
   * the host's C calling convention. An ordinary downcall, safepoints going on while it runs, which
   * HotSpot compiles in line: it suits what is entered millions of times a second.
   */
  Entry entry(long offset);

  /** Emitted code of one signature. */
  interface Entry {
    /** Runs it on the calling thread. */
    int call(long first, long second);
  }

  @Override
  void close();
}
