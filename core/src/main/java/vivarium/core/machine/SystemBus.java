package vivarium.core.machine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import vivarium.api.VivariumException;
import vivarium.api.device.Bus;
import vivarium.api.device.Device;

/** Leads accesses to the device whose region they lie in. The machine's own thread. */
final class SystemBus implements Bus {
  private final List<Region> regions = new ArrayList<>();
  private Region last = new Region("", 0, 0, null);

  /** A device's place. */
  private static final class Region {
    private final String name;
    private final long base;
    private final long size;
    private final @Nullable Device device;
    private long accesses;

    Region(String name, long base, long size, @Nullable Device device) {
      this.name = name;
      this.base = base;
      this.size = size;
      this.device = device;
    }

    boolean covers(long gpa, int width) {
      long offset = gpa - base;
      return offset >= 0 && offset <= size - width;
    }
  }

  /**
   * Puts a device on the bus.
   *
   * @throws VivariumException if its region overlaps another's
   */
  void add(String name, long base, Device device) {
    Region added = new Region(name, base, device.size(), device);
    for (Region other : regions) {
      if (base < other.base + other.size && other.base < base + added.size) {
        throw new VivariumException(
            "devices " + name + " and " + other.name + " overlap on the bus");
      }
    }
    regions.add(added);
    regions.sort(Comparator.comparingLong(region -> region.base));
  }

  @Override
  public boolean covers(long gpa, int width) {
    return find(gpa, width) != null;
  }

  @Override
  public long load(long gpa, int width) {
    Region region = find(gpa, width);
    if (region == null || region.device == null) {
      return 0;
    }
    region.accesses++;
    long value = region.device.load(gpa - region.base, width);
    return width == 8 ? value : value & (1L << 8 * width) - 1;
  }

  @Override
  public void store(long gpa, int width, long value) {
    Region region = find(gpa, width);
    if (region != null && region.device != null) {
      region.accesses++;
      region.device.store(gpa - region.base, width, value);
    }
  }

  private @Nullable Region find(long gpa, int width) {
    if (last.covers(gpa, width)) {
      return last;
    }
    for (Region region : regions) {
      if (region.covers(gpa, width)) {
        last = region;
        return region;
      }
    }
    return null;
  }

  /** How often each device was accessed, in the order of their addresses. */
  Map<String, Long> accesses() {
    Map<String, Long> counts = new LinkedHashMap<>();
    regions.forEach(region -> counts.merge(region.name, region.accesses, Long::sum));
    return counts;
  }
}
