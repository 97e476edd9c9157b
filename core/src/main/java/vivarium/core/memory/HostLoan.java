package vivarium.core.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CodeMemory;
import vivarium.api.cpu.HostPowers;

/**
 * What one machine's engines have borrowed of the host. {@link #close} ends every loan: tables are
 * freed and code is unmapped, so no engine may run any more.
 */
public final class HostLoan implements HostPowers, AutoCloseable {
  private static final long PAGE_BYTES = 4096;

  /** From this size on tables are a mapping of their own, zero without being touched. */
  private static final long MAPPED_TABLES = 256 << 10;

  private final Arena arena = Arena.ofShared();
  private final List<CodeMemory> code = new ArrayList<>();

  /** Keys of what these engines have in common with other machines'. */
  private final List<Object> common = new ArrayList<>();

  /** Makes a loan of nothing yet. */
  public HostLoan() {}

  @Override
  public synchronized CodeMemory codeMemory(long bytes) {
    CodeMemory memory = TwinMapping.create(bytes + PAGE_BYTES - 1 & -PAGE_BYTES);
    code.add(memory);
    return memory;
  }

  @Override
  public MemorySegment tables(long bytes) {
    if (bytes < MAPPED_TABLES) {
      return arena.allocate(bytes, 64);
    }
    long huge = HostMemory.HUGE_PAGE_BYTES;
    boolean large = bytes >= huge;
    long mapped = large ? bytes + huge : bytes;
    try {
      long address =
          HostMemory.map(
              mapped,
              HostMemory.PROT_READ | HostMemory.PROT_WRITE,
              HostMemory.MAP_PRIVATE | HostMemory.MAP_ANONYMOUS,
              -1);
      long start = large ? address + huge - 1 & -huge : address;
      if (large) {
        HostMemory.advise(start, bytes, HostMemory.MADV_HUGEPAGE);
      }
      return MemorySegment.ofAddress(start)
          .reinterpret(bytes, arena, segment -> HostMemory.unmap(address, mapped));
    } catch (VivariumException refused) {
      return arena.allocate(bytes, 64);
    }
  }

  @Override
  public synchronized <T extends AutoCloseable> T common(
      Object key, Function<HostPowers, T> maker) {
    T thing = Commons.ofProcess().take(key, maker);
    common.add(key);
    return thing;
  }

  @Override
  public synchronized void close() {
    common.forEach(Commons.ofProcess()::giveBack);
    common.clear();
    code.forEach(CodeMemory::close);
    code.clear();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  /** An anonymous file mapped twice: writable here, executable there (W^X). */
  private static final class TwinMapping implements CodeMemory {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment writable;
    private final long executable;
    private final long bytes;

    private TwinMapping(long writableAddress, long executable, long bytes) {
      writable =
          MemorySegment.ofAddress(writableAddress)
              .reinterpret(bytes, arena, segment -> HostMemory.unmap(writableAddress, bytes));
      this.executable = executable;
      this.bytes = bytes;
    }

    static TwinMapping create(long bytes) {
      int fd = -1;
      try {
        fd = HostMemory.memoryFile("vivarium-code", bytes);
        long writable =
            HostMemory.map(
                bytes, HostMemory.PROT_READ | HostMemory.PROT_WRITE, HostMemory.MAP_SHARED, fd);
        try {
          long executable =
              HostMemory.map(
                  bytes, HostMemory.PROT_READ | HostMemory.PROT_EXEC, HostMemory.MAP_SHARED, fd);
          return new TwinMapping(writable, executable, bytes);
        } catch (VivariumException e) {
          HostMemory.unmap(writable, bytes);
          throw e;
        }
      } catch (VivariumException e) {
        throw new VivariumException("no executable memory on this host: " + e.getMessage(), e);
      } finally {
        if (fd >= 0) {
          HostMemory.closeFile(fd);
        }
      }
    }

    @Override
    public MemorySegment writable() {
      return writable;
    }

    @Override
    public long executableAddress() {
      return executable;
    }

    @Override
    public Entry entry(long offset) {
      return new HostEntry(address(offset));
    }

    private long address(long offset) {
      if (offset < 0 || offset >= bytes) {
        throw new IndexOutOfBoundsException("offset " + offset + " in code of " + bytes + " bytes");
      }
      return executable + offset;
    }

    @Override
    public synchronized void close() {
      if (arena.scope().isAlive()) {
        arena.close();
        HostMemory.unmap(executable, bytes);
      }
    }
  }
}
