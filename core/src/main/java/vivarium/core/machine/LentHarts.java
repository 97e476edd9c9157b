package vivarium.core.machine;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CodeMemory;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.cpu.HardwareHart;
import vivarium.api.cpu.HardwareHarts;
import vivarium.api.cpu.HostPowers;
import vivarium.api.cpu.SoftwareHart;
import vivarium.core.plugin.PluginCatalog;
import vivarium.core.plugin.PluginKind;

/**
 * The host's powers with harts to execute guest code on: real ones of plugins, and ones made in
 * software of every CPU strategy there is but the one that borrows. Used while a machine is
 * assembled.
 */
final class LentHarts implements HostPowers {
  private static final Logger LOG = LoggerFactory.getLogger(LentHarts.class);
  private static final String OPTION = "hart";

  private final HostPowers host;
  private final PluginCatalog catalog;
  private final String borrower;

  /**
   * @param host the other powers
   * @param borrower name of the machine's CPU strategy
   */
  LentHarts(HostPowers host, PluginCatalog catalog, String borrower) {
    this.host = host;
    this.catalog = catalog;
    this.borrower = borrower;
  }

  @Override
  public CodeMemory codeMemory(long bytes) {
    return host.codeMemory(bytes);
  }

  @Override
  public MemorySegment tables(long bytes) {
    return host.tables(bytes);
  }

  @Override
  public <T extends AutoCloseable> T common(Object key, Function<HostPowers, T> maker) {
    return host.common(key, maker);
  }

  @Override
  public HardwareHart hart(CpuEnvironment environment) {
    String wanted = environment.options().get(OPTION);
    String name = wanted == null ? best(environment) : wanted;
    boolean real = catalog.names(PluginKind.HART).contains(name);
    if (!real && (name.equals(borrower) || !catalog.names(PluginKind.CPU).contains(name))) {
      throw new VivariumException(
          "no hart '%s' to execute guest code on; there is %s"
              .formatted(name, String.join(", ", names())));
    }
    LOG.info("guest code is executed on a hart {}", real ? name : "in software, by " + name);
    return real ? real(name, environment) : software(name, environment);
  }

  private static HardwareHart refuse(String name, String refusal) {
    throw new VivariumException("hart '" + name + "' cannot be had: " + refusal);
  }

  private HardwareHart real(String name, CpuEnvironment environment) {
    HardwareHarts harts = catalog.harts(name);
    String refusal = harts.refusal(environment.instructionSet());
    return refusal.isEmpty() ? harts.create(environment) : refuse(name, refusal);
  }

  /** The engine of a hart in software is lent the other powers only. */
  private HardwareHart software(String name, CpuEnvironment environment) {
    CpuStrategy strategy = catalog.cpu(name);
    return SoftwareHart.create(
        strategy,
        new CpuEnvironment(
            environment.instructionSet(),
            environment.hart(),
            environment.memory(),
            host,
            environment.options(),
            environment.resting()));
  }

  private List<String> names() {
    List<String> all = new java.util.ArrayList<>(catalog.names(PluginKind.HART));
    catalog.names(PluginKind.CPU).stream().filter(cpu -> !cpu.equals(borrower)).forEach(all::add);
    return all;
  }

  /** A real one that does not refuse, else one in software. */
  private String best(CpuEnvironment environment) {
    for (String name : catalog.names(PluginKind.HART)) {
      if (catalog.harts(name).refusal(environment.instructionSet()).isEmpty()) {
        return name;
      }
    }
    List<String> there = names();
    if (there.isEmpty()) {
      throw new VivariumException("there is no hart to execute guest code on directly");
    }
    return Parts.fastest(there);
  }
}
