package vivarium.core.plugin;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.cpu.HardwareHarts;
import vivarium.api.device.DeviceType;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.IsaExtension;
import vivarium.api.memory.MemoryStrategy;

/**
 * What can be chosen by name when a machine is assembled. Filled once, then immutable and safe from
 * any thread.
 */
public final class PluginCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(PluginCatalog.class);

  private final Map<PluginKind, Map<String, Object>> providers = new EnumMap<>(PluginKind.class);
  private final List<PluginInfo> plugins = new ArrayList<>();

  private PluginCatalog() {
    for (PluginKind kind : PluginKind.values()) {
      providers.put(kind, new TreeMap<>());
    }
  }

  /**
   * Loads every plugin jar of the directories, each as a named module in a module layer of its own.
   * A jar that cannot be used leaves a {@link PluginInfo} with the reason, and a warning, and harms
   * nothing else. Where two plugins have one id or provide one name, the first one found counts.
   *
   * @param directories searched in this order, jars in the order of their names; one that does not
   *     exist holds no plugins
   */
  public static PluginCatalog load(List<Path> directories) {
    PluginCatalog catalog = new PluginCatalog();
    new PluginLayers(catalog).load(directories);
    return catalog;
  }

  /**
   * Takes the providers that the host's own module path (or class path, by {@code
   * META-INF/services}) offers: for tests and for embedders that ship their plugins with
   * themselves.
   */
  public static PluginCatalog ofModulePath() {
    PluginCatalog catalog = new PluginCatalog();
    ClassLoader loader = PluginCatalog.class.getClassLoader();
    Map<String, List<Object>> byModule = new TreeMap<>();
    collect(ServiceLoader.load(InstructionSet.class, loader), byModule);
    collect(ServiceLoader.load(CpuStrategy.class, loader), byModule);
    collect(ServiceLoader.load(MemoryStrategy.class, loader), byModule);
    collect(ServiceLoader.load(DeviceType.class, loader), byModule);
    collect(ServiceLoader.load(HardwareHarts.class, loader), byModule);
    collect(ServiceLoader.load(IsaExtension.class, loader), byModule);
    byModule.forEach((module, found) -> catalog.add(module, "", "", found));
    return catalog;
  }

  /**
   * A catalog of given providers, for tests and for embedders that make their own.
   *
   * @param providers implementations of {@link InstructionSet}, {@link CpuStrategy}, {@link
   *     MemoryStrategy}, {@link DeviceType}, {@link HardwareHarts} and {@link IsaExtension}
   */
  public static PluginCatalog of(Object... providers) {
    PluginCatalog catalog = new PluginCatalog();
    catalog.add("host", "", "", List.of(providers));
    return catalog;
  }

  private static void collect(ServiceLoader<?> services, Map<String, List<Object>> byModule) {
    var iterator = services.iterator();
    while (true) {
      try {
        if (!iterator.hasNext()) {
          return;
        }
        Object provider = iterator.next();
        String module = provider.getClass().getModule().getName();
        String owner = module == null ? provider.getClass().getPackageName() : module;
        byModule.computeIfAbsent(owner, absent -> new ArrayList<>()).add(provider);
      } catch (ServiceConfigurationError e) {
        LOG.warn("a provider on the module path is left out: {}", e.getMessage());
      }
    }
  }

  /**
   * Enters a plugin with what it provides: all of it or, if a name is taken, nothing of it.
   *
   * @return what is now known of it
   */
  PluginInfo add(String id, String version, String maker, List<?> found) {
    Map<PluginKind, Map<String, Object>> offered = new EnumMap<>(PluginKind.class);
    String clash = "";
    for (Object provider : found) {
      PluginKind kind = kindOf(provider);
      String name = kind.nameOf(provider);
      Object before = offered.computeIfAbsent(kind, k -> new TreeMap<>()).put(name, provider);
      if (before != null || map(kind).containsKey(name)) {
        clash = kind.word() + " " + name + " is provided by another plugin already";
      }
    }
    if (!clash.isEmpty()) {
      return fail(id, version, maker, clash, null);
    }
    Map<PluginKind, List<String>> names = new EnumMap<>(PluginKind.class);
    offered.forEach(
        (kind, byName) -> {
          map(kind).putAll(byName);
          names.put(kind, List.copyOf(byName.keySet()));
        });
    PluginInfo info = PluginInfo.ready(id, names, version, maker);
    plugins.add(info);
    return info;
  }

  /** Enters a plugin that cannot be used, and warns. */
  PluginInfo fail(
      String id, String version, String maker, String reason, @Nullable Throwable cause) {
    LOG.warn("plugin {} is left out: {}", id, reason);
    if (cause != null) {
      LOG.debug("plugin {}", id, cause);
    }
    PluginInfo info = PluginInfo.failed(id, version, maker, reason);
    plugins.add(info);
    return info;
  }

  private static PluginKind kindOf(Object provider) {
    for (PluginKind kind : PluginKind.values()) {
      if (kind.service().isInstance(provider)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(provider.getClass() + " provides nothing known");
  }

  /** All plugins that were found, the broken ones too. */
  public List<PluginInfo> plugins() {
    return List.copyOf(plugins);
  }

  /**
   * The instruction set of a name.
   *
   * @throws VivariumException that lists the names there are
   */
  public InstructionSet isa(String name) {
    return (InstructionSet) find(PluginKind.ISA, "instruction set", name);
  }

  /**
   * The CPU strategy of a name.
   *
   * @throws VivariumException that lists the names there are
   */
  public CpuStrategy cpu(String name) {
    return (CpuStrategy) find(PluginKind.CPU, "CPU strategy", name);
  }

  /**
   * The memory strategy of a name.
   *
   * @throws VivariumException that lists the names there are
   */
  public MemoryStrategy memory(String name) {
    return (MemoryStrategy) find(PluginKind.MEMORY, "memory strategy", name);
  }

  /**
   * The kind of device of a name.
   *
   * @throws VivariumException that lists the names there are
   */
  public DeviceType device(String name) {
    return (DeviceType) find(PluginKind.DEVICE, "device", name);
  }

  /**
   * The host's harts of a name.
   *
   * @throws VivariumException that lists the names there are
   */
  public HardwareHarts harts(String name) {
    return (HardwareHarts) find(PluginKind.HART, "hart", name);
  }

  /**
   * The extension of an instruction set of a name.
   *
   * @throws VivariumException that lists the names there are
   */
  public IsaExtension extension(String name) {
    return (IsaExtension) find(PluginKind.EXTENSION, "extension", name);
  }

  /** The names of a kind that can be chosen, sorted. */
  public List<String> names(PluginKind kind) {
    return List.copyOf(map(kind).keySet());
  }

  private Object find(PluginKind kind, String words, String name) {
    Object provider = map(kind).get(name);
    if (provider == null) {
      List<String> there = names(kind);
      throw new VivariumException(
          "unknown "
              + words
              + " '"
              + name
              + "'; "
              + (there.isEmpty()
                  ? "no plugin provides any"
                  : "there is " + String.join(", ", there)));
    }
    return provider;
  }

  private Map<String, Object> map(PluginKind kind) {
    return Objects.requireNonNull(providers.get(kind));
  }
}
