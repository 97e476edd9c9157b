package vivarium.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.VivariumException;
import vivarium.api.memory.MemoryStrategy;
import vivarium.core.plugin.PluginInfo.State;

class PluginCatalogTest {
  @TempDir Path work;
  private Path plugins;

  @BeforeEach
  void setUp() throws IOException {
    plugins = Files.createDirectory(work.resolve("plugins"));
  }

  private PluginJarMaker plugin(String id) {
    return new PluginJarMaker(work, id);
  }

  private Path jar(PluginJarMaker maker, String name, Path... others) throws IOException {
    return maker.jar(plugins.resolve(name), others);
  }

  private PluginCatalog load() {
    return PluginCatalog.load(List.of(plugins));
  }

  private static void assertFailed(PluginCatalog catalog, String id, String reason) {
    assertThat(catalog.plugins())
        .filteredOn(info -> info.id().equals(id) && info.state() == State.FAILED)
        .extracting(PluginInfo::reason)
        .singleElement()
        .satisfies(said -> assertThat(said).contains(reason).doesNotContain("\n"));
  }

  @Test
  void aPluginIsANamedModuleInALayerOfItsOwn() throws IOException {
    jar(plugin("good"), "good.jar");
    PluginCatalog catalog = load();
    MemoryStrategy strategy = catalog.memory("good");
    Module module = strategy.getClass().getModule();
    assertThat(module.getName()).isEqualTo("demo.good");
    assertThat(module.getLayer().modules()).containsExactly(module);
    assertThat(module.isExported("demo.good")).isFalse();
    assertThat(catalog.plugins())
        .containsExactly(
            new PluginInfo(
                "good",
                Map.of(PluginKind.MEMORY, List.of("good")),
                "1.2.3",
                "Tests",
                State.READY,
                ""));
    assertThat(catalog.memory("good")).isSameAs(strategy);
  }

  @Test
  void aCorruptJarIsOneLineAndTheOthersLive() throws IOException {
    jar(plugin("good"), "b.jar");
    Files.write(plugins.resolve("a.jar"), new byte[] {'P', 'K', 3, 4, 0, 0, 0});
    Files.write(plugins.resolve("c.jar"), new byte[0]);
    PluginCatalog catalog = load();
    assertThat(catalog.memory("good").name()).isEqualTo("good");
    assertThat(catalog.plugins())
        .filteredOn(info -> info.state() == State.FAILED)
        .allSatisfy(info -> assertThat(info.reason()).isNotBlank().doesNotContain("\n"))
        .extracting(PluginInfo::id)
        .containsExactly("a.jar", "c.jar");
  }

  @Test
  void aJarWithoutDescriptorIsOneLine() throws IOException {
    jar(plugin("nameless").without("Plugin-Id"), "nameless.jar");
    assertFailed(load(), "nameless.jar", "id");
  }

  @Test
  void aJarWithoutModuleDescriptorIsRefused() throws IOException {
    jar(plugin("loose").withoutModuleInfo(), "loose.jar");
    assertFailed(load(), "loose", "it is not a named module");
  }

  @Test
  void aMissingModuleIsNamed() throws IOException {
    Path other = plugin("other").jar(work.resolve("other.jar"));
    jar(plugin("needy").requires("demo.other"), "needy.jar", other);
    assertFailed(load(), "needy", "demo.other");
  }

  @Test
  void ofTwoPluginsWithOneIdTheFirstCounts() throws IOException {
    jar(plugin("twin").strategy("first"), "a.jar");
    jar(plugin("twin").strategy("second"), "b.jar");
    PluginCatalog catalog = load();
    assertThat(catalog.names(PluginKind.MEMORY)).containsExactly("first");
    assertThat(catalog.plugins()).hasSize(2);
    assertFailed(catalog, "b.jar", "twin");
  }

  @Test
  void ofTwoPluginsThatProvideOneNameTheFirstCounts() throws IOException {
    jar(plugin("one").strategy("same"), "a.jar");
    jar(plugin("two").strategy("same"), "b.jar");
    PluginCatalog catalog = load();
    assertThat(catalog.memory("same").getClass().getModule().getName()).isEqualTo("demo.one");
    assertFailed(catalog, "two", "memory same is provided by another plugin already");
  }

  @Test
  void aProviderThatThrowsIsOneLine() throws IOException {
    jar(
        plugin("bomb").constructor("if (true) throw new IllegalStateException(\"tick\");"),
        "a.jar");
    assertFailed(load(), "bomb", "IllegalStateException: tick");
  }

