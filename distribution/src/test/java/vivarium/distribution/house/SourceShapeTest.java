package vivarium.distribution.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

class SourceShapeTest {

  private static final int MAX_LINES_PER_FILE = 600;
  private static final int MAX_LINES_PER_METHOD = 60;

  /** Spelled so that this file does not complain of itself. */
  private static final Pattern LEFT_FOR_LATER =
      Pattern.compile("TO" + "DO|FIX" + "ME|@Dis" + "abled");

  @Test
  void noFileIsTooLong() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path source : House.sources()) {
      long lines;
      try (var all = Files.lines(source)) {
        lines = all.count();
      }
      if (lines > MAX_LINES_PER_FILE) {
        tooLong.add(House.name(source) + ": " + lines + " lines");
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void noMethodIsTooLong() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> tooLong = new ArrayList<>();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      var sources = files.getJavaFileObjectsFromPaths(House.sources());
      var task =
          (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null, sources);
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new LongMethods(unit, positions, tooLong).scan(unit, null);
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void nothingIsLeftForLater() throws IOException {
    List<String> left = new ArrayList<>();
    for (Path source : House.sources()) {
      if (LEFT_FOR_LATER.matcher(Files.readString(source)).find()) {
        left.add(House.name(source));
      }
    }
    assertThat(left).isEmpty();
  }

  @Test
  void everyPackageOpensWithTheMapOfItsRoom() throws IOException {
    List<String> without = new ArrayList<>();
    for (Path source : House.sources()) {
      boolean inPackage = House.name(source).contains("src/main/java/vivarium");
      Path info = source.resolveSibling("package-info.java");
      if (inPackage && !(Files.exists(info) && Files.readString(info).contains("@NullMarked"))) {
        without.add(House.name(source));
      }
    }
    assertThat(without).isEmpty();
  }

  private static final class LongMethods extends TreePathScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> found;

    LongMethods(CompilationUnitTree unit, SourcePositions positions, List<String> found) {
      this.unit = unit;
      this.positions = positions;
      this.found = found;
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
      LineMap lines = unit.getLineMap();
      long first = lines.getLineNumber(positions.getStartPosition(unit, method));
      long last = lines.getLineNumber(positions.getEndPosition(unit, method));
      if (last - first + 1 > MAX_LINES_PER_METHOD) {
        String file = House.name(Path.of(unit.getSourceFile().toUri()));
        found.add(file + ": " + method.getName() + " has " + (last - first + 1) + " lines");
      }
      return super.visitMethod(method, unused);
    }
  }
}
