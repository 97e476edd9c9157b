package vivarium.distribution.guests;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;
import vivarium.api.VivariumException;

/**
 * A Debian binary package, deb(5): an {@code ar} archive whose member {@code data.tar.*} holds the
 * files.
 */
final class Deb {
  private static final String MAGIC = "!<arch>\n";
  private static final int HEADER_BYTES = 60;

  private Deb() {}

  /**
   * The package's files.
   *
   * @throws VivariumException in one line, if this is not such a package
   */
  static TarFile open(Path deb) throws IOException {
    try (InputStream in = Files.newInputStream(deb)) {
      if (!new String(in.readNBytes(MAGIC.length()), StandardCharsets.ISO_8859_1).equals(MAGIC)) {
        throw new VivariumException(deb + " is not a Debian package");
      }
      byte[] header = in.readNBytes(HEADER_BYTES);
      while (header.length == HEADER_BYTES) {
        String text = new String(header, StandardCharsets.ISO_8859_1);
        String name = text.substring(0, 16).strip().replaceFirst("/$", "");
        long size = size(deb, text.substring(48, 58).strip());
        if (name.startsWith("data.tar")) {
          return TarFile.spool(decompress(deb, name, new Limited(in, size)));
        }
        // members begin at even offsets
        in.skipNBytes(size + (size & 1));
        header = in.readNBytes(HEADER_BYTES);
      }
    } catch (EOFException e) {
      throw new VivariumException(deb + " is cut off", e);
    }
    throw new VivariumException(deb + " has no data.tar: not a Debian package, or cut off");
  }

  private static long size(Path deb, String digits) {
    if (!digits.matches("\\d{1,10}")) {
      throw new VivariumException(deb + " is damaged: '" + digits + "' is no member's size");
    }
    return Long.parseLong(digits);
  }

  private static InputStream decompress(Path deb, String name, InputStream in) throws IOException {
    return switch (name) {
      case "data.tar" -> in;
      case "data.tar.xz" -> new XZInputStream(in);
      case "data.tar.gz" -> new GZIPInputStream(in);
      default -> throw new VivariumException(deb + " holds " + name + ", which is not supported");
    };
  }

  /** The next {@code left} bytes of a stream. */
  private static final class Limited extends FilterInputStream {
    private long left;

    Limited(InputStream in, long left) {
      super(in);
      this.left = left;
    }

    @Override
    public int read() throws IOException {
      if (left == 0) {
        return -1;
      }
      left--;
      return super.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int n = super.read(bytes, offset, (int) Math.min(length, left));
      left -= Math.max(n, 0);
      return n;
    }
  }
}
