package vivarium.api.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** A piece of memory mapped twice: where code is written, and where it is executed. */
public interface CodeMemory extends AutoCloseable {
  /** The writable view, bounded. */
  MemorySegment writable();

  /** Host address of the first byte of the executable view. */
  long executableAddress();

  /**
   * A handle that calls emitted code at an offset of the executable view by the host's C calling
   * convention. An ordinary downcall: safepoints go on while it runs.
   */
  MethodHandle function(long offset, FunctionDescriptor descriptor);

  /**
   * Calls emitted code at an offset of the executable view as {@code int f(long)}; as {@link
   * #function}, but HotSpot compiles the call in line, so that it suits what is entered millions of
   * times a second.
   */
  Entry entry(long offset);

  /** Emitted code of one signature. */
  interface Entry {
    /** Runs it on the calling thread. */
    int call(long argument);
  }

  @Override
  void close();
}
