package vivarium.benchmarks.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import vivarium.api.VivariumException;

/** A ready guest that the product has fetched: {@code vivarium guests path} tells where it is. */
public final class FetchedGuest {
  private static final String DEBIAN = "debian";

  /** The guest powers off as soon as it is up. */
  private static final String DEBIAN_APPEND = "console=ttyS0 gmode=off";

  private static final String DEBIAN_MARKER = "GUEST-POWEROFF";

  private FetchedGuest() {}

  /**
   * The boot of Debian's kernel, to power-off.
   *
   * @param launcher bin/vivarium
   * @throws VivariumException if the guest has not been fetched
   */
  public static Workload debianBoot(String name, Path launcher) throws InterruptedException {
    Map<String, String> files = parse(paths(launcher));
    String kernel = files.get("kernel");
    String initrd = files.get("initrd");
    if (kernel == null || initrd == null) {
      throw new VivariumException(
          "'vivarium guests path " + DEBIAN + "' names no kernel and initrd");
    }
    return new Workload.KernelBoot(
        name, Path.of(kernel), Path.of(initrd), DEBIAN_APPEND, DEBIAN_MARKER);
  }

  private static String paths(Path launcher) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(launcher.toString(), "guests", "path", DEBIAN)
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new VivariumException(text.lines().findFirst().orElse("no guest " + DEBIAN));
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads lines of a word and a path. */
  static Map<String, String> parse(String text) {
    Map<String, String> files = new HashMap<>();
    text.lines()
        .map(line -> line.strip().split("\\s+", 2))
        .filter(words -> words.length == 2)
        .forEach(words -> files.put(words[0], words[1]));
    return files;
  }
}
