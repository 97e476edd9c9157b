package vivarium.distribution.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the tree keeps its things, seen from the directory of a module, in which tests run. */
final class House {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private House() {}

  /** Module directories that hold plugins; each may know {@code vivarium.api} only. */
  static List<Path> plugins() {
    return Stream.concat(
            Stream.of(ROOT.resolve("isa-riscv-lite"), ROOT.resolve("devices")),
            list(ROOT.resolve("plugins")))
        .filter(House::isModule)
        .toList();
  }

  static Path api() {
    return ROOT.resolve("api");
  }

  static Path core() {
    return ROOT.resolve("core");
  }

  /** Every module directory with sources. */
  static List<Path> modules() {
    return Stream.concat(list(ROOT), list(ROOT.resolve("plugins")))
        .filter(House::isModule)
        .toList();
  }

  /** Compiled classes of a module. */
  static Path classes(Path module) {
    return module.resolve("target/classes");
  }

  /** Every Java source of the tree, tests included, that a person wrote. */
  static List<Path> sources() {
    return modules().stream().flatMap(module -> walk(module.resolve("src"))).toList();
  }

  /** The name by which a complaint calls a file. */
  static String name(Path file) {
    return ROOT.relativize(file.toAbsolutePath().normalize()).toString();
  }

  private static boolean isModule(Path dir) {
    return Files.isDirectory(dir.resolve("src/main/java"));
  }

  private static Stream<Path> list(Path dir) {
    try (Stream<Path> entries = Files.list(dir)) {
      return entries.sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> walk(Path dir) {
    try (Stream<Path> files = Files.walk(dir)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
