package vivarium.distribution.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import vivarium.api.VivariumException;
import vivarium.core.machine.MachineConfig;
import vivarium.distribution.guests.Guest;
import vivarium.distribution.guests.GuestCatalog;
import vivarium.distribution.guests.GuestFiles;

/** Adds to the user's wishes what a guest brings along. The thread of the command line. */
final class GuestChoice {
  /** The name of the guest that is part of the distribution. */
  static final String EMBEDDED = "embedded";

  private static final String DISK_TEXT = "The first sector of Vivarium's own disk";
  private static final int DISK_BYTES = 64 * 512;
  private static final long EMBEDDED_MEMORY_BYTES = 16L << 20;

  private GuestChoice() {}

  /**
   * The wishes, completed.
   *
   * @param names ready guests, of which the first that can be had counts; if none is named and
   *     nothing else is to be run either, it is the embedded one
   * @throws VivariumException if none can be had
   */
  static Wishes complete(Wishes wishes, List<String> names, Host host) {
    if (!names.isEmpty()) {
      return firstOf(names.iterator(), wishes, host);
    }
    if (wishes.guest != null) {
      return wishes.over(guest(wishes.guest, host));
    }
    boolean nothing = wishes.kernel == null && wishes.firmware == null && wishes.flash.isEmpty();
    return nothing ? wishes.over(embedded()) : wishes;
  }

  private static Wishes firstOf(Iterator<String> names, Wishes wishes, Host host) {
    String name = names.next();
    try {
      return wishes.over(guest(name, host));
    } catch (VivariumException e) {
      if (!names.hasNext()) {
        throw e;
      }
      host.say(e.getMessage() + "; going on without " + name);
      return firstOf(names, wishes, host);
    }
  }

  private static Wishes guest(String name, Host host) {
    if (name.equals(EMBEDDED)) {
      return embedded();
    }
    GuestCatalog catalog = host.guests().get();
    Guest guest = guest(catalog, name);
    GuestFiles files =
        catalog
            .cached(guest)
            .orElseGet(
                () -> {
                  host.say("fetching " + name + ", once");
                  return catalog.fetch(guest, host.fetching().get(), line -> {});
                });
    Wishes brought = new Wishes();
    brought.kernel = files.kernel();
    brought.initrd = files.initrd();
    brought.append = files.append();
    brought.memoryBytes = files.memoryBytes();
    return brought;
  }

  /** The guest of a name; the message tells of the embedded one as well. */
  static Guest guest(GuestCatalog catalog, String name) {
    try {
      return catalog.guest(name);
    } catch (VivariumException e) {
      throw new VivariumException(e.getMessage() + ", " + EMBEDDED, e);
    }
  }

  private static Wishes embedded() {
    try {
      Path directory = Files.createTempDirectory("vivarium");
      directory.toFile().deleteOnExit();
      Wishes brought = new Wishes();
      brought.kernel = temporary(directory, "embedded.elf", image());
      byte[] sectors = Arrays.copyOf(DISK_TEXT.getBytes(StandardCharsets.US_ASCII), DISK_BYTES);
      Path disk = temporary(directory, "disk.img", sectors);
      brought.disks = List.of(new MachineConfig.Disk(disk, true));
      brought.memoryBytes = EMBEDDED_MEMORY_BYTES;
      return brought;
    } catch (IOException e) {
      throw new VivariumException("no room for temporary files: " + e.getMessage(), e);
    }
  }

  private static Path temporary(Path directory, String name, byte[] content) throws IOException {
    Path file = directory.resolve(name);
    file.toFile().deleteOnExit();
    return Files.write(file, content);
  }

  private static byte[] image() throws IOException {
    try (InputStream in = GuestChoice.class.getResourceAsStream("embedded.elf")) {
      if (in == null) {
        throw new IllegalStateException("the module lacks its resource embedded.elf");
      }
      return in.readAllBytes();
    }
  }
}