  @Test
  void anotherVersionOfTheApiIsRefusedAndThisOneTaken() throws IOException {
    jar(plugin("future").manifest("Plugin-Requires", ">=99"), "a.jar");
    jar(plugin("present").manifest("Plugin-Requires", ">=0.1.0"), "b.jar");
    jar(plugin("babble").manifest("Plugin-Requires", "new!"), "c.jar");
    PluginCatalog catalog = load();
    assertFailed(catalog, "c.jar", "new!");
    assertFailed(
        catalog,
        "future",
        "it requires version >=99 of vivarium.api, which is " + PluginLayers.apiVersion());
    assertThat(catalog.names(PluginKind.MEMORY)).containsExactly("present");
  }

  @Test
  void aPluginSeesThePluginThatItDependsOn() throws IOException {
    Path base = jar(plugin("z-base"), "z.jar");
    jar(
        plugin("user").requires("demo.z.base").manifest("Plugin-Dependencies", "z-base@>=1.0.0"),
        "a.jar",
        base);
    assertThat(load().names(PluginKind.MEMORY)).containsExactly("user", "z-base");
  }

  @Test
  void aMissingOrOldOrFailedDependencyIsNamed() throws IOException {
    jar(plugin("base"), "base.jar");
    jar(plugin("lonely").manifest("Plugin-Dependencies", "nobody"), "a.jar");
    jar(plugin("modern").manifest("Plugin-Dependencies", "base@>=2.0.0"), "b.jar");
    jar(plugin("third").manifest("Plugin-Dependencies", "lonely"), "c.jar");
    PluginCatalog catalog = load();
    assertFailed(catalog, "lonely", "it needs plugin nobody, which is not there");
    assertFailed(catalog, "modern", "it needs version >=2.0.0 of plugin base, which is 1.2.3");
    assertFailed(catalog, "third", "it needs plugin lonely, which is left out");
    assertThat(catalog.names(PluginKind.MEMORY)).containsExactly("base");
  }

  @Test
  void pluginsThatDependOnEachOtherAreNamed() throws IOException {
    jar(plugin("hen").manifest("Plugin-Dependencies", "egg"), "a.jar");
    jar(plugin("egg").manifest("Plugin-Dependencies", "hen"), "b.jar");
    jar(plugin("ego").manifest("Plugin-Dependencies", "ego"), "c.jar");
    PluginCatalog catalog = load();
    assertFailed(catalog, "hen", "hen -> egg -> hen");
    assertFailed(catalog, "ego", "it depends on itself");
    assertThat(catalog.names(PluginKind.MEMORY)).isEmpty();
  }

  @Test
  void aModuleOfTheHostsNameIsRefused() throws IOException {
    jar(plugin("impostor").module("vivarium.core"), "a.jar");
    assertFailed(load(), "impostor", "its module vivarium.core is one of the host's");
  }

  @Test
  void directoriesThatDoNotExistHoldNoPlugins() {
    PluginCatalog catalog = PluginCatalog.load(List.of(work.resolve("nowhere"), plugins));
    assertThat(catalog.plugins()).isEmpty();
    assertThatThrownBy(() -> catalog.cpu("interpretation"))
        .isInstanceOf(VivariumException.class)
        .hasMessage("unknown CPU strategy 'interpretation'; no plugin provides any");
  }

  @Test
  void severalDirectoriesAreSearchedInOrder() throws IOException {
    Path more = Files.createDirectory(work.resolve("more"));
    jar(plugin("one").strategy("same"), "a.jar");
    plugin("two").strategy("same").jar(more.resolve("a.jar"));
    PluginCatalog catalog = PluginCatalog.load(List.of(more, plugins));
    assertThat(catalog.memory("same").getClass().getModule().getName()).isEqualTo("demo.two");
  }

  @Test
  void anUnknownNameIsAnsweredWithThoseThereAre() throws IOException {
    jar(plugin("b"), "b.jar");
    jar(plugin("a"), "a.jar");
    assertThatThrownBy(() -> load().memory("magic"))
        .hasMessage("unknown memory strategy 'magic'; there is a, b");
  }

  @Test
  void theModulePathMayHoldNoPluginsAtAll() {
    assertThat(PluginCatalog.ofModulePath().names(PluginKind.CPU)).isEmpty();
  }
}
