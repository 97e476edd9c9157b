package vivarium.distribution.guests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Makes small packages, kernels and modules as the real ones are made. */
final class Archives {
  private Archives() {}

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] xz(byte[] bytes) {
    return pack(bytes, out -> new XZOutputStream(out, new LZMA2Options(0)));
  }

  static byte[] gzip(byte[] bytes) {
    return pack(bytes, GZIPOutputStream::new);
  }

  static byte[] deb(Map<String, byte[]> files) {
    return ar(Map.of("data.tar.xz", xz(tar(files))));
  }

  /** An ar archive whose first member has an odd size, so that its padding matters. */
  static byte[] ar(Map<String, byte[]> members) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(utf8("!<arch>\n"));
    arMember(out, "debian-binary", utf8("2.0"));
    members.forEach((name, data) -> arMember(out, name, data));
    return out.toByteArray();
  }

  static byte[] tar(Map<String, byte[]> files) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    tarEntry(out, "./", '5', new byte[0]);
    files.forEach(
        (name, data) -> {
          if (name.length() > 98) {
            tarEntry(out, "././@LongLink", 'L', utf8("./" + name + "\0"));
          }
          tarEntry(out, "./" + name, '0', data);
        });
    out.writeBytes(new byte[1024]);
    return out.toByteArray();
  }

  /** An ELF-64 file of two sections: their names, and .modinfo. */
  static byte[] module(String depends) {
    byte[] names = utf8("\0.modinfo\0");
    byte[] info = utf8("license=GPL\0depends=" + depends + "\0name=it\0");
    int headers = 64 + names.length + info.length;
    ByteBuffer elf = ByteBuffer.allocate(headers + 128).order(ByteOrder.LITTLE_ENDIAN);
    elf.putLong(0x28, headers);
    elf.putShort(0x3a, (short) 64).putShort(0x3c, (short) 2).putShort(0x3e, (short) 0);
    elf.put(64, names).put(64 + names.length, info);
    elf.putLong(headers + 0x18, 64);
    elf.putInt(headers + 64, 1);
    elf.putLong(headers + 64 + 0x18, 64 + names.length).putLong(headers + 64 + 0x20, info.length);
    return elf.array();
  }

  /** A kernel as far as its header tells. */
  static byte[] image() {
    byte[] image = new byte[200];
    ByteBuffer.wrap(image).put(0, utf8("MZ")).put(0x38, utf8("RSC\5"));
    return image;
  }

  private static void arMember(ByteArrayOutputStream out, String name, byte[] data) {
    out.writeBytes(
        utf8("%-16s0           0     0     100644  %-10d`\n".formatted(name, data.length)));
    out.writeBytes(data);
    if (data.length % 2 == 1) {
      out.write('\n');
    }
  }

  private static void tarEntry(ByteArrayOutputStream out, String name, char type, byte[] data) {
    ByteBuffer header = ByteBuffer.allocate(512);
    header.put(0, utf8(name.substring(0, Math.min(name.length(), 100))));
    header.put(124, utf8("%011o\0".formatted(data.length)));
    header.put(156, (byte) type);
    header.put(257, utf8("ustar  \0"));
    out.writeBytes(header.array());
    out.writeBytes(data);
    out.writeBytes(new byte[(512 - data.length % 512) % 512]);
  }

  private interface Packer {
    OutputStream wrap(OutputStream out) throws IOException;
  }

  private static byte[] pack(byte[] bytes, Packer packer) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = packer.wrap(packed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }
}
