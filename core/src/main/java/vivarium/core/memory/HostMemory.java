package vivarium.core.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import vivarium.api.VivariumException;

/**
 * The memory calls of the host's C library (Linux: mmap(2), munmap(2), madvise(2), memfd_create(2),
 * ftruncate(2), close(2)). Every call's result is looked at; a refusal becomes a {@link
 * VivariumException} that names the call and the reason.
 */
final class HostMemory {
  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  static final int PROT_EXEC = 4;
  static final int MAP_SHARED = 0x01;
  static final int MAP_PRIVATE = 0x02;
  static final int MAP_ANONYMOUS = 0x20;
  static final int MAP_NORESERVE = 0x4000;
  static final int MADV_DONTNEED = 4;
  static final int MADV_HUGEPAGE = 14;
  static final int MFD_CLOEXEC = 1;

  /** Bytes of a huge page: alignment that lets the host use them. */
  static final long HUGE_PAGE_BYTES = 2L << 20;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO_FIELD =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  /**
   * How every function here is called: up to six whole registers in, one out, after the function's
   * address. A C {@code int} is the lower half of its register, and a function does not look at
   * registers beyond its own parameters (System V and AAPCS64 alike). One shape for all of them,
   * because the linker makes some twenty classes for each, at every start.
   */
  private static final MethodHandle CALL =
      LINKER.downcallHandle(
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG),
          ERRNO);

  private static final MemorySegment MMAP = function("mmap");
  private static final MemorySegment MUNMAP = function("munmap");
  private static final MemorySegment MADVISE = function("madvise");
  private static final MemorySegment MINCORE = function("mincore");
  private static final MemorySegment MEMFD_CREATE = function("memfd_create");
  private static final MemorySegment FTRUNCATE = function("ftruncate");
  private static final MemorySegment CLOSE = function("close");

  private HostMemory() {}

  private static MemorySegment function(String name) {
    return LINKER
        .defaultLookup()
        .find(name)
        .orElseThrow(() -> new VivariumException("this host's C library has no " + name));
  }

  /** Calls a function of three parameters at most that returns an {@code int}. */
  private static int call(MemorySegment function, MemorySegment state, long a, long b, long c)
      throws Throwable {
    return (int) (long) CALL.invokeExact(function, state, a, b, c, 0L, 0L, 0L);
  }

  /** Makes the handle, which is otherwise made with the first call. */
  static void prepare() {}

  /** Maps and returns the host address. */
  static long map(long bytes, int protection, int flags, int fd) {
    requireLinux();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long address =
          (long)
              CALL.invokeExact(
                  MMAP, state, 0L, bytes, (long) protection, (long) flags, (long) fd, 0L);
      if (address == -1) {
        throw refused("mmap of " + bytes + " bytes", state);
      }
      return address;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static void unmap(long address, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      if (call(MUNMAP, state, address, bytes, 0) != 0) {
        throw refused("munmap", state);
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Gives advice on a mapping.
   *
   * @return whether the host took it; an old kernel knows not every advice
   */
  static boolean advise(long address, long bytes, int advice) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      return call(MADVISE, state, address, bytes, advice) == 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * How many bytes of a mapping the host has given pages to.
   *
   * @param address page-aligned
   * @param bytes a multiple of 4 KiB
   */
  static long resident(long address, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment pages = arena.allocate(bytes >> 12);
      if (call(MINCORE, state, address, bytes, pages.address()) != 0) {
        throw refused("mincore", state);
      }
      long count = 0;
      for (long page = 0; page < pages.byteSize(); page++) {
        count += pages.get(ValueLayout.JAVA_BYTE, page) & 1;
      }
      return count << 12;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Makes an anonymous file of a size; the caller closes it. */
  static int memoryFile(String name, long bytes) {
    requireLinux();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int fd = call(MEMFD_CREATE, state, arena.allocateFrom(name).address(), MFD_CLOEXEC, 0);
      if (fd < 0) {
        throw refused("memfd_create", state);
      }
      if (call(FTRUNCATE, state, fd, bytes, 0) != 0) {
        VivariumException refusal = refused("ftruncate to " + bytes + " bytes", state);
        closeFile(fd);
        throw refusal;
      }
      return fd;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static void closeFile(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      if (call(CLOSE, state, fd, 0, 0) != 0) {
        throw refused("close", state);
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** The constants above are Linux's. */
  private static void requireLinux() {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      throw new VivariumException("mappings are made on Linux only");
    }
  }

  private static VivariumException refused(String call, MemorySegment state) {
    int errno = (int) ERRNO_FIELD.get(state, 0L);
    String reason =
        switch (errno) {
          case 1 -> "not permitted (EPERM)";
          case 12 -> "out of memory (ENOMEM)";
          case 13 -> "permission denied (EACCES)";
          case 22 -> "invalid argument (EINVAL)";
          case 23, 24 -> "too many open files";
          case 38 -> "not implemented (ENOSYS)";
          default -> "errno " + errno;
        };
    return new VivariumException("the host refuses " + call + ": " + reason);
  }

  private static RuntimeException unexpected(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }
}
