package vivarium.devices.virtio;

import java.util.Arrays;
import vivarium.api.device.Device;
import vivarium.api.device.DeviceContext;
import vivarium.api.device.DevicePlacement;
import vivarium.api.device.DeviceTreeNode;
import vivarium.api.device.InterruptLine;
import vivarium.api.device.MachineControl;
import vivarium.devices.Description;

/**
 * Virtio over MMIO, version 2 (section 4.2). Registers are 32 bits wide, the configuration space
 * any width. Only drivers that accept VIRTIO_F_VERSION_1 are served.
 */
final class VirtioMmio implements Device {
  private static final int MAGIC_VALUE = 0x000;
  private static final int VERSION = 0x004;
  private static final int DEVICE_ID = 0x008;
  private static final int VENDOR_ID = 0x00c;
  private static final int DEVICE_FEATURES = 0x010;
  private static final int DEVICE_FEATURES_SEL = 0x014;
  private static final int DRIVER_FEATURES = 0x020;
  private static final int DRIVER_FEATURES_SEL = 0x024;
  private static final int QUEUE_SEL = 0x030;
  private static final int QUEUE_NUM_MAX = 0x034;
  private static final int QUEUE_NUM = 0x038;
  private static final int QUEUE_READY = 0x044;
  private static final int QUEUE_NOTIFY = 0x050;
  private static final int INTERRUPT_STATUS = 0x060;
  private static final int INTERRUPT_ACK = 0x064;
  private static final int STATUS = 0x070;
  private static final int QUEUE_DESC_LOW = 0x080;
  private static final int QUEUE_DESC_HIGH = 0x084;
  private static final int QUEUE_DRIVER_LOW = 0x090;
  private static final int QUEUE_DRIVER_HIGH = 0x094;
  private static final int QUEUE_DEVICE_LOW = 0x0a0;
  private static final int QUEUE_DEVICE_HIGH = 0x0a4;
  private static final int SHM_LEN_LOW = 0x0b0;
  private static final int SHM_BASE_HIGH = 0x0bc;
  private static final int CONFIG_GENERATION = 0x0fc;
  private static final int CONFIG = 0x100;
  private static final int SIZE = 0x1000;

  /** "virt" in little-endian ASCII. */
  private static final int MAGIC = 0x7472_6976;

  /** "VIVA" in little-endian ASCII. */
  private static final int VENDOR = 0x4156_4956;

  private static final int ACKNOWLEDGE = 1;
  private static final int DRIVER = 2;
  private static final int DRIVER_OK = 4;
  private static final int FEATURES_OK = 8;
  private static final int DEVICE_NEEDS_RESET = 64;
  private static final int FAILED = 128;
  private static final int SET_BY_DRIVER = ACKNOWLEDGE | DRIVER | DRIVER_OK | FEATURES_OK | FAILED;

  private static final long VIRTIO_F_INDIRECT_DESC = 1L << 28;
  private static final long VIRTIO_F_EVENT_IDX = 1L << 29;
  private static final long VIRTIO_F_VERSION_1 = 1L << 32;

  private static final int USED_BUFFER_NOTIFICATION = 1;
  private static final int CONFIGURATION_CHANGE_NOTIFICATION = 2;

  private final VirtioDevice device;
  private final InterruptLine interrupt;
  private final MachineControl control;
  private final VirtQueue[] queues;
  private final long deviceFeatures;

  private int status;
  private int interruptStatus;
  private int deviceFeaturesSel;
  private int driverFeaturesSel;
  private int queueSel;
  private long driverFeatures;

  VirtioMmio(DeviceContext context, VirtioDevice device) {
    this.device = device;
    interrupt = context.interrupt();
    control = context.control();
    queues = new VirtQueue[device.queues()];
    Arrays.setAll(queues, _ -> new VirtQueue(context.memory()));
    deviceFeatures =
        device.features() | VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX | VIRTIO_F_VERSION_1;
  }

  @Override
  public long size() {
    return SIZE;
  }

  @Override
  public long load(long offset, int width) {
    int at = (int) offset;
    if (at >= CONFIG) {
      return loadConfig(at - CONFIG, width);
    }
    return width == 4 ? loadRegister(at) & 0xffff_ffffL : 0;
  }

  private long loadConfig(int offset, int width) {
    byte[] config = device.config();
    long value = 0;
    for (int i = Math.min(width, config.length - offset) - 1; i >= 0; i--) {
      value = value << 8 | config[offset + i] & 0xff;
    }
    return value;
  }

  private int loadRegister(int offset) {
    return switch (offset) {
      case MAGIC_VALUE -> MAGIC;
      case VERSION -> 2;
      case DEVICE_ID -> device.id();
      case VENDOR_ID -> VENDOR;
      case DEVICE_FEATURES -> word(deviceFeatures, deviceFeaturesSel);
      case QUEUE_NUM_MAX -> queueExists() ? VirtQueue.QUEUE_SIZE_MAX : 0;
      case QUEUE_READY -> queueExists() && queues[queueSel].ready() ? 1 : 0;
      case INTERRUPT_STATUS -> interruptStatus;
      case STATUS -> status;
      // The configuration of no device here ever changes.
      case CONFIG_GENERATION -> 0;
      // There are no shared memory regions: length and base read as all ones.
      default -> offset >= SHM_LEN_LOW && offset <= SHM_BASE_HIGH && (offset & 3) == 0 ? -1 : 0;
    };
  }

