package vivarium.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import vivarium.api.VivariumException;

/** Compiles a plugin of one memory strategy and packs it, with any manifest. */
final class PluginJarMaker {
  private final Path work;
  private final Map<String, String> manifest = new LinkedHashMap<>();
  private final List<String> requires = new ArrayList<>(List.of("vivarium.api"));
  private String module;
  private String strategy;
  private String constructor = "";
  private String[] packed = {"module-info.class", ".class"};

  PluginJarMaker(Path work, String id) {
    this.work = work;
    module = "demo." + id.replace('-', '.');
    strategy = id;
    manifest.put("Plugin-Id", id);
    manifest.put("Plugin-Version", "1.2.3");
    manifest.put("Plugin-Provider", "Tests");
  }

  PluginJarMaker manifest(String attribute, String value) {
    manifest.put(attribute, value);
    return this;
  }

  PluginJarMaker without(String attribute) {
    manifest.remove(attribute);
    return this;
  }

  PluginJarMaker strategy(String name) {
    strategy = name;
    return this;
  }

  PluginJarMaker requires(String name) {
    requires.add(name);
    return this;
  }

  PluginJarMaker constructor(String statements) {
    constructor = statements;
    return this;
  }

  PluginJarMaker withoutModuleInfo() {
    packed = new String[] {"Strategy.class"};
    return this;
  }

  PluginJarMaker module(String name) {
    module = name;
    return this;
  }

  /** Makes the jar; other jars to compile against can be given. */
  Path jar(Path target, Path... others) throws IOException {
    Path sources = Files.createDirectories(work.resolve(module + "/src"));
    Path classes = Files.createDirectories(work.resolve(module + "/classes"));
    Files.writeString(
        sources.resolve("module-info.java"),
        "module %s { %s provides vivarium.api.memory.MemoryStrategy with %s.Strategy; }"
            .formatted(module, requiresLines(), module));
    Path source = Files.createDirectories(sources.resolve(module.replace('.', '/')));
    Files.writeString(
        source.resolve("Strategy.java"),
        """
        package %s;
        public class Strategy implements vivarium.api.memory.MemoryStrategy {
          public Strategy() { %s }
          public String name() { return "%s"; }
          public String description() { return ""; }
          public vivarium.api.memory.Paging create(vivarium.api.memory.PagingEnvironment e) {
            throw new UnsupportedOperationException();
          }
        }
        """
            .formatted(module, constructor, strategy));
    compile(sources, classes, source.resolve("Strategy.java"), others);
    return pack(classes, target);
  }

  private String requiresLines() {
    StringBuilder lines = new StringBuilder();
    requires.forEach(name -> lines.append("requires ").append(name).append("; "));
    return lines.toString();
  }

  private static void compile(Path sources, Path classes, Path source, Path... others) {
    StringBuilder path = new StringBuilder(apiLocation().toString());
    for (Path other : others) {
      path.append(java.io.File.pathSeparator).append(other);
    }
    StringWriter said = new StringWriter();
    PrintWriter log = new PrintWriter(said);
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                log,
                log,
                "-proc:none",
                "-p",
                path.toString(),
                "-d",
                classes.toString(),
                sources.resolve("module-info.java").toString(),
                source.toString());
    assertThat(status).as(said.toString()).isZero();
  }

  private static Path apiLocation() {
    URI location =
        VivariumException.class
            .getModule()
            .getLayer()
            .configuration()
            .findModule("vivarium.api")
            .orElseThrow()
            .reference()
            .location()
            .orElseThrow();
    return Path.of(location);
  }

  private Path pack(Path classes, Path target) throws IOException {
    Manifest written = new Manifest();
    Attributes attributes = written.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.forEach(attributes::putValue);
    try (OutputStream file = Files.newOutputStream(target);
        JarOutputStream jar = new JarOutputStream(file, written);
        Stream<Path> files = Files.walk(classes)) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        if (Stream.of(packed).anyMatch(each.toString()::endsWith)) {
          jar.putNextEntry(new JarEntry(classes.relativize(each).toString()));
          Files.copy(each, jar);
          jar.closeEntry();
        }
      }
    }
    return target;
  }
}
