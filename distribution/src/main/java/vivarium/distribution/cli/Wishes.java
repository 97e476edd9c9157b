package vivarium.distribution.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import vivarium.api.VivariumException;
import vivarium.core.machine.MachineConfig;
import vivarium.core.schedule.Share;

/**
 * What the user wants of a machine: every option of {@code run}, unset where nothing was said. A
 * {@link MachineFile} fills one of its own. The thread of the command line.
 */
final class Wishes {
  @Option(
      names = "--kernel",
      paramLabel = "FILE",
      description = "Operating system: an ELF file or a raw image")
  @Nullable Path kernel;

  @Option(names = "--initrd", paramLabel = "FILE", description = "Initial RAM disk")
  @Nullable Path initrd;

  @Option(names = "--append", paramLabel = "TEXT", description = "The kernel's command line")
  @Nullable String append;

  @Option(
      names = "--firmware",
      paramLabel = "FILE",
      description =
          "What runs first, in M-mode: an ELF file, or a raw image for 0x80000000. Alone it is a"
              + " bare-metal program. Without it, a kernel finds the built-in SBI")
  @Nullable Path firmware;

  @Option(
      names = "--disk",
      paramLabel = "FILE[,ro]",
      converter = DiskConverter.class,
      description = "Raw disk image, read-only with ',ro'; repeatable")
  List<MachineConfig.Disk> disks = new ArrayList<>();