  private static int word(long features, int sel) {
    return switch (sel) {
      case 0 -> (int) features;
      case 1 -> (int) (features >>> Integer.SIZE);
      default -> 0;
    };
  }

  @Override
  public void store(long offset, int width, long value) {
    if (width != 4) {
      return;
    }
    int word = (int) value;
    switch ((int) offset) {
      case DEVICE_FEATURES_SEL -> deviceFeaturesSel = word;
      case DRIVER_FEATURES_SEL -> driverFeaturesSel = word;
      case DRIVER_FEATURES -> storeDriverFeatures(word);
      case QUEUE_SEL -> queueSel = word;
      case QUEUE_NOTIFY -> notifyQueue(word);
      case INTERRUPT_ACK -> {
        interruptStatus &= ~word;
        interrupt.set(interruptStatus != 0);
      }
      case STATUS -> storeStatus(word & 0xff);
      case QUEUE_READY -> storeQueueReady((word & 1) != 0);
      default -> {
        if (queueExists() && !queues[queueSel].ready()) {
          storeQueueSetting(queues[queueSel], (int) offset, word);
        }
      }
    }
  }

  private void storeDriverFeatures(int word) {
    boolean agreed = (status & FEATURES_OK) != 0;
    if (!agreed && (driverFeaturesSel == 0 || driverFeaturesSel == 1)) {
      int shift = driverFeaturesSel * Integer.SIZE;
      long others = driverFeatures & ~(0xffff_ffffL << shift);
      driverFeatures = others | (word & 0xffff_ffffL) << shift;
    }
  }

  private static void storeQueueSetting(VirtQueue queue, int offset, int word) {
    switch (offset) {
      case QUEUE_NUM -> queue.size(word);
      case QUEUE_DESC_LOW -> queue.desc(0, word);
      case QUEUE_DESC_HIGH -> queue.desc(Integer.SIZE, word);
      case QUEUE_DRIVER_LOW -> queue.driver(0, word);
      case QUEUE_DRIVER_HIGH -> queue.driver(Integer.SIZE, word);
      case QUEUE_DEVICE_LOW -> queue.device(0, word);
      case QUEUE_DEVICE_HIGH -> queue.device(Integer.SIZE, word);
      default -> {}
    }
  }

  private boolean queueExists() {
    return queueSel >= 0 && queueSel < queues.length;
  }

  private void storeQueueReady(boolean ready) {
    if (!queueExists() || queues[queueSel].ready() == ready) {
      return;
    }
    if (!ready) {
      queues[queueSel].stop();
    } else if ((status & (FEATURES_OK | DEVICE_NEEDS_RESET)) == FEATURES_OK) {
      try {
        queues[queueSel].makeReady(
            (driverFeatures & VIRTIO_F_INDIRECT_DESC) != 0,
            (driverFeatures & VIRTIO_F_EVENT_IDX) != 0);
      } catch (Violation violation) {
        needReset(violation);
      }
    }
  }

  /** The device's side of section 3.1.1, "Driver Requirements: Device Initialization". */
  private void storeStatus(int value) {
    if (value == 0) {
      reset();
      return;
    }
    int added = value & ~status & SET_BY_DRIVER;
    if ((added & FEATURES_OK) != 0) {
      if (featuresAcceptable()) {
        device.negotiated(driverFeatures);
      } else {
        added &= ~FEATURES_OK;
      }
    }
    if (((status | added) & FEATURES_OK) == 0) {
      added &= ~DRIVER_OK;
    }
    status |= added;
    if ((added & DRIVER_OK) != 0) {
      // What the driver made available before was not to be touched until now.
      for (int i = 0; i < queues.length; i++) {
        notifyQueue(i);
      }
    }
  }

  private boolean featuresAcceptable() {
    return (driverFeatures & ~deviceFeatures) == 0 && (driverFeatures & VIRTIO_F_VERSION_1) != 0;
  }

  private void notifyQueue(int index) {
    boolean running = (status & (DRIVER_OK | DEVICE_NEEDS_RESET)) == DRIVER_OK;
    if (!running || index < 0 || index >= queues.length || !queues[index].ready()) {
      return;
    }
    VirtQueue queue = queues[index];
    try {
      queue.begin();
      device.handle(index, queue);
    } catch (Violation violation) {
      needReset(violation);
    }
    if (queue.wantsInterrupt()) {
      raise(USED_BUFFER_NOTIFICATION);
    }
  }

  private void needReset(Violation violation) {
    control.complain(device.name() + " needs a reset: " + violation.getMessage());
    status |= DEVICE_NEEDS_RESET;
    if ((status & DRIVER_OK) != 0) {
      raise(CONFIGURATION_CHANGE_NOTIFICATION);
    }
  }

  private void raise(int cause) {
    interruptStatus |= cause;
    interrupt.set(true);
  }

  @Override
  public void reset() {
    status = 0;
    interruptStatus = 0;
    deviceFeaturesSel = 0;
    driverFeaturesSel = 0;
    queueSel = 0;
    driverFeatures = 0;
    for (VirtQueue queue : queues) {
      queue.reset();
    }
    interrupt.set(false);
  }

  @Override
  public void describe(DeviceTreeNode soc, DevicePlacement placement) {
    Description.node(soc, placement, "virtio_mmio", SIZE, "virtio,mmio");
  }
}
