import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * Rewrites a library's jar in the class-file format of today, its code unchanged: {@code java
 * Modernize.java FROM TO}. The JVM's start-up cache cannot hold classes of a format without stack
 * maps (Java 5 and before), and verifies them the slow way at each start.
 */
public final class Modernize {
  /** Java 17: any format with stack maps would do. */
  private static final int MAJOR = ClassFile.JAVA_17_VERSION;

  private Modernize() {}

  /** Rewrites the jar of the first argument to the second; entries keep their times and order. */
  public static void main(String[] args) throws IOException {
    Path from = Path.of(args[0]);
    Path to = Path.of(args[1]);
    Files.createDirectories(to.toAbsolutePath().getParent());
    try (JarFile jar = new JarFile(from.toFile());
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(to));
        Stream<JarEntry> entries = jar.stream()) {
      ClassFile format = format(jar);
      for (JarEntry entry : entries.toList()) {
        byte[] content = jar.getInputStream(entry).readAllBytes();
        JarEntry copy = new JarEntry(entry.getName());
        copy.setTimeLocal(entry.getTimeLocal());
        out.putNextEntry(copy);
        out.write(entry.getName().endsWith(".class") ? modern(format, content) : content);
      }
    }
  }

  /** Knows the classes of the jar beside those of the JDK. */
  private static ClassFile format(JarFile jar) {
    ClassHierarchyResolver inJar =
        ClassHierarchyResolver.ofResourceParsing(
            type -> {
              String name = type.descriptorString();
              JarEntry entry = jar.getJarEntry(name.substring(1, name.length() - 1) + ".class");
              try {
                return entry == null ? null : jar.getInputStream(entry);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    return ClassFile.of(
        ClassFile.ClassHierarchyResolverOption.of(
            inJar.orElse(ClassHierarchyResolver.defaultResolver())),
        ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
  }

  private static byte[] modern(ClassFile format, byte[] content) {
    ClassModel model = format.parse(content);
    if (model.majorVersion() >= ClassFile.JAVA_7_VERSION) {
      return content;
    }
    ClassTransform code = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL);
    ClassTransform version =
        (builder, element) -> {
          if (element instanceof ClassFileVersion) {
            builder.withVersion(MAJOR, 0);
          } else {
            builder.with(element);
          }
        };
    return format.transformClass(model, code.andThen(version));
  }
}
