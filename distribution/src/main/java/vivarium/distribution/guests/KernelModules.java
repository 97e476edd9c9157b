package vivarium.distribution.guests;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;
import vivarium.api.VivariumException;

/**
 * The modules in a kernel's package, and the order in which they can be loaded. The package has no
 * {@code modules.dep} (it is made where it is installed), so each module's own {@code .modinfo}
 * tells what it depends on.
 */
final class KernelModules {
  private final TarFile tar;
  private final String release;

  /** Paths by module name, with '-' written as '_': the kernel takes them for the same. */
  private final Map<String, String> paths = new HashMap<>();

  private final Set<String> builtIn = new HashSet<>();

  /**
   * Finds the modules.
   *
   * @throws VivariumException in one line, if the package has none
   */
  KernelModules(TarFile tar) throws IOException {
    this.tar = tar;
    String found = "";
    for (String name : tar.names()) {
      String[] parts = name.replaceFirst("^usr/", "").split("/");
      if (parts.length > 3 && parts[0].equals("lib") && parts[1].equals("modules")) {
        found = parts[2];
        String file = parts[parts.length - 1];
        if (file.matches(".*\\.ko(\\.[a-z]+)?")) {
          paths.put(nameOf(file), name);
        } else if (file.equals("modules.builtin")) {
          readBuiltIn(tar.read(name).orElseThrow());
        }
      }
    }
    if (found.isEmpty()) {
      throw new VivariumException("the kernel's package has no modules");
    }
    this.release = found;
  }

  /** The kernel's release, as {@code uname -r} prints it. */
  String release() {
    return release;
  }

  /**
   * The modules named and all that they depend on, each after what it needs, with their contents
   * unpacked. Those built into the kernel are left out.
   */
  Map<String, byte[]> inOrder(List<String> wanted) throws IOException {
    Map<String, byte[]> loaded = new LinkedHashMap<>();
    for (String name : wanted) {
      add(name, loaded, new ArrayList<>());
    }
    return loaded;
  }

  private void add(String name, Map<String, byte[]> loaded, List<String> path) throws IOException {
    String key = nameOf(name);
    if (builtIn.contains(key)) {
      return;
    }
    String file = paths.get(key);
    if (file == null) {
      throw new VivariumException("kernel %s has no module %s".formatted(release, name));
    }
    String fileName = file.substring(file.lastIndexOf('/') + 1).replaceFirst("\\.ko.*", ".ko");
    if (loaded.containsKey(fileName)) {
      return;
    }
    if (path.contains(key)) {
      throw new VivariumException("kernel modules depend on each other: " + path);
    }
    path.add(key);
    byte[] module = decompress(file, tar.read(file).orElseThrow());
    for (String needed : depends(module)) {
      add(needed, loaded, path);
    }
    path.removeLast();
    loaded.put(fileName, module);
  }

  private void readBuiltIn(byte[] list) {
    new String(list, StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.substring(line.lastIndexOf('/') + 1))
        .forEach(file -> builtIn.add(nameOf(file)));
  }

  private static String nameOf(String file) {
    return file.replaceFirst("\\.ko.*", "").replace('-', '_');
  }

  private static byte[] decompress(String file, byte[] bytes) throws IOException {
    try (InputStream in =
        switch (file.substring(file.lastIndexOf('.'))) {
          case ".ko" -> new ByteArrayInputStream(bytes);
          case ".xz" -> new XZInputStream(new ByteArrayInputStream(bytes));
          case ".gz" -> new GZIPInputStream(new ByteArrayInputStream(bytes));
          default -> throw new VivariumException("kernel module " + file + ": not supported");
        }) {
      return in.readAllBytes();
    }
  }

  /** The names in the {@code depends=} line of a module's {@code .modinfo} section. */
  static List<String> depends(byte[] module) {
    for (String line : modinfo(module).split("\0")) {
      if (line.startsWith("depends=") && line.length() > "depends=".length()) {
        return List.of(line.substring("depends=".length()).split(","));
      }
    }
    return List.of();
  }

  /** The section by the ELF-64 object file format: e_shoff, e_shentsize, e_shnum, e_shstrndx. */
  private static String modinfo(byte[] module) {
    ByteBuffer elf = ByteBuffer.wrap(module).order(ByteOrder.LITTLE_ENDIAN);
    try {
      int shoff = Math.toIntExact(elf.getLong(0x28));
      int shentsize = Short.toUnsignedInt(elf.getShort(0x3a));
      int shnum = Short.toUnsignedInt(elf.getShort(0x3c));
      int shstrndx = Short.toUnsignedInt(elf.getShort(0x3e));
      int names = Math.toIntExact(elf.getLong(shoff + shstrndx * shentsize + 0x18));
      for (int i = 0; i < shnum; i++) {
        int section = shoff + i * shentsize;
        byte[] name = new byte[".modinfo\0".length()];
        int at = names + elf.getInt(section);
        if (at + name.length <= module.length) {
          elf.get(at, name);
          if (new String(name, StandardCharsets.US_ASCII).equals(".modinfo\0")) {
            int offset = Math.toIntExact(elf.getLong(section + 0x18));
            int size = Math.toIntExact(elf.getLong(section + 0x20));
            return new String(module, offset, size, StandardCharsets.UTF_8);
          }
        }
      }
      return "";
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new VivariumException(
          "a kernel module is damaged: its ELF sections are out of bounds", e);
    }
  }
}
