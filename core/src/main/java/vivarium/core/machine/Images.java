package vivarium.core.machine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import vivarium.api.VivariumException;
import vivarium.api.isa.BootRequest;

/** Finds what is to be booted, and tells in one line why it cannot. */
final class Images {
  private Images() {}

  /**
   * Looks whether an image could be read, without reading it.
   *
   * @param what the image's part, for messages
   * @param ramBytes more than that cannot be loaded
   */
  static void check(String what, Optional<Path> file, long ramBytes) {
    if (file.isPresent()) {
      size(what, file.get(), ramBytes);
    }
  }

  private static long size(String what, Path file, long ramBytes) {
    if (!Files.exists(file)) {
      throw new VivariumException("no " + what + " " + file);
    }
    if (!Files.isRegularFile(file)) {
      throw new VivariumException(what + " " + file + " is not a file");
    }
    if (!Files.isReadable(file)) {
      throw new VivariumException(what + " " + file + " may not be read");
    }
    try {
      long size = Files.size(file);
      if (size == 0) {
        throw new VivariumException(what + " " + file + " is empty");
      }
      if (size > ramBytes) {
        throw new VivariumException(
            "%s %s has %d bytes, more than the machine's memory of %d MiB"
                .formatted(what, file, size, ramBytes >> 20));
      }
      return size;
    } catch (IOException e) {
      throw new VivariumException(what + " " + file + ": " + e.getMessage(), e);
    }
  }

  /** Maps an image: its bytes are read once, where they are copied to. */
  static Optional<BootRequest.Image> map(
      String what, Optional<Path> file, long ramBytes, Arena arena) {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    long size = size(what, file.get(), ramBytes);
    if (size > Integer.MAX_VALUE) {
      throw new VivariumException(what + " " + file.get() + " is too large to be loaded");
    }
    try (FileChannel channel = FileChannel.open(file.get())) {
      MemorySegment content = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      return Optional.of(new BootRequest.Image(file.get().toString(), content));
    } catch (IOException e) {
      throw new VivariumException(what + " " + file.get() + ": " + e.getMessage(), e);
    }
  }
}
