package vivarium.cpu.translation.bytecode;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The class of a region could not be made, or Java would not have it. */
final class RegionRefused extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final transient byte @Nullable [] bytes;

  /**
   * Says so.
   *
   * @param bytes the class, if it came to be
   */
  RegionRefused(Throwable cause, byte @Nullable [] bytes) {
    super(cause.toString(), cause);
    this.bytes = bytes;
  }

  byte @Nullable [] bytes() {
    return bytes;
  }
}
