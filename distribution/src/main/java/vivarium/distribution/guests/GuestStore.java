package vivarium.distribution.guests;

import java.io.IOException;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import vivarium.api.VivariumException;

/**
 * The cache on disk: {@code downloads/} holds packages as they came, {@code guests/NAME/} what was
 * made of them. The manifest is deleted first and written last, so a guest that has one is whole.
 */
final class GuestStore {
  private static final String KERNEL = "Image";
  private static final String INITRD = "initrd.cpio";
  private static final String FIRMWARE = "fw_dynamic.bin";
  private static final String JUMP_FIRMWARE = "fw_jump.bin";
  private static final String MANIFEST = "manifest.properties";
  private static final String FIRMWARE_DIRECTORY = "usr/lib/riscv64-linux-gnu/opensbi/generic/";

  private final Path cache;

  GuestStore(Path cache) {
    this.cache = cache;
  }

  Optional<GuestFiles> cached(Guest guest) {
    return manifest(guest)
        .filter(manifest -> sizesMatch(guest, manifest))
        .map(manifest -> files(guest, manifest.getProperty("release", "")));
  }

  /** One process at a time builds a guest; another waits for it and finds the guest made. */
  synchronized GuestFiles fetch(Guest guest, FetchOptions options, Consumer<String> progress) {
    try {
      Files.createDirectories(directory(guest));
      try (FileChannel lock =
          FileChannel.open(
              directory(guest).resolve(".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE)) {
        lock.lock();
        Optional<Properties> manifest = manifest(guest);
        if (manifest.isPresent()) {
          if (digestsMatch(guest, manifest.get())) {
            return files(guest, manifest.get().getProperty("release", ""));
          }
          progress.accept(guest.name() + " in the cache is damaged: making it again");
        }
        return make(guest, options, progress);
      }
    } catch (FileSystemException e) {
      throw new VivariumException(
          "cannot use %s: %s (XDG_CACHE_HOME names another place for the cache)"
              .formatted(e.getFile(), reason(e)),
          e);
    } catch (IOException e) {
      throw new VivariumException("cannot make guest " + guest.name() + ": " + e.getMessage(), e);
    }
  }

  private GuestFiles make(Guest guest, FetchOptions options, Consumer<String> progress)
      throws IOException {
    Map<String, PackageSource.Fetched> packages = new LinkedHashMap<>();
    Path downloads = cache.resolve("downloads");
    try (PackageSource source = new PackageSource(options, downloads, progress)) {
      for (GuestPackage wanted : guest.packages()) {
        packages.put(wanted.role(), source.fetch(guest, wanted));
      }
    }
    progress.accept("building " + guest.name());
    Map<String, byte[]> made = new LinkedHashMap<>();
    String release = buildLinux(guest, packages, made);
    try (TarFile opensbi = open(packages, "firmware")) {
      for (String name : new String[] {FIRMWARE, JUMP_FIRMWARE}) {
        made.put(name, require(opensbi, FIRMWARE_DIRECTORY + name));
      }
    }
    Files.deleteIfExists(directory(guest).resolve(MANIFEST));
    StringBuilder manifest = new StringBuilder();
    line(manifest, "recipe", recipe(guest));
    line(manifest, "release", release);
    packages.forEach(
        (role, p) ->
            line(manifest, "package." + role, p.found().name() + " " + p.found().version()));
    for (Map.Entry<String, byte[]> file : made.entrySet()) {
      write(guest, file.getKey(), file.getValue());
      line(manifest, file.getKey() + ".size", Integer.toString(file.getValue().length));
      line(manifest, file.getKey() + ".sha256", Digests.sha256(file.getValue()));
    }
    write(guest, MANIFEST, manifest.toString().getBytes(StandardCharsets.UTF_8));
    return files(guest, release);
  }

  /** Makes the kernel and the initramfs; the kernel's release is returned. */
  private static String buildLinux(
      Guest guest, Map<String, PackageSource.Fetched> packages, Map<String, byte[]> made)
      throws IOException {
    byte[] busybox;
    try (TarFile tar = open(packages, "busybox")) {
      Optional<byte[]> inBin = tar.read("bin/busybox");
      busybox = inBin.isPresent() ? inBin.get() : require(tar, "usr/bin/busybox");
    }
    try (TarFile tar = open(packages, "kernel")) {
      KernelModules modules = new KernelModules(tar);
      String kernel = "";
      for (String name : tar.names()) {
        if (name.matches("boot/vmlinu[xz]-.*")) {
          kernel = name;
        }
      }
      made.put(KERNEL, KernelImage.raw(kernel, require(tar, kernel)));
      made.put(INITRD, Initramfs.build(busybox, modules.inOrder(guest.modules())));
      return modules.release();
    }
  }

  private static TarFile open(Map<String, PackageSource.Fetched> packages, String role)
      throws IOException {
    PackageSource.Fetched fetched = packages.get(role);
    if (fetched == null) {
      throw new IllegalStateException("the catalog names no package for the " + role);
    }
    return Deb.open(fetched.deb());
  }

  private static byte[] require(TarFile tar, String name) throws IOException {
    return tar.read(name)
        .orElseThrow(() -> new VivariumException("a package lacks its file '" + name + "'"));
  }

  private void write(Guest guest, String name, byte[] bytes) throws IOException {
    Path temporary = directory(guest).resolve(name + ".part");
    Files.write(temporary, bytes);
    Files.move(temporary, directory(guest).resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /** The manifest, if it is of this recipe. */
  private Optional<Properties> manifest(Guest guest) {
    Properties manifest = new Properties();
    try (Reader in = Files.newBufferedReader(directory(guest).resolve(MANIFEST))) {
      manifest.load(in);
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
    return Optional.of(manifest).filter(m -> recipe(guest).equals(m.getProperty("recipe")));
  }

  private boolean sizesMatch(Guest guest, Properties manifest) {
    try {
      for (String name : new String[] {KERNEL, INITRD, FIRMWARE, JUMP_FIRMWARE}) {
        String size = Long.toString(Files.size(directory(guest).resolve(name)));
        if (!size.equals(manifest.getProperty(name + ".size"))) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean digestsMatch(Guest guest, Properties manifest) throws IOException {
    if (!sizesMatch(guest, manifest)) {
      return false;
    }
    for (String name : new String[] {KERNEL, INITRD, FIRMWARE, JUMP_FIRMWARE}) {
      String digest = Digests.sha256(directory(guest).resolve(name));
      if (!digest.equals(manifest.getProperty(name + ".sha256"))) {
        return false;
      }
    }
    return true;
  }

  private GuestFiles files(Guest guest, String release) {
    Path directory = directory(guest);
    return new GuestFiles(
        directory.resolve(KERNEL),
        directory.resolve(INITRD),
        directory.resolve(FIRMWARE),
        directory.resolve(JUMP_FIRMWARE),
        guest.append(),
        guest.memoryBytes(),
        release);
  }

  private Path directory(Guest guest) {
    return cache.resolve("guests").resolve(guest.name());
  }

  /** A digest of all that decides what is made of a guest: a newer Vivarium makes it anew. */
  private static String recipe(Guest guest) {
    String inputs = guest.modules() + " " + guest.packages() + " " + Initramfs.recipe();
    return Digests.sha256(inputs.getBytes(StandardCharsets.UTF_8));
  }

  private static String reason(FileSystemException failure) {
    return switch (failure) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "it cannot be made there";
      case FileAlreadyExistsException _ -> "something else has this name";
      default -> Objects.requireNonNullElse(failure.getReason(), "it cannot be read or written");
    };
  }

  private static void line(StringBuilder manifest, String key, String value) {
    manifest.append(key).append('=').append(value).append('\n');
  }
}
