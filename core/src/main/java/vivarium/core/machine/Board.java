package vivarium.core.machine;

/**
 * The address map and interrupt numbers of the {@code virt} board, as QEMU lays it out, so that
 * what runs there unmodified runs here unmodified.
 *
 * <p>Disks take the virtio slots from the lowest upwards in the order in which they are configured
 * (so the first is {@code /dev/vda}), then comes the entropy device, then others.
 */
final class Board {
  /** Power-off and reset by a register. */
  static final Place SYSCON = new Place("syscon", 0x0010_0000L, 0);

  /** Wall-clock time. */
  static final Place RTC = new Place("goldfish-rtc", 0x0010_1000L, 11);

  /** Timers and software interrupts of the harts. */
  static final Place CLINT = new Place("clint", 0x0200_0000L, 0);

  /** The interrupt controller. */
  static final Place PLIC = new Place("plic", 0x0c00_0000L, 0);

  /** The serial console. */
  static final Place UART = new Place("ns16550a", 0x1000_0000L, 10);

  /** How many banks of flash there can be, one after the other. */
  static final int FLASH_BANKS = 2;

  /** Bytes of a bank of flash. */
  static final long FLASH_BANK_BYTES = 32L << 20;

  /** Where flash begins: what stands in the first bank can be booted. */
  static final long FLASH_BASE = 0x2000_0000L;

  /** Where the console is in the device tree. */
  static final String CONSOLE_PATH = "/soc/serial@10000000";

  /** How many virtio-mmio slots there are. */
  static final int VIRTIO_SLOTS = 8;

  /** Bytes from one slot to the next. */
  static final long VIRTIO_SLOT_BYTES = 0x1000;

  /** Where RAM begins. */
  static final long RAM_BASE = 0x8000_0000L;

  /** Ticks in a second of the machine's time. */
  static final long TIMEBASE_HZ = 10_000_000;

  private static final long VIRTIO_BASE = 0x1000_1000L;
  private static final int VIRTIO_INTERRUPT = 1;

  private Board() {}

  /**
   * A place on the board.
   *
   * @param device the kind of device that is there
   * @param base guest-physical address
   * @param interrupt source at the interrupt controller; 0 for none
   */
  record Place(String device, long base, int interrupt) {}

  /**
   * A bank of flash.
   *
   * @param bank from 0
   */
  static Place flash(int bank) {
    return new Place("cfi-flash", FLASH_BASE + bank * FLASH_BANK_BYTES, 0);
  }

  /**
   * A virtio-mmio slot.
   *
   * @param slot from 0
   * @param device what stands in it
   */
  static Place virtio(int slot, String device) {
    return new Place(device, VIRTIO_BASE + slot * VIRTIO_SLOT_BYTES, VIRTIO_INTERRUPT + slot);
  }
}
