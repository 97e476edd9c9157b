package vivarium.devices;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What one chip of {@link CfiFlash} says of itself: identifier codes, and the answers of the Common
 * Flash Interface (JEDEC JESD68.01), by the address as the chip counts it, in words of 16 bits.
 */
final class FlashIdentity {
  /** Bytes of an erase block of one chip. */
  static final int CHIP_BLOCK_BYTES = 128 << 10;

  /** Bytes of one chip's write buffer. */
  static final int CHIP_BUFFER_BYTES = 1 << 11;

  private static final int MANUFACTURER_INTEL = 0x89;
  private static final int DEVICE_28F128J3 = 0x18;

  private static final int QUERY_ADDRESS = 0x10;
  private static final int EXTENDED_QUERY_ADDRESS = 0x31;

  private FlashIdentity() {}

  /** Identifier codes; the codes of blocks say that none is locked. */
  static int identifier(int address) {
    return switch (address & 0xff) {
      case 0 -> MANUFACTURER_INTEL;
      case 1 -> DEVICE_28F128J3;
      default -> 0;
    };
  }

  /**
   * The answer to a query.
   *
   * @param chipBytes size of the chip, a power of two
   */
  static int query(int address, int chipBytes) {
    byte[] table = table(chipBytes);
    int index = address - QUERY_ADDRESS;
    return index >= 0 && index < table.length ? table[index] & 0xff : 0;
  }

  private static byte[] table(int chipBytes) {
    int lastBlock = chipBytes / CHIP_BLOCK_BYTES - 1;
    int[] system = {
      'Q',
      'R',
      'Y',
      // primary command set: Intel's, with its table; no alternate one
      1,
      0,
      EXTENDED_QUERY_ADDRESS,
      0,
      0,
      0,
      0,
      0,
      // supply voltage: 4.5 to 5.5 V, nothing for programming
      0x45,
      0x55,
      0,
      0,
      // typical times as powers of two: word and buffer in microseconds, block in milliseconds
      7,
      7,
      10,
      0,
      // most times of that, as powers of two
      4,
      4,
      4,
      0,
      // geometry: size; 8 and 16 bits; buffer; one region of equal blocks
      Integer.numberOfTrailingZeros(chipBytes),
      2,
      0,
      Integer.numberOfTrailingZeros(CHIP_BUFFER_BYTES),
      0,
      1,
      lastBlock,
      lastBlock >> 8,
      CHIP_BLOCK_BYTES >> 8,
      CHIP_BLOCK_BYTES >> 16,
    };
    byte[] extended = Arrays.copyOf("PRI10".getBytes(StandardCharsets.US_ASCII), 15);
    extended[14] = 1; // protection fields
    byte[] table = new byte[system.length + extended.length];
    for (int i = 0; i < system.length; i++) {
      table[i] = (byte) system[i];
    }
    System.arraycopy(extended, 0, table, system.length, extended.length);
    return table;
  }
}
