package vivarium.distribution.guests;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;
import vivarium.api.VivariumException;

/**
 * Brings a kernel file of a package to the raw {@code Image} that a loader copies into RAM.
 * Packages have had it plain, compressed by gzip, and as an EFI program that unpacks itself
 * ("zboot").
 */
final class KernelImage {
  private static final int GZIP_MAGIC = 0x8b1f;

  /** {@code magic2} of the kernel's {@code Documentation/arch/riscv/boot-image-header.rst}. */
  private static final int MAGIC2_OFFSET = 0x38;

  private static final int MAGIC2 = 0x05435352; // "RSC\x05"

  // struct linux_efi_zboot_header
  private static final int ZIMG_OFFSET = 4;
  private static final int ZIMG = 0x676d697a; // "zimg"
  private static final int PAYLOAD_OFFSET = 8;
  private static final int PAYLOAD_SIZE = 12;
  private static final int COMPRESSION_TYPE = 24;

  private KernelImage() {}

  /**
   * The raw image.
   *
   * @param name what to call the file in a message
   * @throws VivariumException in one line, if this is no kernel for RISC-V
   */
  static byte[] raw(String name, byte[] file) throws IOException {
    byte[] image = file;
    ByteBuffer header = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    if (image.length > 2 && Short.toUnsignedInt(header.getShort(0)) == GZIP_MAGIC) {
      image = unpack(name, "gzip", new ByteArrayInputStream(image));
    } else if (image.length > 64 && header.getInt(ZIMG_OFFSET) == ZIMG) {
      int offset = header.getInt(PAYLOAD_OFFSET);
      int size = header.getInt(PAYLOAD_SIZE);
      if (offset < 0 || size < 0 || size > image.length - offset) {
        throw new VivariumException(name + " is cut off");
      }
      String type =
          new String(image, COMPRESSION_TYPE, 8, StandardCharsets.US_ASCII)
              .replaceFirst("\0.*", "");
      image = unpack(name, type, new ByteArrayInputStream(image, offset, size));
    }
    if (image.length <= 64
        || ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getInt(MAGIC2_OFFSET) != MAGIC2) {
      throw new VivariumException(name + " is not a RISC-V kernel image");
    }
    return image;
  }

  private static byte[] unpack(String name, String type, InputStream packed) throws IOException {
    try (InputStream in =
        switch (type) {
          case "gzip" -> new GZIPInputStream(packed);
          case "xz", "xzkern" -> new XZInputStream(packed);
          default ->
              throw new VivariumException(name + " is compressed by " + type + ": not supported");
        }) {
      return in.readAllBytes();
    }
  }
}
