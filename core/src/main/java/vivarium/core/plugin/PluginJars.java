package vivarium.core.plugin;

import java.nio.file.Path;
import java.util.List;
import org.pf4j.DefaultPluginManager;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginLoader;
import org.pf4j.PluginWrapper;

/**
 * PF4J as it is used here: it reads descriptors from manifests, judges versions, and keeps the list
 * of plugins with their states. Class loaders are not its business: {@link PluginLayers} gives each
 * plugin a module layer instead, since PF4J's own loader would put plugins into an unnamed module,
 * where nothing is encapsulated and {@code provides} is ignored.
 */
final class PluginJars extends DefaultPluginManager {
  /** The version of an API that does not say its version: every plugin is content with it. */
  static final String UNKNOWN_VERSION = "0.0.0";

  PluginJars(String apiVersion) {
    super(List.of());
    setSystemVersion(apiVersion);
  }

  /**
   * Reads a jar's descriptor and enters the plugin.
   *
   * @throws RuntimeException of PF4J if it is no plugin, or its id is taken
   */
  PluginWrapper read(Path jar) {
    return loadPluginFromPath(jar);
  }

  /**
   * Whether a plugin is content with this version of the API. A bare version is the least one that
   * it wants, as PF4J has it.
   */
  boolean isContent(PluginWrapper plugin) {
    String wanted = plugin.getDescriptor().getRequires().trim();
    String least = wanted.matches("\\d+\\.\\d+\\.\\d+") ? ">=" + wanted : wanted;
    return getSystemVersion().equals(UNKNOWN_VERSION) || satisfies(getSystemVersion(), least);
  }

  /** Asked by PF4J, which would tell the user in its own words; {@link #isContent} judges. */
  @Override
  protected boolean isPluginValid(PluginWrapper plugin) {
    return true;
  }

  /** Whether a version satisfies what a dependency asks for. */
  boolean satisfies(String version, String wanted) {
    return versionManager.checkVersionConstraint(version, wanted);
  }

  @Override
  protected PluginDescriptorFinder createPluginDescriptorFinder() {
    return new ManifestPluginDescriptorFinder();
  }

  @Override
  protected PluginLoader createPluginLoader() {
    return new PluginLoader() {
      @Override
      public boolean isApplicable(Path path) {
        return true;
      }

      @Override
      public ClassLoader loadPlugin(Path path, PluginDescriptor descriptor) {
        return PluginJars.class.getClassLoader();
      }
    };
  }
}
