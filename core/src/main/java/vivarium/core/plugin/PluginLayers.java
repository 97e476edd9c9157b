package vivarium.core.plugin;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pf4j.PluginDependency;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginState;
import org.pf4j.PluginWrapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vivarium.api.VivariumException;

/**
 * Makes a module layer for each plugin, after those it depends on, and enters what it provides into
 * the catalog. Used once.
 */
final class PluginLayers {
  private static final Logger LOG = LoggerFactory.getLogger(PluginLayers.class);

  private final PluginCatalog catalog;
  private final PluginJars jars = new PluginJars(apiVersion());
  private final ModuleLayer host;
  private final Map<String, PluginWrapper> waiting = new LinkedHashMap<>();
  private final Map<String, ModuleLayer> layers = new LinkedHashMap<>();
  private final Map<String, PluginWrapper> failed = new LinkedHashMap<>();

  PluginLayers(PluginCatalog catalog) {
    this.catalog = catalog;
    ModuleLayer own = PluginLayers.class.getModule().getLayer();
    host = own == null ? ModuleLayer.boot() : own;
  }

  /** The version plugins' {@code Plugin-Requires} is held against: the module's own. */
  static String apiVersion() {
    ModuleDescriptor api = VivariumException.class.getModule().getDescriptor();
    return api == null
        ? PluginJars.UNKNOWN_VERSION
        : api.rawVersion().orElse(PluginJars.UNKNOWN_VERSION);
  }

  void load(List<Path> directories) {
    for (Path directory : directories) {
      for (Path jar : jarsIn(directory)) {
        read(jar);
      }
    }
    boolean progress = true;
    while (progress) {
      progress = false;
      for (PluginWrapper plugin : List.copyOf(waiting.values())) {
        if (layers.keySet().containsAll(dependencies(plugin))) {
          waiting.remove(plugin.getPluginId());
          bind(plugin);
          progress = true;
        }
      }
    }
    List.copyOf(waiting.values()).forEach(plugin -> fail(plugin, whyNotBound(plugin), null));
  }

  private static List<Path> jarsIn(Path directory) {
    Set<Path> found = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jar")) {
      files.forEach(found::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      LOG.debug("no plugins in {}: it is not a directory", directory);
    } catch (IOException e) {
      LOG.warn("no plugins from {}: {}", directory, e.getMessage());
    }
    return List.copyOf(found);
  }

  private void read(Path jar) {
    PluginWrapper plugin;
    boolean content;
    try {
      plugin = jars.read(jar);
      content = jars.isContent(plugin);
    } catch (RuntimeException e) {
      String name = String.valueOf(jar.getFileName());
      catalog.fail(name, "", "", oneLine(e), e);
      return;
    }
    PluginDescriptor descriptor = plugin.getDescriptor();
    if (!content) {
      String reason =
          "it requires version %s of vivarium.api, which is %s"
              .formatted(descriptor.getRequires(), jars.getSystemVersion());
      fail(plugin, reason, null);
      return;
    }
    String wrong = wrongDependency(plugin);
    if (!wrong.isEmpty()) {
      fail(plugin, wrong, null);
      return;
    }
    waiting.put(plugin.getPluginId(), plugin);
  }

  private String wrongDependency(PluginWrapper plugin) {
    for (PluginDependency dependency : plugin.getDescriptor().getDependencies()) {
      if (dependency.getPluginId().equals(plugin.getPluginId())) {
        return "it depends on itself";
      }
    }
    return "";
  }

  private static List<String> dependencies(PluginWrapper plugin) {
    return plugin.getDescriptor().getDependencies().stream()
        .filter(dependency -> !dependency.isOptional())
        .map(PluginDependency::getPluginId)
        .toList();
  }

  private void bind(PluginWrapper plugin) {
    try {
      checkDependencyVersions(plugin);
      Module module = module(plugin);
      List<Object> provided = providers(module);
      PluginDescriptor descriptor = plugin.getDescriptor();
      PluginInfo info =
          catalog.add(
              plugin.getPluginId(), text(descriptor.getVersion()), text(maker(plugin)), provided);
      if (info.state() == PluginInfo.State.READY) {
        layers.put(plugin.getPluginId(), module.getLayer());
        plugin.setPluginState(PluginState.STARTED);
      } else {
        failed.put(plugin.getPluginId(), plugin);
        plugin.setPluginState(PluginState.FAILED);
      }
    } catch (Exception | LinkageError | ServiceConfigurationError e) {
      fail(plugin, oneLine(e), e);
    }
  }

  private void checkDependencyVersions(PluginWrapper plugin) {
    for (PluginDependency dependency : plugin.getDescriptor().getDependencies()) {
      PluginWrapper other = jars.getPlugin(dependency.getPluginId());
      if (other != null
          && layers.containsKey(dependency.getPluginId())
          && !jars.satisfies(
              other.getDescriptor().getVersion(), dependency.getPluginVersionSupport())) {
        throw new VivariumException(
            "it needs version %s of plugin %s, which is %s"
                .formatted(
                    dependency.getPluginVersionSupport(),
                    dependency.getPluginId(),
                    other.getDescriptor().getVersion()));
      }
    }
  }

