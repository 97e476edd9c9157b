package vivarium.distribution.cli;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Bare-metal programs of a few instructions, as raw images. */
final class Programs {
  private Programs() {}

  /** Writes {@code value} to the board's finisher, whose codes QEMU's {@code sifive_test} gave. */
  static byte[] finishing(int value) {
    int upper = value + 0x800 >>> 12;
    int lower = value - (upper << 12);
    return image(
        0x0010_0537, // lui a0, 0x100
        upper << 12 | 0x5b7, // lui a1, upper
        lower << 20 | 0x58593, // addi a1, a1, lower
        0x00b5_2023, // sw a1, 0(a0)
        0x0000_006f); // j .
  }

  /** Programs a word of the second bank of flash, and powers off. */
  static byte[] programmingFlash(int word) {
    int upper = word + 0x800 >>> 12;
    int lower = word - (upper << 12);
    return image(
        0x2200_0537, // lui a0, 0x22000
        0x0400_0593, // li a1, 0x40
        0x00b5_2023, // sw a1, 0(a0)
        upper << 12 | 0x5b7, // lui a1, upper
        lower << 20 | 0x58593, // addi a1, a1, lower
        0x00b5_2023, // sw a1, 0(a0)
        0x0010_0537, // lui a0, 0x100
        0x0000_55b7, // lui a1, 5
        0x5555_8593, // addi a1, a1, 0x555
        0x00b5_2023, // sw a1, 0(a0)
        0x0000_006f); // j .
  }

  /** Does nothing for ever. */
  static byte[] spinning() {
    return image(0x0000_006f); // j .
  }

  /** Waits for an interrupt that never comes. */
  static byte[] waiting() {
    return image(
        0x1050_0073, // wfi
        0xffdf_f06f); // j .-4
  }

  private static byte[] image(int... instructions) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * instructions.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int instruction : instructions) {
      bytes.putInt(instruction);
    }
    return bytes.array();
  }
}
