package vivarium.testkit.device;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import vivarium.api.device.Bus;
import vivarium.api.memory.DeviceMemory;

/**
 * A bus with one device, if any: memory that harts read and fetch from until they store 0 to any
 * place of it, whereupon it reads as ones. A store of something else changes it there, and lets it
 * be read again.
 */
public final class SwitchedMemory implements Bus {
  /** Guest-physical address of its first byte. */
  public static final long BASE = 0x2000_0000L;

  private @Nullable DeviceMemory memory;

  /** Puts the device on the bus. */
  public void connect(DeviceMemory its) {
    memory = its;
  }

  @Override
  public boolean covers(long gpa, int width) {
    return memory != null && gpa >= BASE && gpa - BASE <= memory.size() - width;
  }

  @Override
  public long load(long gpa, int width) {
    if (memory != null && memory.isReadable()) {
      return memory.load(gpa - BASE, width);
    }
    return -1L >>> 64 - 8 * width;
  }

  @Override
  public void store(long gpa, int width, long value) {
    DeviceMemory its = memory;
    if (its == null) {
      return;
    }
    its.setReadable(false);
    if (value != 0) {
      byte[] bytes = new byte[width];
      for (int i = 0; i < width; i++) {
        bytes[i] = (byte) (value >>> 8 * i);
      }
      its.write(gpa - BASE, MemorySegment.ofArray(bytes));
      its.setReadable(true);
    }
  }
}
