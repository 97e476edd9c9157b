package vivarium.core.machine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import vivarium.api.VivariumException;
import vivarium.core.schedule.Share;

/**
 * What a machine is to be. Immutable; made by {@link #builder}. Whether it can be had is found out
 * by {@link VirtualMachine#create}.
 *
 * @param name for messages
 * @param isa instruction set
 * @param isaExtensions extensions of the instruction set that plugins provide, in this order
 * @param cpu CPU strategy; binary translation if empty, or interpretation where there is none
 * @param cpuOptions what the CPU strategy is told
 * @param memoryStrategy memory strategy
 * @param memoryOptions what the memory strategy is told
 * @param memoryBytes RAM
 * @param harts virtual processors; they take turns on one thread
 * @param firmware runs first, in the most privileged mode
 * @param kernel operating system
 * @param initrd initial RAM disk
 * @param append the kernel's command line
 * @param disks in the order of their names in the guest
 * @param flash what is in the banks of flash, in their order; no flash if empty
 * @param devices further devices, each in a virtio-mmio slot
 * @param entropy whether there is a {@code virtio-rng}
 * @param console the host's side of the serial console
 * @param deterministic whether time is counted in steps and randomness comes from the seed
 * @param seed for randomness in deterministic mode
 * @param maxSteps after how many steps {@link VirtualMachine#run()} returns
 * @param quantumSteps most steps between two looks at the outside world; empty: as many as take a
 *     millisecond
 * @param share what it may have of the processors, where a scheduler runs it
 * @param timerSlackMillis how late its timers may be while it hardly runs, so that several machines
 *     can be woken at once: 0 to {@value #MOST_SLACK_MILLIS}
 */
