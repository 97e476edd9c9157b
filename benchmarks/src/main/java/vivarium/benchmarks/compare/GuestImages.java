package vivarium.benchmarks.compare;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.regex.Pattern;
import vivarium.api.VivariumException;

/** The benchmark guests: ELF files that this module carries, built in benchmarks/guests. */
public final class GuestImages {
  /** File offset of the 64-bit word that says how much work a guest does. */
  public static final int SCALE_OFFSET = 0x1008;

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]+");

  private GuestImages() {}

  /**
   * A guest that does so many units of work.
   *
   * @throws VivariumException if there is no such guest
   */
  public static byte[] read(String guest, long scale) {
    return withScale(resource(guest, "bin/" + guest + ".elf"), scale);
  }

  /** The lines that guests print, as QEMU printed them. */
  public static ExpectedLines expectedLines() {
    return ExpectedLines.parse(new String(resource("", "expected.txt")).lines().toList());
  }

  /** A copy of an image with another scale. */
  public static byte[] withScale(byte[] image, long scale) {
    if (image.length < SCALE_OFFSET + Long.BYTES) {
      throw new VivariumException(
          "a guest of " + image.length + " bytes has no word for its scale");
    }
    byte[] copy = image.clone();
    ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putLong(SCALE_OFFSET, scale);
    return copy;
  }

  private static byte[] resource(String guest, String name) {
    boolean sound = guest.isEmpty() || NAME.matcher(guest).matches();
    try (InputStream in = sound ? GuestImages.class.getResourceAsStream("guests/" + name) : null) {
      if (in == null) {
        throw new VivariumException(
            "there is no guest '" + guest + "' (benchmarks/guests/README.md lists them)");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
