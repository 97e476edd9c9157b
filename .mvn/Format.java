import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds every Java file of the tree to google-java-format, in one process. The root project runs it
 * from its source: {@code java -cp google-java-format.jar Format.java (check|write) ROOT REPORT}.
 * With {@code check} it names the files that differ, on standard error and in the file REPORT,
 * which exists only then; with {@code write} it rewrites them.
 */
final class Format {

  private enum Outcome {
    SAME,
    DIFFERENT,
    BROKEN
  }

  private record Result(String name, Outcome outcome, String reason) {}

  public static void main(String[] args) throws IOException {
    boolean write = args[0].equals("write");
    Path root = Path.of(args[1]);
    Path report = Path.of(args[2]);
    Files.deleteIfExists(report);
    List<Result> results =
        javaFiles(root).parallelStream().map(file -> format(root, file, write)).toList();
    List<String> complaints =
        results.stream()
            .filter(result -> result.outcome() == Outcome.BROKEN || !write)
            .filter(result -> result.outcome() != Outcome.SAME)
            .map(result -> result.name() + result.reason())
            .toList();
    if (!complaints.isEmpty()) {
      System.err.println("Not formatted: " + String.join(" ", complaints));
      Files.write(report, complaints);
    }
  }

  private static List<Path> javaFiles(Path root) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            String name = dir.getFileName().toString();
            boolean foreign = name.equals("target") || name.equals(".git");
            return foreign && !dir.equals(root)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  private static Result format(Path root, Path file, boolean write) {
    String name = root.relativize(file).toString();
    try {
      String before = Files.readString(file);
      String after = new Formatter().formatSourceAndFixImports(before);
      if (after.equals(before)) {
        return new Result(name, Outcome.SAME, "");
      }
      if (write) {
        Files.writeString(file, after);
      }
      return new Result(name, Outcome.DIFFERENT, "");
    } catch (IOException | FormatterException e) {
      return new Result(name, Outcome.BROKEN, ": " + e.getMessage());
    }
  }
}
