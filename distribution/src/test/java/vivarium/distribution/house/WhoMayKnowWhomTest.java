package vivarium.distribution.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WhoMayKnowWhomTest {

  @Test
  void apiRequiresJavaBaseOnly() {
    assertThat(required(House.api())).containsOnly("java.base");
  }

  @Test
  void coreRequiresOnlyApiPluginFrameworkAndLogging() {
    assertThat(required(House.core()))
        .filteredOn(name -> !isJava(name))
        .containsExactlyInAnyOrder("vivarium.api", "pf4j", "org.slf4j");
  }

  @Test
  void pluginsRequireOnlyApi() {
    assertThat(House.plugins()).isNotEmpty();
    for (Path plugin : House.plugins()) {
      assertThat(required(plugin))
          .as(House.name(plugin))
          .filteredOn(name -> !isJava(name))
          .containsExactly("vivarium.api");
    }
  }

  @Test
  void onlyThePluginCatalogKnowsThePluginFramework() {
    noClasses()
        .that()
        .resideOutsideOfPackage("vivarium.core.plugin..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.pf4j..")
        .allowEmptyShould(true)
        .check(new ClassFileImporter().importPath(House.classes(House.core())));
  }

  @Test
  void nobodyReachesIntoTheJdk() {
    List<Path> classes = House.modules().stream().map(House::classes).toList();
    noClasses()
        .that()
        .resideInAPackage("vivarium..")
        .and()
        .resideOutsideOfPackage("vivarium.benchmarks..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("sun..", "jdk.internal..")
        .check(new ClassFileImporter().importPaths(classes));
  }

  private static boolean isJava(String module) {
    return module.startsWith("java.") || module.startsWith("jdk.");
  }

  /**
   * What a module needs when it runs; annotations for the compiler are required statically only.
   */
  private static List<String> required(Path module) {
    return ModuleFinder.of(House.classes(module)).findAll().stream()
        .flatMap(WhoMayKnowWhomTest::requiredAtRunTime)
        .toList();
  }

  private static Stream<String> requiredAtRunTime(ModuleReference reference) {
    return reference.descriptor().requires().stream()
        .filter(needed -> !needed.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
        .map(ModuleDescriptor.Requires::name);
  }
}
