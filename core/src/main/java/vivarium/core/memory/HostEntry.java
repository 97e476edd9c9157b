package vivarium.core.memory;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import vivarium.api.cpu.CodeMemory;

/**
 * Emitted code called as {@code int f(long, long)}. The handle is one constant for all, and the
 * address an argument of it: HotSpot compiles only constant handles into their callers.
 */
final class HostEntry implements CodeMemory.Entry {
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

  private final MemorySegment code;

  /** Makes the handle, which is otherwise made with the first entry. */
  static void prepare() {}

  HostEntry(long address) {
    code = MemorySegment.ofAddress(address);
  }

  @Override
  public int call(long first, long second) {
    try {
      return (int) CALL.invokeExact(code, first, second);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
