package vivarium.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;

/** What Linux tells of this host in {@code /proc}; nothing on other hosts. */
public final class HostLoad {
  /** USER_HZ of the kernel's interface, the same on every architecture that a JDK is made for. */
  private static final double TICKS_PER_SECOND = 100;

  /** proc(5): cutime is field 16, counted from 1; what follows the name begins with field 3. */
  private static final int CUTIME = 16 - 3;

  private static final Path STAT = Path.of("/proc/self/stat");
  private static final Path LOADAVG = Path.of("/proc/loadavg");
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");

  private HostLoad() {}

  /** Processor time of this process's children that have ended, in seconds. */
  public static OptionalDouble cpuSecondsOfChildren() {
    return cpuSecondsOfChildren(read(STAT));
  }

  static OptionalDouble cpuSecondsOfChildren(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
    if (fields.length <= CUTIME + 1) {
      return OptionalDouble.empty();
    }
    long ticks = Long.parseLong(fields[CUTIME]) + Long.parseLong(fields[CUTIME + 1]);
    return OptionalDouble.of(ticks / TICKS_PER_SECOND);
  }

  /** Processes that wanted a processor, on average over the last minute. */
  public static OptionalDouble loadAverage() {
    String text = read(LOADAVG);
    return text.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(Double.parseDouble(text.split(" ")[0]));
  }

  /** The processor's own name. */
  public static String processor() {
    return read(CPUINFO)
        .lines()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(System.getProperty("os.arch", "unknown"));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
