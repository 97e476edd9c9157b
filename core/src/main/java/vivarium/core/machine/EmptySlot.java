package vivarium.core.machine;

import vivarium.api.device.Device;
import vivarium.api.device.DevicePlacement;
import vivarium.api.device.DeviceTreeNode;

/**
 * A virtio-mmio slot of the board without a device. A program that looks through all slots finds
 * the transport with device ID 0, which it is to ignore (virtio 1.2, section 4.2.2); the device
 * tree does not mention it.
 */
final class EmptySlot implements Device {
  private static final long MAGIC_VALUE = 0x000;
  private static final long VERSION = 0x004;

  /** "virt" in little-endian ASCII. */
  private static final long MAGIC = 0x7472_6976;

  @Override
  public long size() {
    return Board.VIRTIO_SLOT_BYTES;
  }

  @Override
  public long load(long offset, int width) {
    if (width != 4) {
      return 0;
    }
    return offset == MAGIC_VALUE ? MAGIC : offset == VERSION ? 2 : 0;
  }

  @Override
  public void store(long offset, int width, long value) {}

  @Override
  public void reset() {}

  @Override
  public void describe(DeviceTreeNode soc, DevicePlacement placement) {}
}
