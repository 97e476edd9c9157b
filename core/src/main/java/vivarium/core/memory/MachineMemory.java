package vivarium.core.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.api.VivariumException;

/**
 * The memory that all virtual machines share: one sparse mapping of the host's, addressed by {@code
 * ma} (host address = base + {@code ma}), committed by the host on first touch. Machines get {@link
 * Extent}s of it, as contiguous as can be, and give them back when they are closed.
 *
 * <p>Where the host refuses such a mapping, each extent is an allocation of its own. Safe from any
 * thread.
 */
public final class MachineMemory implements AutoCloseable {
  /** What of the address space may be lost to fragments between extents. */
  private static final int ADDRESS_SPACE_FACTOR = 2;

  private final long limit;
  private final Arena arena = Arena.ofShared();
  private final @Nullable MemorySegment mapping;
  private final TreeMap<Long, Long> holes = new TreeMap<>();
  private final List<Extent> extents = new ArrayList<>();
  private long given;
  private boolean closed;

  private MachineMemory(long limit) {
    this.limit = limit;
    mapping = map(limit, arena);
    if (mapping != null) {
      holes.put(0L, mapping.byteSize());
    }
  }

  /** Links the host's calls, which are otherwise linked where they are made first. */
  public static void prepare() {
    HostMemory.prepare();
    HostEntry.prepare();
  }

  /** Not a constant: whoever only prepares is not to wait until logging is set up. */
  private static Logger log() {
    return LoggerFactory.getLogger(MachineMemory.class);
  }

  /** As much as the host has, which it commits only as machines touch it. */
  public static MachineMemory ofHost() {
    return new MachineMemory(hostMemory("MemTotal:", Runtime.getRuntime().maxMemory()));
  }

  /**
   * At most so much for all machines together.
   *
   * @param limit bytes
   */
  public static MachineMemory ofBytes(long limit) {
    return new MachineMemory(limit);
  }

  private static @Nullable MemorySegment map(long limit, Arena arena) {
    long huge = HostMemory.HUGE_PAGE_BYTES;
    long bytes = (limit * ADDRESS_SPACE_FACTOR + huge - 1 & -huge) + huge;
    try {
      long address =
          HostMemory.map(
              bytes,
              HostMemory.PROT_READ | HostMemory.PROT_WRITE,
              HostMemory.MAP_PRIVATE | HostMemory.MAP_ANONYMOUS | HostMemory.MAP_NORESERVE,
              -1);
      HostMemory.advise(address, bytes, HostMemory.MADV_HUGEPAGE);
      long aligned = address + huge - 1 & -huge;
      return MemorySegment.ofAddress(aligned)
          .reinterpret(bytes - huge, arena, segment -> HostMemory.unmap(address, bytes));
    } catch (VivariumException e) {
      log().warn("machine memory is not one mapping: {}", e.getMessage());
      return null;
    }
  }

  /** Bytes that all machines together may have. */
  public long limit() {
    return limit;
  }

  /** Bytes of RAM that machines have been promised. */
  public synchronized long given() {
    return given;
  }

  /**
   * Promises a machine its RAM, and frames for the monitor's own page tables beside it.
   *
   * @param who the machine's name, for messages
   * @param ramBytes a positive multiple of 4 KiB
   * @throws VivariumException if the machine's memory is exhausted, or the host has not so much
   */
  public synchronized Extent give(String who, long ramBytes) {
    if (closed) {
      throw new VivariumException("machine memory has been given back to the host");
    }
    if (ramBytes > limit - given) {
      throw new VivariumException(
          "machine %s wants %s of memory, but of %s only %s are left"
              .formatted(who, mebibytes(ramBytes), mebibytes(limit), mebibytes(limit - given)));
    }
    long available = hostMemory("MemAvailable:", Long.MAX_VALUE) - untouched();
    if (ramBytes > available) {
      throw new VivariumException(
          "machine %s wants %s of memory, more than the host can give: %s"
              .formatted(who, mebibytes(ramBytes), mebibytes(Math.max(0, available))));
    }
    Extent extent = extent(ramBytes);
    given += ramBytes;
    extents.add(extent);
    return extent;
  }

  /** What machines have been promised and not touched yet: the host counts it as free. */
  private long untouched() {
    extents.removeIf(Extent::isClosed);
    return given - extents.stream().mapToLong(Extent::residentBytes).sum();
  }

  /** Bytes of all machines' RAM that the host has given pages to. */
  public synchronized long residentBytes() {
    return extents.stream().mapToLong(Extent::residentBytes).sum();
  }

  private Extent extent(long ramBytes) {
    long tableBytes = Extent.tableBytes(ramBytes);
    long bytes =
        ramBytes + tableBytes + HostMemory.HUGE_PAGE_BYTES - 1 & -HostMemory.HUGE_PAGE_BYTES;
    MemorySegment whole = mapping;
    if (whole == null) {
      return extentOfItsOwn(ramBytes, bytes);
    }
    for (Map.Entry<Long, Long> hole : holes.entrySet()) {
      if (hole.getValue() >= bytes) {
        long ma = hole.getKey();
        long rest = hole.getValue() - bytes;
        holes.remove(ma);
        if (rest > 0) {
          holes.put(ma + bytes, rest);
        }
        return new Extent(whole, ma, ramBytes, true, () -> take(whole, ma, bytes, ramBytes));
      }
    }
    throw new VivariumException(
        "machine memory is in too many pieces for another " + mebibytes(ramBytes));
  }

  private Extent extentOfItsOwn(long ramBytes, long bytes) {
    Arena own = Arena.ofShared();
    try {
      MemorySegment memory = own.allocate(bytes, 4096);
      Runnable release =
          () -> {
            own.close();
            synchronized (this) {
              given -= ramBytes;
            }
          };
      return new Extent(memory, 0, ramBytes, false, release);
    } catch (OutOfMemoryError e) {
      own.close();
      throw new VivariumException("the host cannot give " + mebibytes(ramBytes) + " of memory", e);
    }
  }

  private synchronized void take(MemorySegment whole, long ma, long bytes, long ramBytes) {
    if (closed) {
      return;
    }
    if (!HostMemory.advise(whole.address() + ma, bytes, HostMemory.MADV_DONTNEED)) {
      whole.asSlice(ma, bytes).fill((byte) 0);
    }
    given -= ramBytes;
    long start = ma;
    long length = bytes;
    Map.Entry<Long, Long> before = holes.lowerEntry(start);
    if (before != null && before.getKey() + before.getValue() == start) {
      start = before.getKey();
      length += before.getValue();
      holes.remove(start);
    }
    Long after = holes.remove(start + length);
    holes.put(start, after == null ? length : length + after);
  }

  /** Gives everything back to the host. No machine may run any more. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      arena.close();
    }
  }

  private static String mebibytes(long bytes) {
    return (bytes >> 20) + " MiB";
  }

  /**
   * A line of {@code /proc/meminfo} in bytes.
   *
   * @param otherwise where there is no such line
   */
  private static long hostMemory(String field, long otherwise) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith(field)) {
          String kibibytes = line.substring(field.length()).replace("kB", "").trim();
          return Long.parseLong(kibibytes) << 10;
        }
      }
    } catch (IOException | NumberFormatException e) {
      log().debug("cannot read /proc/meminfo", e);
    }
    return otherwise;
  }
}
