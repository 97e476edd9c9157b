package vivarium.isa.riscv.insn;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A program of the host that serves as an oracle; a test is skipped where it is not installed. */
public record Tool(Path path) {
  private static final long MOST_MINUTES = 10;

  /** The first of these that is on the PATH. */
  public static Tool orSkip(String... names) {
    Optional<Path> found =
        Stream.of(names)
            .flatMap(
                name ->
                    Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .map(directory -> Path.of(directory, name)))
            .filter(Files::isExecutable)
            .findFirst();
    Assumptions.assumeTrue(found.isPresent(), () -> "not installed: " + String.join(", ", names));
    return new Tool(found.orElseThrow());
  }

  /** Runs it and returns what it wrote to its standard output. */
  public byte[] run(List<String> arguments) throws IOException, InterruptedException {
    Path out = Files.createTempFile("vivarium-tool", ".out");
    try {
      List<String> command = Stream.concat(Stream.of(path.toString()), arguments.stream()).toList();
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException(path + " does not end");
      }
      if (process.exitValue() != 0) {
        throw new IOException(path + " failed with status " + process.exitValue());
      }
      return Files.readAllBytes(out);
    } finally {
      Files.delete(out);
    }
  }

  /** As {@link #run}, as lines. */
  public List<String> lines(List<String> arguments) throws IOException, InterruptedException {
    return new String(run(arguments), StandardCharsets.UTF_8).lines().toList();
  }
}
