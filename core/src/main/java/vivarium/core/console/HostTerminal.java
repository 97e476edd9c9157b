package vivarium.core.console;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import vivarium.api.VivariumException;

/**
 * The pseudo-terminal calls of the host's C library (posix_openpt(3), grantpt(3), unlockpt(3),
 * ptsname(3), termios(3), open(2), read(2), write(2), poll(2), close(2)) on Linux.
 */
final class HostTerminal {
  static final short POLLIN = 1;
  static final short POLLOUT = 4;
  static final short POLLHUP = 0x10;
  private static final int O_RDWR = 2;
  private static final int O_NOCTTY = 0x100;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int TCSANOW = 0;

  /** More than {@code struct termios} has anywhere. */
  private static final long TERMIOS_BYTES = 256;

  private static final long NAME_BYTES = 128;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MethodHandle OPENPT = handle("posix_openpt", INT, INT);
  private static final MethodHandle GRANTPT = handle("grantpt", INT, INT);
  private static final MethodHandle UNLOCKPT = handle("unlockpt", INT, INT);
  private static final MethodHandle PTSNAME =
      handle("ptsname_r", INT, INT, ValueLayout.ADDRESS, LONG);
  private static final MethodHandle OPEN = handle("open", INT, ValueLayout.ADDRESS, INT);
  private static final MethodHandle GETATTR = handle("tcgetattr", INT, INT, ValueLayout.ADDRESS);
  private static final MethodHandle SETATTR =
      handle("tcsetattr", INT, INT, INT, ValueLayout.ADDRESS);
  private static final MethodHandle MAKERAW =
      function("cfmakeraw", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
  private static final MethodHandle POLL = handle("poll", INT, ValueLayout.ADDRESS, LONG, INT);
  private static final MethodHandle READ = handle("read", LONG, INT, ValueLayout.ADDRESS, LONG);
  private static final MethodHandle WRITE = handle("write", LONG, INT, ValueLayout.ADDRESS, LONG);
  private static final MethodHandle CLOSE = handle("close", INT, INT);

  private HostTerminal() {}

  private static MethodHandle handle(
      String name,
      java.lang.foreign.MemoryLayout result,
      java.lang.foreign.MemoryLayout... arguments) {
    return function(name, FunctionDescriptor.of(result, arguments));
  }

  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    MemorySegment address =
        linker
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new VivariumException("this host's C library has no " + name));
    return linker.downcallHandle(address, descriptor);
  }

  /** Opens the master side of a new pseudo-terminal, which never waits. */
  static int openMaster() {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      throw new VivariumException("pseudo-terminals are made on Linux only");
    }
    try {
      int master = (int) OPENPT.invokeExact(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
      if (master < 0
          || (int) GRANTPT.invokeExact(master) != 0
          || (int) UNLOCKPT.invokeExact(master) != 0) {
        throw new VivariumException("the host refuses a pseudo-terminal");
      }
      return master;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** The path of a master's other side. */
  static String slaveName(int master) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(NAME_BYTES);
      if ((int) PTSNAME.invokeExact(master, name, NAME_BYTES) != 0) {
        throw new VivariumException("the host does not name its pseudo-terminal");
      }
      return name.getString(0);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Opens the other side and sets it to raw mode: what is typed there goes through as it is. */
  static int openSlave(String name) {
    try (Arena arena = Arena.ofConfined()) {
      int slave = (int) OPEN.invokeExact(arena.allocateFrom(name), O_RDWR | O_NOCTTY | O_CLOEXEC);
      MemorySegment mode = arena.allocate(TERMIOS_BYTES);
      if (slave < 0 || (int) GETATTR.invokeExact(slave, mode) != 0) {
        throw new VivariumException("the host does not open its pseudo-terminal " + name);
      }
      MAKERAW.invokeExact(mode);
      if ((int) SETATTR.invokeExact(slave, TCSANOW, mode) != 0) {
        throw new VivariumException("pseudo-terminal " + name + " does not go into raw mode");
      }
      return slave;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Waits until a descriptor can be read or written, or a time is over.
   *
   * @return the events that came; 0 if none
   */
  static short poll(int descriptor, short events, int timeoutMillis) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = arena.allocate(8, 4);
      entry.set(INT, 0, descriptor);
      entry.set(ValueLayout.JAVA_SHORT, 4, events);
      int count = (int) POLL.invokeExact(entry, 1L, timeoutMillis);
      return count > 0 ? entry.get(ValueLayout.JAVA_SHORT, 6) : 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Reads what is there; less than 1 if there is nothing. */
  static int read(int descriptor, byte[] target) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(target.length);
      long count = (long) READ.invokeExact(descriptor, buffer, (long) target.length);
      if (count > 0) {
        MemorySegment.copy(buffer, 0, MemorySegment.ofArray(target), 0, count);
      }
      return (int) count;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Writes as much as is taken at once; less than 1 if nothing is. */
  static int write(int descriptor, byte[] source, int offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(source.length);
      MemorySegment.copy(source, 0, buffer, ValueLayout.JAVA_BYTE, 0, source.length);
      long count =
          (long)
              WRITE.invokeExact(descriptor, buffer.asSlice(offset), (long) source.length - offset);
      return (int) count;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static void close(int descriptor) {
    try {
      int unused = (int) CLOSE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static RuntimeException unexpected(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }
}
