package vivarium.distribution.terminal;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import vivarium.api.VivariumException;

/**
 * The terminal at standard input, in raw mode from {@link #raw} to {@link #close}: each key comes
 * at once and unechoed, Ctrl-C too. A line feed that is printed still begins a new line. The
 * terminal is put back as it was at the end of the process as well, whatever ends it (but {@code
 * kill -9}). Any thread.
 */
public final class Terminal implements AutoCloseable {
  private static final int STDIN_FILENO = 0;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;

  /** After output is written, and dropping no input. */
  private static final int TCSADRAIN = 1;

  private static final int OPOST = 1;

  /** More than {@code struct termios} has anywhere: 60 bytes on Linux, 72 on macOS. */
  private static final long TERMIOS_BYTES = 256;

  private final CLibrary library;
  private final MemorySegment original;
  private final Thread atExit = new Thread(this::restore, "terminal");
  private boolean restored;

  private Terminal(CLibrary library, MemorySegment original) {
    this.library = library;
    this.original = original;
  }

  /** Whether standard input is a terminal. */
  public static boolean isAtStandardInput() {
    // each shape of calls costs some milliseconds of the start: emitted code is entered by this one
    Linker linker = Linker.nativeLinker();
    MethodHandle call = linker.downcallHandle(FunctionDescriptor.of(INT, ValueLayout.JAVA_LONG));
    MemorySegment isatty = linker.defaultLookup().findOrThrow("isatty");
    try {
      return (int) call.invokeExact(isatty, (long) STDIN_FILENO) == 1;
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /**
   * Puts the terminal at standard input into raw mode.
   *
   * @throws VivariumException if there is none, or it refuses
   */
  public static Terminal raw() {
    CLibrary library = new CLibrary();
    MemorySegment original = Arena.ofAuto().allocate(TERMIOS_BYTES);
    MemorySegment raw = Arena.ofAuto().allocate(TERMIOS_BYTES);
    try {
      if ((int) library.tcgetattr.invokeExact(STDIN_FILENO, original) != 0) {
        throw new VivariumException("standard input is not a terminal");
      }
      raw.copyFrom(original);
      library.cfmakeraw.invokeExact(raw);
      // cfmakeraw turns output processing off as well; programs that print bare line feeds want it
      long outputFlags = isMac() ? 8 : 4;
      int flags = raw.get(ValueLayout.JAVA_INT, outputFlags);
      raw.set(ValueLayout.JAVA_INT, outputFlags, flags | OPOST);
      Terminal terminal = new Terminal(library, original);
      Runtime.getRuntime().addShutdownHook(terminal.atExit);
      if ((int) library.tcsetattr.invokeExact(STDIN_FILENO, TCSADRAIN, raw) != 0) {
        terminal.close();
        throw new VivariumException("the terminal does not go into raw mode");
      }
      return terminal;
    } catch (VivariumException e) {
      throw e;
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  private static boolean isMac() {
    return System.getProperty("os.name").startsWith("Mac");
  }

  /** Puts the terminal back as it was. */
  @Override
  public void close() {
    restore();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // the process is ending: the hook finds nothing left to do
    }
  }

  private synchronized void restore() {
    if (!restored) {
      restored = true;
      try {
        int unused = (int) library.tcsetattr.invokeExact(STDIN_FILENO, TCSADRAIN, original);
      } catch (Throwable e) {
        throw failure(e);
      }
    }
  }

  private static IllegalStateException failure(Throwable cause) {
    return new IllegalStateException("the C library cannot be called", cause);
  }

  /** The functions of termios(3). */
  private static final class CLibrary {
    final MethodHandle tcgetattr = function("tcgetattr", FunctionDescriptor.of(INT, INT, POINTER));
    final MethodHandle tcsetattr =
        function("tcsetattr", FunctionDescriptor.of(INT, INT, INT, POINTER));
    final MethodHandle cfmakeraw = function("cfmakeraw", FunctionDescriptor.ofVoid(POINTER));

    static MethodHandle function(String name, FunctionDescriptor descriptor) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }
  }
}