public record MachineConfig(
    String name,
    String isa,
    List<String> isaExtensions,
    Optional<String> cpu,
    Map<String, String> cpuOptions,
    String memoryStrategy,
    Map<String, String> memoryOptions,
    long memoryBytes,
    int harts,
    Optional<Path> firmware,
    Optional<Path> kernel,
    Optional<Path> initrd,
    String append,
    List<Disk> disks,
    List<Disk> flash,
    List<ExtraDevice> devices,
    boolean entropy,
    Console console,
    boolean deterministic,
    long seed,
    OptionalLong maxSteps,
    OptionalLong quantumSteps,
    Share share,
    int timerSlackMillis) {
  /** Timers may be so late if nothing is said. */
  public static final int DEFAULT_SLACK_MILLIS = 40;

  /** Timers may be so late at most. */
  public static final int MOST_SLACK_MILLIS = 1000;

  /**
   * Copies the collections.
   *
   * @throws VivariumException if the slack is out of range
   */
  public MachineConfig {
    checkedSlackMillis(timerSlackMillis);
    isaExtensions = List.copyOf(isaExtensions);
    cpuOptions = Map.copyOf(cpuOptions);
    memoryOptions = Map.copyOf(memoryOptions);
    disks = List.copyOf(disks);
    flash = List.copyOf(flash);
    devices = List.copyOf(devices);
  }

  /**
   * A timer slack that there can be.
   *
   * @throws VivariumException in one line, if there can be none
   */
  public static int checkedSlackMillis(int value) {
    if (value < 0 || value > MOST_SLACK_MILLIS) {
      throw new VivariumException(
          "a timer slack is 0 to %d ms, not %d".formatted(MOST_SLACK_MILLIS, value));
    }
    return value;
  }

  /**
   * A raw image of a disk or of flash.
   *
   * @param path of the file
   * @param readOnly whether the guest cannot write it
   */
  public record Disk(Path path, boolean readOnly) {}

  /**
   * A device beside those of the board.
   *
   * @param type its name in the plugin catalog
   * @param properties what it is told
   */
  public record ExtraDevice(String type, Map<String, String> properties) {
    /** Copies the properties. */
    public ExtraDevice {
      properties = Map.copyOf(properties);
    }
  }

  /** A builder with everything at its default: {@code rv64gc}, interpretation, nested, 128 MiB. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects what differs from the defaults. Not safe for several threads. */
  public static final class Builder {
    private String name = "vm";
    private String isa = "rv64gc";
    private final List<String> isaExtensions = new ArrayList<>();
    private Optional<String> cpu = Optional.empty();
    private final Map<String, String> cpuOptions = new LinkedHashMap<>();
    private String memoryStrategy = "nested";
    private final Map<String, String> memoryOptions = new LinkedHashMap<>();
    private long memoryBytes = 128L << 20;
    private int harts = 1;
    private Optional<Path> firmware = Optional.empty();
    private Optional<Path> kernel = Optional.empty();
    private Optional<Path> initrd = Optional.empty();
    private String append = "";
    private final List<Disk> disks = new ArrayList<>();
    private final List<Disk> flash = new ArrayList<>();
    private final List<ExtraDevice> devices = new ArrayList<>();
    private boolean entropy = true;
    private Console console = Console.nowhere();
    private boolean deterministic;
    private long seed;
    private OptionalLong maxSteps = OptionalLong.empty();
    private OptionalLong quantumSteps = OptionalLong.empty();
    private Share share = Share.DEFAULT;
    private int timerSlackMillis = DEFAULT_SLACK_MILLIS;

    private Builder() {}

    /** Names the machine in messages. */
    public Builder name(String value) {
      name = value;
      return this;
    }

    /** Chooses the instruction set. */
    public Builder isa(String value) {
      isa = value;
      return this;
    }

    /** Adds an extension of the instruction set, by the name a plugin gives it. */
    public Builder isaExtension(String value) {
      isaExtensions.add(value);
      return this;
    }

    /** Chooses the CPU strategy. */
    public Builder cpu(String value) {
      cpu = Optional.of(value);
      return this;
    }

    /** Tells the CPU strategy something. */
    public Builder cpuOption(String option, String value) {
      cpuOptions.put(option, value);
      return this;
    }

    /** Chooses the memory strategy. */
    public Builder memoryStrategy(String value) {
      memoryStrategy = value;
      return this;
    }

    /** Tells the memory strategy something. */
    public Builder memoryOption(String option, String value) {
      memoryOptions.put(option, value);
      return this;
    }

    /** Sets the size of RAM in bytes. */
    public Builder memoryBytes(long value) {
      memoryBytes = value;
      return this;
    }

    /** Sets the number of virtual processors. */
    public Builder harts(int value) {
      harts = value;
      return this;
    }

    /** Sets what runs first, in the most privileged mode: an ELF file or raw image. */
    public Builder firmware(Path value) {
      firmware = Optional.of(value);
      return this;
    }

    /** Sets the operating system: an ELF file or raw image. */
    public Builder kernel(Path value) {
      kernel = Optional.of(value);
      return this;
    }

    /** Sets the initial RAM disk. */
    public Builder initrd(Path value) {
      initrd = Optional.of(value);
      return this;
    }

    /** Sets the kernel's command line. */
    public Builder append(String value) {
      append = value;
      return this;
    }

    /** Adds a disk. */
    public Builder disk(Path path, boolean readOnly) {
      disks.add(new Disk(path, readOnly));
      return this;
    }

    /**
     * Sets what is in the next bank of flash. What stands in the first one is booted where there is
     * no kernel; of those without a file, the guest's writes are forgotten.
     */
    public Builder flash(Path path, boolean readOnly) {
      flash.add(new Disk(path, readOnly));
      return this;
    }

    /** Adds a device of a plugin in the next virtio-mmio slot. */
    public Builder device(String type, Map<String, String> properties) {
      devices.add(new ExtraDevice(type, properties));
      return this;
    }

    /** Says whether there is an entropy device. */
    public Builder entropy(boolean value) {
      entropy = value;
      return this;
    }

    /** Sets the host's side of the serial console. */
    public Builder console(Console value) {
      console = value;
      return this;
    }

    /** Counts time in steps, and takes randomness from a seed: two runs are the same to the bit. */
    public Builder deterministic(long newSeed) {
      deterministic = true;
      seed = newSeed;
      return this;
    }

    /** Makes {@link VirtualMachine#run()} return after so many steps. */
    public Builder maxSteps(long value) {
      maxSteps = OptionalLong.of(value);
      return this;
    }

    /** Bounds the steps between two looks at the outside world. */
    public Builder quantumSteps(long value) {
      quantumSteps = OptionalLong.of(value);
      return this;
    }

    /** Sets what it may have of the processors. */
    public Builder share(Share value) {
      share = value;
      return this;
    }

    /** Sets how late its timers may be while it hardly runs, in milliseconds. */
    public Builder timerSlackMillis(int value) {
      timerSlackMillis = value;
      return this;
    }

    /** The configuration. */
    public MachineConfig build() {
      return new MachineConfig(
          name,
          isa,
          isaExtensions,
          cpu,
          cpuOptions,
          memoryStrategy,
          memoryOptions,
          memoryBytes,
          harts,
          firmware,
          kernel,
          initrd,
          append,
          disks,
          flash,
          devices,
          entropy,
          console,
          deterministic,
          seed,
          maxSteps,
          quantumSteps,
          share,
          timerSlackMillis);
    }
  }
}