  private Module module(PluginWrapper plugin) {
    ModuleFinder finder = ModuleFinder.of(plugin.getPluginPath());
    ModuleReference module =
        finder.findAll().stream()
            .findFirst()
            .orElseThrow(() -> new VivariumException("it holds no module"));
    if (module.descriptor().isAutomatic()) {
      throw new VivariumException("it is not a named module: it has no module-info.class");
    }
    String name = module.descriptor().name();
    Optional<Module> inHost = host.findModule(name);
    if (inHost.isPresent()) {
      if (!isInHost(module)) {
        throw new VivariumException("its module " + name + " is one of the host's");
      }
      return inHost.get();
    }
    List<ModuleLayer> parents = new ArrayList<>();
    plugin.getDescriptor().getDependencies().stream()
        .map(dependency -> layers.get(dependency.getPluginId()))
        .filter(layer -> layer != null && layer != host)
        .forEach(parents::add);
    parents.add(host);
    Configuration configuration =
        Configuration.resolve(
            finder,
            parents.stream().map(ModuleLayer::configuration).toList(),
            ModuleFinder.of(),
            Set.of(name));
    return ModuleLayer.defineModulesWithOneLoader(
            configuration, parents, PluginLayers.class.getClassLoader())
        .layer()
        .findModule(name)
        .orElseThrow();
  }

  /**
   * Whether the host was started with this very jar on its module path, as the launcher does with
   * the plugins of the product, so that the JVM's start-up cache holds their classes and profiles.
   * Such a plugin is a named module of the host's layer.
   */
  private boolean isInHost(ModuleReference module) {
    return host.configuration()
        .findModule(module.descriptor().name())
        .map(resolved -> resolved.reference().location().equals(module.location()))
        .orElse(false);
  }

  /** Instantiates what a module says it provides. */
  private static List<Object> providers(Module module) {
    ModuleLayer layer = module.getLayer();
    List<Object> found = new ArrayList<>();
    Set<String> provided = new TreeSet<>();
    module.getDescriptor().provides().forEach(provides -> provided.add(provides.service()));
    for (PluginKind kind : PluginKind.values()) {
      if (provided.contains(kind.service().getName())) {
        Iterator<? extends ServiceLoader.Provider<?>> providers =
            ServiceLoader.load(layer, kind.service()).stream().iterator();
        providers.forEachRemaining(
            provider -> {
              if (provider.type().getModule() == module) {
                found.add(provider.get());
              }
            });
      }
    }
    if (found.isEmpty()) {
      throw new VivariumException(
          "its module " + module.getName() + " provides no isa, cpu, memory or device");
    }
    return found;
  }

  private String whyNotBound(PluginWrapper plugin) {
    for (String needed : dependencies(plugin)) {
      if (failed.containsKey(needed)) {
        return "it needs plugin " + needed + ", which is left out";
      }
      if (!waiting.containsKey(needed) && !layers.containsKey(needed)) {
        return "it needs plugin " + needed + ", which is not there";
      }
    }
    return cycle(plugin);
  }

  /** Follows unbound dependencies until one comes again, or one is left out. */
  private String cycle(PluginWrapper plugin) {
    List<String> path = new ArrayList<>();
    String at = plugin.getPluginId();
    while (!path.contains(at)) {
      path.add(at);
      PluginWrapper next = waiting.get(at);
      if (next == null) {
        return "it needs plugin " + at + ", which is left out";
      }
      at =
          dependencies(next).stream()
              .filter(id -> !layers.containsKey(id))
              .findFirst()
              .orElseThrow();
    }
    path.add(at);
    return "plugins depend on each other in a circle: " + String.join(" -> ", path);
  }

  private void fail(PluginWrapper plugin, String reason, @Nullable Throwable cause) {
    failed.put(plugin.getPluginId(), plugin);
    plugin.setPluginState(PluginState.FAILED);
    PluginDescriptor descriptor = plugin.getDescriptor();
    catalog.fail(plugin.getPluginId(), text(descriptor.getVersion()), maker(plugin), reason, cause);
  }

  private static String maker(PluginWrapper plugin) {
    return text(plugin.getDescriptor().getProvider());
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  /** What went wrong, in one line, from the innermost cause that says something. */
  private static String oneLine(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null && cause.getCause().getMessage() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    String line = message == null ? cause.toString() : message.lines().findFirst().orElse("");
    return cause instanceof VivariumException || cause instanceof org.pf4j.PluginRuntimeException
        ? line
        : cause.getClass().getSimpleName() + ": " + line;
  }
}