  @Option(
      names = "--flash",
      paramLabel = "FILE[,ro]",
      converter = DiskConverter.class,
      description =
          "What is in the next of two banks of NOR flash, 32 MiB; read-only with ',ro'. Without a"
              + " kernel, what stands in the first (EDK2) is run in its place")
  List<MachineConfig.Disk> flash = new ArrayList<>();

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "RAM, such as 256M or 1G")
  @Nullable Long memoryBytes;

  @Option(
      names = "--harts",
      paramLabel = "N",
      converter = HartsConverter.class,
      description = "Virtual processors; 1 if not given")
  @Nullable Integer harts;

  @Option(
      names = "--cpu",
      paramLabel = "NAME",
      description = "CPU strategy; translation if not given")
  @Nullable String cpu;

  @Option(names = "--memory-strategy", paramLabel = "NAME", description = "Memory strategy")
  @Nullable String memoryStrategy;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What the machine is called; as its machine file, if not given")
  @Nullable String name;

  @Option(
      names = "--weight",
      paramLabel = "N",
      converter = WeightConverter.class,
      description =
          "Share of the cores in proportion to other machines, 1 to 10000; 100 if not given")
  @Nullable Integer weight;

  @Option(
      names = "--cap",
      paramLabel = "PERCENT",
      converter = CapConverter.class,
      description = "Most it gets of one core, even if nobody else wants it")
  @Nullable Integer cap;

  @Option(
      names = "--slack",
      paramLabel = "MILLISECONDS",
      converter = SlackConverter.class,
      description =
          "How late its timers may be while it hardly runs; 40 if not given, 0 for not at all")
  @Nullable Integer slack;

  @Option(
      names = "--console",
      paramLabel = "WHERE",
      converter = PlaceConverter.class,
      description =
          "Where its console is: here, none, pty, unix:PATH or tcp:HOST:PORT; here if not given")
  @Nullable ConsolePlace console;

  @Option(names = "--isa", paramLabel = "NAME", description = "Instruction set")
  @Nullable String isa;

  @Option(
      names = "--isa-extensions",
      paramLabel = "NAMES",
      split = ",",
      description = "Extensions of the instruction set that plugins provide, separated by commas")
  List<String> isaExtensions = new ArrayList<>();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Tells a strategy something: cpu.KEY=VALUE or memory.KEY=VALUE; repeatable")
  Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "Directory with further plugins; repeatable")
  List<Path> plugins = new ArrayList<>();

  @Option(
      names = "--deterministic",
      description = "Time is counted in instructions: two runs are the same to the bit")
  boolean deterministic;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Where a deterministic machine's randomness comes from; 0 if not given")
  @Nullable Long seed;

  @Option(
      names = "--max-steps",
      paramLabel = "N",
      converter = StepsConverter.class,
      description = "Ends after so many instructions and traps")
  @Nullable Long maxSteps;

  @Option(names = "--stats", description = "Prints at the end what happened how often")
  boolean stats;

  @Option(
      names = "--log",
      paramLabel = "LEVEL",
      description = "What goes to standard error: ${COMPLETION-CANDIDATES}; warn if not given")
  @Nullable LogLevel log;

  /** A ready guest to start from; only in a machine file, as the command line has a parameter. */
  @Nullable String guest;

  /**
   * These wishes over those of the machine file that heads a list, if one does: it is taken off.
   */
  Wishes overFile(List<String> names) {
    return !names.isEmpty() && MachineFile.isNamedBy(names.getFirst())
        ? over(MachineFile.read(Path.of(names.removeFirst())))
        : this;
  }

  /** Lets guests write to no disk and no flash: each of several runs then finds the same. */
  void protectDisks() {
    disks = protect(disks);
    flash = protect(flash);
  }

  private static List<MachineConfig.Disk> protect(List<MachineConfig.Disk> images) {
    return images.stream().map(image -> new MachineConfig.Disk(image.path(), true)).toList();
  }

  /**
   * These wishes, and where they say nothing, others. Disks and flash are either's; plugin
   * directories and settings are both's.
   */
  Wishes over(Wishes others) {
    Wishes both = new Wishes();
    both.kernel = first(kernel, others.kernel);
    both.initrd = first(initrd, others.initrd);
    both.append = first(append, others.append);
    both.firmware = first(firmware, others.firmware);
    both.disks = disks.isEmpty() ? others.disks : disks;
    both.flash = flash.isEmpty() ? others.flash : flash;
    both.memoryBytes = first(memoryBytes, others.memoryBytes);
    both.harts = first(harts, others.harts);
    both.cpu = first(cpu, others.cpu);
    both.memoryStrategy = first(memoryStrategy, others.memoryStrategy);
    both.name = first(name, others.name);
    both.weight = first(weight, others.weight);
    both.cap = first(cap, others.cap);
    both.slack = first(slack, others.slack);
    both.console = first(console, others.console);
    both.isa = first(isa, others.isa);
    both.isaExtensions = isaExtensions.isEmpty() ? others.isaExtensions : isaExtensions;
    both.settings.putAll(others.settings);
    both.settings.putAll(settings);
    both.plugins.addAll(others.plugins);
    both.plugins.addAll(plugins);
    both.deterministic = deterministic || others.deterministic;
    both.seed = first(seed, others.seed);
    both.maxSteps = first(maxSteps, others.maxSteps);
    both.stats = stats || others.stats;
    both.log = first(log, others.log);
    both.guest = first(guest, others.guest);
    return both;
  }

  private static <T> @Nullable T first(@Nullable T one, @Nullable T other) {
    return one == null ? other : one;
  }

  /**
   * The disk or flash of {@code FILE} or {@code FILE,ro}.
   *
   * @param directory what a relative path is relative to
   */
  static MachineConfig.Disk disk(String text, Path directory) {
    boolean readOnly = text.endsWith(",ro");
    String file = readOnly ? text.substring(0, text.length() - ",ro".length()) : text;
    return new MachineConfig.Disk(directory.resolve(file), readOnly);
  }

  /**
   * A number of steps.
   *
   * @throws VivariumException if it is none
   */
  static long steps(String text) {
    try {
      long steps = Long.parseLong(text.replace("_", ""));
      if (steps > 0) {
        return steps;
      }
    } catch (NumberFormatException e) {
      // the line below says it
    }
    throw new VivariumException("'" + text + "' is not a positive whole number");
  }

  /**
   * A weight.
   *
   * @throws VivariumException if it is none
   */
  static int weight(String text) {
    return new Share(number(text), Share.NO_CAP).weight();
  }

  /**
   * A cap.
   *
   * @throws VivariumException if it is none
   */
  static int cap(String text) {
    String percent = text.endsWith("%") ? text.substring(0, text.length() - 1) : text;
    return new Share(Share.DEFAULT_WEIGHT, number(percent)).capPercent();
  }

  /**
   * A timer slack in milliseconds.
   *
   * @throws VivariumException if it is none
   */
  static int slack(String text) {
    return MachineConfig.checkedSlackMillis(number(text));
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new VivariumException("'" + text + "' is not a whole number", e);
    }
  }

  /** The shares that are wished for. */
  Share share() {
    return new Share(
        weight == null ? Share.DEFAULT_WEIGHT : weight, cap == null ? Share.NO_CAP : cap);
  }

  /** For picocli: a mistake that is told in one line. */
  private static <T> T converted(Supplier<T> value) {
    try {
      return value.get();
    } catch (VivariumException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  /** For picocli. */
  static final class WeightConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return converted(() -> weight(value));
    }
  }

  /** For picocli. */
  static final class CapConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return converted(() -> cap(value));
    }
  }

  /** For picocli. */
  static final class SlackConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return converted(() -> slack(value));
    }
  }

  /** For picocli. */
  static final class PlaceConverter implements ITypeConverter<ConsolePlace> {
    @Override
    public ConsolePlace convert(String value) {
      return converted(() -> ConsolePlace.of(value, Path.of("")));
    }
  }

  /** For picocli. */
  static final class DiskConverter implements ITypeConverter<MachineConfig.Disk> {
    @Override
    public MachineConfig.Disk convert(String value) {
      return disk(value, Path.of(""));
    }
  }

  /** For picocli. */
  static final class SizeConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      return converted(() -> Sizes.bytes(value));
    }
  }

  /** The number of virtual processors that a text says. */
  static int harts(String value) {
    if (!value.matches("[0-9]{1,4}")) {
      throw new VivariumException("'" + value + "' is no number of harts");
    }
    return Integer.parseInt(value);
  }

  /** For picocli. */
  static final class HartsConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      try {
        return harts(value);
      } catch (VivariumException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** For picocli. */
  static final class StepsConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      return converted(() -> steps(value));
    }
  }
}
